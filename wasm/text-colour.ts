/**
 * New colours of text-like tiles. Where writing is smoothed, its colours lie on a line from the paper's to the ink's:
 * what green has done since the colour beside it tells what blue and red have done. Greys are such a line too, of
 * slope 1, which is kept besides: the way that has been nearer of late is taken.
 */

// Places in a line, in bytes.
/** i32: what blue and red do for one of green, in 1/256. */
const BLUE_SLOPE: usize = 0;
const RED_SLOPE: usize = 4;
/** i32: by how much the line has been nearer than slope 1, of late. */
const LEAD: usize = 8;
export const LINE_BYTES: usize = 12;
const EVEN: i32 = 256;
/** A line is known by colours of which green differs by so much or more. */
const LEAST_CHANGE: i32 = 32;

export function resetLine(line: usize): void {
  store<i32>(line + BLUE_SLOPE, EVEN);
  store<i32>(line + RED_SLOPE, EVEN);
  store<i32>(line + LEAD, 0);
}

function alongSlope(beside: u32, slope: i32, change: i32): u32 {
  return <u32>max<i32>(0, min<i32>(255, <i32>(beside & 255) + ((slope * change + 128) >> 8)));
}

/** Blue and, 16 bits above it, red, when green has changed by so much. */
function onLine(beside: u32, blueSlope: i32, redSlope: i32, change: i32): u32 {
  return alongSlope(beside, blueSlope, change) | (alongSlope(beside >> 16, redSlope, change) << 16);
}

function distance(a: u32, b: u32): i32 {
  return abs(<i32>(a & 255) - <i32>(b & 255)) + abs(<i32>((a >> 16) & 255) - <i32>((b >> 16) & 255));
}

/** @inline */
function greenChange(code: u32, beside: u32): i32 {
  return <i32>((code >> 8) & 255) - <i32>((beside >> 8) & 255);
}

/** Blue and red (bits 0 to 7 and 16 to 23) of a new colour beside another, of which green is known (bits 8 to 15). */
export function promisedColour(line: usize, green: u32, beside: u32): u32 {
  const change = greenChange(green, beside);
  return load<i32>(line + LEAD) >= 0
    ? onLine(beside, load<i32>(line + BLUE_SLOPE), load<i32>(line + RED_SLOPE), change)
    : onLine(beside, EVEN, EVEN, change);
}

/** Learns from a new colour which way is the nearer, and the line through it. */
export function learnLine(line: usize, code: u32, beside: u32): void {
  const change = greenChange(code, beside);
  const along = onLine(beside, load<i32>(line + BLUE_SLOPE), load<i32>(line + RED_SLOPE), change);
  const lead = load<i32>(line + LEAD);
  const nearer = distance(code, onLine(beside, EVEN, EVEN, change)) - distance(code, along);
  store<i32>(line + LEAD, lead + nearer - (lead >> 4));
  if (abs(change) < LEAST_CHANGE) return;
  const blue = <i32>(code & 255) - <i32>(beside & 255);
  const red = <i32>((code >> 16) & 255) - <i32>((beside >> 16) & 255);
  store<i32>(line + BLUE_SLOPE, (blue << 8) / change);
  store<i32>(line + RED_SLOPE, (red << 8) / change);
}
