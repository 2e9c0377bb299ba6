/**
 * The host's picture and what it was: compares, finds moves, and brings the reference up to date. One per host
 * picture, on the thread that captures.
 */
import { addRect, countDamage } from './damage.js';
import { clipRect, type Move, type Picture, type Rect } from './geometry.js';
import { instantiateKernels, type Kernels } from './kernels.js';
import type { EncoderLayout } from './layout.js';
import { MoveSearch } from './move-search.js';

/** What one commit found. The arrays are views on shared memory, valid until the next commit. */
export interface FrameChange {
  /** Tiles that differ from the last commit's picture, before moves. */
  readonly changedTiles: number;
  /** `changedTiles` as a part of all tiles, 0 to 1. */
  readonly fraction: number;
  /** A box per tile, 0 = clean (`unpackBox`), before moves: exactly what differs from the last commit. */
  readonly changed: Uint32Array;
  /** A box per tile: what still differs when the moves have been made. */
  readonly residual: Uint32Array;
  /** In order. Targets do not meet, and none covers what a later move reads. */
  readonly moves: readonly Move[];
}

export class FrameEncoder {
  /** The source writes here. Alpha is ignored. */
  readonly picture: Picture;
  /** The picture as of the last commit, opaque; black at first. Slices are coded from it. */
  readonly reference: Picture;
  readonly layout: EncoderLayout;
  readonly kernels: Kernels;
  readonly memory: WebAssembly.Memory;
  readonly #changed: Uint32Array;
  readonly #residual: Uint32Array;
  readonly #search: MoveSearch;

  /** `memory` holds at least `layout.totalBytes`; `now` is `instantiateKernels`'s. */
  constructor(
    module: WebAssembly.Module,
    layout: EncoderLayout,
    memory: WebAssembly.Memory,
    now?: () => number,
  ) {
    this.layout = layout;
    this.memory = memory;
    this.kernels = instantiateKernels(module, memory, now);
    const { width, height, stride } = layout;
    const buffer = memory.buffer;
    this.picture = { width, height, stride, pixels: new Uint8Array(buffer, layout.picture, stride * height) };
    this.reference = {
      width,
      height,
      stride,
      pixels: new Uint8Array(buffer, layout.reference, stride * height),
    };
    new Uint32Array(buffer, layout.reference, (stride / 4) * height).fill(0xff000000);
    this.#changed = new Uint32Array(buffer, layout.changed, layout.tiles);
    this.#residual = new Uint32Array(buffer, layout.residual, layout.tiles);
    this.#search = new MoveSearch(this.kernels, layout, memory);
  }

  /**
   * Compares the picture with the reference, looks for moves, and makes the reference equal to the picture.
   * `damage` restricts the comparison: pixels outside it must not have changed. Rectangles are clipped.
   */
  commit(damage?: readonly Rect[]): FrameChange {
    this.#compare(damage);
    const changedTiles = countDamage(this.#changed);
    const { layout } = this;
    const moves = this.#search.find(changedTiles);
    if (moves.length > 0) this.#settle(moves.length);
    else if (changedTiles > 0) this.#copyChanged();
    else this.#residual.fill(0);
    // Targets are compared whatever a hint says, and what it forgot there is settled too: it must not go unmarked.
    if (moves.length > 0 && damage !== undefined)
      for (const move of moves) addRect(this.#changed, move, layout);
    return {
      changedTiles,
      fraction: changedTiles / layout.tiles,
      changed: this.#changed,
      residual: this.#residual,
      moves,
    };
  }

  #copyChanged(): void {
    const { layout, kernels } = this;
    this.#residual.set(this.#changed);
    const { picture, reference, held, stride, columns, tiles, changed } = layout;
    kernels.copyBoxes(reference, held, stride, columns, tiles, changed);
    kernels.copyBoxes(picture, reference, stride, columns, tiles, changed);
  }

  #settle(moves: number): void {
    const { layout, kernels } = this;
    kernels.settle(
      layout.picture,
      layout.reference,
      layout.stride,
      layout.width,
      layout.height,
      layout.moves,
      moves,
      layout.changed,
      layout.residual,
      layout.held,
    );
  }

  #compare(damage: readonly Rect[] | undefined): void {
    const { layout, kernels } = this;
    const { width, height } = layout;
    this.#changed.fill(0);
    for (const rect of damage ?? [{ x: 0, y: 0, width, height }]) {
      const clipped = clipRect(rect, layout);
      if (clipped === undefined) continue;
      kernels.compareRect(
        layout.picture,
        layout.reference,
        layout.stride,
        width,
        clipped.x,
        clipped.y,
        clipped.width,
        clipped.height,
        layout.changed,
      );
    }
  }
}
