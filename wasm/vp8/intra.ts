/**
 * Intra prediction (RFC 6386, section 12). Predictions read the picture that is being made before its loop
 * filter; past its edges stand 127 above and 129 to the left, which `work` has around it.
 */
import { B_HD, B_HE, B_HU, B_LD, B_RD, B_TM, B_VE, B_VL, B_VR, H_PRED, TM_PRED, V_PRED } from './tables';

/**
 * Writes the prediction of a square of `size` (8 or 16) pixels at `at` by a 16x16 or chroma mode to `to`, whose
 * rows are `toStride` apart.
 */
export function predictSquare(
  at: usize,
  stride: usize,
  size: u32,
  mode: u32,
  hasAbove: bool,
  hasLeft: bool,
  to: usize,
  toStride: usize,
): void {
  const over = at - stride;
  if (mode == V_PRED) {
    for (let y: u32 = 0; y < size; y++) memory.copy(to + y * toStride, over, size);
  } else if (mode == H_PRED) {
    for (let y: u32 = 0; y < size; y++) fillRow(to + y * toStride, load<u8>(at + y * stride - 1), size);
  } else if (mode == TM_PRED) {
    const corner = <i16>load<u8>(over - 1);
    for (let y: u32 = 0; y < size; y++) {
      const left = i16x8.splat(<i16>load<u8>(at + y * stride - 1) - corner);
      for (let x: u32 = 0; x < size; x += 8) {
        const sum = i16x8.add(i16x8.extend_low_i8x16_u(v128.load64_zero(over + x)), left);
        v128.store64_lane(to + y * toStride + x, i8x16.narrow_i16x8_u(sum, sum), 0);
      }
    }
  } else {
    const mean = meanOf(at, stride, size, hasAbove, hasLeft);
    for (let y: u32 = 0; y < size; y++) fillRow(to + y * toStride, mean, size);
  }
}

function fillRow(to: usize, value: u32, size: u32): void {
  const eight = <u64>value * 0x0101010101010101;
  store<u64>(to, eight);
  if (size == 16) store<u64>(to, eight, 8);
}

function meanOf(at: usize, stride: usize, size: u32, hasAbove: bool, hasLeft: bool): u32 {
  if (!hasAbove && !hasLeft) return 128;
  let sum: u32 = 0;
  let count: u32 = 0;
  if (hasAbove) {
    for (let x: u32 = 0; x < size; x++) sum += load<u8>(at - stride + x);
    count += size;
  }
  if (hasLeft) {
    for (let y: u32 = 0; y < size; y++) sum += load<u8>(at + y * stride - 1);
    count += size;
  }
  return (sum + (count >> 1)) / count;
}

/**
 * The pixels around a 4x4 block as the modes want them: the last to the left twice, the others upwards, the
 * corner, 8 above, and the last of those again. `right` is where the last four of those above are.
 */
export function edgeOf(at: usize, stride: usize, right: usize): v128 {
  let edge = i8x16.splat(<i8>load<u8>(at + stride * 3 - 1));
  edge = i8x16.replace_lane(edge, 2, <i8>load<u8>(at + stride * 2 - 1));
  edge = i8x16.replace_lane(edge, 3, <i8>load<u8>(at + stride - 1));
  edge = i8x16.replace_lane(edge, 4, <i8>load<u8>(at - 1));
  edge = i8x16.replace_lane(edge, 5, <i8>load<u8>(at - stride - 1));
  let over = v128.load32_zero(at - stride);
  over = v128.load32_lane(right, over, 1);
  // biome-ignore format: 16 lanes
  return v128.shuffle<i8>(edge, over, 0, 1, 2, 3, 4, 5, 16, 17, 18, 19, 20, 21, 22, 23, 23, 23);
}

/** Means of neighbours: (a + b + 1) / 2 of each lane and the next. */
export function meansOfTwo(edge: v128): v128 {
  // biome-ignore format: 16 lanes
  return i8x16.avgr_u(edge, v128.shuffle<i8>(edge, edge, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 15));
}

/** (a + 2b + c + 2) / 4 of each lane and the next two. */
export function meansOfThree(edge: v128): v128 {
  // biome-ignore format: 16 lanes
  const b = v128.shuffle<i8>(edge, edge, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 15);
  // biome-ignore format: 16 lanes
  const c = v128.shuffle<i8>(edge, edge, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 15, 15);
  const odd = v128.and(v128.xor(edge, c), i8x16.splat(1));
  return i8x16.avgr_u(b, i8x16.sub(i8x16.avgr_u(edge, c), odd));
}

/** The 16 pixels, row by row, that a mode predicts from an edge and its means. */
export function predict4(mode: u32, edge: v128, two: v128, three: v128): v128 {
  // biome-ignore format: a mode each
  switch (mode) {
    case B_VE: return v128.shuffle<i8>(three, three, 5, 6, 7, 8, 5, 6, 7, 8, 5, 6, 7, 8, 5, 6, 7, 8);
    case B_HE: return v128.shuffle<i8>(three, three, 3, 3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0);
    case B_LD: return v128.shuffle<i8>(three, three, 6, 7, 8, 9, 7, 8, 9, 10, 8, 9, 10, 11, 9, 10, 11, 12);
    case B_RD: return v128.shuffle<i8>(three, three, 4, 5, 6, 7, 3, 4, 5, 6, 2, 3, 4, 5, 1, 2, 3, 4);
    case B_VR: return v128.shuffle<i8>(two, three, 5, 6, 7, 8, 20, 21, 22, 23, 19, 5, 6, 7, 18, 20, 21, 22);
    case B_VL: return v128.shuffle<i8>(two, three, 6, 7, 8, 9, 22, 23, 24, 25, 7, 8, 9, 26, 23, 24, 25, 27);
    case B_HD: return v128.shuffle<i8>(two, three, 4, 20, 21, 22, 3, 19, 4, 20, 2, 18, 3, 19, 1, 17, 2, 18);
    case B_HU: return v128.shuffle<i8>(two, three, 3, 18, 2, 17, 2, 17, 1, 16, 1, 16, 0, 0, 0, 0, 0, 0);
    case B_TM: return trueMotion4(edge);
    default: return i8x16.splat(<i8>mean4(edge));
  }
}

function mean4(edge: v128): u32 {
  const zero = i8x16.splat(0);
  // biome-ignore format: 16 lanes
  const eight = v128.shuffle<i8>(edge, zero, 1, 2, 3, 4, 6, 7, 8, 9, 16, 16, 16, 16, 16, 16, 16, 16);
  const sums = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(eight));
  return (i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1) + 4) >> 3;
}

function trueMotion4(edge: v128): v128 {
  const corner = i16x8.splat(<i16>i8x16.extract_lane_u(edge, 5));
  // biome-ignore format: 16 lanes
  const over = i16x8.sub(i16x8.extend_low_i8x16_u(v128.shuffle<i8>(edge, edge, 6, 7, 8, 9, 6, 7, 8, 9, 0, 0, 0, 0, 0, 0, 0, 0)), corner);
  // biome-ignore format: 16 lanes
  const left = v128.shuffle<i8>(edge, edge, 4, 4, 4, 4, 3, 3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1);
  return i8x16.narrow_i16x8_u(
    i16x8.add(i16x8.extend_low_i8x16_u(left), over),
    i16x8.add(i16x8.extend_high_i8x16_u(left), over),
  );
}
