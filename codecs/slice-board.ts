/**
 * The board of a decoder whose slices are shared with threads that help: a few words of the decoder's own memory,
 * changed by atomic operations only. A desk is free, or a slice waits at it, or is being decoded, or is done. Who
 * changes a desk from waiting to taken decodes its slice: a thread that helps, or the asking thread, which takes
 * back what nobody has begun. Desk 0 is the asking thread's and does not stand on the board.
 */
import { BOARD_LINE_BYTES, type DecoderLayout } from './layout.js';
import type { ColourLevel } from './levels.js';

/** Words of the first line. News counts up with every slice that is left; CLOSED sends the threads home. */
const NEWS = 0;
const JOINED = 1;
const CLOSED = -1;

/** Words of a desk's line. */
const STATE = 0;
const LENGTH = 1;
const LEVEL = 2;
const WIDTH = 3;
const HEIGHT = 4;
const COUNT = 5;
const LINE_WORDS = BOARD_LINE_BYTES / 4;

const FREE = 0;
const WAITING = 1;
const TAKEN = 2;
const DONE = 3;

/** A slice body that lies at a desk, and the picture that it belongs to. */
export interface SliceTask {
  readonly length: number;
  readonly level: ColourLevel;
  readonly width: number;
  readonly height: number;
}

export class SliceBoard {
  readonly #words: Int32Array;
  readonly #desks: number;

  /** Everybody's board lies over the same memory. */
  constructor(memory: WebAssembly.Memory, layout: DecoderLayout) {
    this.#desks = layout.desks;
    this.#words = new Int32Array(memory.buffer, layout.board, (layout.desks + 1) * LINE_WORDS);
  }

  // -- the asking thread --------------------------------------------------------------------------------------

  /** Threads that are ready to help. */
  get joined(): number {
    return Atomics.load(this.#words, JOINED);
  }

  /** A desk that is free, or -1. */
  free(): number {
    return this.#find(FREE);
  }

  /** Number of slices that nobody has begun. */
  get waiting(): number {
    let waiting = 0;
    for (let desk = 1; desk < this.#desks; desk++) if (this.#state(desk) === WAITING) waiting++;
    return waiting;
  }

  /** A slice lies at a free desk. */
  leave(desk: number, { length, level, width, height }: SliceTask): void {
    const line = lineOf(desk);
    this.#words[line + LENGTH] = length;
    this.#words[line + LEVEL] = level;
    this.#words[line + WIDTH] = width;
    this.#words[line + HEIGHT] = height;
    // Whoever sees the state sees what was written before it.
    Atomics.store(this.#words, line + STATE, WAITING);
    Atomics.add(this.#words, NEWS, 1);
    Atomics.notify(this.#words, NEWS, 1);
  }

  isDone(desk: number): boolean {
    return this.#state(desk) === DONE;
  }

  /** Whether somebody has begun a desk's slice and is not done with it. */
  isTaken(desk: number): boolean {
    return this.#state(desk) === TAKEN;
  }

  /** Waits until a taken desk's slice is done; false when that takes longer than `limit` milliseconds. */
  awaitDone(desk: number, limit: number): boolean {
    if (this.isTaken(desk)) Atomics.wait(this.#words, lineOf(desk) + STATE, TAKEN, limit);
    return !this.isTaken(desk);
  }

  /** The kernel's answer of a desk that is done. */
  count(desk: number): number {
    return this.#words[lineOf(desk) + COUNT]!;
  }

  release(desk: number): void {
    Atomics.store(this.#words, lineOf(desk) + STATE, FREE);
  }

  /** The threads end when they have done what they have begun. */
  close(): void {
    Atomics.store(this.#words, NEWS, CLOSED);
    Atomics.notify(this.#words, NEWS);
  }

  // -- a thread that helps ------------------------------------------------------------------------------------

  join(): void {
    Atomics.add(this.#words, JOINED, 1);
  }

  get news(): number {
    return Atomics.load(this.#words, NEWS);
  }

  /** Sleeps while there is nothing newer than `seen`; false when the board is closed. */
  awaitNews(seen: number): boolean {
    if (seen === CLOSED) return false;
    Atomics.wait(this.#words, NEWS, seen);
    return this.news !== CLOSED;
  }

  // -- both ---------------------------------------------------------------------------------------------------

  /** A waiting desk, which is the caller's now, or -1. Who takes one must finish it. */
  take(): number {
    for (let desk = 1; desk < this.#desks; desk++) {
      const state = lineOf(desk) + STATE;
      if (Atomics.compareExchange(this.#words, state, WAITING, TAKEN) === WAITING) return desk;
    }
    return -1;
  }

  task(desk: number): SliceTask {
    const line = lineOf(desk);
    return {
      length: this.#words[line + LENGTH]!,
      level: this.#words[line + LEVEL] as ColourLevel,
      width: this.#words[line + WIDTH]!,
      height: this.#words[line + HEIGHT]!,
    };
  }

  /** A taken desk's slice was decoded with that answer of the kernel. */
  finish(desk: number, count: number): void {
    const line = lineOf(desk);
    this.#words[line + COUNT] = count;
    Atomics.store(this.#words, line + STATE, DONE);
    Atomics.notify(this.#words, line + STATE);
  }

  #state(desk: number): number {
    return Atomics.load(this.#words, lineOf(desk) + STATE);
  }

  #find(state: number): number {
    for (let desk = 1; desk < this.#desks; desk++) if (this.#state(desk) === state) return desk;
    return -1;
  }
}

/** First word of a desk's line. */
function lineOf(desk: number): number {
  return desk * LINE_WORDS;
}
