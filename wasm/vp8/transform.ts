/**
 * Transforms of 4x4 blocks. The inverse ones are exact (RFC 6386, sections 14.3 and 14.4): a decoder computes the
 * same. The forward ones are ours: a DCT and a Walsh-Hadamard transform of the gain that the inverse expects.
 * A block is 16 i16 in rows.
 */

/** sqrt(2) * cos(pi/8) and sqrt(2) * sin(pi/8), times 4096: the odd rows of a 4-point DCT. */
const COS: i32 = 5352;
const SIN: i32 = 2217;
/** sqrt(2) * sin(pi/8) and sqrt(2) * cos(pi/8) - 1, times 65536: what section 14.3 multiplies by. */
const INVERSE_SIN: i32 = 35468;
const INVERSE_COS: i32 = 20091;

function row4(at: usize): v128 {
  return i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(at)));
}

/** Residual of four rows of 4 pixels, transformed, at `to`. */
export function forward(
  pixels: usize,
  stride: usize,
  prediction: usize,
  predictionStride: usize,
  to: usize,
): void {
  let r0 = i32x4.sub(row4(pixels), row4(prediction));
  let r1 = i32x4.sub(row4(pixels + stride), row4(prediction + predictionStride));
  let r2 = i32x4.sub(row4(pixels + stride * 2), row4(prediction + predictionStride * 2));
  let r3 = i32x4.sub(row4(pixels + stride * 3), row4(prediction + predictionStride * 3));
  // Columns first, kept 8 times too large; then, transposed, rows.
  let a = i32x4.shl(i32x4.add(r0, r3), 3);
  let b = i32x4.shl(i32x4.add(r1, r2), 3);
  let c = i32x4.shl(i32x4.sub(r1, r2), 3);
  let d = i32x4.shl(i32x4.sub(r0, r3), 3);
  const half = i32x4.splat(2048);
  r0 = i32x4.add(a, b);
  r2 = i32x4.sub(a, b);
  r1 = i32x4.add(i32x4.mul(c, i32x4.splat(SIN)), i32x4.mul(d, i32x4.splat(COS)));
  r3 = i32x4.sub(i32x4.mul(d, i32x4.splat(SIN)), i32x4.mul(c, i32x4.splat(COS)));
  r1 = i32x4.shr_s(i32x4.add(r1, half), 12);
  r3 = i32x4.shr_s(i32x4.add(r3, half), 12);

  let t0 = v128.shuffle<i32>(r0, r1, 0, 4, 1, 5);
  let t1 = v128.shuffle<i32>(r2, r3, 0, 4, 1, 5);
  let t2 = v128.shuffle<i32>(r0, r1, 2, 6, 3, 7);
  let t3 = v128.shuffle<i32>(r2, r3, 2, 6, 3, 7);
  r0 = v128.shuffle<i64>(t0, t1, 0, 2);
  r1 = v128.shuffle<i64>(t0, t1, 1, 3);
  r2 = v128.shuffle<i64>(t2, t3, 0, 2);
  r3 = v128.shuffle<i64>(t2, t3, 1, 3);

  a = i32x4.add(r0, r3);
  b = i32x4.add(r1, r2);
  c = i32x4.sub(r1, r2);
  d = i32x4.sub(r0, r3);
  const eight = i32x4.splat(8);
  const rest = i32x4.splat(32768);
  r0 = i32x4.shr_s(i32x4.add(i32x4.add(a, b), eight), 4);
  r2 = i32x4.shr_s(i32x4.add(i32x4.sub(a, b), eight), 4);
  r1 = i32x4.add(i32x4.mul(c, i32x4.splat(SIN)), i32x4.mul(d, i32x4.splat(COS)));
  r3 = i32x4.sub(i32x4.mul(d, i32x4.splat(SIN)), i32x4.mul(c, i32x4.splat(COS)));
  r1 = i32x4.shr_s(i32x4.add(r1, rest), 16);
  r3 = i32x4.shr_s(i32x4.add(r3, rest), 16);

  t0 = v128.shuffle<i32>(r0, r1, 0, 4, 1, 5);
  t1 = v128.shuffle<i32>(r2, r3, 0, 4, 1, 5);
  t2 = v128.shuffle<i32>(r0, r1, 2, 6, 3, 7);
  t3 = v128.shuffle<i32>(r2, r3, 2, 6, 3, 7);
  v128.store(to, i16x8.narrow_i32x4_s(v128.shuffle<i64>(t0, t1, 0, 2), v128.shuffle<i64>(t0, t1, 1, 3)));
  v128.store(to, i16x8.narrow_i32x4_s(v128.shuffle<i64>(t2, t3, 0, 2), v128.shuffle<i64>(t2, t3, 1, 3)), 16);
}

function bySin(value: v128): v128 {
  return i32x4.shr_s(i32x4.mul(value, i32x4.splat(INVERSE_SIN)), 16);
}

function byCos(value: v128): v128 {
  return i32x4.add(value, i32x4.shr_s(i32x4.mul(value, i32x4.splat(INVERSE_COS)), 16));
}

function putRow(prediction: usize, residual: v128, to: usize): void {
  const sum = i32x4.add(row4(prediction), residual);
  const words = i16x8.narrow_i32x4_s(sum, sum);
  v128.store32_lane(to, i8x16.narrow_i16x8_u(words, words), 0);
}

/** Adds the inverse transform of the coefficients at `from` to a prediction; `to` may be the prediction. */
export function inverse(
  from: usize,
  prediction: usize,
  predictionStride: usize,
  to: usize,
  stride: usize,
): void {
  const low = v128.load(from);
  const high = v128.load(from, 16);
  let r0 = i32x4.extend_low_i16x8_s(low);
  let r1 = i32x4.extend_high_i16x8_s(low);
  let r2 = i32x4.extend_low_i16x8_s(high);
  let r3 = i32x4.extend_high_i16x8_s(high);
  let a = i32x4.add(r0, r2);
  let b = i32x4.sub(r0, r2);
  let c = i32x4.sub(bySin(r1), byCos(r3));
  let d = i32x4.add(byCos(r1), bySin(r3));
  r0 = i32x4.add(a, d);
  r3 = i32x4.sub(a, d);
  r1 = i32x4.add(b, c);
  r2 = i32x4.sub(b, c);

  let t0 = v128.shuffle<i32>(r0, r1, 0, 4, 1, 5);
  let t1 = v128.shuffle<i32>(r2, r3, 0, 4, 1, 5);
  let t2 = v128.shuffle<i32>(r0, r1, 2, 6, 3, 7);
  let t3 = v128.shuffle<i32>(r2, r3, 2, 6, 3, 7);
  r0 = v128.shuffle<i64>(t0, t1, 0, 2);
  r1 = v128.shuffle<i64>(t0, t1, 1, 3);
  r2 = v128.shuffle<i64>(t2, t3, 0, 2);
  r3 = v128.shuffle<i64>(t2, t3, 1, 3);

  const four = i32x4.splat(4);
  a = i32x4.add(i32x4.add(r0, r2), four);
  b = i32x4.add(i32x4.sub(r0, r2), four);
  c = i32x4.sub(bySin(r1), byCos(r3));
  d = i32x4.add(byCos(r1), bySin(r3));
  r0 = i32x4.shr_s(i32x4.add(a, d), 3);
  r3 = i32x4.shr_s(i32x4.sub(a, d), 3);
  r1 = i32x4.shr_s(i32x4.add(b, c), 3);
  r2 = i32x4.shr_s(i32x4.sub(b, c), 3);

  t0 = v128.shuffle<i32>(r0, r1, 0, 4, 1, 5);
  t1 = v128.shuffle<i32>(r2, r3, 0, 4, 1, 5);
  t2 = v128.shuffle<i32>(r0, r1, 2, 6, 3, 7);
  t3 = v128.shuffle<i32>(r2, r3, 2, 6, 3, 7);
  putRow(prediction, v128.shuffle<i64>(t0, t1, 0, 2), to);
  putRow(prediction + predictionStride, v128.shuffle<i64>(t0, t1, 1, 3), to + stride);
  putRow(prediction + predictionStride * 2, v128.shuffle<i64>(t2, t3, 0, 2), to + stride * 2);
  putRow(prediction + predictionStride * 3, v128.shuffle<i64>(t2, t3, 1, 3), to + stride * 3);
}

/** Walsh-Hadamard transform of the first coefficients of 16 blocks, 32 bytes apart, at `to`. */
export function forwardSecond(blocks: usize, to: usize): void {
  for (let index: usize = 0; index < 16; index++) {
    store<i16>(to + (index << 1), load<i16>(blocks + (index << 5)));
  }
  walshPass(to, 2, 8, 0, 0);
  walshPass(to, 8, 2, 1, 1);
}

/** Its inverse; the results become the first coefficients of 16 blocks at `blocks`. `from` is spoilt. */
export function inverseSecond(from: usize, blocks: usize): void {
  walshPass(from, 2, 8, 0, 0);
  walshPass(from, 8, 2, 3, 3);
  for (let index: usize = 0; index < 16; index++) {
    store<i16>(blocks + (index << 5), load<i16>(from + (index << 1)));
  }
}

/** Four 4-point transforms in place: lines start `line` bytes apart and their values lie `step` apart. */
function walshPass(at: usize, line: usize, step: usize, round: i32, shift: i32): void {
  for (let index: usize = 0; index < 4; index++) {
    const from = at + index * line;
    const i0 = <i32>load<i16>(from);
    const i1 = <i32>load<i16>(from + step);
    const i2 = <i32>load<i16>(from + step * 2);
    const i3 = <i32>load<i16>(from + step * 3);
    const a = i0 + i3;
    const b = i1 + i2;
    const c = i1 - i2;
    const d = i0 - i3;
    store<i16>(from, <i16>((a + b + round) >> shift));
    store<i16>(from + step, <i16>((c + d + round) >> shift));
    store<i16>(from + step * 2, <i16>((a - b + round) >> shift));
    store<i16>(from + step * 3, <i16>((d - c + round) >> shift));
  }
}
