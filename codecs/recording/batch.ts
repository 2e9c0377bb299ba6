/** Memory in which the blocks of a recording wait for the sink. */
import type { HashState } from './chain.js';

/** So many bytes are handed to the sink at a time: a file system takes them for less than the same in small pieces. */
const BATCH_BYTES = 1024 * 1024;
/** Emptied batches kept for reuse: one fills while the other is written. */
const SPARE_BATCHES = 2;

export interface Batch {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  used: number;
  /** Up to here checksums and seals are filled in. */
  finished: number;
  /** The hash under way at its end, once all of it is finished and nothing more comes into it. */
  hash: HashState | undefined;
}

/** Batches that were written, to be filled again. */
export class SpareBatches {
  readonly #batches: Batch[] = [];

  /** An empty one with room for `bytes` bytes. */
  take(bytes: number): Batch {
    const spare = bytes <= BATCH_BYTES ? this.#batches.pop() : undefined;
    if (spare !== undefined) return spare;
    const store = new Uint8Array(Math.max(BATCH_BYTES, bytes));
    return { bytes: store, view: new DataView(store.buffer), used: 0, finished: 0, hash: undefined };
  }

  give(batch: Batch): void {
    if (batch.bytes.length !== BATCH_BYTES || this.#batches.length >= SPARE_BATCHES) return;
    batch.used = 0;
    batch.finished = 0;
    batch.hash = undefined;
    this.#batches.push(batch);
  }
}
