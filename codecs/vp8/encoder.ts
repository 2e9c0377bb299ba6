/**
 * VP8 (RFC 6386) from BGRA pictures: our own encoder, in a WebAssembly module of its own (`wasm/vp8/`). It works
 * from what has changed: macroblocks outside the damage cost no look at their pixels.
 */
import type { MkvColour } from '../containers/index.js';
import { SightlineError } from '../errors.js';
import { isValidSize, type Move, type Picture, type Rect, type Size } from '../geometry.js';
import type { EncodedPicture, PictureChange, VideoEncoder } from '../video/index.js';
import type { Vp8Kernels } from './kernels.js';
import { tableBytes } from './tables.js';

const PAGE = 65536;
/** The side of a macroblock. */
const BLOCK = 16;
/** Moves that a frame is told of. */
const MOST_MOVES = 64;
/** Recorded desktops are kept at about 42 dB of luma and chroma (bench/decisions/020-vp8.md). */
const DEFAULT_QUALITY = 75;

export interface Vp8Options {
  /** From 1, smallest, to 100, best. */
  readonly quality?: number;
}

/** sRGB made luma and chroma by BT.601 with limited range, as `wasm/vp8/convert.ts` does. */
const COLOUR: MkvColour = { matrix: 6, range: 1, transfer: 13, primaries: 1 };

/** One plane of a picture, 8 bits a sample. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly samples: Uint8Array;
}

/** The quantiser index, 0 to 127, of a quality from 1 to 100. */
export function quantiserOf(quality: number): number {
  return Math.round(((100 - quality) * 127) / 99);
}

export class Vp8Encoder implements VideoEncoder {
  readonly codec = 'vp8';
  readonly fourcc = 'VP80';
  readonly codecId = 'V_VP8';
  readonly colour = COLOUR;
  readonly bitsPerPixel = 24;
  readonly extraData = new Uint8Array();
  readonly size: Size;
  readonly #kernels: Vp8Kernels;
  readonly #bytes: Uint8Array;
  readonly #quantiser: number;
  /** By row of macroblocks: 1 where something may have changed. */
  readonly #rows: Uint8Array;
  #first = true;

  /**
   * `module` is the compiled wasm/vp8.
   * @throws SightlineError `too-large` for a size and `bad-argument` for a quality out of bounds.
   */
  constructor(module: WebAssembly.Module, size: Size, options: Vp8Options = {}) {
    const { width, height } = size;
    const { quality = DEFAULT_QUALITY } = options;
    if (!isValidSize(width, height)) {
      throw new SightlineError('too-large', `A picture of ${width} x ${height} is out of bounds.`, {
        field: 'size',
      });
    }
    if (!(quality >= 1 && quality <= 100)) {
      throw new SightlineError('bad-argument', 'A quality is 1 to 100.', { field: 'quality' });
    }
    this.size = { width, height };
    this.#quantiser = quantiserOf(quality);
    this.#rows = new Uint8Array(Math.ceil(height / BLOCK));
    const kernels = new WebAssembly.Instance(module).exports as unknown as Vp8Kernels;
    const needed = kernels.configure(width, height) - kernels.memory.buffer.byteLength;
    if (needed > 0) kernels.memory.grow(Math.ceil(needed / PAGE));
    this.#kernels = kernels;
    this.#bytes = new Uint8Array(kernels.memory.buffer);
    this.#bytes.set(tableBytes(), kernels.tables());
    kernels.prepare();
  }

  /**
   * Codes the next picture; another scene becomes a key frame unasked.
   * @throws SightlineError `bad-argument` for a picture of another size or with pixels missing.
   */
  encode(picture: Picture, change: PictureChange, keyframe: boolean): EncodedPicture {
    const { width, height } = this.size;
    if (picture.width !== width || picture.height !== height) {
      throw new SightlineError('bad-argument', 'The picture has another size than the encoder.', {
        field: 'picture',
      });
    }
    const { stride, pixels } = picture;
    if (stride < width * 4 || pixels.length < stride * (height - 1) + width * 4) {
      throw new SightlineError('bad-argument', 'The picture has fewer pixels than its size.', {
        field: 'picture',
      });
    }
    const damage = this.#first ? undefined : change.damage;
    this.#take(picture, damage ?? [{ x: 0, y: 0, width, height }]);
    this.#tellMoves(change.moves ?? []);
    const length = this.#kernels.encodeFrame(this.#quantiser, keyframe || this.#first ? 1 : 0);
    this.#first = false;
    const at = this.#kernels.outputAt();
    return { bytes: this.#bytes.subarray(at, at + length), keyframe: this.#kernels.isKey() === 1 };
  }

  /** What a decoder shows after the last frame: luma, U and V. For tests and measurements: it copies. */
  decoded(): [Plane, Plane, Plane] {
    return [this.#plane(0), this.#plane(1), this.#plane(2)];
  }

  /**
   * Peak signal-to-noise ratio in dB of the last frame over all samples of luma and chroma (whole macroblocks),
   * against the source as converted. It looks at the whole picture: for tests and measurements.
   */
  psnr(): number {
    const side = (pixels: number) => Math.ceil(pixels / BLOCK) * BLOCK;
    const mean = this.#kernels.pictureError() / (side(this.size.width) * side(this.size.height) * 1.5);
    return mean === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10((255 * 255) / mean);
  }

  /** Marks and copies what may have changed, in runs of whole rows: few copies of many bytes. */
  #take(picture: Picture, areas: readonly Rect[]): void {
    const { width, height } = this.size;
    this.#rows.fill(0);
    for (const area of areas) {
      const left = Math.max(0, Math.floor(area.x));
      const top = Math.max(0, Math.floor(area.y));
      const right = Math.min(width, Math.ceil(area.x + area.width));
      const bottom = Math.min(height, Math.ceil(area.y + area.height));
      if (!(right > left && bottom > top)) continue;
      this.#kernels.markDirty(left, top, right - left, bottom - top);
      this.#rows.fill(1, Math.floor(top / BLOCK), Math.ceil(bottom / BLOCK));
    }
    this.#rows.forEach((changed, row) => {
      if (changed === 1) this.#copyRows(picture, row * BLOCK, Math.min(height, (row + 1) * BLOCK));
    });
  }

  #copyRows(picture: Picture, from: number, to: number): void {
    const at = this.#kernels.canvasAt();
    const stride = this.#kernels.canvasRowBytes();
    const { pixels } = picture;
    if (stride === picture.stride && pixels.length >= to * stride) {
      this.#bytes.set(pixels.subarray(from * stride, to * stride), at + from * stride);
      return;
    }
    for (let y = from; y < to; y++) {
      const start = y * picture.stride;
      this.#bytes.set(pixels.subarray(start, start + this.size.width * 4), at + y * stride);
    }
  }

  #tellMoves(moves: readonly Move[]): void {
    const chosen = moves.slice(0, MOST_MOVES);
    const words = new Int32Array(this.#bytes.buffer, this.#kernels.movesAt(), MOST_MOVES * 6);
    chosen.forEach(({ x, y, width, height, fromX, fromY }, index) => {
      words.set([x, y, width, height, fromX, fromY], index * 6);
    });
    this.#kernels.setMoves(chosen.length);
  }

  #plane(plane: 0 | 1 | 2): Plane {
    const width = plane === 0 ? this.size.width : (this.size.width + 1) >> 1;
    const height = plane === 0 ? this.size.height : (this.size.height + 1) >> 1;
    const at = this.#kernels.planeAt(plane);
    const stride = this.#kernels.planeRowBytes(plane);
    const samples = new Uint8Array(width * height);
    for (let y = 0; y < height; y++) {
      samples.set(this.#bytes.subarray(at + y * stride, at + y * stride + width), y * width);
    }
    return { width, height, samples };
  }
}
