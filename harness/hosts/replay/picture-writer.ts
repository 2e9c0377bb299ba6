/**
 * Writes the bytes of one frame, rows without gaps, into a picture as they come, and notes in which bands of rows it
 * differs from what the picture held, however the bytes are cut into pieces. Comparing costs less than copying and
 * spares the copy where nothing has changed.
 */
import { BYTES_PER_PIXEL, type Picture, type Rect } from '../../../codecs/index.js';

/** Rows: some 60 kB of a wide picture, as much as a pipe holds. */
const BAND = 8;

export class PictureWriter {
  readonly #picture: Picture;
  readonly #target: Buffer;
  readonly #rowBytes: number;
  readonly #damage: { top: number; bottom: number }[] = [];
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

  /** Bands that have changed, as rectangles of the whole width. */
  get damage(): readonly Rect[] {
    return this.#damage.map(({ top, bottom }) => ({
      x: 0,
      y: top,
      width: this.#picture.width,
      height: bottom - top,
    }));
  }

  /** Takes the next bytes, at most `missing`. */
  write(bytes: Buffer): void {
    const { stride } = this.#picture;
    // A picture whose rows have no gaps is written band by band.
    const runBytes = stride === this.#rowBytes ? this.#rowBytes * BAND : this.#rowBytes;
    for (let from = 0; from < bytes.length; ) {
      const row = Math.floor(this.#written / this.#rowBytes);
      const column = this.#written - row * this.#rowBytes;
      const length = Math.min(bytes.length - from, runBytes - (this.#written % runBytes));
      this.#writeRun(bytes, from, length, row * stride + column);
      from += length;
      this.#written += length;
    }
  }

  #writeRun(bytes: Buffer, from: number, length: number, to: number): void {
    if (this.#target.compare(bytes, from, from + length, to, to + length) === 0) return;
    bytes.copy(this.#target, to, from, from + length);
    const { stride, height } = this.#picture;
    const top = Math.floor(to / (stride * BAND)) * BAND;
    const bottom = Math.min(height, top + BAND);
    const last = this.#damage[this.#damage.length - 1];
    if (last !== undefined && last.bottom >= top) last.bottom = bottom;
    else this.#damage.push({ top, bottom });
  }
}
