/** Vectors that are worth a try in a picture: those of the moves that are known, and of those that are found. */

import type { Arena } from '../arena.js';
import type { Move } from '../geometry.js';
import { MAX_MOVES, MOVE_BYTES } from '../layout.js';
import type { RecordingKernels } from './kernels.js';
import type { PictureStore } from './picture-store.js';

/** Most vectors for one picture: each is tried on every block that differs. */
const MAX_VECTORS = 24;
const NEAR_VECTORS = 4;
/** Fewer changed tiles than this are a caret, a word, a button: no search. */
const MIN_SEARCH_TILES = 4;

export class MotionHints {
  /** dx, dy, i32 each; behind them there is room for NEAR_VECTORS that `zmbvChange` finds. */
  readonly vectors: number;
  readonly #store: PictureStore;
  readonly #moves: number;
  readonly #scratch: number;
  #kernels: RecordingKernels | undefined;
  #vectorWords = new Int32Array();
  #moveWords = new Uint16Array();

  constructor(store: PictureStore, arena: Arena, probe: RecordingKernels) {
    this.#store = store;
    this.vectors = arena.take((MAX_VECTORS + NEAR_VECTORS) * 8);
    this.#moves = arena.take(MAX_MOVES * MOVE_BYTES);
    this.#scratch = arena.take(probe.moveSearchBytes(store.size.width, store.size.height));
  }

  attach(memory: WebAssembly.Memory, kernels: RecordingKernels): void {
    this.#kernels = kernels;
    this.#vectorWords = new Int32Array(memory.buffer, this.vectors, MAX_VECTORS * 2);
    this.#moveWords = new Uint16Array(memory.buffer, this.#moves, (MAX_MOVES * MOVE_BYTES) / 2);
  }

  /** Number of vectors written at `vectors`. Moves are looked for when it is not known what they are. */
  find(changedTiles: number, known: readonly Move[] | undefined): number {
    let count = 0;
    if (known !== undefined) {
      for (const move of known) count = this.#add(count, move.fromX - move.x, move.fromY - move.y);
      return count;
    }
    if (changedTiles < MIN_SEARCH_TILES) return 0;
    const { current, reference, stride, size, boxes } = this.#store;
    const found = this.#kernels!.findMoves(
      current,
      reference,
      stride,
      size.width,
      size.height,
      boxes,
      this.#scratch,
      this.#moves,
      MAX_MOVES,
      1,
    );
    const words = this.#moveWords;
    for (let index = 0; index < found; index++) {
      const at = (index * MOVE_BYTES) / 2;
      count = this.#add(count, words[at]! - words[at + 2]!, words[at + 1]! - words[at + 3]!);
    }
    return count;
  }

  #add(count: number, dx: number, dy: number): number {
    const words = this.#vectorWords;
    if (count === MAX_VECTORS || (dx === 0 && dy === 0)) return count;
    for (let index = 0; index < count; index++) {
      if (words[index * 2] === dx && words[index * 2 + 1] === dy) return count;
    }
    words[count * 2] = dx;
    words[count * 2 + 1] = dy;
    return count + 1;
  }
}
