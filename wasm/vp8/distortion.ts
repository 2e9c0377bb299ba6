/** How far a prediction is from the source: sums of absolute and squared differences, and Hadamard transforms. */

function addLanes(sums: v128): u32 {
  const pairs = i32x4.add(sums, v128.shuffle<i64>(sums, sums, 1, 0));
  return i32x4.extract_lane(pairs, 0) + i32x4.extract_lane(pairs, 1);
}

function row8(pixels: usize, prediction: usize): v128 {
  return i16x8.sub(
    i16x8.extend_low_i8x16_u(v128.load64_zero(pixels)),
    i16x8.extend_low_i8x16_u(v128.load64_zero(prediction)),
  );
}

/** Sums of absolute Hadamard coefficients of two 4x4 blocks whose rows are 8 lanes, halved. */
function hadamard(r0: v128, r1: v128, r2: v128, r3: v128): v128 {
  const a = i16x8.add(r0, r2);
  const b = i16x8.sub(r0, r2);
  const c = i16x8.add(r1, r3);
  const d = i16x8.sub(r1, r3);
  r0 = i16x8.add(a, c);
  r1 = i16x8.sub(a, c);
  r2 = i16x8.add(b, d);
  r3 = i16x8.sub(b, d);
  let even = v128.shuffle<i16>(r0, r1, 0, 2, 4, 6, 8, 10, 12, 14);
  let odd = v128.shuffle<i16>(r0, r1, 1, 3, 5, 7, 9, 11, 13, 15);
  const p = i16x8.add(even, odd);
  const q = i16x8.sub(even, odd);
  even = v128.shuffle<i16>(r2, r3, 0, 2, 4, 6, 8, 10, 12, 14);
  odd = v128.shuffle<i16>(r2, r3, 1, 3, 5, 7, 9, 11, 13, 15);
  const r = i16x8.add(even, odd);
  const s = i16x8.sub(even, odd);
  // |x + y| + |x - y| is twice the larger of |x| and |y|.
  const ones = i16x8.splat(1);
  const first = i16x8.max_s(
    i16x8.abs(v128.shuffle<i16>(p, q, 0, 2, 4, 6, 8, 10, 12, 14)),
    i16x8.abs(v128.shuffle<i16>(p, q, 1, 3, 5, 7, 9, 11, 13, 15)),
  );
  const second = i16x8.max_s(
    i16x8.abs(v128.shuffle<i16>(r, s, 0, 2, 4, 6, 8, 10, 12, 14)),
    i16x8.abs(v128.shuffle<i16>(r, s, 1, 3, 5, 7, 9, 11, 13, 15)),
  );
  return i32x4.add(i32x4.dot_i16x8_s(first, ones), i32x4.dot_i16x8_s(second, ones));
}

/** Half the sum of absolute Hadamard coefficients of the 4x4 blocks of `wide` x `high` pixels, multiples of 8. */
export function satd(
  pixels: usize,
  stride: usize,
  prediction: usize,
  predictionStride: usize,
  wide: u32,
  high: u32,
): u32 {
  let sums = i32x4.splat(0);
  for (let y: u32 = 0; y < high; y += 4) {
    for (let x: u32 = 0; x < wide; x += 8) {
      const a = pixels + x;
      const b = prediction + x;
      sums = i32x4.add(
        sums,
        hadamard(
          row8(a, b),
          row8(a + stride, b + predictionStride),
          row8(a + stride * 2, b + predictionStride * 2),
          row8(a + stride * 3, b + predictionStride * 3),
        ),
      );
    }
    pixels += stride * 4;
    prediction += predictionStride * 4;
  }
  return addLanes(sums);
}

/** The same for one 4x4 block whose 16 pixels lie in a vector, row by row. */
export function satd4(pixels: v128, prediction: v128): u32 {
  const zero = i16x8.splat(0);
  const upper = i16x8.sub(i16x8.extend_low_i8x16_u(pixels), i16x8.extend_low_i8x16_u(prediction));
  const lower = i16x8.sub(i16x8.extend_high_i8x16_u(pixels), i16x8.extend_high_i8x16_u(prediction));
  return addLanes(
    hadamard(
      v128.shuffle<i64>(upper, zero, 0, 2),
      v128.shuffle<i64>(upper, zero, 1, 2),
      v128.shuffle<i64>(lower, zero, 0, 2),
      v128.shuffle<i64>(lower, zero, 1, 2),
    ),
  );
}

/** The 16 pixels of a 4x4 block. */
export function gather4(at: usize, stride: usize): v128 {
  let block = v128.load32_zero(at);
  block = v128.load32_lane(at + stride, block, 1);
  block = v128.load32_lane(at + stride * 2, block, 2);
  return v128.load32_lane(at + stride * 3, block, 3);
}

/** Sum of squared differences of `wide` x `high` pixels, multiples of 8. */
export function squaredError(
  pixels: usize,
  stride: usize,
  prediction: usize,
  predictionStride: usize,
  wide: u32,
  high: u32,
): u32 {
  let sums = i32x4.splat(0);
  for (let y: u32 = 0; y < high; y++) {
    for (let x: u32 = 0; x < wide; x += 8) {
      const difference = row8(pixels + x, prediction + x);
      sums = i32x4.add(sums, i32x4.dot_i16x8_s(difference, difference));
    }
    pixels += stride;
    prediction += predictionStride;
  }
  return addLanes(sums);
}

/** Whether 16x16 pixels are the same. */
export function equal16(a: usize, b: usize, stride: usize): bool {
  for (let y = 0; y < 4; y++) {
    const first = v128.or(
      v128.xor(v128.load(a), v128.load(b)),
      v128.xor(v128.load(a + stride), v128.load(b + stride)),
    );
    a += stride << 1;
    b += stride << 1;
    const second = v128.or(
      v128.xor(v128.load(a), v128.load(b)),
      v128.xor(v128.load(a + stride), v128.load(b + stride)),
    );
    if (v128.any_true(v128.or(first, second))) return false;
    a += stride << 1;
    b += stride << 1;
  }
  return true;
}

export function copy16(from: usize, fromStride: usize, to: usize, stride: usize): void {
  for (let y = 0; y < 16; y++) {
    v128.store(to, v128.load(from));
    from += fromStride;
    to += stride;
  }
}
