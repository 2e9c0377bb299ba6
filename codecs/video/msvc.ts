/**
 * Microsoft Video 1 (CRAM, MSVC): what every Windows since 3.1 plays, and nearly everything else. Lossy, in 15-bit
 * colours or the 256 of level low. Blocks are described in wasm/recording/msvc.ts.
 */

import { Arena } from '../arena.js';
import { SightlineError } from '../errors.js';
import type { Picture, Size } from '../geometry.js';
import { createSharedMemory } from '../kernels.js';
import { ColourLevel } from '../levels.js';
import type { EncodedPicture, PictureChange, VideoEncoder } from './encoder.js';
import { instantiateRecordingKernels, type RecordingKernels } from './kernels.js';
import { levelPalette } from './palette.js';
import { PictureStore } from './picture-store.js';

export interface MsvcOptions {
  /** 1 (small) to 100 (as good as the codec can be). */
  readonly quality?: number;
  /** Bits of a pixel: 16 (5 each of red, green and blue) unless said otherwise. */
  readonly bits?: 8 | 16;
}

const DEFAULT_QUALITY = 65;
/** Sides of blocks, of which a video is whole ones. */
const BLOCK = 4;
/** Two bytes of flags and eight colours; and skips of at most 1023 blocks. */
const MAX_BLOCK_BYTES = 18;
const END_BYTES = 2 + 2;
/**
 * What a byte is worth, as squared error of a block, doubles with every so many steps of quality below 100. At 65
 * recorded desktops are kept at 31 to 35 dB (bench/decisions/021-recording-codecs.md).
 */
const QUALITY_STEPS = 12.5;
const FINEST_PRICE = 256;

export class MsvcEncoder implements VideoEncoder {
  readonly codec = 'msvc';
  readonly fourcc = 'CRAM';
  readonly codecId = 'V_MS/VFW/FOURCC';
  readonly bitsPerPixel: 8 | 16;
  readonly extraData: Uint8Array;
  /** Sides of the video: multiples of four. */
  readonly size: Size;
  readonly #store: PictureStore;
  readonly #kernels: RecordingKernels;
  readonly #decoded: number;
  readonly #scratch: number;
  readonly #out: number;
  readonly #bytes: Uint8Array;
  readonly #price: number;
  #first = true;

  /** `module` is the compiled wasm/recording. */
  constructor(module: WebAssembly.Module, size: Size, options: MsvcOptions = {}) {
    const { quality = DEFAULT_QUALITY, bits = 16 } = options;
    if (!(quality >= 1 && quality <= 100)) {
      throw new SightlineError('bad-argument', 'A quality is 1 to 100.', { field: 'quality' });
    }
    this.#price = quality === 100 ? 0 : Math.round(FINEST_PRICE * 2 ** ((100 - quality) / QUALITY_STEPS));
    this.bitsPerPixel = bits;
    this.extraData = bits === 8 ? levelPalette(ColourLevel.Low) : new Uint8Array();
    const probe = instantiateRecordingKernels(module, createSharedMemory(0));
    const arena = new Arena();
    this.#store = new PictureStore(size, arena, BLOCK);
    this.size = this.#store.size;
    const { width, height } = this.size;
    this.#decoded = arena.take(this.#store.stride * height);
    this.#scratch = arena.take(probe.msvcScratchBytes(width));
    this.#out = arena.take(((width * height) / BLOCK ** 2) * MAX_BLOCK_BYTES + END_BYTES);
    const memory = createSharedMemory(arena.end);
    this.#kernels = instantiateRecordingKernels(module, memory);
    this.#bytes = new Uint8Array(memory.buffer);
    this.#store.attach(memory, this.#kernels);
  }

  /** A place for the next picture that need not be copied from. */
  get picture(): Picture {
    return this.#store.picture;
  }

  encode(picture: Picture, change: PictureChange, keyframe: boolean): EncodedPicture {
    const store = this.#store;
    const key = keyframe || this.#first;
    const changed = store.load(picture, this.#first ? undefined : change.damage);
    if (!key && changed === 0) return { bytes: this.#bytes.subarray(0, 0), keyframe: false };
    this.#first = false;
    const length = this.#kernels.msvcEncode(
      store.current,
      this.#decoded,
      store.stride,
      this.size.width,
      this.size.height,
      store.boxes,
      key ? 1 : 0,
      this.bitsPerPixel,
      this.#price,
      this.#scratch,
      this.#out,
    );
    store.commit();
    return { bytes: this.#bytes.subarray(this.#out, this.#out + length), keyframe: key };
  }
}
