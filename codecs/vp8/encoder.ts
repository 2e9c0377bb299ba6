/**
 * VP8 (RFC 6386) from BGRA pictures: our own encoder, in a WebAssembly module of its own (`wasm/vp8/`). It works
 * from what has changed: macroblocks outside the damage cost no look at their pixels.
 */
import { SightlineError } from '../errors.js';
import { isValidSize, type Move, type Picture, type Rect } from '../geometry.js';
import type { Vp8Kernels } from './kernels.js';
import { tableBytes } from './tables.js';

const PAGE = 65536;
/** The side of a macroblock. */
const BLOCK = 16;
/** Moves that a frame is told of; the largest are worth most. */
const MOST_MOVES = 64;
/** Key frames are this far apart unless asked otherwise: seeking decodes at most so many. */
const DEFAULT_KEYFRAME_INTERVAL = 240;

export interface Vp8Options {
  readonly width: number;
  readonly height: number;
  /** From 1, smallest, to 100, best. */
  readonly quality?: number;
  /** Most frames from one key frame to the next. */
  readonly keyframeInterval?: number;
}

export interface Vp8FrameOptions {
  /** Makes this frame a key frame. */
  readonly keyframe?: boolean;
  /** Areas that were copied from elsewhere in the picture before. */
  readonly moves?: readonly Move[];
}

export interface Vp8Frame {
  /** Valid until the next call. */
  readonly bytes: Uint8Array;
  readonly keyframe: boolean;
}

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

export class Vp8Encoder {
  readonly width: number;
  readonly height: number;
  readonly #kernels: Vp8Kernels;
  readonly #bytes: Uint8Array;
  readonly #quantiser: number;
  readonly #interval: number;
  /** Frames since the last key frame, itself included; 0 before the first. */
  #age = 0;

  /** @throws SightlineError `bad-argument` for a size, quality or interval out of bounds. */
  constructor(module: WebAssembly.Module, options: Vp8Options) {
    const { width, height, quality = 75, keyframeInterval = DEFAULT_KEYFRAME_INTERVAL } = options;
    if (!isValidSize(width, height)) {
      throw new SightlineError('bad-argument', `VP8 cannot be made of ${width}x${height} pixels.`, {
        field: 'width',
      });
    }
    if (!(quality >= 1 && quality <= 100)) {
      throw new SightlineError('bad-argument', `A quality is from 1 to 100, not ${quality}.`, {
        field: 'quality',
      });
    }
    if (!Number.isInteger(keyframeInterval) || keyframeInterval < 1) {
      throw new SightlineError('bad-argument', 'Key frames are at least one frame apart.', {
        field: 'keyframeInterval',
      });
    }
    this.width = width;
    this.height = height;
    this.#quantiser = quantiserOf(quality);
    this.#interval = keyframeInterval;
    const kernels = new WebAssembly.Instance(module).exports as unknown as Vp8Kernels;
    const needed = kernels.configure(width, height) - kernels.memory.buffer.byteLength;
    if (needed > 0) kernels.memory.grow(Math.ceil(needed / PAGE));
    this.#kernels = kernels;
    this.#bytes = new Uint8Array(kernels.memory.buffer);
    this.#bytes.set(tableBytes(), kernels.tables());
    kernels.prepare();
  }

  /**
   * Codes a picture. `damage` is where it may differ from the one before; without it, everywhere.
   * @throws SightlineError `bad-argument` for a picture of another size, with pixels missing, or damage outside it.
   */
  encode(picture: Picture, damage?: readonly Rect[], options: Vp8FrameOptions = {}): Vp8Frame {
    if (picture.width !== this.width || picture.height !== this.height) {
      throw new SightlineError('bad-argument', 'The picture has another size than the encoder.', {
        field: 'picture',
      });
    }
    const { stride, pixels } = picture;
    if (stride < this.width * 4 || pixels.length < stride * (this.height - 1) + this.width * 4) {
      throw new SightlineError('bad-argument', 'The picture has fewer pixels than its size.', {
        field: 'picture',
      });
    }
    const first = this.#age === 0;
    const wanted = first || options.keyframe === true || this.#age >= this.#interval;
    const areas = first || damage === undefined ? [{ x: 0, y: 0, ...this.#size() }] : damage;
    this.#take(picture, areas);
    this.#tellMoves(options.moves ?? []);
    const length = this.#kernels.encodeFrame(this.#quantiser, wanted ? 1 : 0);
    const keyframe = this.#kernels.isKey() === 1;
    this.#age = keyframe ? 1 : this.#age + 1;
    const at = this.#kernels.outputAt();
    return { bytes: this.#bytes.subarray(at, at + length), keyframe };
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
    const mean = this.#kernels.pictureError() / (side(this.width) * side(this.height) * 1.5);
    return mean === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10((255 * 255) / mean);
  }

  #size() {
    return { width: this.width, height: this.height };
  }

  /** Copies what may have changed, in runs of whole rows: few copies of many bytes. */
  #take(picture: Picture, areas: readonly Rect[]): void {
    const kernels = this.#kernels;
    const rows = Math.ceil(this.height / BLOCK);
    const changed = new Uint8Array(rows);
    for (const { x, y, width, height } of areas) {
      const inside = x >= 0 && y >= 0 && x + width <= this.width && y + height <= this.height;
      if (!inside || !Number.isInteger(x + y + width + height)) {
        throw new SightlineError('bad-argument', 'Damage lies outside the picture.', { field: 'damage' });
      }
      if (width <= 0 || height <= 0) continue;
      kernels.markDirty(x, y, width, height);
      changed.fill(1, Math.floor(y / BLOCK), Math.ceil((y + height) / BLOCK));
    }
    for (let row = 0; row < rows; row++) {
      if (changed[row] !== 1) continue;
      this.#copyRows(picture, row * BLOCK, Math.min(this.height, (row + 1) * BLOCK));
    }
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
      this.#bytes.set(pixels.subarray(start, start + this.width * 4), at + y * stride);
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
    const width = plane === 0 ? this.width : (this.width + 1) >> 1;
    const height = plane === 0 ? this.height : (this.height + 1) >> 1;
    const at = this.#kernels.planeAt(plane);
    const stride = this.#kernels.planeRowBytes(plane);
    const samples = new Uint8Array(width * height);
    for (let y = 0; y < height; y++) {
      samples.set(this.#bytes.subarray(at + y * stride, at + y * stride + width), y * width);
    }
    return { width, height, samples };
  }
}
