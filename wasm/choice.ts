/**
 * Which modes a tile is tried in: pure choices from what was counted of its pixels. Nothing here looks at a pixel.
 */

export const EFFORT_FAST: u32 = 0;
export const EFFORT_SMALL: u32 = 2;

/** A gradient is tried where more than one pixel in this many is fresh: unlike W, N, NW and NE. */
const FRESH_SHARE: u32 = 16;
/** A tile is natural where more than one pixel in this many is fresh, */
const NATURAL_FRESH_SHARE: u32 = 3;
/** and at most one fresh pixel in this many is sharp: far from both W and N. */
const NATURAL_SHARP_SHARE: u32 = 5;

/** Whether it is worth looking at what a gradient would leave, of `pixels` of which `fresh` are unlike others. */
export function surveysGradient(effort: u32, level: u32, pixels: u32, fresh: u32): bool {
  if (level < 2) return false;
  return effort == EFFORT_SMALL ? fresh > 0 : fresh * FRESH_SHARE > pixels;
}

/**
 * Bits of a gradient from which on text may be smaller: edges are dear to foretell by their slope, noise is not.
 * Where most pixels are fresh only what repeats exactly is cheaper as text.
 */
export function dearBits(level: u32, pixels: u32, fresh: u32): u32 {
  if (fresh << 1 >= pixels) return fresh * 20;
  return fresh * (level == 2 ? 14 : 10);
}

/** Whether to try a gradient that would leave about `left` bits besides a code's end for each value. */
export function triesGradient(pixels: u32, left: u32, dear: u32): bool {
  // A bit for each value's end, two thirds of which runs and small parameters save.
  const bits = left + pixels;
  return bits + (bits >> 1) < dear;
}

/** Whether to try text when a gradient takes `bytes`; 0: it was not tried, or did not win. */
export function triesText(effort: u32, bytes: u32, dear: u32): bool {
  return effort == EFFORT_SMALL || bytes == 0 || bytes << 3 > dear;
}

/** Whether `pixels`, of which so many are fresh and sharp, are a photograph or film rather than text. */
export function isNatural(pixels: u32, fresh: u32, sharp: u32): bool {
  return fresh * NATURAL_FRESH_SHARE > pixels && sharp * NATURAL_SHARP_SHARE < fresh;
}
