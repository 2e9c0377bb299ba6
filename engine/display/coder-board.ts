/**
 * The board on which threads take slices: a few words of shared memory that are only changed by atomic
 * operations. A round is opened by the asking thread; slices are taken by counting up; a slice is finished by
 * writing its length. Rounds are numbered, and the counter carries the number, so that a thread that comes
 * late to one round either helps with the next or finds nothing, but never takes a slice twice.
 */
import type { Coding, ColourLevel, Effort } from '../../codecs/index.js';

/** Word: round << 8 | next slice. */
const NEXT = 0;
/** Word: round << 8 | number of slices. */
const TOTAL = 1;
const LEVEL = 2;
const EFFORT = 3;
const QUALITY = 4;
/** Word: threads that have joined. */
const JOINED = 5;
/** Words: tiles of each slot. */
const COUNTS = 6;
const SLICE_BITS = 8;
const SLICE_MASK = (1 << SLICE_BITS) - 1;
const ROUND_MASK = (1 << (31 - SLICE_BITS)) - 1;

/** A slice that could not be coded. */
export const FAILED = -1;

export class CoderBoard {
  /** Tiles of each slot: written before a round is opened. */
  readonly counts: Int32Array;
  readonly #words: Int32Array;
  readonly #lengths: Int32Array;

  static bytes(slots: number): number {
    return (COUNTS + 2 * slots) * 4;
  }

  /** Everybody's board lies over the same `buffer`. */
  constructor(
    readonly buffer: SharedArrayBuffer,
    slots: number,
  ) {
    this.#words = new Int32Array(buffer);
    this.counts = this.#words.subarray(COUNTS, COUNTS + slots);
    this.#lengths = this.#words.subarray(COUNTS + slots, COUNTS + 2 * slots);
  }

  /** A thread joins; the answer is its number, from 1. */
  join(): number {
    return Atomics.add(this.#words, JOINED, 1) + 1;
  }

  /**
   * Opens a round of `slices` slices in the slots 0 and up, of which slice 0 is taken by the caller; the last
   * round's must all be finished.
   */
  open(coding: Coding, slices: number): void {
    const round = ((Atomics.load(this.#words, TOTAL) >>> SLICE_BITS) + 1) & ROUND_MASK;
    for (let slot = 0; slot < slices; slot++) Atomics.store(this.#lengths, slot, 0);
    Atomics.store(this.#words, LEVEL, coding.level);
    Atomics.store(this.#words, EFFORT, coding.effort);
    Atomics.store(this.#words, QUALITY, coding.quality);
    Atomics.store(this.#words, TOTAL, (round << SLICE_BITS) | slices);
    Atomics.store(this.#words, NEXT, (round << SLICE_BITS) | 1);
  }

  /** How the open round's slices are to be coded. */
  coding(): Coding {
    return {
      level: Atomics.load(this.#words, LEVEL) as ColourLevel,
      effort: Atomics.load(this.#words, EFFORT) as Effort,
      quality: Atomics.load(this.#words, QUALITY),
    };
  }

  /** The next slice that nobody has taken, or -1. Who takes one must finish it. */
  take(): number {
    // Looking first keeps the counter from running on when idle threads ask again and again.
    const total = Atomics.load(this.#words, TOTAL);
    if (Atomics.load(this.#words, NEXT) >= total) return -1;
    const next = Atomics.add(this.#words, NEXT, 1);
    const now = Atomics.load(this.#words, TOTAL);
    if (next >>> SLICE_BITS !== now >>> SLICE_BITS) return -1;
    const slice = next & SLICE_MASK;
    return slice < (now & SLICE_MASK) ? slice : -1;
  }

  /** Slice `slot` has been coded into `length` bytes, or could not be (`FAILED`). */
  finish(slot: number, length: number): void {
    Atomics.store(this.#lengths, slot, length);
  }

  /** Length of a finished slice, `FAILED`, or 0 while it is not finished. */
  length(slot: number): number {
    return Atomics.load(this.#lengths, slot);
  }
}
