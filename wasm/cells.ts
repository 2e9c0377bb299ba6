/**
 * Cells of 16 by 8 pixels: which have changed, and which equal the reference shifted by a vector. Two of a cell's
 * eight rows are looked at. What that overlooks costs bytes, never exactness: moves are compared exactly when they
 * are made.
 */
import { BOX_MARK, RGB_MASK, TILE } from './box';
import {
  CELL_HEIGHT,
  CELL_HEIGHT_SHIFT,
  CELL_WIDTH,
  CELL_WIDTH_SHIFT,
  cellColumns,
  GAINS,
  MATCHED,
  matchesAt,
  Search,
} from './search';

/** The rows of a cell that are looked at. */
const FIRST_SAMPLE: u32 = 1;
const SECOND_SAMPLE: u32 = 5;
/**
 * Gains of explaining a cell that has changed: a flat one costs next to nothing to code, and under a wrong vector
 * a flat area is found again most easily.
 */
export const TEXTURE_GAIN: u32 = 8;
const FLAT_GAIN: u32 = 1;
export const GAIN_MASK: u32 = 15;
/** Set when the cell belongs to a move. */
export const TAKEN: u8 = 128;
/** A vector is judged by about this many cells. */
const SAMPLED_CELLS: u32 = 96;

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

/** The bits in which 16 pixels differ. */
function difference(a: usize, b: usize): v128 {
  return v128.or(
    v128.or(v128.xor(v128.load(a), v128.load(b)), v128.xor(v128.load(a, 16), v128.load(b, 16))),
    v128.or(v128.xor(v128.load(a, 32), v128.load(b, 32)), v128.xor(v128.load(a, 48), v128.load(b, 48))),
  );
}

/** The bits in which 16 pixels differ from the first of them. */
function texture(a: usize): v128 {
  const first = i32x4.splat(load<u32>(a));
  return v128.or(
    v128.or(v128.xor(v128.load(a), first), v128.xor(v128.load(a, 16), first)),
    v128.or(v128.xor(v128.load(a, 32), first), v128.xor(v128.load(a, 48), first)),
  );
}

/** What a move gains by explaining a whole cell, of which two rows are at a and b. */
function gainOf(a: usize, b: usize, apart: isize): u32 {
  const mask = i32x4.splat(RGB_MASK);
  if (!v128.any_true(v128.and(v128.or(difference(a, a + apart), difference(b, b + apart)), mask))) return 0;
  return v128.any_true(v128.and(v128.or(texture(a), texture(b)), mask)) ? TEXTURE_GAIN : FLAT_GAIN;
}

/** Writes the gains of a row of cells inside the changed tiles; the answer is how many have texture. */
function markRow(s: Search, row: u32, boxes: usize): u32 {
  const apart = s.shift(0, 0);
  const y = row << CELL_HEIGHT_SHIFT;
  const first = s.picture + min<u32>(y + FIRST_SAMPLE, s.height - 1) * s.stride;
  const second = s.picture + min<u32>(y + SECOND_SAMPLE, s.height - 1) * s.stride;
  const whole = s.width >> CELL_WIDTH_SHIFT;
  const line = s.scratch() + GAINS + row * cellColumns(s.width);
  const right = s.right;
  let textured: u32 = 0;
  for (let left = s.left; left < right; left += TILE / CELL_WIDTH) {
    if ((load<u32>(boxes + (left / (TILE / CELL_WIDTH)) * 4) & BOX_MARK) == 0) continue;
    // A part of a cell at the picture's edge gains nothing.
    const end = min<u32>(left + TILE / CELL_WIDTH, whole);
    for (let column = left; column < end; column++) {
      const offset = column << (CELL_WIDTH_SHIFT + 2);
      const gain = gainOf(first + offset, second + offset, apart);
      store<u8>(line + column, gain);
      if (gain == TEXTURE_GAIN) textured++;
    }
  }
  return textured;
}

/** Writes the gains of the cells of all changed tiles, and counts those with texture. */
export function markGains(s: Search): void {
  const pitch = cellColumns(s.width);
  memory.fill(s.scratch() + GAINS + s.top * pitch, 0, (s.bottom - s.top) * pitch);
  let wanted: u32 = 0;
  for (let row = s.top; row < s.bottom; row++) {
    const boxes = s.boxes + (row / (TILE / CELL_HEIGHT)) * s.tileColumns() * 4;
    wanted += markRow(s, row, boxes);
  }
  s.wanted = wanted;
}

/** Whether a cell equals the reference shifted by a vector, as far as its samples tell. */
function cellMatches(s: Search, column: u32, row: u32, dx: i32, dy: i32, shift: isize): bool {
  const x = column << CELL_WIDTH_SHIFT;
  const y = row << CELL_HEIGHT_SHIFT;
  const right = min<u32>(x + CELL_WIDTH, s.width);
  const bottom = min<u32>(y + CELL_HEIGHT, s.height);
  if (<i32>x + dx < 0 || <i32>right + dx > <i32>s.width) return false;
  if (<i32>y + dy < 0 || <i32>bottom + dy > <i32>s.height) return false;
  const first = min<u32>(y + FIRST_SAMPLE, bottom - 1);
  const second = min<u32>(y + SECOND_SAMPLE, bottom - 1);
  const a = s.picture + first * s.stride + (x << 2);
  const b = s.picture + second * s.stride + (x << 2);
  if (right - x < CELL_WIDTH) {
    return samePixels(a, a + shift, right - x) && samePixels(b, b + shift, right - x);
  }
  const seen = v128.or(difference(a, a + shift), difference(b, b + shift));
  return !v128.any_true(v128.and(seen, i32x4.splat(RGB_MASK)));
}

/** About how many of the wanted cells a vector explains, judged by some of them. */
export function judgeVector(s: Search, dx: i32, dy: i32): u32 {
  const gains = s.scratch() + GAINS;
  const pitch = cellColumns(s.width);
  const shift = s.shift(dx, dy);
  const step = 1 + s.wanted / SAMPLED_CELLS;
  let matching: u32 = 0;
  // Starts in the middle of a step, so that fewer cells than a step are judged too.
  let wait = step >> 1;
  for (let row = s.top; row < s.bottom; row++) {
    const line = gains + row * pitch;
    for (let column = s.left; column < s.right; column++) {
      if (load<u8>(line + column) != TEXTURE_GAIN) continue;
      if (wait > 0) {
        wait--;
        continue;
      }
      wait = step - 1;
      if (cellMatches(s, column, row, dx, dy, shift)) matching++;
    }
  }
  return matching * step;
}

/**
 * Marks which cells of the region equal the reference shifted by a vector and are not taken, and writes the part
 * of the region that holds all that gains at MATCHED; the answer is the sum of gains.
 */
export function matchCells(s: Search, dx: i32, dy: i32): u32 {
  const pitch = cellColumns(s.width);
  const gains = s.scratch() + GAINS;
  const matches = s.scratch() + matchesAt(s.width, s.height);
  const shift = s.shift(dx, dy);
  // Columns whose source is inside; the last of the picture may be narrower.
  const regionLeft = s.left;
  const regionRight = s.right;
  const first = min<u32>(
    regionRight,
    max<u32>(regionLeft, (max<i32>(-dx, 0) + CELL_WIDTH - 1) >> CELL_WIDTH_SHIFT),
  );
  const whole = <u32>(
    max<i32>(first, min<i32>(regionRight, (<i32>s.width - max<i32>(dx, 0)) >> CELL_WIDTH_SHIFT))
  );
  const mask = i32x4.splat(RGB_MASK);
  let left = regionRight;
  let top = s.bottom;
  let right: u32 = 0;
  let bottom: u32 = 0;
  let sum: u32 = 0;
  for (let row = s.top; row < s.bottom; row++) {
    const line = row * pitch;
    memory.fill(matches + line + regionLeft, 0, regionRight - regionLeft);
    const y = row << CELL_HEIGHT_SHIFT;
    const end = min<u32>(y + CELL_HEIGHT, s.height);
    if (<i32>y + dy < 0 || <i32>end + dy > <i32>s.height) continue;
    const a = s.picture + min<u32>(y + FIRST_SAMPLE, end - 1) * s.stride;
    const b = s.picture + min<u32>(y + SECOND_SAMPLE, end - 1) * s.stride;
    for (let column = first; column < regionRight; column++) {
      const gain = load<u8>(gains + line + column);
      if (gain == TAKEN) continue;
      if (column < whole) {
        const offset = column << (CELL_WIDTH_SHIFT + 2);
        const seen = v128.or(
          difference(a + offset, a + offset + shift),
          difference(b + offset, b + offset + shift),
        );
        if (v128.any_true(v128.and(seen, mask))) continue;
      } else if (!cellMatches(s, column, row, dx, dy, shift)) {
        continue;
      }
      store<u8>(matches + line + column, 1);
      if (gain == 0) continue;
      sum += gain;
      left = min<u32>(left, column);
      right = max<u32>(right, column + 1);
      top = min<u32>(top, row);
      bottom = row + 1;
    }
  }
  const matched = s.scratch() + MATCHED;
  store<u32>(matched, left);
  store<u32>(matched, top, 4);
  store<u32>(matched, right, 8);
  store<u32>(matched, bottom, 12);
  return sum;
}
