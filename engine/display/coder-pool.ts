/**
 * The threads that help to code large packets. A task carries nothing but a wake-up call: what there is to do
 * stands on the board (coder-board.ts), pixels and output lie in the shared memory.
 */
import type { Coding } from '../../codecs/index.js';
import { CoderBoard } from './coder-board.js';
import type { CoderThreadData, CoderThreads, StartCoderThreads, ThreadTimes } from './coder-threads.js';

/** What the asking thread does in a round. */
export interface LocalCoder {
  /** Codes a slot's slice; the answer is its length. */
  encode(slot: number): number;
  /** A slot's slice is coded; slot 0 comes first. */
  coded(slot: number, length: number): void;
}

export interface PoolStats extends ThreadTimes {
  readonly threads: number;
  /** Slices that a thread took and did not finish: coded again by the asking thread. */
  readonly retaken: number;
}

export class CoderPool {
  /** Threads beside the asking one; 0 once the pool is broken. */
  threads: number;
  readonly #pool: CoderThreads;
  readonly #board: CoderBoard;
  readonly #running = new Set<Promise<void>>();
  #retaken = 0;

  constructor(start: StartCoderThreads, work: Omit<CoderThreadData, 'board'>) {
    const { slots, workers } = work.layout;
    this.threads = workers;
    const board = new SharedArrayBuffer(CoderBoard.bytes(slots));
    this.#board = new CoderBoard(board, slots);
    // A thread that died may have left its scratch in use: the pool is not used any more.
    this.#pool = start({ ...work, board }, workers, () => {
      this.threads = 0;
    });
  }

  /** Tiles of each slot: written before `share`. */
  get counts(): Int32Array {
    return this.#board.counts;
  }

  /** Codes slots 0 to `slices` - 1 together with the threads. */
  async share(coding: Coding, slices: number, local: LocalCoder): Promise<void> {
    const board = this.#board;
    board.open(coding, slices);
    this.#wake(slices - 1);
    const reported = new Uint8Array(slices);
    let missing = slices;
    const report = (slot: number, length: number) => {
      reported[slot] = 1;
      missing--;
      local.coded(slot, length);
    };
    const collect = () => {
      for (let slot = 0; slot < slices; slot++) {
        const length = board.length(slot);
        if (length > 0 && reported[slot] === 0) report(slot, length);
      }
    };
    for (let slot = 0; slot !== -1; slot = board.take()) {
      board.finish(slot, local.encode(slot));
      collect();
    }
    while (missing > 0 && this.#running.size > 0) {
      await Promise.race(this.#running);
      collect();
    }
    for (let slot = 0; missing > 0; slot++) {
      if (reported[slot] !== 0) continue;
      this.#retaken++;
      const length = local.encode(slot);
      board.finish(slot, length);
      report(slot, length);
    }
  }

  stats(): PoolStats {
    return { ...this.#pool.times(), threads: this.threads, retaken: this.#retaken };
  }

  async close(): Promise<void> {
    this.threads = 0;
    await this.#pool.close();
  }

  /** Wakes as many threads as there are slices for; those that still run will help without it. */
  #wake(slices: number): void {
    for (let count = Math.min(slices, this.threads - this.#running.size); count > 0; count--) {
      const task: Promise<void> = this.#pool
        .run()
        .catch(() => {
          // What it had taken is found unfinished, and coded again.
        })
        .then(() => {
          this.#running.delete(task);
        });
      this.#running.add(task);
    }
  }
}
