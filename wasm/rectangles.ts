/**
 * From matching cells to rectangles: the rectangle of matching cells with the most gain is found by the
 * largest-rectangle-in-a-histogram method.
 */
import { GAIN_MASK, TAKEN, TEXTURE_GAIN } from './cells';
import { cellColumns, FOUND, GAINS, HEIGHTS, MATCHED, matchesAt, Search, STACK, sumsAt } from './search';

/** Sums of gains over the region at MATCHED, relative to its corner. */
function sumGains(s: Search): void {
  const region = s.scratch() + MATCHED;
  const left = load<u32>(region);
  const top = load<u32>(region, 4);
  const right = load<u32>(region, 8);
  const bottom = load<u32>(region, 12);
  const columns = cellColumns(s.width);
  const pitch = (columns + 1) << 2;
  const sums = s.scratch() + sumsAt(s.width, s.height);
  const gains = s.scratch() + GAINS;
  memory.fill(sums + top * pitch + (left << 2), 0, (right - left + 1) << 2);
  for (let row = top; row < bottom; row++) {
    let inRow: u32 = 0;
    const above = sums + row * pitch;
    const here = above + pitch;
    store<u32>(here + (left << 2), 0);
    for (let column = left; column < right; column++) {
      inRow += load<u8>(gains + row * columns + column) & GAIN_MASK;
      store<u32>(here + ((column + 1) << 2), load<u32>(above + ((column + 1) << 2)) + inRow);
    }
  }
}

/**
 * Finds the rectangle of matching cells with the most gain in the region at MATCHED and writes it at FOUND; the
 * answer is its gain, 0 when there is none.
 */
export function bestRectangle(s: Search): u32 {
  sumGains(s);
  const scratch = s.scratch();
  const region = scratch + MATCHED;
  const left = load<u32>(region);
  const top = load<u32>(region, 4);
  const right = load<u32>(region, 8);
  const bottom = load<u32>(region, 12);
  const columns = cellColumns(s.width);
  const pitch = (columns + 1) << 2;
  const sums = scratch + sumsAt(s.width, s.height);
  const matches = scratch + matchesAt(s.width, s.height);
  const heights = scratch + HEIGHTS;
  const stack = scratch + STACK;
  const found = scratch + FOUND;
  let best: u32 = 0;
  memory.fill(heights + (left << 2), 0, (right - left) << 2);
  for (let row = top; row < bottom; row++) {
    const sumsBelow = sums + (row + 1) * pitch;
    let depth: u32 = 0;
    // One column more, of height 0, closes what is still open.
    for (let column = left; column <= right; column++) {
      let tall: u32 = 0;
      if (column < right) {
        const place = heights + (column << 2);
        tall = load<u8>(matches + row * columns + column) != 0 ? load<u32>(place) + 1 : 0;
        store<u32>(place, tall);
      }
      let start = column;
      while (depth > 0) {
        const open = load<u32>(stack + ((depth - 1) << 3), 4);
        if (open < tall) break;
        start = load<u32>(stack + ((depth - 1) << 3));
        depth--;
        if (open == tall) break;
        const sumsAbove = sumsBelow - open * pitch;
        const gain =
          load<u32>(sumsBelow + (column << 2)) -
          load<u32>(sumsBelow + (start << 2)) -
          load<u32>(sumsAbove + (column << 2)) +
          load<u32>(sumsAbove + (start << 2));
        if (gain > best) {
          best = gain;
          store<u32>(found, start);
          store<u32>(found, row + 1 - open, 4);
          store<u32>(found, column - start, 8);
          store<u32>(found, open, 12);
        }
      }
      if (tall > 0) {
        store<u32>(stack + (depth << 3), start);
        store<u32>(stack + (depth << 3), tall, 4);
        depth++;
      }
    }
  }
  return best;
}

/** Takes the cells of the rectangle at FOUND: they are wanted no more, and no other move may have them. */
export function takeFound(s: Search): void {
  const columns = cellColumns(s.width);
  const gains = s.scratch() + GAINS;
  const matches = s.scratch() + matchesAt(s.width, s.height);
  const found = s.scratch() + FOUND;
  const x = load<u32>(found);
  const y = load<u32>(found, 4);
  const w = load<u32>(found, 8);
  const h = load<u32>(found, 12);
  for (let row = y; row < y + h; row++) {
    const line = row * columns + x;
    for (let column: u32 = 0; column < w; column++) {
      if (load<u8>(gains + line + column) == TEXTURE_GAIN) s.wanted--;
    }
    memory.fill(gains + line, TAKEN, w);
    memory.fill(matches + line, 0, w);
  }
}
