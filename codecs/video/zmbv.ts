/**
 * Zip Motion Blocks Video (ZMBV), the capture codec of DOSBox: exact, read by ffmpeg, VLC, mpv and, with DOSBox's
 * driver, by Windows' old players. Frames are described in wasm/recording/zmbv.ts.
 */
import type { Move, Picture, Size } from '../geometry.js';
import { createSharedMemory } from '../kernels.js';
import { Arena } from './arena.js';
import type { EncodedPicture, PictureChange, VideoEncoder } from './encoder.js';
import { DEFLATE_WINDOW, instantiateRecordingKernels, type RecordingKernels } from './kernels.js';
import { MotionHints } from './motion-hints.js';
import { PictureStore } from './picture-store.js';

const KEYFRAME = 1;
/** Version 0.1, deflated. */
const VERSION = [0, 1];
const DEFLATED = 1;
/** Side of a block, as in the kernel. */
const BLOCK = 16;
/** Flags, and the rest of a keyframe's header. */
const HEADER_BYTES = 7;
/** Pixel formats by number: 32 bits. */
const FORMAT_32 = 8;

export class ZmbvEncoder implements VideoEncoder {
  readonly codec = 'zmbv';
  readonly fourcc = 'ZMBV';
  readonly codecId = 'V_MS/VFW/FOURCC';
  readonly bitsPerPixel = 32;
  readonly extraData = new Uint8Array();
  readonly size: Size;
  readonly #store: PictureStore;
  readonly #hints: MotionHints;
  readonly #kernels: RecordingKernels;
  readonly #state: number;
  readonly #data: number;
  readonly #out: number;
  readonly #bytes: Uint8Array;
  #first = true;

  /** `module` is the compiled wasm/recording. */
  constructor(module: WebAssembly.Module, size: Size) {
    const probe = instantiateRecordingKernels(module, createSharedMemory(0));
    const arena = new Arena();
    this.#store = new PictureStore(size, arena);
    this.size = this.#store.size;
    const { width, height } = this.size;
    this.#hints = new MotionHints(this.#store, arena, probe);
    this.#state = arena.take(probe.deflateStateBytes());
    const most = width * height * 4 + 2 * Math.ceil(width / BLOCK) * Math.ceil(height / BLOCK) + 4;
    this.#data = arena.take(DEFLATE_WINDOW + most) + DEFLATE_WINDOW;
    this.#out = arena.take(HEADER_BYTES + probe.deflateBound(most));
    const memory = createSharedMemory(arena.end);
    this.#kernels = instantiateRecordingKernels(module, memory);
    this.#bytes = new Uint8Array(memory.buffer);
    this.#store.attach(memory, this.#kernels);
    this.#hints.attach(memory, this.#kernels);
  }

  /** A place for the next picture that need not be copied from. */
  get picture(): Picture {
    return this.#store.picture;
  }

  encode(picture: Picture, change: PictureChange, keyframe: boolean): EncodedPicture {
    const store = this.#store;
    const key = keyframe || this.#first;
    const changed = store.load(picture, this.#first ? undefined : change.damage);
    if (key) return this.#keyframe();
    if (changed === 0) return { bytes: this.#bytes.subarray(0, 0), keyframe: false };
    return this.#change(changed, change.moves);
  }

  #keyframe(): EncodedPicture {
    const kernels = this.#kernels;
    const { current, stride, size } = this.#store;
    this.#first = false;
    kernels.deflateReset(this.#state);
    this.#bytes.set([KEYFRAME, ...VERSION, DEFLATED, FORMAT_32, BLOCK, BLOCK], this.#out);
    const length = kernels.zmbvKeyframe(current, stride, size.width, size.height, 4, this.#data);
    return this.#finish(length, HEADER_BYTES, true);
  }

  #change(changedTiles: number, moves: readonly Move[]): EncodedPicture {
    const { current, reference, stride, size, boxes } = this.#store;
    const vectors = this.#hints.find(changedTiles, moves);
    this.#bytes[this.#out] = 0;
    const length = this.#kernels.zmbvChange(
      current,
      reference,
      stride,
      size.width,
      size.height,
      4,
      boxes,
      this.#hints.vectors,
      vectors,
      this.#data,
    );
    return this.#finish(length, 1, false);
  }

  #finish(length: number, header: number, keyframe: boolean): EncodedPicture {
    const out = this.#out;
    const deflated = this.#kernels.deflateFrame(this.#state, this.#data, length, 4, out + header);
    this.#store.commit();
    return { bytes: this.#bytes.subarray(out, out + header + deflated), keyframe };
  }
}
