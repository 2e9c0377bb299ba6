/** When to look for moves, and how hard: nothing is spent on typing, little on a film that never moves. */
import type { Move } from './geometry.js';
import type { Kernels } from './kernels.js';
import { type EncoderLayout, MOVE_BYTES } from './layout.js';

/** Fewer changed tiles than this are a caret, a word, a button: coding them is cheaper than a search. */
const MIN_CHANGED_TILES = 4;
/**
 * The search in any direction visits every changed pixel. When it finds nothing twice running it is left out for
 * one change, then for two, and so on up to this: a window dragged beside a film is found within eight frames.
 */
const MAX_PAUSE = 8;
/**
 * When this many searches running found nothing in changes of about one size, a film plays. From then on every one
 * in vain leaves out one more change, up to MAX_REST: a scroll beside the film makes the change larger.
 */
const FILM_SEARCHES = 4;
const MAX_REST = 3;
/** Changes are of about one size when they differ by no more than a quarter and this many tiles. */
const SIMILAR_TILES = 4;
/** Place of a u32 in the search's scratch (wasm/search.ts): what became of the search in any direction. */
const TRIED = 0;
const FOUND_MOVES = 2;

export class MoveSearch {
  readonly #kernels: Kernels;
  readonly #layout: EncoderLayout;
  readonly #words: Uint16Array;
  readonly #tried: Uint32Array;
  /** Nothing can be found again in the black picture before the first commit. */
  #first = true;
  #pause = 0;
  #left = 0;
  /** Searches in vain running, the tiles of the last of their changes, and changes still left out. */
  #vain = 0;
  #vainTiles = 0;
  #rest = 0;

  constructor(kernels: Kernels, layout: EncoderLayout, memory: WebAssembly.Memory) {
    this.#kernels = kernels;
    this.#layout = layout;
    this.#words = new Uint16Array(memory.buffer, layout.moves, (layout.maxMoves * MOVE_BYTES) / 2);
    this.#tried = new Uint32Array(memory.buffer, layout.search + TRIED, 1);
  }

  /** Moves for the change in `layout.changed`, in the order in which they are to be made. */
  find(changedTiles: number): readonly Move[] {
    const first = this.#first;
    this.#first &&= changedTiles === 0;
    if (first || changedTiles < MIN_CHANGED_TILES || this.#rests(changedTiles)) return [];
    const layout = this.#layout;
    const anchors = this.#left === 0;
    const count = this.#kernels.findMoves(
      layout.picture,
      layout.reference,
      layout.stride,
      layout.width,
      layout.height,
      layout.changed,
      layout.search,
      layout.moves,
      layout.maxMoves,
      anchors ? 1 : 0,
    );
    this.#pace(anchors, this.#tried[0]!);
    this.#vain = count > 0 ? 0 : this.#vain + 1;
    this.#vainTiles = changedTiles;
    this.#rest = Math.min(MAX_REST, Math.max(0, this.#vain - FILM_SEARCHES));
    return this.#read(count);
  }

  #rests(changedTiles: number): boolean {
    const difference = Math.abs(changedTiles - this.#vainTiles);
    if (difference * 4 > this.#vainTiles + SIMILAR_TILES * 4) {
      this.#vain = 0;
      this.#rest = 0;
    }
    if (this.#rest === 0) return false;
    this.#rest--;
    return true;
  }

  #pace(anchors: boolean, tried: number): void {
    if (!anchors) {
      this.#left--;
    } else if (tried === FOUND_MOVES) {
      this.#pause = 0;
    } else if (tried !== 0) {
      this.#left = this.#pause;
      this.#pause = Math.min(MAX_PAUSE, Math.max(1, this.#pause * 2));
    }
  }

  #read(count: number): Move[] {
    const moves: Move[] = new Array(count);
    for (let index = 0; index < count; index++) {
      const word = (index * MOVE_BYTES) / 2;
      moves[index] = {
        fromX: this.#words[word]!,
        fromY: this.#words[word + 1]!,
        x: this.#words[word + 2]!,
        y: this.#words[word + 3]!,
        width: this.#words[word + 4]!,
        height: this.#words[word + 5]!,
      };
    }
    return moves;
  }
}
