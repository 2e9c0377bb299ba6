/** The viewer's side: slices in, pixels out. The same in Node and in a browser. */
import { SightlineError } from './errors.js';
import { BYTES_PER_PIXEL, type Picture, type Rect } from './geometry.js';
import { createSharedMemory, instantiateKernels, type Kernels } from './kernels.js';
import {
  COUNTERS_BYTES,
  DECODE_SCRATCH_BYTES,
  type DecoderLayout,
  decoderLayout,
  MAX_SLICE_BYTES,
} from './layout.js';
import { type ColourLevel, isColourLevel } from './levels.js';
import { ModeCounters, type ModeTable } from './modes.js';

const BAD_TILE = -2;
/** Places in the decoder's scratch (wasm/tile-decode.ts). */
const FAULT_AT = 0;
const RECTS = 64 + 1024 + 1024 + 12288 + 64;
const RECT_WORDS = 4;

const BLACK = 0xff000000;
/** Half of a common L2 cache, and no more than a slice body has room for. */
const STRIP_BYTES = Math.min(262_144, MAX_SLICE_BYTES);

export class FrameDecoder {
  readonly #module: WebAssembly.Module;
  #layout!: DecoderLayout;
  #memory: WebAssembly.Memory | undefined;
  #kernels!: Kernels;
  #body!: Uint8Array;
  #rects!: Uint16Array;
  #fault!: Uint32Array;
  #modes!: ModeCounters;
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

  /** What has been decoded in each mode since the decoder was made, at a level or at any. */
  modes(level?: ColourLevel): ModeTable {
    return this.#modes.read(level);
  }

  /** A black, opaque picture of that size. @throws SightlineError `too-large`, before memory is touched. */
  resize(width: number, height: number): void {
    const layout = decoderLayout(width, height);
    if (this.#memory === undefined || this.#memory.buffer.byteLength < layout.totalBytes) {
      const memory = createSharedMemory(layout.totalBytes);
      if (this.#memory !== undefined) copyCounters(this.#memory, this.#layout, memory, layout);
      this.#memory = memory;
      this.#kernels = instantiateKernels(this.#module, this.#memory);
    }
    const buffer = this.#memory.buffer;
    this.#layout = layout;
    this.#kernels.prepareDecoder(layout.scratch);
    this.#body = new Uint8Array(buffer, layout.body, MAX_SLICE_BYTES);
    this.#rects = new Uint16Array(buffer, layout.scratch + RECTS, (DECODE_SCRATCH_BYTES - RECTS) / 2);
    this.#modes = new ModeCounters(this.#memory, layout.counters);
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
    const { scratch, counters, body: at, picture, stride } = this.#layout;
    const { width, height } = this.#picture;
    const count = this.#kernels.decodeSlice(
      at,
      body.length,
      picture,
      stride,
      width,
      height,
      level,
      scratch,
      counters,
    );
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

  /**
   * Copies a rectangle of the picture, opaque, into `target`: R, G, B, A rows of the picture's width without
   * padding, at the same place, as a canvas wants them. It goes by strips that stay in a cache: turned into the
   * memory's room for slice bodies, which nobody uses now, and copied from there. 2.5 to 3 times as fast as a
   * loop in JavaScript, from a tile to a whole 1080p picture.
   * @throws SightlineError `bad-argument` when the rectangle or the target does not fit the picture.
   */
  copyRgba({ x, y, width, height }: Rect, target: Uint8Array): void {
    const whole = this.#picture;
    if (
      !(x >= 0 && y >= 0 && width >= 1 && height >= 1) ||
      x + width > whole.width ||
      y + height > whole.height ||
      target.length !== whole.width * whole.height * BYTES_PER_PIXEL
    ) {
      throw new SightlineError('bad-argument', 'The rectangle or its target does not fit the picture.', {
        field: 'rect',
      });
    }
    const { picture, body, stride } = this.#layout;
    const rowBytes = width * BYTES_PER_PIXEL;
    const targetStride = whole.width * BYTES_PER_PIXEL;
    const strip = Math.max(1, Math.floor(STRIP_BYTES / rowBytes));
    for (let top = y; top < y + height; top += strip) {
      const rows = Math.min(strip, y + height - top);
      this.#kernels.toRgba(picture + top * stride + x * BYTES_PER_PIXEL, body, stride, width, rows);
      let to = top * targetStride + x * BYTES_PER_PIXEL;
      if (rowBytes === targetStride) target.set(this.#body.subarray(0, rows * rowBytes), to);
      else {
        for (let from = 0; from < rows * rowBytes; from += rowBytes) {
          target.set(this.#body.subarray(from, from + rowBytes), to);
          to += targetStride;
        }
      }
    }
  }
}

/** What has been counted goes on being counted in a larger memory. */
function copyCounters(
  from: WebAssembly.Memory,
  { counters: fromAt }: DecoderLayout,
  to: WebAssembly.Memory,
  { counters: toAt }: DecoderLayout,
): void {
  const bytes = new Uint8Array(from.buffer, fromAt, COUNTERS_BYTES);
  new Uint8Array(to.buffer, toAt, COUNTERS_BYTES).set(bytes);
}
