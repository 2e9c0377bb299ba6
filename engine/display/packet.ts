/** A packet to be coded, and the message that each of its slices becomes. */
import type { Effort, Move, StreamLevel } from '../../codecs/index.js';
import type { Micros } from '../clock.js';
import { SLICE_HEADER_BYTES, writeSliceHeader } from '../protocol/index.js';

export interface Packet {
  readonly level: StreamLevel;
  readonly frame: number;
  readonly base: number;
  /** The one viewer that it is for, or the number of a group; 0: all that hold `base`. */
  readonly viewer: number;
  readonly drawnAt: Micros;
  /** A box per tile, 0 = clean. Read before `encode` returns, even when it answers with a promise. */
  readonly boxes: Uint32Array;
  readonly moves: readonly Move[];
  /** What tiles may lose, from `packQuality`; nothing unless told. */
  readonly quality?: number;
  /** What coding may cost; balanced unless told. */
  readonly effort?: Effort;
  /** Bytes after which the tiles that are left are given up, all but the first; no limit unless told. Not for whole pictures. */
  readonly budget?: number;
  /** Bytes after which a slice ends and the next begins: it may have more by its last tile. As many as can be unless told. */
  readonly sliceBytes?: number;
  /** The tiles to be coded, in that order; all with a box, row by row, unless told. */
  readonly order?: Uint32Array;
  /** It only sharpens what was there. */
  readonly refinement?: boolean;
  /** The viewers' picture will not be exact, whatever becomes of these tiles. */
  readonly approximate?: boolean;
}

/** Takes a slice's message, which is its own from then on. */
export type Emit = (message: Uint8Array) => void;

/** Turns coded slices into messages: numbers them as they come, marks the first and the last. */
export class SliceWriter {
  bytes = 0;
  #slice = 0;

  constructor(
    private readonly packet: Packet,
    private readonly size: { readonly width: number; readonly height: number },
    private readonly emit: Emit,
  ) {}

  /** Slices written so far. */
  get count(): number {
    return this.#slice;
  }

  /**
   * The one copy of a slice: out of the shared memory, into the message that is sent. `exact`: all that was coded
   * so far is, and nothing was left.
   */
  write(body: Uint8Array, last: boolean, exact: boolean): void {
    const message = new Uint8Array(SLICE_HEADER_BYTES + body.length);
    message.set(body, SLICE_HEADER_BYTES);
    const slice = this.#slice++;
    const { level, frame, base, viewer, drawnAt, approximate, refinement } = this.packet;
    writeSliceHeader(message, {
      level,
      frame,
      base,
      viewer,
      drawnAt,
      slice,
      first: slice === 0,
      last,
      approximate: approximate === true || !exact,
      refinement: refinement === true,
      width: this.size.width,
      height: this.size.height,
    });
    this.bytes += message.length;
    this.emit(message);
  }
}
