/**
 * What the viewers of the auto stream hold not exactly, tile by tile, and how long it has rested.
 *
 * A box is the smallest that holds all that may differ from the host's picture: too large is safe, too small is
 * not. Whatever is not in a box is exact at every viewer that holds the stream's last frame.
 */
import {
  addRect,
  boxRect,
  intersect,
  type Move,
  mergeDamage,
  packBox,
  type Rect,
  type Size,
  tileColumns,
  tileRows,
  unionBox,
} from '../../codecs/index.js';
import type { Micros } from '../clock.js';
import { refineAfter, SHORTEST_REST } from '../flow/index.js';
import type { Point } from '../protocol/index.js';

/** A tile that changes again within this time changes at a rate. */
const LONGEST_PERIOD: Micros = 1_000_000;
/** What has not changed for so long in a tile that changes at a rate rests: it is beside the film, not in it. */
const BESIDE: Micros = 1_000_000;
/** Damage is as new as other damage of about the same time. */
const SAME_AGE: Micros = 200_000;

export class LossMap {
  /** One box per tile, 0 where all is exact. */
  readonly boxes: Uint32Array;
  /** Of tiles that `rested` has named: what is to be sharpened. */
  readonly due: Uint32Array;
  readonly #size: Size;
  readonly #columns: number;
  readonly #changedAt: Float64Array;
  /** Between changes, smoothed; 0: not at a rate. */
  readonly #period: Float32Array;
  /** What has changed since `#recentSince`, and in the time of `BESIDE` before that. */
  readonly #recent: Uint32Array;
  readonly #before: Uint32Array;
  readonly #recentSince: Float64Array;
  /** By tile: the coarsest quality at which it was sent, and its place in a row. */
  readonly #quality: Uint8Array;
  readonly #keys: Float64Array;
  readonly #order: Uint32Array;

  constructor(size: Size) {
    this.#size = size;
    this.#columns = tileColumns(size.width);
    const tiles = this.#columns * tileRows(size.height);
    this.boxes = new Uint32Array(tiles);
    this.due = new Uint32Array(tiles);
    this.#recent = new Uint32Array(tiles);
    this.#before = new Uint32Array(tiles);
    this.#recentSince = new Float64Array(tiles).fill(Number.NEGATIVE_INFINITY);
    this.#changedAt = new Float64Array(tiles).fill(Number.NEGATIVE_INFINITY);
    this.#period = new Float32Array(tiles);
    this.#quality = new Uint8Array(tiles);
    this.#order = new Uint32Array(tiles);
    this.#keys = new Float64Array(tiles);
  }

  get isEmpty(): boolean {
    return this.boxes.every((box) => box === 0);
  }

  /** The coarsest natural quality at which something is held, 1 to 100; 0 where all is exact. */
  get coarsest(): number {
    let coarsest = 0;
    for (let tile = 0; tile < this.boxes.length; tile++) {
      if (this.boxes[tile] === 0) continue;
      const quality = this.#quality[tile]!;
      coarsest = coarsest === 0 ? quality : Math.min(coarsest, quality);
    }
    return coarsest;
  }

  /** Whether something stays not exact when `coded` has been coded exactly. */
  staysAfter(coded: Uint32Array): boolean {
    return this.boxes.some((box, tile) => box !== 0 && subtractBox(box, coded[tile]!) !== 0);
  }

  /** The host's picture has changed there, whether it has been sent or not. */
  changed(boxes: Uint32Array, now: Micros): void {
    for (let tile = 0; tile < boxes.length; tile++) {
      if (boxes[tile] === 0) continue;
      this.#keepRecent(tile, boxes[tile]!, now);
      const since = now - this.#changedAt[tile]!;
      const period = this.#period[tile]!;
      if (since > LONGEST_PERIOD) this.#period[tile] = 0;
      else this.#period[tile] = period === 0 ? since : (3 * period + since) / 4;
      this.#changedAt[tile] = now;
    }
  }

  #keepRecent(tile: number, box: number, now: Micros): void {
    const age = now - this.#recentSince[tile]!;
    if (age > BESIDE) {
      this.#before[tile] = age > 2 * BESIDE ? 0 : this.#recent[tile]!;
      this.#recent[tile] = 0;
      this.#recentSince[tile] = now;
    }
    this.#recent[tile] = unionBox(this.#recent[tile]!, box);
  }

  /** What of a tile's loss lies beside what changes in it; 0: nothing, or that has not rested long enough. */
  #beside(tile: number, now: Micros): number {
    const age = now - this.#recentSince[tile]!;
    if (age > BESIDE) return 0;
    return subtractBox(this.boxes[tile]!, unionBox(this.#recent[tile]!, this.#before[tile]!));
  }

  /** Viewers make these moves, in order: what is not exact goes along. */
  moved(moves: readonly Move[]): void {
    if (moves.length === 0 || this.isEmpty) return;
    for (const move of moves) {
      const taken = this.#within({ ...move, x: move.fromX, y: move.fromY });
      this.#subtract(move);
      for (const rect of taken) {
        const { x, y } = rect;
        addRect(this.boxes, { ...rect, x: x + move.x - move.fromX, y: y + move.y - move.fromY }, this.#size);
      }
    }
  }

  /** Was sent, and is not exact. @param quality Of natural content, 1 to 100. */
  lost(tile: number, box: number, quality: number): void {
    const before = subtractBox(this.boxes[tile]!, box);
    this.#quality[tile] = before === 0 ? quality : Math.min(quality, this.#quality[tile]!);
    this.boxes[tile] = unionBox(before, box);
  }

  /** The natural quality at which an inexact tile is held, 1 to 100; 0: nothing is known. */
  quality(tile: number): number {
    return this.#quality[tile]!;
  }

  /** Was sent, and is exact now. */
  exact(tile: number, box: number): void {
    this.boxes[tile] = subtractBox(this.boxes[tile]!, box);
  }

  /** These tiles rest: they were sent because somebody came, not because they changed. */
  calm(boxes: Uint32Array): void {
    for (let tile = 0; tile < boxes.length; tile++) {
      if (boxes[tile] !== 0) this.#changedAt[tile] = Number.NEGATIVE_INFINITY;
    }
  }

  /** Viewers may hold less than was thought. */
  join(boxes: Uint32Array): void {
    mergeDamage(this.boxes, boxes);
  }

  /**
   * The tiles that are not exact and have rested, and when the next one will have (infinite: none). What of them is
   * to be sharpened is in `due`: all, or of a tile that a film lies in, what is beside the film.
   *
   * @param quietAt When the source will have been quiet for so long that everything rests, whatever its period.
   */
  rested(now: Micros, quietAt: Micros): { readonly tiles: Uint32Array; readonly nextAt: Micros } {
    let count = 0;
    let nextAt = Number.POSITIVE_INFINITY;
    for (let tile = 0; tile < this.boxes.length; tile++) {
      if (this.boxes[tile] === 0) continue;
      const changedAt = this.#changedAt[tile]!;
      const quiet = Math.max(quietAt, changedAt + SHORTEST_REST);
      const restedAt = Math.min(quiet, changedAt + refineAfter(this.#period[tile]!));
      const due = restedAt <= now ? this.boxes[tile]! : this.#beside(tile, now);
      if (due === 0) {
        nextAt = Math.min(nextAt, restedAt);
        continue;
      }
      this.due[tile] = due;
      this.#order[count++] = tile;
    }
    return { tiles: this.#order.subarray(0, count), nextAt };
  }

  /** Sorts tiles: what has changed last comes first, and of that what is nearest to `pointer`. */
  sort(order: Uint32Array, now: Micros, pointer: Point | undefined): void {
    const keys = this.#keys;
    for (const tile of order) {
      const age = Math.min(1e6, Math.floor((now - this.#changedAt[tile]!) / SAME_AGE));
      keys[tile] = age * 1e9 + (pointer === undefined ? tile : this.#distance(tile, pointer));
    }
    order.sort((a, b) => keys[a]! - keys[b]!);
  }

  /** Squared, from the tile's nearest pixel. */
  #distance(tile: number, { x, y }: Point): number {
    const left = (tile % this.#columns) * 64;
    const top = Math.floor(tile / this.#columns) * 64;
    const dx = Math.max(left - x, x - left - 63, 0);
    const dy = Math.max(top - y, y - top - 63, 0);
    return dx * dx + dy * dy;
  }

  /** The parts of boxes that lie in `area`. */
  #within(area: Rect): Rect[] {
    const found: Rect[] = [];
    this.#tiles(area, (tile) => {
      const rect = boxRect(tile, this.boxes[tile]!, this.#columns);
      const common = rect && intersect(rect, area);
      if (common !== undefined) found.push(common);
    });
    return found;
  }

  #subtract(area: Rect): void {
    this.#tiles(area, (tile) => {
      const x = (tile % this.#columns) * 64;
      const y = Math.floor(tile / this.#columns) * 64;
      const part = intersect({ x, y, width: 64, height: 64 }, area);
      if (part === undefined) return;
      const left = part.x - x;
      const top = part.y - y;
      this.exact(tile, packBox(left, top, left + part.width - 1, top + part.height - 1));
    });
  }

  #tiles({ x, y, width, height }: Rect, visit: (tile: number) => void): void {
    for (let row = y >> 6; row <= (y + height - 1) >> 6; row++) {
      for (let column = x >> 6; column <= (x + width - 1) >> 6; column++) {
        const tile = row * this.#columns + column;
        if (this.boxes[tile] !== 0) visit(tile);
      }
    }
  }
}

/** The smallest box that holds what of `box` is not in `cut`. */
export function subtractBox(box: number, cut: number): number {
  if (box === 0 || cut === 0) return box;
  let x0 = box & 63;
  let y0 = (box >> 6) & 63;
  let x1 = (box >> 12) & 63;
  let y1 = (box >> 18) & 63;
  const cx0 = cut & 63;
  const cy0 = (cut >> 6) & 63;
  const cx1 = (cut >> 12) & 63;
  const cy1 = (cut >> 18) & 63;
  if (cy0 <= y0 && cy1 >= y1) {
    if (cx0 <= x0 && cx1 >= x1) return 0;
    if (cx0 <= x0) x0 = Math.max(x0, cx1 + 1);
    else if (cx1 >= x1) x1 = Math.min(x1, cx0 - 1);
  } else if (cx0 <= x0 && cx1 >= x1) {
    if (cy0 <= y0) y0 = Math.max(y0, cy1 + 1);
    else if (cy1 >= y1) y1 = Math.min(y1, cy0 - 1);
  }
  return packBox(x0, y0, x1, y1);
}
