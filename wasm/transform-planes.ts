/**
 * Pixels to the planes of lossy tiles, and back: Y = R + 2 G + B (halved, less 256), O = R - B and
 * P = 2 G - R - B (halved). O and P may have half the width and height, where they lose little by it.
 */
import { lowBytes } from './colour';

/** i16 from row to row of a plane, and rows. */
const PLANE_SIDE: usize = 64;
export const PLANE_ROW_BYTES: usize = PLANE_SIDE * 2;
export const PLANE_BYTES: usize = PLANE_ROW_BYTES * PLANE_SIDE;

/** Eight pixels into the three planes at `to`. */
function separate(first: v128, second: v128, to: usize): void {
  const b = lowBytes(first, second);
  const g = lowBytes(i32x4.shr_u(first, 8), i32x4.shr_u(second, 8));
  const r = lowBytes(i32x4.shr_u(first, 16), i32x4.shr_u(second, 16));
  const green = i16x8.add(i16x8.shl(g, 1), i16x8.splat(1));
  const others = i16x8.add(r, b);
  v128.store(to, i16x8.sub(i16x8.shr_s(i16x8.add(green, others), 1), i16x8.splat(256)));
  v128.store(to + PLANE_BYTES, i16x8.sub(r, b));
  v128.store(to + 2 * PLANE_BYTES, i16x8.shr_s(i16x8.sub(green, others), 1));
}

/** Turns pixels into planes; columns and rows are repeated up to a multiple of sixteen. */
export function fillPlanes(source: usize, stride: u32, w: u32, h: u32, planes: usize): void {
  const columns = (w + 15) & ~15;
  const rows = (h + 15) & ~15;
  let to = planes;
  for (let y: u32 = 0; y < h; y++) {
    let from = source;
    let at = to;
    for (const whole = to + ((w & ~7) << 1); at < whole; at += 16) {
      separate(v128.load(from), v128.load(from, 16), at);
      from += 32;
    }
    if (w < columns) {
      // Lanes at or after the end of the row are those of its last pixel.
      const edge = v128.load32_splat(source + ((w - 1) << 2));
      const rest = i32x4.splat(w & 7);
      const first = i32x4.gt_s(rest, i32x4(0, 1, 2, 3));
      const second = i32x4.gt_s(rest, i32x4(4, 5, 6, 7));
      separate(
        v128.bitselect(v128.load(from), edge, first),
        v128.bitselect(v128.load(from, 16), edge, second),
        at,
      );
      if (at + 16 < to + (columns << 1)) separate(edge, edge, at + 16);
    }
    source += stride;
    to += PLANE_ROW_BYTES;
  }
  for (let y = h; y < rows; y++) {
    for (let plane: usize = 0; plane < 3; plane++)
      memory.copy(to + plane * PLANE_BYTES, to + plane * PLANE_BYTES - PLANE_ROW_BYTES, columns << 1);
    to += PLANE_ROW_BYTES;
  }
}

/**
 * Writes the means of every 2 by 2 of the plane at `from`, which has `columns` by `rows` (multiples of 16), to the
 * plane at `to`, and repeats the last up to a multiple of eight. The answer is the sum of squares that this loses.
 */
export function halvePlane(from: usize, to: usize, columns: u32, rows: u32): u32 {
  const two = i32x4.splat(2);
  let lost = i32x4.splat(0);
  for (let y: u32 = 0; y < rows; y += 2) {
    let at = from;
    let target = to;
    for (const end = from + (columns << 1); at < end; at += 32) {
      const a = v128.load(at);
      const b = v128.load(at, PLANE_ROW_BYTES);
      const c = v128.load(at, 16);
      const d = v128.load(at, PLANE_ROW_BYTES + 16);
      const sumA = i32x4.extadd_pairwise_i16x8_s(i16x8.add(a, b));
      const sumC = i32x4.extadd_pairwise_i16x8_s(i16x8.add(c, d));
      const squaresA = i32x4.add(i32x4.dot_i16x8_s(a, a), i32x4.dot_i16x8_s(b, b));
      const squaresC = i32x4.add(i32x4.dot_i16x8_s(c, c), i32x4.dot_i16x8_s(d, d));
      lost = i32x4.add(lost, i32x4.sub(squaresA, i32x4.shr_u(i32x4.mul(sumA, sumA), 2)));
      lost = i32x4.add(lost, i32x4.sub(squaresC, i32x4.shr_u(i32x4.mul(sumC, sumC), 2)));
      v128.store(
        target,
        i16x8.narrow_i32x4_s(i32x4.shr_s(i32x4.add(sumA, two), 2), i32x4.shr_s(i32x4.add(sumC, two), 2)),
      );
      target += 16;
    }
    from += 2 * PLANE_ROW_BYTES;
    to += PLANE_ROW_BYTES;
  }
  return (
    i32x4.extract_lane(lost, 0) +
    i32x4.extract_lane(lost, 1) +
    i32x4.extract_lane(lost, 2) +
    i32x4.extract_lane(lost, 3)
  );
}

/** Eight pixels of their Y, O and P, at `to`. */
function join(light: v128, o: v128, p: v128, to: usize): void {
  const y = i16x8.add(light, i16x8.splat(257));
  const rest = i16x8.sub(y, p);
  const g = i16x8.shr_s(i16x8.add(y, p), 1);
  const r = i16x8.shr_s(i16x8.add(rest, o), 1);
  const b = i16x8.shr_s(i16x8.sub(rest, o), 1);
  const blueGreen = i8x16.narrow_i16x8_u(b, g);
  const redOpaque = i8x16.narrow_i16x8_u(r, i16x8.splat(255));
  const bg = i8x16.shuffle(blueGreen, blueGreen, 0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15);
  const ra = i8x16.shuffle(redOpaque, redOpaque, 0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15);
  v128.store(to, i16x8.shuffle(bg, ra, 0, 8, 1, 9, 2, 10, 3, 11));
  v128.store(to, i16x8.shuffle(bg, ra, 4, 12, 5, 13, 6, 14, 7, 15), 16);
}

/** Eight pixels of a row of the planes from column `x` on; `row` and `colours` are Y's and O's rows. */
function paintEight(row: usize, colours: usize, x: u32, halved: bool, to: usize): void {
  const light = v128.load(row + (x << 1));
  if (halved) {
    const o = v128.load64_zero(colours + x);
    const p = v128.load64_zero(colours + PLANE_BYTES + x);
    join(light, i16x8.shuffle(o, o, 0, 0, 1, 1, 2, 2, 3, 3), i16x8.shuffle(p, p, 0, 0, 1, 1, 2, 2, 3, 3), to);
  } else {
    join(light, v128.load(colours + (x << 1)), v128.load(colours + PLANE_BYTES + (x << 1)), to);
  }
}

/** Paints the planes; `spare` has room for eight pixels. */
export function paintPlanes(
  planes: usize,
  halved: bool,
  to: usize,
  stride: u32,
  w: u32,
  h: u32,
  spare: usize,
): void {
  const whole = w & ~7;
  for (let y: u32 = 0; y < h; y++) {
    const row = planes + <usize>y * PLANE_ROW_BYTES;
    const colours = planes + PLANE_BYTES + <usize>(halved ? y >> 1 : y) * PLANE_ROW_BYTES;
    for (let x: u32 = 0; x < whole; x += 8) paintEight(row, colours, x, halved, to + (x << 2));
    if (whole < w) {
      // Beside the rectangle lies what is not ours to write.
      paintEight(row, colours, whole, halved, spare);
      memory.copy(to + (whole << 2), spare, (w - whole) << 2);
    }
    to += stride;
  }
}
