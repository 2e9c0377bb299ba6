/**
 * Writes the bytes of one frame, rows without gaps, into a picture as they come, and notes which rows differ from
 * what the picture held. Comparing costs less than copying and spares the copy where nothing has changed.
 */
import { BYTES_PER_PIXEL, type Picture, type Rect } from '../../../codecs/index.js';

export class PictureWriter {
  readonly #picture: Picture;
  readonly #target: Buffer;
  readonly #rowBytes: number;
  readonly #bands: { top: number; bottom: number }[] = [];
  #written = 0;

  constructor(picture: Picture) {
    this.#picture = picture;
    const { buffer, byteOffset, byteLength } = picture.pixels;
    this.#target = Buffer.from(buffer, byteOffset, byteLength);
    this.#rowBytes = picture.width * BYTES_PER_PIXEL;
  }

  /** Bytes of the frame that are still to come. */
  get missing(): number {
    return this.#rowBytes * this.#picture.height - this.#written;
  }

  /** Rows that have changed, as rectangles of the whole width. */
  get damage(): readonly Rect[] {
    return this.#bands.map(({ top, bottom }) => ({
      x: 0,
      y: top,
      width: this.#picture.width,
      height: bottom - top,
    }));
  }

  /** Takes the next bytes, at most `missing`. */
  write(bytes: Buffer): void {
    const { stride } = this.#picture;
    // Rows without gaps are written in one go.
    const longest = stride === this.#rowBytes ? bytes.length : this.#rowBytes;
    for (let from = 0; from < bytes.length; ) {
      const row = Math.floor(this.#written / this.#rowBytes);
      const column = this.#written - row * this.#rowBytes;
      const length = Math.min(bytes.length - from, longest === bytes.length ? longest : longest - column);
      this.#writeRun(bytes, from, length, row * stride + column);
      from += length;
      this.#written += length;
    }
  }

  #writeRun(bytes: Buffer, from: number, length: number, to: number): void {
    if (this.#target.compare(bytes, from, from + length, to, to + length) === 0) return;
    bytes.copy(this.#target, to, from, from + length);
    const top = Math.floor(to / this.#picture.stride);
    const bottom = Math.floor((to + length - 1) / this.#picture.stride) + 1;
    const last = this.#bands[this.#bands.length - 1];
    if (last !== undefined && last.bottom >= top) last.bottom = Math.max(last.bottom, bottom);
    else this.#bands.push({ top, bottom });
  }
}
