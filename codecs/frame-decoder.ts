/** The viewer's side: slices in, pixels out. The same in Node and in a browser. */
import { decodeDesk, rectsAt } from './decode-desk.js';
import { DESKS_PER_THREAD, type DecodeHelp, DecodeHelpers } from './decode-helpers.js';
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

const BLACK = 0xff000000;
/** Half of a common L2 cache, and no more than a slice body has room for. */
const STRIP_BYTES = Math.min(262_144, MAX_SLICE_BYTES);
/** Threads that help begin with a memory, so there is room for a common picture from the beginning. */
const COMMON_SIZE = { width: 1920, height: 1080 };

/** Where a slice stands in its frame. */
export interface SlicePlace {
  readonly first: boolean;
  readonly last: boolean;
}
const ALONE: SlicePlace = { first: true, last: true };
const NOTHING: readonly Rect[] = [];

/** What decodes: shown to people. */
export interface DecodeThreads {
  /** The calling thread, and those that help it now. */
  readonly threads: number;
  /** Threads were to help and do not: none could be had, or one was lost. */
  readonly lost: boolean;
  /** Slices that threads which help have decoded. */
  readonly helped: number;
}

export class FrameDecoder {
  readonly #module: WebAssembly.Module;
  readonly #help: DecodeHelp | undefined;
  #helpers: DecodeHelpers | undefined;
  #isHelpLost = false;
  /** By threads of earlier memories. */
  #helpedBefore = 0;
  #layout!: DecoderLayout;
  #memory: WebAssembly.Memory | undefined;
  #kernels!: Kernels;
  #body!: Uint8Array;
  #modes!: ModeCounters;
  #picture!: Picture;

  /**
   * Starts with a picture of one black pixel: call `resize` when the host's size is known. With `help`, slices of one
   * frame are decoded by several threads; such a decoder lives where a thread may wait (`Atomics.wait`: Node, or a
   * page's worker), and is to be closed.
   */
  constructor(module: WebAssembly.Module, help?: DecodeHelp) {
    this.#module = module;
    this.#help = help !== undefined && help.threads > 0 ? help : undefined;
    if (this.#help !== undefined) this.resize(COMMON_SIZE.width, COMMON_SIZE.height);
    this.resize(1, 1);
  }

  /** What has been decoded so far. After a `resize` it is another object, mostly over other memory. */
  get picture(): Picture {
    return this.#picture;
  }

  /** The memory that the picture lies in. */
  get memory(): WebAssembly.Memory {
    return this.#memory!;
  }

  get threads(): DecodeThreads {
    const lost = this.#isHelpLost || this.#helpers?.isLost === true;
    return {
      threads: 1 + (this.#helpers?.ready ?? 0),
      lost,
      helped: this.#helpedBefore + (this.#helpers?.helped ?? 0),
    };
  }

  /** What has been decoded in each mode since the decoder was made, at a level or at any. */
  modes(level?: ColourLevel): ModeTable {
    return this.#modes.read(level);
  }

  /** A black, opaque picture of that size. @throws SightlineError `too-large`, before memory is touched. */
  resize(width: number, height: number): void {
    const layout = this.#layoutOf(width, height);
    const isFree = this.#letGo();
    if (!isFree || this.#memory === undefined || this.#memory.buffer.byteLength < layout.totalBytes) {
      this.#takeMemory(layout);
    }
    this.#show(layout, width, height);
    const words = new Uint32Array(this.memory.buffer, layout.picture, (layout.stride / 4) * height);
    words.fill(BLACK);
  }

  /**
   * Decodes one slice body into the picture; the answer is the rectangles that were touched. With threads that help,
   * a slice may be left to them until the frame's last one is decoded, and its rectangles and errors come with a
   * later slice of the frame; nothing is left undone behind the last.
   * @throws SightlineError `bad-slice` or `bad-tile` with the offset in the body, `timeout` when a thread that helps
   * does not answer. The picture may then be partly changed, and is made right again by a refresh.
   */
  decode(body: Uint8Array, level: ColourLevel, { first, last } = ALONE): readonly Rect[] {
    if (!isColourLevel(level)) {
      throw new SightlineError('bad-slice', `There is no colour level ${level}.`, { field: 'level' });
    }
    if (body.length > MAX_SLICE_BYTES) {
      throw new SightlineError('bad-slice', `A slice of ${body.length} bytes is too long.`, {
        offset: MAX_SLICE_BYTES,
      });
    }
    // What an abandoned frame has left must not be painted over this one.
    if (first && !this.#letGo()) this.#renew();
    const helpers = this.#helpers;
    if (helpers === undefined) return this.#decodeHere(body, level);
    // Moves read what other slices paint, in the order of the wire. Only a frame's first slice should have any.
    const moves = !first && hasMoves(body);
    if (!first && !last && !moves && helpers.offer(body, level, this.#picture)) return NOTHING;
    const before = moves ? this.#finish(helpers) : NOTHING;
    const touched = this.#decodeHere(body, level);
    return last ? [...before, ...touched, ...this.#finish(helpers)] : [...before, ...touched];
  }

  /** Ends the threads that help; what is decoded later is decoded here. */
  close(): void {
    this.#helpers?.close();
  }

  #decodeHere(body: Uint8Array, level: ColourLevel): readonly Rect[] {
    this.#body.set(body);
    const { width, height } = this.#picture;
    const task = { length: body.length, level, width, height };
    return rectsAt(this.memory, this.#layout, 0, decodeDesk(this.#kernels, this.#layout, 0, task));
  }

  /** What threads that help have touched since the last time. */
  #finish(helpers: DecodeHelpers): readonly Rect[] {
    if (helpers.finish()) return helpers.take();
    this.#renew();
    throw new SightlineError('timeout', 'A thread that helps to decode does not answer.');
  }

  /** Lets slices of an abandoned frame come to their end; false when a thread keeps one. */
  #letGo(): boolean {
    if (this.#helpers === undefined) return true;
    const isFree = this.#helpers.finish();
    this.#helpers.forget();
    return isFree;
  }

  /** Goes on alone with a copy of the picture, where a thread that does not answer can do no harm. */
  #renew(): void {
    const { width, height, pixels } = this.#picture;
    const layout = this.#layoutOf(width, height);
    this.#isHelpLost = true;
    this.#takeMemory(layout);
    this.#show(layout, width, height);
    this.#picture.pixels.set(pixels);
  }

  #layoutOf(width: number, height: number): DecoderLayout {
    return decoderLayout(width, height, (this.#help?.threads ?? 0) * DESKS_PER_THREAD);
  }

  /** Another memory, with threads of its own. */
  #takeMemory(layout: DecoderLayout): void {
    const memory = createSharedMemory(layout.totalBytes);
    if (this.#memory !== undefined) copyCounters(this.#memory, this.#layout, memory, layout);
    this.#isHelpLost ||= this.#helpers?.isLost === true;
    this.#helpedBefore += this.#helpers?.helped ?? 0;
    this.#helpers?.close();
    this.#memory = memory;
    this.#kernels = instantiateKernels(this.#module, memory);
    for (let desk = 0; desk < layout.desks; desk++) {
      this.#kernels.prepareDecoder(layout.scratch + desk * DECODE_SCRATCH_BYTES);
    }
    const task = { module: this.#module, memory, layout };
    this.#helpers =
      this.#help === undefined || this.#isHelpLost
        ? undefined
        : new DecodeHelpers(this.#help, task, this.#kernels);
  }

  #show(layout: DecoderLayout, width: number, height: number): void {
    const { buffer } = this.memory;
    const { stride } = layout;
    this.#layout = layout;
    this.#body = new Uint8Array(buffer, layout.body, MAX_SLICE_BYTES);
    this.#modes = new ModeCounters(this.memory, layout.counters, layout.desks);
    const pixels = new Uint8Array(buffer, layout.picture, stride * height);
    this.#picture = { width, height, stride, pixels };
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

function hasMoves(body: Uint8Array): boolean {
  return body[0] !== 0 || body[1] !== 0;
}

/** What has been counted goes on being counted in a larger memory. */
function copyCounters(
  from: WebAssembly.Memory,
  { counters: fromAt }: DecoderLayout,
  to: WebAssembly.Memory,
  { counters: toAt, desks }: DecoderLayout,
): void {
  const bytes = new Uint8Array(from.buffer, fromAt, desks * COUNTERS_BYTES);
  new Uint8Array(to.buffer, toAt, desks * COUNTERS_BYTES).set(bytes);
}
