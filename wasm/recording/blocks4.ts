/** Blocks of 4 x 4 pixels (BGRA, a row in 16 bytes): distances, and colours that stand for several pixels. */
import { OPAQUE } from '../box';
import { expandCode, lowCode } from '../colour';

/** Sums of squared differences of blue, green and red, of four pixels with four, in 32-bit lanes. Alpha counts too. */
export function distances(a: v128, b: v128): v128 {
  const low = i16x8.sub(i16x8.extend_low_i8x16_u(a), i16x8.extend_low_i8x16_u(b));
  const high = i16x8.sub(i16x8.extend_high_i8x16_u(a), i16x8.extend_high_i8x16_u(b));
  const first = i32x4.dot_i16x8_s(low, low);
  const second = i32x4.dot_i16x8_s(high, high);
  return i32x4.add(
    i8x16.shuffle(first, second, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27),
    i8x16.shuffle(first, second, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31),
  );
}

/** Sum of four 32-bit lanes. */
export function lanesSum(v: v128): u32 {
  const pairs = i32x4.add(v, i8x16.shuffle(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  return i32x4.extract_lane(pairs, 0) + i32x4.extract_lane(pairs, 1);
}

/** Largest of four 32-bit lanes, in all of them. */
export function lanesMax(v: v128): v128 {
  const pairs = i32x4.max_s(v, i8x16.shuffle(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  return i32x4.max_s(
    pairs,
    i8x16.shuffle(pairs, pairs, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11),
  );
}

/** Sums of four pixels' channels, in 32-bit lanes B, G, R, A. */
export function channelSums(v: v128): v128 {
  const pairs = i16x8.add(i16x8.extend_low_i8x16_u(v), i16x8.extend_high_i8x16_u(v));
  return i32x4.add(i32x4.extend_low_i16x8_u(pairs), i32x4.extend_high_i16x8_u(pairs));
}

/** Channels in 32-bit lanes as one pixel, in every lane. */
function packed(channels: v128): v128 {
  const words = i16x8.narrow_i32x4_s(channels, channels);
  return i8x16.narrow_i16x8_u(words, words);
}

/** The mean of `count` pixels, of their channels' sums, as a pixel in every lane. */
export function meanPixel(sums: v128, count: u32): v128 {
  const mean = f32x4.mul(f32x4.convert_i32x4_u(sums), f32x4.splat(1.0 / <f32>count));
  return packed(i32x4.trunc_sat_f32x4_u(f32x4.nearest(mean)));
}

/**
 * The code of the colour nearest to a mean: 5 bits each of red, green and blue, or of the 256 colours of level low
 * when `bits` is 8.
 */
export function meanCode(sums: v128, count: u32, bits: u32): u32 {
  if (bits == 8) return lowCode(meanPixel(sums, count));
  const scaled = f32x4.mul(f32x4.convert_i32x4_u(sums), f32x4.splat(31.0 / (255.0 * <f32>count)));
  const parts = i32x4.trunc_sat_f32x4_u(f32x4.nearest(scaled));
  return (
    (i32x4.extract_lane(parts, 2) << 10) | (i32x4.extract_lane(parts, 1) << 5) | i32x4.extract_lane(parts, 0)
  );
}

/** A code's pixel without alpha. */
export function codePixel(code: u32, bits: u32): u32 {
  if (bits == 8) return expandCode(code, 1) & ~OPAQUE;
  const r = (code >>> 10) & 31;
  const g = (code >>> 5) & 31;
  const b = code & 31;
  return (((r << 3) | (r >>> 2)) << 16) | (((g << 3) | (g >>> 2)) << 8) | (b << 3) | (b >>> 2);
}
