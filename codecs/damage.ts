/**
 * Damage: what differs in each tile, as one box per tile, packed into a u32 relative to the tile's origin:
 * x0 | y0 << 6 | x1 << 12 | y1 << 18 | 1 << 24, with x1 and y1 the last column and row inside. 0 is clean.
 * A whole picture's damage is a `Uint32Array`, one box per tile, row by row.
 */
import { BOX_HELD } from './coding.js';
import { type Move, type Rect, type Size, TILE_SIZE, tileColumns, tileRows } from './geometry.js';

/** Set in every box that is not clean. */
const MARK = 1 << 24;
const TILE_SHIFT = 6;

/** A box from its first and last column and row, 0 to 63. */
export function packBox(x0: number, y0: number, x1: number, y1: number): number {
  return x0 | (y0 << 6) | (x1 << 12) | (y1 << 18) | MARK;
}

/** The box's rectangle inside its tile; undefined when clean. */
export function unpackBox(box: number): Rect | undefined {
  if (box === 0) return undefined;
  const x = box & 63;
  const y = (box >> 6) & 63;
  return { x, y, width: ((box >> 12) & 63) + 1 - x, height: ((box >> 18) & 63) + 1 - y };
}

/** The smallest box that holds both. */
export function unionBox(a: number, b: number): number {
  if (a === 0 || a === b) return b;
  if (b === 0) return a;
  return packBox(
    Math.min(a & 63, b & 63),
    Math.min((a >> 6) & 63, (b >> 6) & 63),
    Math.max((a >> 12) & 63, (b >> 12) & 63),
    Math.max((a >> 18) & 63, (b >> 18) & 63),
  );
}

/** Pixels in a box. */
export function boxArea(box: number): number {
  return box === 0 ? 0 : (((box >> 12) & 63) + 1 - (box & 63)) * (((box >> 18) & 63) + 1 - ((box >> 6) & 63));
}

/** The box that covers all of a tile: smaller than a tile's square in the last column and row. */
export function wholeBox(tile: number, size: Size): number {
  const columns = tileColumns(size.width);
  const left = (tile % columns) << TILE_SHIFT;
  const top = Math.floor(tile / columns) << TILE_SHIFT;
  return packBox(
    0,
    0,
    Math.min(TILE_SIZE, size.width - left) - 1,
    Math.min(TILE_SIZE, size.height - top) - 1,
  );
}

/** The box's rectangle in the picture; undefined when clean. */
export function boxRect(tile: number, box: number, columns: number): Rect | undefined {
  const inTile = unpackBox(box);
  if (inTile === undefined) return undefined;
  return {
    ...inTile,
    x: inTile.x + ((tile % columns) << TILE_SHIFT),
    y: inTile.y + (Math.floor(tile / columns) << TILE_SHIFT),
  };
}

/** Joins every box of `source` into `target`. */
export function mergeDamage(target: Uint32Array, source: Uint32Array): void {
  for (let tile = 0; tile < target.length; tile++) {
    const box = source[tile]!;
    if (box !== 0) target[tile] = unionBox(target[tile]!, box);
  }
}

/** Joins a rectangle of the picture, which lies inside it, into the boxes of the tiles that it touches. */
export function addRect(target: Uint32Array, rect: Rect, size: Size): void {
  const columns = tileColumns(size.width);
  const right = rect.x + rect.width - 1;
  const bottom = rect.y + rect.height - 1;
  for (let row = rect.y >> TILE_SHIFT; row <= bottom >> TILE_SHIFT; row++) {
    const top = row << TILE_SHIFT;
    const y0 = Math.max(rect.y - top, 0);
    const y1 = Math.min(bottom - top, TILE_SIZE - 1);
    for (let column = rect.x >> TILE_SHIFT; column <= right >> TILE_SHIFT; column++) {
      const left = column << TILE_SHIFT;
      const box = packBox(Math.max(rect.x - left, 0), y0, Math.min(right - left, TILE_SIZE - 1), y1);
      const tile = row * columns + column;
      target[tile] = unionBox(target[tile]!, box);
    }
  }
}

/**
 * Sets BOX_HELD in a commit's residual boxes where a viewer that held everything before the commit holds what the
 * encoder kept. That is nowhere near a move's target: there what the move brings is not kept.
 * @param missing Boxes of what the viewers do not hold.
 */
export function markHeld(
  boxes: Uint32Array,
  moves: readonly Move[],
  size: Size,
  missing?: Uint32Array,
): void {
  for (let tile = 0; tile < boxes.length; tile++) {
    const isHeld = boxes[tile] !== 0 && (missing === undefined || missing[tile] === 0);
    if (isHeld) boxes[tile] = boxes[tile]! | BOX_HELD;
  }
  const columns = tileColumns(size.width);
  for (const { x, y, width, height } of moves) {
    for (let row = y >> TILE_SHIFT; row <= (y + height - 1) >> TILE_SHIFT; row++) {
      for (let column = x >> TILE_SHIFT; column <= (x + width - 1) >> TILE_SHIFT; column++) {
        const tile = row * columns + column;
        boxes[tile] = boxes[tile]! & ~BOX_HELD;
      }
    }
  }
}

/** Marks every tile as damaged all over. */
export function fillDamage(target: Uint32Array, size: Size): void {
  const count = tileColumns(size.width) * tileRows(size.height);
  for (let tile = 0; tile < count; tile++) target[tile] = wholeBox(tile, size);
}

/** Tiles that are not clean. */
export function countDamage(boxes: Uint32Array): number {
  let count = 0;
  for (let tile = 0; tile < boxes.length; tile++) if (boxes[tile] !== 0) count++;
  return count;
}
