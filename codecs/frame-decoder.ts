/** The viewer's side: slices in, pixels out. The same in Node and in a browser. */
import { SightlineError } from './errors.js';
import type { Picture, Rect } from './geometry.js';
import { createSharedMemory, instantiateKernels, type Kernels } from './kernels.js';
import { DECODE_SCRATCH_BYTES, type DecoderLayout, decoderLayout, MAX_SLICE_BYTES } from './layout.js';
import { type ColourLevel, isColourLevel } from './levels.js';

const BAD_TILE = -2;
/** Places in the decoder's scratch (wasm/tile-decode.ts). */
const FAULT_AT = 0;
const RECTS = 64 + 1024 + 1024 + 12288 + 64;
const RECT_WORDS = 4;

const BLACK = 0xff000000;

export class FrameDecoder {
  readonly #module: WebAssembly.Module;
  #layout!: DecoderLayout;
  #memory: WebAssembly.Memory | undefined;
  #kernels!: Kernels;
  #body!: Uint8Array;
  #rects!: Uint16Array;
  #fault!: Uint32Array;
  #picture!: Picture;

  /** Starts with a picture of one black pixel: call `resize` when the host's size is known. */
  constructor(module: WebAssembly.Module) {
    this.#module = module;
    this.resize(1, 1);
  }

  /** What has been decoded so far. After a `resize` it is another object over other memory. */
  get picture(): Picture {
    return this.#picture;
  }

  /** The memory that the picture lies in. */
  get memory(): WebAssembly.Memory {
    return this.#memory!;
  }

  /** A black, opaque picture of that size. @throws SightlineError `too-large`, before memory is touched. */
  resize(width: number, height: number): void {
    const layout = decoderLayout(width, height);
    if (this.#memory === undefined || this.#memory.buffer.byteLength < layout.totalBytes) {
      this.#memory = createSharedMemory(layout.totalBytes);
      this.#kernels = instantiateKernels(this.#module, this.#memory);
    }
    const buffer = this.#memory.buffer;
    this.#layout = layout;
    this.#kernels.prepareDecoder(layout.scratch);
    this.#body = new Uint8Array(buffer, layout.body, MAX_SLICE_BYTES);
    this.#rects = new Uint16Array(buffer, layout.scratch + RECTS, (DECODE_SCRATCH_BYTES - RECTS) / 2);
    this.#fault = new Uint32Array(buffer, layout.scratch + FAULT_AT, 1);
    const { stride } = layout;
    new Uint32Array(buffer, layout.picture, (stride / 4) * height).fill(BLACK);
    this.#picture = {
      width,
      height,
      stride,
      pixels: new Uint8Array(buffer, layout.picture, stride * height),
    };
  }

  /**
   * Decodes one slice body into the picture; the answer is the rectangles that were touched.
   * @throws SightlineError `bad-slice` or `bad-tile` with the offset in the body. The picture may then be
   * partly changed, and is made right again by a refresh.
   */
  decode(body: Uint8Array, level: ColourLevel): readonly Rect[] {
    if (!isColourLevel(level)) {
      throw new SightlineError('bad-slice', `There is no colour level ${level}.`, { field: 'level' });
    }
    if (body.length > MAX_SLICE_BYTES) {
      throw new SightlineError('bad-slice', `A slice of ${body.length} bytes is too long.`, {
        offset: MAX_SLICE_BYTES,
      });
    }
    this.#body.set(body);
    const { scratch, body: at, picture, stride } = this.#layout;
    const { width, height } = this.#picture;
    const count = this.#kernels.decodeSlice(at, body.length, picture, stride, width, height, level, scratch);
    if (count < 0) {
      const offset = this.#fault[0]!;
      throw count === BAD_TILE
        ? new SightlineError('bad-tile', `The tile at byte ${offset} of the slice is malformed.`, { offset })
        : new SightlineError('bad-slice', `The slice is malformed at byte ${offset}.`, { offset });
    }
    const rects: Rect[] = new Array(count);
    for (let index = 0; index < count; index++) {
      const word = index * RECT_WORDS;
      rects[index] = {
        x: this.#rects[word]!,
        y: this.#rects[word + 1]!,
        width: this.#rects[word + 2]!,
        height: this.#rects[word + 3]!,
      };
    }
    return rects;
  }
}
