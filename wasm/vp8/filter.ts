/**
 * The normal loop filter (RFC 6386, section 15). It works on the whole frame after all macroblocks are made, since
 * intra prediction reads pixels that are not filtered. 16 places along an edge are done at once: 8 lines across
 * the edge (4 before it, p3 to p0, and 4 after, q0 to q3) lie in EDGE, 16 bytes each.
 */
import {
  CODED,
  chromaStride,
  columns,
  gridOf,
  lumaAt,
  lumaStride,
  modes,
  rows,
  uAt,
  vAt,
  work,
} from './state';
import { B_PRED, INTRA, SPLIT, ZERO } from './tables';

const EDGE_STRIDE: usize = 16;
const EDGE = memory.data(8 * 16, 16);

/** Levels added to the frame's by reference and by mode (section 9.6): 4x4 intra, zero, other vectors, split. */
export const REFERENCE_DELTAS = memory.data<i8>([0, 0, 0, 0]);
/** Macroblocks that only repeat a picture are left alone: what they repeat was filtered already. */
export const MODE_DELTAS = memory.data<i8>([0, -63, 0, 0]);

/** Level of a macroblock by the frame's. */
function levelOf(cell: u32, frameLevel: i32): i32 {
  const mode = <u32>load<u8>(modes + (cell << 2));
  const reference = <u32>load<u8>(modes + (cell << 2), 1);
  let level = frameLevel + load<i8>(REFERENCE_DELTAS + reference);
  if (reference != INTRA) level += load<i8>(MODE_DELTAS + (mode == ZERO ? 1 : mode == SPLIT ? 3 : 2));
  else if (mode == B_PRED) level += load<i8>(MODE_DELTAS);
  return max<i32>(0, min<i32>(63, level));
}

/** Filters `work` with the frame's level; blocks inside a macroblock only where it has coefficients or parts. */
export function filterFrame(frameLevel: u32, key: bool): void {
  if (frameLevel == 0) return;
  for (let row: u32 = 0; row < rows; row++) {
    for (let column: u32 = 0; column < columns; column++) {
      const cell = gridOf(column, row);
      const level = levelOf(cell, frameLevel);
      if (level == 0) continue;
      const mode = load<u8>(modes + (cell << 2));
      const inside = mode == B_PRED || mode == SPLIT || (load<u8>(modes + (cell << 2), 3) & CODED) != 0;
      filterBlock(column, row, level, key, inside);
    }
  }
}

function filterBlock(column: u32, row: u32, level: i32, key: bool, inside: bool): void {
  const steep = key
    ? level >= 40
      ? 2
      : level >= 15
        ? 1
        : 0
    : level >= 40
      ? 3
      : level >= 20
        ? 2
        : level >= 15
          ? 1
          : 0;
  const outerLimit = ((level + 2) << 1) + level;
  const innerLimit = (level << 1) + level;
  const y = work + lumaAt + (row << 4) * lumaStride + (column << 4);
  const u = work + uAt + (row << 3) * chromaStride + (column << 3);
  const v = u + (vAt - uAt);
  if (column > 0) {
    acrossColumns(y, y + (lumaStride << 3), lumaStride, true, outerLimit, level, steep);
    acrossColumns(u, v, chromaStride, true, outerLimit, level, steep);
  }
  if (inside) {
    for (let x: usize = 4; x < 16; x += 4) {
      acrossColumns(y + x, y + (lumaStride << 3) + x, lumaStride, false, innerLimit, level, steep);
    }
    acrossColumns(u + 4, v + 4, chromaStride, false, innerLimit, level, steep);
  }
  if (row > 0) {
    acrossRows(y, y + 8, lumaStride, true, outerLimit, level, steep);
    acrossRows(u, v, chromaStride, true, outerLimit, level, steep);
  }
  if (inside) {
    for (let line: usize = 4; line < 16; line += 4) {
      const at = y + line * lumaStride;
      acrossRows(at, at + 8, lumaStride, false, innerLimit, level, steep);
    }
    const down = chromaStride << 2;
    acrossRows(u + down, v + down, chromaStride, false, innerLimit, level, steep);
  }
}

/** An edge between rows: 8 places at `first` and 8 at `second`. */
function acrossRows(
  first: usize,
  second: usize,
  stride: usize,
  outer: bool,
  limit: i32,
  interior: i32,
  steep: i32,
): void {
  const up = stride << 2;
  for (let line: usize = 0; line < 8; line++) {
    const at = first - up + line * stride;
    v128.store(EDGE + (line << 4), v128.load64_lane(second - up + line * stride, v128.load64_zero(at), 1));
  }
  if (!filterEdge(outer, limit, interior, steep)) return;
  for (let line: usize = 1; line < 7; line++) {
    const lane = v128.load(EDGE + (line << 4));
    v128.store64_lane(first - up + line * stride, lane, 0);
    v128.store64_lane(second - up + line * stride, lane, 1);
  }
}

/** An edge between columns: 8 rows from `first` on and 8 from `second` on. */
function acrossColumns(
  first: usize,
  second: usize,
  stride: usize,
  outer: bool,
  limit: i32,
  interior: i32,
  steep: i32,
): void {
  transpose(first - 4, stride, EDGE, EDGE_STRIDE);
  transpose(second - 4, stride, EDGE + 8, EDGE_STRIDE);
  if (!filterEdge(outer, limit, interior, steep)) return;
  transpose(EDGE, EDGE_STRIDE, first - 4, stride);
  transpose(EDGE + 8, EDGE_STRIDE, second - 4, stride);
}

/** 8 rows of 8 bytes become the 8 columns at `to`. */
function transpose(from: usize, fromStride: usize, to: usize, toStride: usize): void {
  const r0 = v128.load64_zero(from);
  const r1 = v128.load64_zero(from + fromStride);
  const r2 = v128.load64_zero(from + fromStride * 2);
  const r3 = v128.load64_zero(from + fromStride * 3);
  from += fromStride << 2;
  const r4 = v128.load64_zero(from);
  const r5 = v128.load64_zero(from + fromStride);
  const r6 = v128.load64_zero(from + fromStride * 2);
  const r7 = v128.load64_zero(from + fromStride * 3);
  // biome-ignore format: bytes of rows in pairs, pairs in fours, fours in eights
  {
    const a = v128.shuffle<i8>(r0, r1, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const b = v128.shuffle<i8>(r2, r3, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const c = v128.shuffle<i8>(r4, r5, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const d = v128.shuffle<i8>(r6, r7, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const e = v128.shuffle<i16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
    const f = v128.shuffle<i16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
    const g = v128.shuffle<i16>(c, d, 0, 8, 1, 9, 2, 10, 3, 11);
    const h = v128.shuffle<i16>(c, d, 4, 12, 5, 13, 6, 14, 7, 15);
    putRows(to, toStride, v128.shuffle<i32>(e, g, 0, 4, 1, 5));
    putRows(to + toStride * 2, toStride, v128.shuffle<i32>(e, g, 2, 6, 3, 7));
    putRows(to + toStride * 4, toStride, v128.shuffle<i32>(f, h, 0, 4, 1, 5));
    putRows(to + toStride * 6, toStride, v128.shuffle<i32>(f, h, 2, 6, 3, 7));
  }
}

function putRows(at: usize, stride: usize, pair: v128): void {
  v128.store64_lane(at, pair, 0);
  v128.store64_lane(at + stride, pair, 1);
}

/** Distance of two lines. */
function apart(a: v128, b: v128): v128 {
  return i8x16.sub(i8x16.max_u(a, b), i8x16.min_u(a, b));
}

/** Filters EDGE; whether anything has changed. */
function filterEdge(outer: bool, limit: i32, interior: i32, steep: i32): bool {
  const p3 = v128.load(EDGE);
  const p2 = v128.load(EDGE, 16);
  const p1 = v128.load(EDGE, 32);
  const p0 = v128.load(EDGE, 48);
  const q0 = v128.load(EDGE, 64);
  const q1 = v128.load(EDGE, 80);
  const q2 = v128.load(EDGE, 96);
  const q3 = v128.load(EDGE, 112);
  const first = apart(p1, p0);
  const second = apart(q1, q0);
  const near = i8x16.max_u(first, second);
  const largest = i8x16.max_u(
    i8x16.max_u(apart(p3, p2), apart(p2, p1)),
    i8x16.max_u(near, i8x16.max_u(apart(q2, q1), apart(q3, q2))),
  );
  const step = apart(p0, q0);
  const jump = i8x16.add_sat_u(i8x16.add_sat_u(step, step), i8x16.shr_u(apart(p1, q1), 1));
  const mask = v128.and(
    i8x16.le_u(largest, i8x16.splat(<i8>interior)),
    i8x16.le_u(jump, i8x16.splat(<i8>limit)),
  );
  if (!v128.any_true(mask)) return false;
  const edgy = i8x16.gt_u(near, i8x16.splat(<i8>steep));
  const sign = i8x16.splat(-128);
  const a1 = v128.xor(p1, sign);
  const a0 = v128.xor(p0, sign);
  const b0 = v128.xor(q0, sign);
  const b1 = v128.xor(q1, sign);
  const slope = i8x16.sub_sat_s(b0, a0);
  let weight = i8x16.sub_sat_s(a1, b1);
  if (!outer) weight = v128.and(weight, edgy);
  weight = i8x16.add_sat_s(i8x16.add_sat_s(i8x16.add_sat_s(weight, slope), slope), slope);
  weight = v128.and(weight, mask);
  const common = outer ? v128.and(weight, edgy) : weight;
  const down = i8x16.shr_s(i8x16.add_sat_s(common, i8x16.splat(4)), 3);
  const up = i8x16.shr_s(i8x16.add_sat_s(common, i8x16.splat(3)), 3);
  const c0 = i8x16.sub_sat_s(b0, down);
  const d0 = i8x16.add_sat_s(a0, up);
  if (outer) {
    spread(v128.andnot(weight, edgy), p2, d0, c0, a1, b1, q2);
  } else {
    const half = v128.andnot(i8x16.shr_s(i8x16.add(down, i8x16.splat(1)), 1), edgy);
    v128.store(EDGE, v128.xor(i8x16.add_sat_s(a1, half), sign), 32);
    v128.store(EDGE, v128.xor(d0, sign), 48);
    v128.store(EDGE, v128.xor(c0, sign), 64);
    v128.store(EDGE, v128.xor(i8x16.sub_sat_s(b1, half), sign), 80);
  }
  return true;
}

/** (63 + weight * factor) / 128 of each lane. */
function portion(weight: v128, factor: i16): v128 {
  const round = i16x8.splat(63);
  const by = i16x8.splat(factor);
  return i8x16.narrow_i16x8_s(
    i16x8.shr_s(i16x8.add(i16x8.mul(i16x8.extend_low_i8x16_s(weight), by), round), 7),
    i16x8.shr_s(i16x8.add(i16x8.mul(i16x8.extend_high_i8x16_s(weight), by), round), 7),
  );
}

/** The edge of a macroblock where it is smooth: 27, 18 and 9 parts of 128 of the difference. */
function spread(weight: v128, p2: v128, a0: v128, b0: v128, a1: v128, b1: v128, q2: v128): void {
  const sign = i8x16.splat(-128);
  const most = portion(weight, 27);
  const more = portion(weight, 18);
  const some = portion(weight, 9);
  v128.store(EDGE, v128.xor(i8x16.add_sat_s(v128.xor(p2, sign), some), sign), 16);
  v128.store(EDGE, v128.xor(i8x16.add_sat_s(a1, more), sign), 32);
  v128.store(EDGE, v128.xor(i8x16.add_sat_s(a0, most), sign), 48);
  v128.store(EDGE, v128.xor(i8x16.sub_sat_s(b0, most), sign), 64);
  v128.store(EDGE, v128.xor(i8x16.sub_sat_s(b1, more), sign), 80);
  v128.store(EDGE, v128.xor(i8x16.sub_sat_s(v128.xor(q2, sign), some), sign), 96);
}
