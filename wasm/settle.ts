/**
 * Makes the reference equal to the picture and finds what moves leave to be coded. A move's target is compared with
 * what the move brings there and, in the same pass, takes the picture's pixels, so the move itself is never made.
 * That is right because of what the search promises: targets do not meet, and no target covers what a later move
 * reads.
 */
import { OPAQUE, RGB_MASK, TILE, TILE_SHIFT } from './box';
import { samePixels } from './cells';
import { copyBoxes, markSpan } from './compare';
import { MOVE_BYTES } from './moves';

/** Copies whole groups of four pixels, opaque; the answer has the bits in which they differ from `source`. */
function takeGroups(picture: usize, source: usize, reference: usize, bytes: u32): v128 {
  const opaque = i32x4.splat(OPAQUE);
  const end = picture + bytes;
  let seen = i32x4.splat(0);
  while (picture + 64 <= end) {
    const a = v128.load(picture);
    const b = v128.load(picture, 16);
    const c = v128.load(picture, 32);
    const d = v128.load(picture, 48);
    seen = v128.or(seen, v128.xor(a, v128.load(source)));
    seen = v128.or(seen, v128.xor(b, v128.load(source, 16)));
    seen = v128.or(seen, v128.xor(c, v128.load(source, 32)));
    seen = v128.or(seen, v128.xor(d, v128.load(source, 48)));
    v128.store(reference, v128.or(a, opaque));
    v128.store(reference, v128.or(b, opaque), 16);
    v128.store(reference, v128.or(c, opaque), 32);
    v128.store(reference, v128.or(d, opaque), 48);
    picture += 64;
    source += 64;
    reference += 64;
  }
  while (picture < end) {
    const a = v128.load(picture);
    seen = v128.or(seen, v128.xor(a, v128.load(source)));
    v128.store(reference, v128.or(a, opaque));
    picture += 16;
    source += 16;
    reference += 16;
  }
  return seen;
}

/** Copies a row, opaque; the answer is whether it differs from `source`, which lies in another row. */
function takeRow(picture: usize, source: usize, reference: usize, width: u32): bool {
  const whole = (width & ~3) << 2;
  let differs = v128.any_true(v128.and(takeGroups(picture, source, reference, whole), i32x4.splat(RGB_MASK)));
  for (let at = whole; at < width << 2; at += 4) {
    const pixel = load<u32>(picture + at);
    differs = differs || ((pixel ^ load<u32>(source + at)) & RGB_MASK) != 0;
    store<u32>(reference + at, pixel | OPAQUE);
  }
  return differs;
}

/** Whether two rows have the same colours. */
function sameRow(a: usize, b: usize, width: u32): bool {
  const mask = i32x4.splat(RGB_MASK);
  const whole = a + ((width & ~15) << 2);
  let seen = i32x4.splat(0);
  while (a < whole) {
    seen = v128.or(seen, v128.xor(v128.load(a), v128.load(b)));
    seen = v128.or(seen, v128.xor(v128.load(a, 16), v128.load(b, 16)));
    seen = v128.or(seen, v128.xor(v128.load(a, 32), v128.load(b, 32)));
    seen = v128.or(seen, v128.xor(v128.load(a, 48), v128.load(b, 48)));
    a += 64;
    b += 64;
  }
  return !v128.any_true(v128.and(seen, mask)) && samePixels(a, b, width & 15);
}

/** Joins what differs between a row of the picture and a row of the same place elsewhere into the boxes. */
function markRow(picture: usize, source: usize, x: u32, end: u32, y: u32, boxes: usize): void {
  while (x < end) {
    const tile = x >> TILE_SHIFT;
    const left = tile << TILE_SHIFT;
    const right = min<u32>(end - left, TILE);
    markSpan(boxes + (tile << 2), picture + (left << 2), source + (left << 2), y, x - left, right);
    x = left + right;
  }
}

/** Compares a move's target with what the move brings there, and takes the picture's pixels. */
function settleMove(
  picture: usize,
  reference: usize,
  stride: u32,
  columns: u32,
  move: usize,
  residual: usize,
): void {
  const x: u32 = load<u16>(move, 4);
  const y: u32 = load<u16>(move, 6);
  const width: u32 = load<u16>(move, 8);
  const height: u32 = load<u16>(move, 10);
  const dx = <i32>load<u16>(move) - <i32>x;
  const dy = <i32>load<u16>(move, 2) - <i32>y;
  const apart = <isize>dy * <isize>stride + ((<isize>dx) << 2);
  for (let step: u32 = 0; step < height; step++) {
    // The rows that are read first are overwritten first.
    const row = dy < 0 ? y + height - 1 - step : y + step;
    const from = picture + row * stride;
    const to = reference + row * stride;
    const boxes = residual + (((row >> TILE_SHIFT) * columns) << 2);
    const offset = x << 2;
    if (dy == 0) {
      // The row is its own source: compared before it is overwritten.
      if (!sameRow(from + offset, to + apart + offset, width))
        markRow(from, to + apart, x, x + width, row, boxes);
      takeRow(from + offset, from + offset, to + offset, width);
    } else if (takeRow(from + offset, to + apart + offset, to + offset, width)) {
      markRow(from, to + apart, x, x + width, row, boxes);
    }
  }
}

/** Compares the part of a rectangle inside one tile that no move from `index` on covers. */
function markUncovered(
  picture: usize,
  reference: usize,
  stride: u32,
  moves: usize,
  index: u32,
  count: u32,
  x: u32,
  y: u32,
  right: u32,
  bottom: u32,
  box: usize,
): void {
  for (; index < count; index++) {
    const move = moves + index * MOVE_BYTES;
    const left: u32 = load<u16>(move, 4);
    const top: u32 = load<u16>(move, 6);
    const end = left + load<u16>(move, 8);
    const under = top + load<u16>(move, 10);
    if (left >= right || end <= x || top >= bottom || under <= y) continue;
    const next = index + 1;
    if (top > y) markUncovered(picture, reference, stride, moves, next, count, x, y, right, top, box);
    if (under < bottom)
      markUncovered(picture, reference, stride, moves, next, count, x, under, right, bottom, box);
    const from = max<u32>(y, top);
    const to = min<u32>(bottom, under);
    if (left > x) markUncovered(picture, reference, stride, moves, next, count, x, from, left, to, box);
    if (end < right) markUncovered(picture, reference, stride, moves, next, count, end, from, right, to, box);
    return;
  }
  const tile = x & ~(TILE - 1);
  for (let row = y; row < bottom; row++) {
    const offset = row * stride + (tile << 2);
    markSpan(box, picture + offset, reference + offset, row, x - tile, right - tile);
  }
}

/** Whether a move's target meets a rectangle. */
function isMoved(moves: usize, count: u32, x: u32, y: u32, right: u32, bottom: u32): bool {
  for (let index: u32 = 0; index < count; index++) {
    const move = moves + index * MOVE_BYTES;
    const left: u32 = load<u16>(move, 4);
    const top: u32 = load<u16>(move, 6);
    if (left < right && x < left + load<u16>(move, 8) && top < bottom && y < top + load<u16>(move, 10))
      return true;
  }
  return false;
}

/**
 * Writes into `residual` what differs, inside the boxes of `changed` and in the moves' targets, from the reference
 * with the moves made, and makes the reference equal to the picture in all of these. `moves` are `findMoves`'. What the
 * reference held in the boxes of `residual` is kept in `held`, except where a move's target is.
 */
export function settle(
  picture: usize,
  reference: usize,
  stride: u32,
  width: u32,
  height: u32,
  moves: usize,
  count: u32,
  changed: usize,
  residual: usize,
  held: usize,
): void {
  const columns = (width + TILE - 1) >> TILE_SHIFT;
  const tiles = columns * ((height + TILE - 1) >> TILE_SHIFT);
  for (let tile: u32 = 0; tile < tiles; tile++) {
    const box = load<u32>(changed + (tile << 2));
    const out = residual + (tile << 2);
    store<u32>(out, box);
    if (box == 0) continue;
    const left = (tile % columns) << TILE_SHIFT;
    const top = (tile / columns) << TILE_SHIFT;
    const x = left + (box & 63);
    const y = top + ((box >> 6) & 63);
    const right = left + ((box >> 12) & 63) + 1;
    const bottom = top + ((box >> 18) & 63) + 1;
    if (!isMoved(moves, count, x, y, right, bottom)) continue;
    store<u32>(out, 0);
    markUncovered(picture, reference, stride, moves, 0, count, x, y, right, bottom, out);
  }
  for (let index: u32 = 0; index < count; index++) {
    settleMove(picture, reference, stride, columns, moves + index * MOVE_BYTES, residual);
  }
  copyBoxes(reference, held, stride, columns, tiles, residual);
  copyBoxes(picture, reference, stride, columns, tiles, residual);
}
