/**
 * Colours for blocks of Microsoft Video 1 (msvc.ts): one, two, or two for each quarter. An attempt at a block is
 * ATTEMPT_BYTES: the pixels that come back, the colours (u16) and the flags (u32).
 */
import { channelSums, codePixel, distances, lanesMax, lanesSum, meanCode, meanPixel } from './blocks4';

export const PIXELS: usize = 0;
export const CODES: usize = 64;
export const FLAGS: usize = 80;
export const ATTEMPT_BYTES: usize = 96;
/** How often two colours are made the means of those nearest to them; they seldom change after that. */
const PASSES: u32 = 2;

/** A place among rows of four pixels: where the distances in `a` to `d` are largest. */
function farthest(rows: usize, a: v128, b: v128, c: v128, d: v128): v128 {
  const most = lanesMax(i32x4.max_s(i32x4.max_s(a, b), i32x4.max_s(c, d)));
  const places =
    i32x4.bitmask(i32x4.eq(a, most)) |
    (i32x4.bitmask(i32x4.eq(b, most)) << 4) |
    (i32x4.bitmask(i32x4.eq(c, most)) << 8) |
    (i32x4.bitmask(i32x4.eq(d, most)) << 12);
  return v128.load32_splat(rows + (ctz(places) << 2));
}

/**
 * Two colours for 16 pixels at `rows`: the pixel farthest from the mean and the one farthest from that are seeds, every
 * pixel goes to the nearer, the means of both are the colours, and that once more. Leaves an attempt; the answer is the
 * error.
 */
export function fitTwo(rows: usize, sums: v128, bits: u32, attempt: usize): u32 {
  const r0 = v128.load(rows);
  const r1 = v128.load(rows, 16);
  const r2 = v128.load(rows, 32);
  const r3 = v128.load(rows, 48);
  const mean = meanPixel(sums, 16);
  let a = farthest(rows, distances(r0, mean), distances(r1, mean), distances(r2, mean), distances(r3, mean));
  let a0 = distances(r0, a);
  let a1 = distances(r1, a);
  let a2 = distances(r2, a);
  let a3 = distances(r3, a);
  let b = farthest(rows, a0, a1, a2, a3);
  let first: u32 = 0;
  let second: u32 = 0;
  let flags: u32 = 0;
  let b0 = distances(r0, b);
  let b1 = distances(r1, b);
  let b2 = distances(r2, b);
  let b3 = distances(r3, b);
  let n0 = i32x4.lt_s(a0, b0);
  let n1 = i32x4.lt_s(a1, b1);
  let n2 = i32x4.lt_s(a2, b2);
  let n3 = i32x4.lt_s(a3, b3);
  for (let pass: u32 = 0; pass < PASSES; pass++) {
    const before = flagsOf(n0, n1, n2, n3);
    const near = i32x4.add(
      i32x4.add(channelSums(v128.and(r0, n0)), channelSums(v128.and(r1, n1))),
      i32x4.add(channelSums(v128.and(r2, n2)), channelSums(v128.and(r3, n3))),
    );
    const count: u32 = popcnt(before);
    first = meanCode(near, max<u32>(count, 1), bits);
    second = meanCode(i32x4.sub(sums, near), max<u32>(16 - count, 1), bits);
    a = i32x4.splat(codePixel(first, bits));
    b = i32x4.splat(codePixel(second, bits));
    a0 = distances(r0, a);
    a1 = distances(r1, a);
    a2 = distances(r2, a);
    a3 = distances(r3, a);
    b0 = distances(r0, b);
    b1 = distances(r1, b);
    b2 = distances(r2, b);
    b3 = distances(r3, b);
    n0 = i32x4.lt_s(a0, b0);
    n1 = i32x4.lt_s(a1, b1);
    n2 = i32x4.lt_s(a2, b2);
    n3 = i32x4.lt_s(a3, b3);
    flags = flagsOf(n0, n1, n2, n3);
    if (flags == before) break;
  }
  v128.store(attempt, v128.bitselect(a, b, n0), PIXELS);
  v128.store(attempt, v128.bitselect(a, b, n1), PIXELS + 16);
  v128.store(attempt, v128.bitselect(a, b, n2), PIXELS + 32);
  v128.store(attempt, v128.bitselect(a, b, n3), PIXELS + 48);
  // The highest flag tells kinds of blocks apart, so it has to be clear.
  if ((flags & 0x8000) != 0) {
    flags ^= 0xffff;
    const other = first;
    first = second;
    second = other;
  }
  store<u16>(attempt, first, CODES);
  store<u16>(attempt, second, CODES + 2);
  store<u32>(attempt, flags, FLAGS);
  return lanesSum(
    i32x4.add(
      i32x4.add(i32x4.min_s(a0, b0), i32x4.min_s(a1, b1)),
      i32x4.add(i32x4.min_s(a2, b2), i32x4.min_s(a3, b3)),
    ),
  );
}

/** A flag for each of 16 pixels, the lowest row's first. */
function flagsOf(n0: v128, n1: v128, n2: v128, n3: v128): u32 {
  return i32x4.bitmask(n3) | (i32x4.bitmask(n2) << 4) | (i32x4.bitmask(n1) << 8) | (i32x4.bitmask(n0) << 12);
}

/**
 * Two colours for a quarter of a block: two pixels of one row, and two of the next. Leaves both codes at `codes`,
 * and what comes back at `pixels`, the second row 16 bytes on. `wanted` is 0, or a pixel's number << 1 | the
 * flag that it must have. The answer is the error << 4 | the four flags.
 */
function fitQuarter(quarter: v128, bits: u32, codes: usize, pixels: usize, wanted: u32): u32 {
  const all = channelSums(quarter);
  const fromMean = distances(quarter, meanPixel(all, 4));
  const p = splatLane(quarter, ctz(i32x4.bitmask(i32x4.eq(fromMean, lanesMax(fromMean)))));
  const fromP = distances(quarter, p);
  const q = splatLane(quarter, ctz(i32x4.bitmask(i32x4.eq(fromP, lanesMax(fromP)))));
  const nearer = i32x4.lt_s(fromP, distances(quarter, q));
  const near = channelSums(v128.and(quarter, nearer));
  const count: u32 = popcnt(i32x4.bitmask(nearer));
  let first = meanCode(near, max<u32>(count, 1), bits);
  let second = meanCode(i32x4.sub(all, near), max<u32>(4 - count, 1), bits);
  const a = i32x4.splat(codePixel(first, bits));
  const b = i32x4.splat(codePixel(second, bits));
  const toA = distances(quarter, a);
  const toB = distances(quarter, b);
  const chosen = i32x4.lt_s(toA, toB);
  const decoded = v128.bitselect(a, b, chosen);
  store<u64>(pixels, i64x2.extract_lane(decoded, 0));
  store<u64>(pixels, i64x2.extract_lane(decoded, 1), 16);
  let flags: u32 = i32x4.bitmask(chosen);
  if (wanted != 0 && ((flags >>> (wanted >>> 1)) & 1) != (wanted & 1)) {
    flags ^= 15;
    const other = first;
    first = second;
    second = other;
  }
  store<u16>(codes, first);
  store<u16>(codes, second, 2);
  return (lanesSum(i32x4.min_s(toA, toB)) << 4) | flags;
}

function splatLane(v: v128, lane: u32): v128 {
  const base = i8x16.splat(<i8>(lane << 2));
  return i8x16.swizzle(v, i8x16.add(base, v128(0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3)));
}

/** Two colours for each quarter of 16 pixels at `rows`. Leaves an attempt; the answer is the error. */
export function fitEight(rows: usize, bits: u32, attempt: usize): u32 {
  const r0 = v128.load(rows);
  const r1 = v128.load(rows, 16);
  const r2 = v128.load(rows, 32);
  const r3 = v128.load(rows, 48);
  const codes = attempt + CODES;
  const pixels = attempt + PIXELS;
  const bottomLeft = fitQuarter(lowHalves(r2, r3), bits, codes, pixels + 32, 0);
  const bottomRight = fitQuarter(highHalves(r2, r3), bits, codes + 4, pixels + 40, 0);
  // With 8 bits the highest flag is set, and one of the three below it; with 16 bits it is clear.
  const topLeft = fitQuarter(lowHalves(r0, r1), bits, codes + 8, pixels, bits == 8 ? 1 : 0);
  const topRight = fitQuarter(highHalves(r0, r1), bits, codes + 12, pixels + 8, bits == 8 ? 3 : 2);
  store<u32>(
    attempt,
    quarterFlags(bottomLeft) |
      (quarterFlags(bottomRight) << 2) |
      (quarterFlags(topLeft) << 8) |
      (quarterFlags(topRight) << 10),
    FLAGS,
  );
  return (bottomLeft >>> 4) + (bottomRight >>> 4) + (topLeft >>> 4) + (topRight >>> 4);
}

/** A quarter's flags in their order in a block: the lower row first, four flags to a row. */
function quarterFlags(fitted: u32): u32 {
  return ((fitted >>> 2) & 3) | ((fitted & 3) << 4);
}

function lowHalves(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
}

function highHalves(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
}

/** One colour's code: red of 1 would look like a skip, and becomes 0 or 2. */
export function oneColour(sums: v128, bits: u32): u32 {
  const code = meanCode(sums, 16, bits);
  if (bits == 8 || code >>> 10 != 1) return code;
  // 5 bits of 1 are 8 of 255.
  return i32x4.extract_lane(sums, 2) < 8 * 16 ? code & 0x3ff : (code & 0x3ff) | 0x800;
}
