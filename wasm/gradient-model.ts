/**
 * What the coder and the decoder of natural tiles share. A pixel is three bytes: green, blue less green, red
 * less green. Each is foretold in one of four ways, which the tile chooses: from the pixels around it, from what
 * the picture held there before, or from both. What is left is folded to 0, -1, 1, -2, ... = 0, 1, 2, 3, ... and
 * written as a Rice code. A pixel's three parameters are learnt for each degree of what was left around it; of
 * the pixel to the left only green counts there, so that a decoder need not wait for the other two. What is
 * learnt is carried from tile to tile of a slice.
 */
import { TILE } from './box';

// Ways to foretell.
export const BY_AROUND: u32 = 0;
export const BY_BEFORE: u32 = 1;
export const BY_CHANGE: u32 = 2;
export const BY_BOTH: u32 = 3;
export const PREDICTIONS: u32 = 4;

/** Degrees of what was left around a pixel: the bits of its sum. */
const DEGREES: u32 = 11;
/** For each degree: sums of the folded values of green, blue, red and their number, u16 each; then parameters. */
const DEGREE_BYTES: usize = 16;
const PARAMETERS: usize = 8;
/** Pixels after which a degree's parameters are set again, and after which its sums are halved. */
const STEP: u32 = 16;
const MOST_COUNTED: u32 = 64;
/** 16 times the mean of the runs of pixels that came as foretold. */
const RUN_MEAN: usize = <usize>DEGREES * DEGREE_BYTES;
export const GRADIENT_STATE_BYTES: usize = RUN_MEAN + 8;

/** A quotient of this many zeros stands for a value that follows in 8 bits. */
export const ESCAPE: u32 = 10;
/** No code is longer, so that three and what is left of a byte fit into 64 bits. */
export const LONGEST_CODE: u32 = ESCAPE + 8;

/** Rows of u32 per pixel in the room, each with one pixel more on both sides and what a group reaches over. */
const ROW: usize = (TILE + 12) * 4;
export const ABOVE: usize = 16;
export const PIXELS: usize = ABOVE + ROW;
/** Pixels less those of before, 128 added. */
export const CHANGE_ABOVE: usize = PIXELS + ROW;
export const CHANGE: usize = CHANGE_ABOVE + ROW;
/** What the picture held before. */
export const BEFORE: usize = CHANGE + ROW;
export const FOLDED: usize = BEFORE + ROW;
/** How much was left at each pixel of the row above. */
export const SIZES: usize = FOLDED + ROW;
/** The part of a pixel's degree that is known from the row above. */
export const AROUND: usize = SIZES + ROW;
export const GRADIENT_ROOM_BYTES: usize = AROUND + ROW;

/** Three bytes of no colour, as they stand above the first row; and of no change. */
const MIDDLE: u32 = 0x808080;

/** The smallest parameter k for which 3 n 2^k is at least 2 `sum`. */
function parameterOf(count: u32, sum: u32): u32 {
  const least = 2 * sum;
  const one = 3 * count;
  if (least <= one) return 0;
  const bits = clz(one) - clz(least);
  return one << bits < least ? bits + 1 : bits;
}

function setParameters(place: usize): void {
  const count = <u32>load<u16>(place, 6);
  const green = parameterOf(count, load<u16>(place));
  const blue = parameterOf(count, load<u16>(place, 2));
  const red = parameterOf(count, load<u16>(place, 4));
  store<u32>(place, green | (blue << 8) | (red << 16), PARAMETERS);
}

export function resetGradientState(state: usize): void {
  for (let degree: u32 = 0; degree < DEGREES; degree++) {
    const place = state + <usize>degree * DEGREE_BYTES;
    const sum = <u64>((3 << degree) >> 2);
    store<u64>(place, sum | (sum << 16) | (sum << 32) | ((<u64>4) << 48));
    setParameters(place);
  }
  store<u32>(state + RUN_MEAN, 32);
}

/** Where the models of a degree lie, by the sum of what was left around. */
export function degreePlace(state: usize, around: u32): usize {
  return state + <usize>(32 - clz(around)) * DEGREE_BYTES;
}

/** The parameters of green, blue, red, in a byte each. */
export function parametersAt(place: usize): u32 {
  return load<u32>(place, PARAMETERS);
}

function step(place: usize, sums: u64, count: u32): void {
  setParameters(place);
  if (count == MOST_COUNTED) store<u64>(place, (sums >> 1) & 0x7fff7fff7fff7fff);
}

/** Teaches a degree a pixel's three folded values. @inline */
export function learn(place: usize, green: u32, blue: u32, red: u32): void {
  const sums = load<u64>(place) + (<u64>(green | (blue << 16)) | ((<u64>red) << 32) | ((<u64>1) << 48));
  store<u64>(place, sums);
  const count = <u32>(sums >> 48);
  if ((count & (STEP - 1)) == 0) step(place, sums, count);
}

/** The Rice parameter of a run's length. */
export function runParameter(state: usize): u32 {
  return 31 - clz(((load<u32>(state + RUN_MEAN) + 6) >> 4) | 1);
}

export function learnRun(state: usize, length: u32): void {
  const mean = load<u32>(state + RUN_MEAN);
  store<u32>(state + RUN_MEAN, mean + length - ((mean + 8) >> 4));
}

export function prepareGradientRoom(room: usize): void {
  for (let at: usize = 0; at < ROW; at += 4) {
    store<u32>(room + ABOVE - 16 + at, MIDDLE);
    store<u32>(room + CHANGE_ABOVE - 16 + at, MIDDLE);
    store<u32>(room + FOLDED - 16 + at, 0);
    store<u32>(room + SIZES - 16 + at, 0);
  }
}

/** Puts what stands to the left of a row and of the one above it: the pixel above the row's first. */
export function padRowStart(room: usize): void {
  const first = load<u32>(room, ABOVE);
  store<u32>(room, first, ABOVE - 4);
  store<u32>(room, first, PIXELS - 4);
  const change = load<u32>(room, CHANGE_ABOVE);
  store<u32>(room, change, CHANGE_ABOVE - 4);
  store<u32>(room, change, CHANGE - 4);
}

/** Sums up what was left in the row above, for each pixel of this one. */
export function sumAround(room: usize, w: u32): void {
  const end = room + (w << 2);
  store<u32>(room, load<u32>(room, SIZES), SIZES - 4);
  store<u32>(end, load<u32>(end, SIZES - 4), SIZES);
  const one = i32x4.splat(1);
  for (let at = room; at < end; at += 16) {
    const corners = i32x4.add(v128.load(at, SIZES - 4), v128.load(at, SIZES + 4));
    const rounded = v128.andnot(i32x4.add(corners, one), one);
    v128.store(at, i32x4.add(v128.load(at, SIZES), rounded), AROUND);
  }
}

/** Sizes of the row's folded values, and the row becomes the one above. */
export function endRow(room: usize, w: u32): void {
  const end = room + (w << 2);
  const low = i32x4.splat(255);
  for (let at = room; at < end; at += 16) {
    const folded = v128.load(at, FOLDED);
    const colours = i8x16.avgr_u(i32x4.shr_u(folded, 8), i32x4.shr_u(folded, 16));
    v128.store(at, v128.and(i8x16.avgr_u(folded, colours), low), SIZES);
    v128.store(at, v128.load(at, PIXELS), ABOVE);
    v128.store(at, v128.load(at, CHANGE), CHANGE_ABOVE);
  }
  store<u32>(end, load<u32>(end, ABOVE - 4), ABOVE);
}

/** Half of what NE is more than NW in every byte, or 0. */
export function halfOver(more: v128, less: v128): v128 {
  return v128.and(i16x8.shr_u(i8x16.sub_sat_u(more, less), 1), i8x16.splat(0x7f));
}

/**
 * From the pixels around: the mean of the median of W, N, W + N - NW, and of W with the slope from NW to NE,
 * whose halves `rise` and `fall` are.
 */
export function fromAround(w: v128, n: v128, nw: v128, rise: v128, fall: v128): v128 {
  const least = i8x16.min_u(w, n);
  const most = i8x16.max_u(w, n);
  const median = i8x16.sub(i8x16.add(least, most), i8x16.min_u(i8x16.max_u(nw, least), most));
  return i8x16.avgr_u(median, i8x16.sub_sat_u(i8x16.add_sat_u(w, rise), fall));
}

/** From what was there before and how much W and N have changed since (128 added). */
export function fromChange(before: v128, w: v128, n: v128): v128 {
  return i8x16.add(before, v128.xor(i8x16.avgr_u(w, n), i8x16.splat(-128)));
}

/** 0, 1, 2, 3, ... for 0, -1, 1, -2, ... in every byte, and back. */
export function fold(rest: v128): v128 {
  return v128.xor(i8x16.add(rest, rest), i8x16.gt_s(i8x16.splat(0), rest));
}

export function unfold(folded: v128): v128 {
  const half = v128.and(i16x8.shr_u(folded, 1), i8x16.splat(0x7f));
  return v128.xor(half, i8x16.neg(v128.and(folded, i8x16.splat(1))));
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
