/**
 * What the coder and the decoder of lossy tiles share. A tile's pixels are turned into three planes of twice their
 * scale: Y = R + 2 G + B (halved, less 256), O = R - B, P = 2 G - R - B (halved). Each block of 8 x 8 is transformed
 * by a discrete cosine transform, its coefficients are divided by steps, and what is left of them is coded by models
 * that a slice's tiles share. docs/CODEC.md describes the tiles to the byte.
 */
import { MODEL_BYTES, resetModels } from './rans';

/** Cosines in 1/32768; those above 1 less 1: sqrt(2) cos(n pi / 16). */
export const C1: i16 = 12683;
export const C3: i16 = 5763;
export const C5: i16 = 25746;
export const C7: i16 = 9041;
export const C2: i16 = 10045;
export const C6: i16 = 17734;

/** Finest quality: coarser by a twelfth of an octave with each step down. */
export const FINEST: u32 = 100;
/** Fine blocks have this much more, up to three octaves: there are none above FINEST - FINER. */
export const FINER: u32 = 36;
/** In a tile's first byte: O and P have half the width and height. */
export const HALVED: u32 = 0x80;

// Places in the state.
/** By class (bits 0-2: place in the block, 3-4: activity around, 5: colour): the next coefficient, or the end. */
export const NEXT: usize = 0;
const NEXT_MODELS: u32 = 64;
/** By depth in the block (0 to 2) and colour: how large a coefficient over 1 is. */
export const LARGE: usize = NEXT + <usize>NEXT_MODELS * MODEL_BYTES;
const LARGE_MODELS: u32 = 8;
/** Of a long run: a fourth of what it is over seven. */
export const LONG: usize = LARGE + <usize>LARGE_MODELS * MODEL_BYTES;
/** By activity (0 to 2) and colour: the bits of the mean's difference. */
export const MEAN: usize = LONG + MODEL_BYTES;
const MEAN_MODELS: u32 = 8;
const MODELS: u32 = NEXT_MODELS + LARGE_MODELS + 1 + MEAN_MODELS;
/** The quality that the steps are for, u32; 0 is none. */
const STEPS_FOR: usize = MEAN + <usize>MEAN_MODELS * MODEL_BYTES;
/** Steps of 64 coefficients, u16 each: of Y, of O and P, and of both in fine blocks. */
export const STEPS: usize = STEPS_FOR + 16;
export const STEPS_BYTES: usize = 128;
/** The order of a block's coefficients, u8 each: 8 u + v is of horizontal frequency u and vertical frequency v. */
export const ORDER: usize = STEPS + 4 * STEPS_BYTES;
/** Where each of them comes in the order. */
export const PLACES: usize = ORDER + 64;
/** The class of each place in the order. */
export const CLASSES: usize = PLACES + 64;
/** Scale of the steps within an octave, in 1/64, u8 each. */
const SEMITONES: usize = CLASSES + 64;
export const TRANSFORM_STATE_BYTES: usize = SEMITONES + 16;

/** Values of a NEXT symbol: the end, then runs of 0 to 6 zeros before a 1 or a larger one, then a longer run. */
export const END_OF_BLOCK: u32 = 0;
export const LONG_RUN: u32 = 15;
export const SHORT_RUNS: u32 = 7;
/** A MEAN symbol of this says that the block is fine; the bits follow. */
export const FINE: u32 = 15;
/** The means of fine blocks are in eighths of the others. */
export const FINE_SHIFT: i32 = 3;
/** A LARGE symbol of this stands for a magnitude whose bits follow. */
export const HUGE: u32 = 15;

/** The state that every slice starts from. */
export function resetTransformState(state: usize): void {
  resetModels(state, MODELS);
  writeTables(state);
  store<u32>(state, 0, STEPS_FOR);
}

/** Writes the tables: the module has no data of its own, which every instance would write again. */
function writeTables(state: usize): void {
  v128.store(state + ORDER, i8x16(0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5));
  v128.store(state + ORDER, i8x16(12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28), 16);
  v128.store(state + ORDER, i8x16(35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51), 32);
  v128.store(state + ORDER, i8x16(58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63), 48);
  v128.store(state + PLACES, i8x16(0, 1, 5, 6, 14, 15, 27, 28, 2, 4, 7, 13, 16, 26, 29, 42));
  v128.store(state + PLACES, i8x16(3, 8, 12, 17, 25, 30, 41, 43, 9, 11, 18, 24, 31, 40, 44, 53), 16);
  v128.store(state + PLACES, i8x16(10, 19, 23, 32, 39, 45, 52, 54, 20, 22, 33, 38, 46, 51, 55, 60), 32);
  v128.store(state + PLACES, i8x16(21, 34, 37, 47, 50, 56, 59, 61, 35, 36, 48, 49, 57, 58, 62, 63), 48);
  v128.store(state + CLASSES, i8x16(0, 0, 1, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4, 5));
  v128.store(state + CLASSES, i8x16(5, 5, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6), 16);
  v128.store(state + CLASSES, i8x16(6, 6, 6, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7), 32);
  v128.store(state + CLASSES, i8x16(7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7), 48);
  v128.store(state + SEMITONES, i8x16(64, 68, 72, 76, 81, 85, 91, 96, 102, 108, 114, 121, 0, 0, 0, 0));
}

/** Puts the steps of a quality (1 to 100) into the state. True when they were others before. */
export function prepareSteps(state: usize, quality: u32): bool {
  if (load<u32>(state, STEPS_FOR) == quality) return false;
  store<u32>(state, quality, STEPS_FOR);
  writeSteps(state, state + STEPS, quality);
  if (quality + FINER <= FINEST) writeSteps(state, state + STEPS + 2 * STEPS_BYTES, quality + FINER);
  return true;
}

function writeSteps(state: usize, steps: usize, quality: u32): void {
  const coarse = FINEST - quality;
  const scale = (<u32>load<u8>(state + SEMITONES + (coarse % 12))) << (coarse / 12);
  for (let place: u32 = 0; place < 64; place++) {
    const frequency = (place >> 3) + (place & 7);
    store<u16>(steps + (place << 1), (scale * (16 + frequency) + 256) >> 9);
    store<u16>(steps + (place << 1), (scale * (20 + 2 * frequency) + 256) >> 9, STEPS_BYTES);
  }
}

// What is kept of the blocks around, of their means and of their numbers of coefficients: nine u32 each. Entry 0 is the
// block to the left, 1 to 8 are those above; `column` is the place of the one above, in bytes.

/** The class of a block at (x, y) by how many coefficients its neighbours have: few, some, many. @inline */
export function activityAt(busy: usize, column: usize, x: u32, y: u32): u32 {
  const left = load<u32>(busy);
  const above = load<u32>(busy + column);
  const sum = (x == 0 ? above : left) + (y == 0 ? left : above);
  return sum < 3 ? 0 : sum < 10 ? 1 : 2;
}

/** What the neighbours tell of the mean of a block at (x, y). @inline */
export function toldMean(means: usize, column: usize, x: u32, y: u32): i32 {
  if (y == 0) return load<i32>(means);
  if (x == 0) return load<i32>(means + column);
  return (load<i32>(means) + load<i32>(means + column)) >> 1;
}

/** Eight vectors from `at` on as the rows of a matrix of 16-bit numbers: rows become columns. */
export function transpose(at: usize): void {
  const r0 = v128.load(at);
  const r1 = v128.load(at, 16);
  const r2 = v128.load(at, 32);
  const r3 = v128.load(at, 48);
  const r4 = v128.load(at, 64);
  const r5 = v128.load(at, 80);
  const r6 = v128.load(at, 96);
  const r7 = v128.load(at, 112);
  const a0 = i16x8.shuffle(r0, r1, 0, 8, 1, 9, 2, 10, 3, 11);
  const a1 = i16x8.shuffle(r0, r1, 4, 12, 5, 13, 6, 14, 7, 15);
  const a2 = i16x8.shuffle(r2, r3, 0, 8, 1, 9, 2, 10, 3, 11);
  const a3 = i16x8.shuffle(r2, r3, 4, 12, 5, 13, 6, 14, 7, 15);
  const a4 = i16x8.shuffle(r4, r5, 0, 8, 1, 9, 2, 10, 3, 11);
  const a5 = i16x8.shuffle(r4, r5, 4, 12, 5, 13, 6, 14, 7, 15);
  const a6 = i16x8.shuffle(r6, r7, 0, 8, 1, 9, 2, 10, 3, 11);
  const a7 = i16x8.shuffle(r6, r7, 4, 12, 5, 13, 6, 14, 7, 15);
  const b0 = i32x4.shuffle(a0, a2, 0, 4, 1, 5);
  const b1 = i32x4.shuffle(a0, a2, 2, 6, 3, 7);
  const b2 = i32x4.shuffle(a1, a3, 0, 4, 1, 5);
  const b3 = i32x4.shuffle(a1, a3, 2, 6, 3, 7);
  const b4 = i32x4.shuffle(a4, a6, 0, 4, 1, 5);
  const b5 = i32x4.shuffle(a4, a6, 2, 6, 3, 7);
  const b6 = i32x4.shuffle(a5, a7, 0, 4, 1, 5);
  const b7 = i32x4.shuffle(a5, a7, 2, 6, 3, 7);
  v128.store(at, i64x2.shuffle(b0, b4, 0, 2));
  v128.store(at, i64x2.shuffle(b0, b4, 1, 3), 16);
  v128.store(at, i64x2.shuffle(b1, b5, 0, 2), 32);
  v128.store(at, i64x2.shuffle(b1, b5, 1, 3), 48);
  v128.store(at, i64x2.shuffle(b2, b6, 0, 2), 64);
  v128.store(at, i64x2.shuffle(b2, b6, 1, 3), 80);
  v128.store(at, i64x2.shuffle(b3, b7, 0, 2), 96);
  v128.store(at, i64x2.shuffle(b3, b7, 1, 3), 112);
}

/** a c for a c below 1 in 1/32768, rounded. */
export function part(a: v128, c: i16): v128 {
  return i16x8.q15mulr_sat_s(a, i16x8.splat(c));
}
