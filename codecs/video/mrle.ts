/**
 * Microsoft RLE (MRLE): 256 colours, which every Windows plays. Exact when the pictures have no other colours than the
 * palette; otherwise every pixel becomes the nearest one (`ColourSurvey` chooses a palette), or what colour level low
 * makes of it. Frames are described in wasm/recording/mrle.ts.
 */

import { Arena } from '../arena.js';
import type { Picture, Size } from '../geometry.js';
import { createSharedMemory } from '../kernels.js';
import { ColourLevel } from '../levels.js';
import { CodePlane } from './code-plane.js';
import type { EncodedPicture, PictureChange, VideoEncoder } from './encoder.js';
import { instantiateRecordingKernels, type RecordingKernels } from './kernels.js';
import { PictureStore } from './picture-store.js';

export interface MrleOptions {
  /** B, G, R, 0 for each of up to 256 colours; without it, those of level low. */
  readonly palette?: Uint8Array;
}

/** Of a row: a pair for each pixel at worst, and one to end it. */
const MAX_PIXEL_BYTES = 2;
const ROW_BYTES = 2;
const END_BYTES = 2;
/** A step of no pixels. */
const NO_STEP = [0, 2, 0, 0];

export class MrleEncoder implements VideoEncoder {
  readonly codec = 'mrle';
  readonly fourcc = 'MRLE';
  /** BI_RLE8, by which a BITMAPINFOHEADER names this compression. */
  readonly compression = 1;
  readonly codecId = 'V_MS/VFW/FOURCC';
  readonly bitsPerPixel = 8;
  readonly extraData: Uint8Array;
  readonly size: Size;
  readonly #store: PictureStore;
  readonly #plane: CodePlane;
  readonly #kernels: RecordingKernels;
  readonly #out: number;
  readonly #bytes: Uint8Array;
  #first = true;

  /** `module` is the compiled wasm/recording. */
  constructor(module: WebAssembly.Module, size: Size, options: MrleOptions = {}) {
    const arena = new Arena();
    this.#store = new PictureStore(size, arena);
    this.size = this.#store.size;
    this.#plane = new CodePlane(this.#store, arena, options.palette ?? ColourLevel.Low);
    this.extraData = this.#plane.palette;
    const { width, height } = this.size;
    this.#out = arena.take(height * (width * MAX_PIXEL_BYTES + ROW_BYTES) + END_BYTES + NO_STEP.length);
    const memory = createSharedMemory(arena.end);
    this.#kernels = instantiateRecordingKernels(module, memory);
    this.#bytes = new Uint8Array(memory.buffer);
    this.#store.attach(memory, this.#kernels);
    this.#plane.attach(memory, this.#kernels);
  }

  /** A place for the next picture that need not be copied from. */
  get picture(): Picture {
    return this.#store.picture;
  }

  encode(picture: Picture, change: PictureChange, keyframe: boolean): EncodedPicture {
    const store = this.#store;
    const plane = this.#plane;
    const key = keyframe || this.#first;
    let changed = store.load(picture, this.#first ? undefined : change.damage);
    if (this.#first) {
      store.damageAll();
      changed = store.tiles;
      this.#first = false;
    }
    if (!key && changed === 0) return { bytes: this.#bytes.subarray(0, 0), keyframe: false };
    plane.update();
    const { width, height } = this.size;
    const length = this.#kernels.mrleEncode(
      plane.current,
      plane.reference,
      plane.stride,
      width,
      height,
      store.boxes,
      key ? 1 : 0,
      this.#out,
    );
    store.commit();
    return { bytes: this.#finish(length), keyframe: key };
  }

  /** Players take a frame of as many bytes as it would have uncompressed for just that: it must not be so long. */
  #finish(length: number): Uint8Array {
    const { width, height } = this.size;
    const out = this.#out;
    if (length !== Math.ceil(width / 4) * 4 * height) return this.#bytes.subarray(out, out + length);
    this.#bytes.copyWithin(out + NO_STEP.length, out, out + length);
    this.#bytes.set(NO_STEP, out);
    return this.#bytes.subarray(out, out + NO_STEP.length + length);
  }
}
