/**
 * Microsoft RLE of 8 bits (https://wiki.multimedia.cx/index.php/Microsoft_RLE): rows from the bottom up, as pairs of
 * bytes. n c: n pixels of colour c. 0 n (3 to 255) and n colours, filled up to a pair: pixels as they are. 0 2 dx dy:
 * on by dx to the right and dy up, what is passed over stays. 0 0: on to the next row. 0 1: the end.
 */
import { BOX_MARK, TILE_SHIFT } from '../box';

const MOST: u32 = 255;
/** Pixels that are as they were are passed over when so many follow each other: going on costs four bytes. */
const LEAST_GAP: u32 = 6;
/** A run ends literal pixels when it is so long. */
const LEAST_RUN: u32 = 4;
const LEAST_LITERALS: u32 = 3;

/** The first place from `x` on, up to `end`, at which the rows differ. */
function nextDifference(a: usize, b: usize, x: u32, end: u32): u32 {
  while (x + 16 <= end) {
    const same = i8x16.bitmask(i8x16.eq(v128.load(a + x), v128.load(b + x)));
    if (same != 0xffff) return x + ctz(~same);
    x += 16;
  }
  while (x < end && load<u8>(a + x) == load<u8>(b + x)) x++;
  return x;
}

/** Where the changed pixels from `x` on end: before a gap that pays, or at `end`. */
function changeEnd(a: usize, b: usize, x: u32, end: u32): u32 {
  // A gap of LEAST_GAP that begins among the first eleven of sixteen pixels is seen in them.
  while (x + 16 <= end) {
    const same = i8x16.bitmask(i8x16.eq(v128.load(a + x), v128.load(b + x)));
    const pairs = same & (same >>> 1);
    const gaps = pairs & (pairs >>> 2) & (pairs >>> 4);
    if (gaps != 0) return x + ctz(gaps);
    x += 17 - LEAST_GAP;
  }
  while (x < end) {
    if (load<u8>(a + x) != load<u8>(b + x)) {
      x++;
      continue;
    }
    const next = nextDifference(a, b, x, end);
    if (next - x >= LEAST_GAP || next == end) return x;
    x = next;
  }
  return x;
}

/** Pixels of one colour from `x` on, at most MOST. */
function runLength(row: usize, x: u32, end: u32): u32 {
  const colour = load<u8>(row + x);
  const most = min<u32>(end, x + MOST);
  let stop = x + 1;
  while (stop + 16 <= most) {
    const same = i8x16.bitmask(i8x16.eq(i8x16.splat(<i8>colour), v128.load(row + stop)));
    if (same != 0xffff) return stop + ctz(~same) - x;
    stop += 16;
  }
  while (stop < most && load<u8>(row + stop) == colour) stop++;
  return stop - x;
}

/** The first place from `x` on at which a run of LEAST_RUN begins; `end` when there is none before it. */
function nextRun(row: usize, x: u32, end: u32): u32 {
  while (x + 17 <= end) {
    const likeNext = i8x16.bitmask(i8x16.eq(v128.load(row + x), v128.load(row + x, 1)));
    const runs = likeNext & (likeNext >>> 1) & (likeNext >>> 2);
    if (runs != 0) return x + ctz(runs);
    x += 18 - LEAST_RUN;
  }
  for (; x + LEAST_RUN <= end; x++) if (runLength(row, x, end) >= LEAST_RUN) return x;
  return end;
}

function putPair(out: usize, first: u32, second: u32): usize {
  store<u16>(out, first | (second << 8));
  return out + 2;
}

/** Pixels `x` to `end` of a row. */
function putPixels(row: usize, x: u32, end: u32, out: usize): usize {
  while (x < end) {
    const run = runLength(row, x, end);
    if (run >= LEAST_RUN || run == end - x) {
      out = putPair(out, run, <u32>load<u8>(row + x));
      x += run;
      continue;
    }
    const start = x;
    const most = min<u32>(end, start + MOST);
    // A run that begins before `most` may end behind it.
    x = min<u32>(nextRun(row, x + run, min<u32>(end, most + LEAST_RUN - 1)), most);
    const count = x - start;
    if (count < LEAST_LITERALS) {
      for (let at = start; at < x; at++) out = putPair(out, 1, <u32>load<u8>(row + at));
      continue;
    }
    out = putPair(out, 0, count);
    memory.copy(out, row + start, count);
    if ((count & 1) != 0) store<u8>(out + count, 0);
    out += (count + 1) & ~1;
  }
  return out;
}

/** From (`x`, `row`) to (`toX`, `toRow`), rows counted from the bottom; never back. */
function putWay(x: u32, row: u32, toX: u32, toRow: u32, out: usize): usize {
  if (toX < x) {
    out = putPair(out, 0, 0);
    x = 0;
    row++;
  }
  while (x != toX || row != toRow) {
    const dx = min<u32>(toX - x, MOST);
    const dy = min<u32>(toRow - row, MOST);
    out = putPair(out, 0, 2);
    out = putPair(out, dx, dy);
    x += dx;
    row += dy;
  }
  return out;
}

/**
 * Codes the difference between two planes of indices, and makes them equal; the answer is its bytes at `out`. Only
 * `boxes` (damage per tile) are looked at, unless it is a keyframe, which codes every pixel.
 */
export function mrleEncode(
  plane: usize,
  shown: usize,
  stride: u32,
  width: u32,
  height: u32,
  boxes: usize,
  keyframe: u32,
  out: usize,
): u32 {
  const columns = (width + 63) >>> TILE_SHIFT;
  let to = out;
  let penX: u32 = 0;
  let penRow: u32 = 0;
  for (let row: u32 = 0; row < height; row++) {
    const y = height - 1 - row;
    const a = plane + y * stride;
    const b = shown + y * stride;
    if (keyframe != 0) {
      if (row > 0) to = putPair(to, 0, 0);
      to = putPixels(a, 0, width, to);
      memory.copy(b, a, width);
      continue;
    }
    const rowBoxes = boxes + (((y >>> TILE_SHIFT) * columns) << 2);
    let x: u32 = 0;
    while (x < width) {
      const box = load<u32>(rowBoxes + ((x >>> TILE_SHIFT) << 2));
      const tileEnd = min<u32>(width, ((x >>> TILE_SHIFT) + 1) << TILE_SHIFT);
      const inTile = y & 63;
      if ((box & BOX_MARK) == 0 || inTile > ((box >>> 18) & 63) || inTile < ((box >>> 6) & 63)) {
        x = tileEnd;
        continue;
      }
      x = nextDifference(a, b, x, tileEnd);
      if (x == tileEnd) continue;
      // A change may go on into tiles whose boxes say nothing: what they hold is the same in both planes.
      const end = changeEnd(a, b, x, width);
      to = putWay(penX, penRow, x, row, to);
      to = putPixels(a, x, end, to);
      memory.copy(b + x, a + x, end - x);
      penX = end;
      penRow = row;
      x = end;
    }
  }
  return <u32>(putPair(to, 0, 1) - out);
}
