/**
 * From a shift to rectangles. The picture is divided into cells; a cell matches when its pixels equal the
 * shifted reference. The rectangle of matching cells that holds the most changed cells is found by the
 * largest-rectangle-in-a-histogram method, and then grown to its exact edges pixel by pixel.
 */
import { RGB_MASK } from './box';
import {
  CELL_HEIGHT,
  CELL_HEIGHT_SHIFT,
  CELL_WIDTH,
  CELL_WIDTH_SHIFT,
  CHANGED_CELLS,
  cellColumns,
  cellRows,
  FOUND,
  HEIGHTS,
  matchCellsAt,
  STACK,
  sumsAt,
} from './search';

/** Whether the colours of two runs of pixels are the same. */
export function samePixels(a: usize, b: usize, count: u32): bool {
  const end = a + (count << 2);
  const mask = i32x4.splat(RGB_MASK);
  while (a + 16 <= end) {
    if (v128.any_true(v128.and(v128.xor(v128.load(a), v128.load(b)), mask))) return false;
    a += 16;
    b += 16;
  }
  while (a < end) {
    if (((load<u32>(a) ^ load<u32>(b)) & RGB_MASK) != 0) return false;
    a += 4;
    b += 4;
  }
  return true;
}

/**
 * Writes 1 into `cells` for every cell of the region (in cells, end exclusive) whose pixels equal the reference
 * shifted by (dx, dy), 0 for the others and where the shifted cell is not inside the picture. Of each cell's
 * rows every `step`th is looked at: what that overlooks is found when the moves have been made.
 */
export function compareCells(
  picture: usize,
  reference: usize,
  stride: u32,
  width: u32,
  height: u32,
  dx: i32,
  dy: i32,
  left: u32,
  top: u32,
  right: u32,
  bottom: u32,
  step: u32,
  cells: usize,
): void {
  const columns = cellColumns(width);
  const mask = i32x4.splat(RGB_MASK);
  const shift = <isize>reference - <isize>picture + <isize>dy * <isize>stride + ((<isize>dx) << 2);
  for (let row = top; row < bottom; row++) {
    const line = cells + row * columns;
    const y = row << CELL_HEIGHT_SHIFT;
    const yEnd = min<u32>(y + CELL_HEIGHT, height);
    const rowInside = <i32>y + dy >= 0 && <i32>yEnd + dy <= <i32>height;
    for (let column = left; column < right; column++) {
      const x = column << CELL_WIDTH_SHIFT;
      const xEnd = min<u32>(x + CELL_WIDTH, width);
      store<u8>(line + column, rowInside && <i32>x + dx >= 0 && <i32>xEnd + dx <= <i32>width ? 1 : 0);
    }
    if (!rowInside) continue;
    for (let pixelRow = y; pixelRow < yEnd; pixelRow += step) {
      const base = picture + pixelRow * stride;
      for (let column = left; column < right; column++) {
        if (load<u8>(line + column) == 0) continue;
        const a = base + (column << (CELL_WIDTH_SHIFT + 2));
        const b = <usize>(<isize>a + shift);
        const part = width - (column << CELL_WIDTH_SHIFT);
        if (part >= CELL_WIDTH) {
          const difference = v128.or(
            v128.or(v128.xor(v128.load(a), v128.load(b)), v128.xor(v128.load(a, 16), v128.load(b, 16))),
            v128.or(
              v128.xor(v128.load(a, 32), v128.load(b, 32)),
              v128.xor(v128.load(a, 48), v128.load(b, 48)),
            ),
          );
          if (v128.any_true(v128.and(difference, mask))) store<u8>(line + column, 0);
        } else if (!samePixels(a, b, part)) {
          store<u8>(line + column, 0);
        }
      }
    }
  }
}

/** Sums of changed cells over the region, relative to its corner; the answer is all of them. */
export function sumChanged(
  scratch: usize,
  width: u32,
  height: u32,
  left: u32,
  top: u32,
  right: u32,
  bottom: u32,
): u32 {
  const columns = cellColumns(width);
  const pitch = (columns + 1) << 2;
  const sums = scratch + sumsAt(width, height);
  const cells = scratch + CHANGED_CELLS;
  memory.fill(sums + top * pitch + (left << 2), 0, (right - left + 1) << 2);
  for (let row = top; row < bottom; row++) {
    let inRow: u32 = 0;
    const above = sums + row * pitch;
    const here = above + pitch;
    store<u32>(here + (left << 2), 0);
    for (let column = left; column < right; column++) {
      inRow += load<u8>(cells + row * columns + column);
      store<u32>(here + ((column + 1) << 2), load<u32>(above + ((column + 1) << 2)) + inRow);
    }
  }
  return load<u32>(sums + bottom * pitch + (right << 2));
}

/**
 * Finds the rectangle of matching cells with the most changed cells and writes it at FOUND; the answer is its
 * gain, 0 when there is none. `sumChanged` has been called for the region.
 */
export function bestRectangle(
  scratch: usize,
  width: u32,
  height: u32,
  left: u32,
  top: u32,
  right: u32,
  bottom: u32,
): u32 {
  const columns = cellColumns(width);
  const pitch = (columns + 1) << 2;
  const sums = scratch + sumsAt(width, height);
  const cells = scratch + matchCellsAt(width, height);
  const heights = scratch + HEIGHTS;
  const stack = scratch + STACK;
  const found = scratch + FOUND;
  let best: u32 = 0;
  memory.fill(heights + (left << 2), 0, (right - left) << 2);
  for (let row = top; row < bottom; row++) {
    const sumsBelow = sums + (row + 1) * pitch;
    let depth: u32 = 0;
    // One column more, of height 0, closes what is still open.
    for (let column = left; column <= right; column++) {
      let tall: u32 = 0;
      if (column < right) {
        const place = heights + (column << 2);
        tall = load<u8>(cells + row * columns + column) != 0 ? load<u32>(place) + 1 : 0;
        store<u32>(place, tall);
      }
      let start = column;
      while (depth > 0) {
        const top1 = stack + ((depth - 1) << 3);
        const open = load<u32>(top1, 4);
        if (open < tall) break;
        start = load<u32>(top1);
        depth--;
        if (open == tall) break;
        const sumsAbove = sumsBelow - open * pitch;
        const gain =
          load<u32>(sumsBelow + (column << 2)) -
          load<u32>(sumsBelow + (start << 2)) -
          load<u32>(sumsAbove + (column << 2)) +
          load<u32>(sumsAbove + (start << 2));
        if (gain > best) {
          best = gain;
          store<u32>(found, start);
          store<u32>(found, row + 1 - open, 4);
          store<u32>(found, column - start, 8);
          store<u32>(found, open, 12);
        }
      }
      if (tall > 0) {
        store<u32>(stack + (depth << 3), start);
        store<u32>(stack + (depth << 3), tall, 4);
        depth++;
      }
    }
  }
  return best;
}

/** Clears the changed cells of the rectangle at FOUND: a move makes them right. */
export function clearFound(scratch: usize, width: u32): void {
  const columns = cellColumns(width);
  const found = scratch + FOUND;
  const x = load<u32>(found);
  const y = load<u32>(found, 4);
  const w = load<u32>(found, 8);
  const h = load<u32>(found, 12);
  for (let row = y; row < y + h; row++) memory.fill(scratch + CHANGED_CELLS + row * columns + x, 0, w);
}
