/**
 * What the coder and the decoder of natural tiles share. A pixel is three bytes: green, blue less green, red
 * less green. Each is foretold from W, N and NW (the median of W, N and W + N - NW); what is left is folded to
 * 0, -1, 1, -2, ... = 0, 1, 2, 3, ... and written as a Rice code, whose parameter is learnt for each degree of
 * what was left around the pixel. The means that are learnt are carried from tile to tile of a slice.
 */
import { TILE } from './box';

/** Degrees of activity. */
const DEGREES: u32 = 18;
/** u32 each: 16 times the mean of the folded values; green first, then blue and red. */
export const GREEN_MEANS: usize = 0;
export const COLOUR_MEANS: usize = GREEN_MEANS + DEGREES * 4;
/** 16 times the mean of the runs of pixels that came as foretold. */
export const RUN_MEAN: usize = COLOUR_MEANS + DEGREES * 4;
export const GRADIENT_STATE_BYTES: usize = RUN_MEAN + 4;

/** A quotient of this many zeros stands for a value that follows in 8 bits. */
export const ESCAPE: u32 = 20;

/** Rows of u32 in the room: pixels and folded values, of this row and the one above, and activities. */
const ROW: usize = (TILE + 12) * 4;
export const PIXELS_ABOVE: usize = 16;
export const PIXELS: usize = PIXELS_ABOVE + ROW;
export const FOLDED_ABOVE: usize = PIXELS + ROW;
export const FOLDED: usize = FOLDED_ABOVE + ROW;
export const ACTIVITY: usize = FOLDED + ROW;
export const GRADIENT_ROOM_BYTES: usize = ACTIVITY + ROW;

/** Three bytes of no colour, as they stand above the first row. */
const MIDDLE: u32 = 0x808080;

export function resetGradientState(state: usize): void {
  for (let degree: u32 = 0; degree < DEGREES; degree++) {
    // Half of the activity: it is the sum of two means of neighbours.
    const activity = degree < 4 ? degree : (2 | (degree & 1)) << ((degree >> 1) - 1);
    store<u32>(state + GREEN_MEANS + (degree << 2), activity << 3);
    store<u32>(state + COLOUR_MEANS + (degree << 2), activity << 3);
  }
  store<u32>(state + RUN_MEAN, 32);
}

export function prepareGradientRoom(room: usize): void {
  for (let at: usize = 0; at < ROW; at += 4) {
    store<u32>(room + at, MIDDLE);
    store<u32>(room + FOLDED_ABOVE - 16 + at, 0);
  }
}

/** The degree of an activity of 0 to 510: 0 to 3 as they are, then two to each power of two. */
export function degreeOf(activity: u32): u32 {
  if (activity < 4) return activity;
  const power = 31 - clz(activity);
  return (power << 1) | ((activity >> (power - 1)) & 1);
}

/** The Rice parameter for values of that mean (in sixteenths). */
export function parameterOf(mean: u32): u32 {
  return 31 - clz(((mean + 6) >> 4) | 1);
}

/** The mean after one more value. */
export function meanAfter(mean: u32, value: u32): u32 {
  return mean + value - ((mean + 8) >> 4);
}

/** W, N, NW foretell: the median of W, N and W + N - NW, in every byte. */
export function foretell(w: v128, n: v128, nw: v128): v128 {
  const least = i8x16.min_u(w, n);
  const most = i8x16.max_u(w, n);
  return i8x16.sub(i8x16.add(least, most), i8x16.min_u(i8x16.max_u(nw, least), most));
}

/** How much was left around a pixel, in every byte. */
export function activityOf(w: v128, n: v128, nw: v128, ne: v128): v128 {
  return i8x16.add_sat_u(i8x16.avgr_u(w, n), i8x16.avgr_u(nw, ne));
}

/** Codes of four pixels as green, blue less green, red less green, 0. */
export function separated(codes: v128, level: u32): v128 {
  if (level == 2) {
    // Green has a bit more than the others.
    const green = v128.and(i32x4.shr_u(codes, 5), i32x4.splat(63));
    const half = i32x4.shr_u(green, 1);
    const blue = v128.and(i32x4.sub(v128.and(codes, i32x4.splat(31)), half), i32x4.splat(31));
    const red = v128.and(i32x4.sub(i32x4.shr_u(codes, 11), half), i32x4.splat(31));
    const middle = i32x4.splat(16);
    const colours = v128.or(i32x4.shl(v128.xor(blue, middle), 8), i32x4.shl(v128.xor(red, middle), 16));
    return v128.or(green, colours);
  }
  const zero = i32x4.splat(0);
  const ordered = i8x16.shuffle(codes, zero, 1, 0, 2, 16, 5, 4, 6, 20, 9, 8, 10, 24, 13, 12, 14, 28);
  const green = i8x16.shuffle(codes, zero, 16, 1, 1, 16, 16, 5, 5, 16, 16, 9, 9, 16, 16, 13, 13, 16);
  return i8x16.add(i8x16.sub(ordered, green), i32x4.splat(0x00808000));
}

/** The codes of four separated pixels, each in its level's range whatever the bytes are. */
export function joined(pixels: v128, level: u32): v128 {
  if (level == 2) {
    const five = i32x4.splat(31);
    const green = v128.and(pixels, i32x4.splat(63));
    const half = i32x4.shr_u(green, 1);
    const blue = v128.and(i32x4.add(v128.xor(i32x4.shr_u(pixels, 8), i32x4.splat(16)), half), five);
    const red = v128.and(i32x4.add(v128.xor(i32x4.shr_u(pixels, 16), i32x4.splat(16)), half), five);
    return v128.or(v128.or(blue, i32x4.shl(green, 5)), i32x4.shl(red, 11));
  }
  const zero = i32x4.splat(0);
  const differences = i8x16.add(pixels, i32x4.splat(0x00808000));
  const green = i8x16.shuffle(pixels, zero, 0, 16, 0, 16, 4, 16, 4, 16, 8, 16, 8, 16, 12, 16, 12, 16);
  return i8x16.add(
    i8x16.shuffle(differences, zero, 1, 0, 2, 16, 5, 4, 6, 16, 9, 8, 10, 16, 13, 12, 14, 16),
    green,
  );
}
