/**
 * Dirty tiles. The picture is compared with the reference along its rows, not tile by tile: streaming keeps the
 * prefetcher busy, which is worth three to four times more than leaving a tile early. Alpha is ignored, since
 * sources disagree about it.
 */
import { OPAQUE, packBox, RGB_MASK, TILE, TILE_SHIFT } from './box';

/**
 * A rectangle is read in this many bands at once, a step of each in turn. Every band is a stream of its own to
 * the prefetcher, so that the wait at the start of a page in one is filled by the others. More than 12 streams
 * (two per band) are too many.
 */
const BANDS: u32 = 4;
/** Tiles per step. */
const STEP: u32 = 4;

/**
 * Joins the pixels that differ in columns `from` to `end` - 1 of one tile's row into the tile's box; a and b are
 * where the tile's row begins.
 */
export function markSpan(box: usize, a: usize, b: usize, row: u32, from: u32, end: u32): void {
  if (!rowDiffers(a + (from << 2), b + (from << 2), end - from)) return;
  const y = row & (TILE - 1);
  const old = load<u32>(box);
  let x0 = old & 63;
  let y0 = (old >> 6) & 63;
  let x1 = (old >> 12) & 63;
  let y1 = (old >> 18) & 63;
  if (old == 0) {
    x0 = end;
    x1 = from;
    y0 = y;
    y1 = y;
  }
  let x = from;
  while (x < x0 && ((load<u32>(a + (x << 2)) ^ load<u32>(b + (x << 2))) & RGB_MASK) == 0) x++;
  let last = end - 1;
  while (last > x1 && ((load<u32>(a + (last << 2)) ^ load<u32>(b + (last << 2))) & RGB_MASK) == 0) last--;
  store<u32>(box, packBox(min<u32>(x0, x), min<u32>(y0, y), max<u32>(x1, last), max<u32>(y1, y)));
}

/** Adds what differs in 64 bytes to `seen`: a chain, since a tree makes engines hoist all loads and spill them. */
function gather(seen: v128, a: usize, b: usize): v128 {
  seen = v128.or(seen, v128.xor(v128.load(a, 0), v128.load(b, 0)));
  seen = v128.or(seen, v128.xor(v128.load(a, 16), v128.load(b, 16)));
  seen = v128.or(seen, v128.xor(v128.load(a, 32), v128.load(b, 32)));
  return v128.or(seen, v128.xor(v128.load(a, 48), v128.load(b, 48)));
}

/** Whether the rows of `tiles` whole tiles differ. */
function tilesDiffer(a: usize, b: usize, tiles: u32): bool {
  const end = a + (tiles << 8);
  let seen = i32x4.splat(0);
  do {
    seen = gather(seen, a, b);
    seen = gather(seen, a + 64, b + 64);
    a += 128;
    b += 128;
  } while (a < end);
  return v128.any_true(v128.and(seen, i32x4.splat(RGB_MASK)));
}

/** Whether the first `width` pixels (1 to 64) of two rows differ. */
function rowDiffers(a: usize, b: usize, width: u32): bool {
  const colours = i32x4.splat(RGB_MASK);
  const whole = (width & ~3) << 2;
  const end = width << 2;
  let at: u32 = 0;
  for (; at < whole; at += 16) {
    const difference = v128.xor(v128.load(a + at), v128.load(b + at));
    if (v128.any_true(v128.and(difference, colours))) return true;
  }
  for (; at < end; at += 4) {
    if (((load<u32>(a + at) ^ load<u32>(b + at)) & RGB_MASK) != 0) return true;
  }
  return false;
}

/**
 * Compares the rows of a rectangle, widened to whole tiles sideways, and joins what differs into `boxes` (one
 * u32 per tile of the picture). The rectangle lies inside the picture and is not empty.
 */
export function compareRect(
  picture: usize,
  reference: usize,
  stride: u32,
  width: u32,
  x: u32,
  y: u32,
  w: u32,
  h: u32,
  boxes: usize,
): void {
  const columns = (width + TILE - 1) >> TILE_SHIFT;
  const first = x >> TILE_SHIFT;
  const last = (x + w - 1) >> TILE_SHIFT;
  // The last column may be narrower than a tile and is compared pixel by pixel up to the edge.
  const rest = width & (TILE - 1);
  const partial = rest != 0 && last == columns - 1;
  const wholeEnd = partial ? last : last + 1;
  const end = y + h;
  const band = (h + BANDS - 1) / BANDS;
  const skip = band * stride;
  for (let top = y; top < y + band; top++) {
    for (let column = first; column < wholeEnd; column += STEP) {
      const tiles = min<u32>(STEP, wholeEnd - column);
      const offset = top * stride + (column << 8);
      let a = picture + offset;
      let b = reference + offset;
      for (let row = top; row < end; row += band) {
        if (tilesDiffer(a, b, tiles)) {
          const box = boxes + (((row >> TILE_SHIFT) * columns + column) << 2);
          for (let tile: u32 = 0; tile < tiles; tile++) {
            markSpan(box + (tile << 2), a + (tile << 8), b + (tile << 8), row, 0, TILE);
          }
        }
        a += skip;
        b += skip;
      }
    }
    for (let row = top; partial && row < end; row += band) {
      const offset = row * stride + (last << 8);
      const box = boxes + (((row >> TILE_SHIFT) * columns + last) << 2);
      markSpan(box, picture + offset, reference + offset, row, 0, rest);
    }
  }
}

/** Copies every box's pixels from the picture into the reference, which is made opaque. */
export function copyBoxes(
  picture: usize,
  reference: usize,
  stride: u32,
  columns: u32,
  tiles: u32,
  boxes: usize,
): void {
  const opaque = i32x4.splat(OPAQUE);
  for (let tile: u32 = 0; tile < tiles; tile++) {
    const box = load<u32>(boxes + (tile << 2));
    if (box == 0) continue;
    const x0 = ((tile % columns) << TILE_SHIFT) + (box & 63);
    const top = ((tile / columns) << TILE_SHIFT) + ((box >> 6) & 63);
    const width = ((box >> 12) & 63) + 1 - (box & 63);
    const bottom = ((tile / columns) << TILE_SHIFT) + ((box >> 18) & 63);
    for (let y = top; y <= bottom; y++) {
      let from = picture + y * stride + (x0 << 2);
      let to = reference + y * stride + (x0 << 2);
      const whole = to + ((width & ~3) << 2);
      const end = to + (width << 2);
      while (to < whole) {
        v128.store(to, v128.or(v128.load(from), opaque));
        from += 16;
        to += 16;
      }
      while (to < end) {
        store<u32>(to, load<u32>(from) | OPAQUE);
        from += 4;
        to += 4;
      }
    }
  }
}
