/** Planes of codes: a picture's damaged boxes as bytes or u16 instead of pixels. */
import { BOX_MARK, RGB_MASK, TILE, TILE_SHIFT } from '../box';
import { reduceSpan } from '../colour';
import { distances } from './blocks4';

/** Bytes of a row of a tile as u32, and what `reduceSpan` writes beyond it. */
export const CODES_SCRATCH_BYTES: u32 = (64 + 8) * 4;
/**
 * What was looked up before in a palette: first, by the six highest bits of blue, green and red, an index plus one in a
 * u16, or EXACT where the palette has a colour of those bits; then, for the latter, single colours by their hash:
 * colour | FOUND, u32, and index, u32.
 */
const CELLS_BYTES: u32 = 2 << 18;
const EXACT: u32 = 0xffff;
const CACHE_BITS: u32 = 12;
export const PALETTE_CACHE_BYTES: u32 = CELLS_BYTES + (8 << CACHE_BITS);
const FOUND: u32 = 0x80000000;
/** The middle of the colours that share their six highest bits. */
const MIDDLE: u32 = 0x020202;

/**
 * Writes the codes of all pixels in `boxes` (damage per tile) at `level` into a plane of `bytes` (1 or 2) per code,
 * whose rows are `planeStride` bytes.
 */
export function codeBoxes(
  picture: usize,
  stride: u32,
  width: u32,
  height: u32,
  boxes: usize,
  plane: usize,
  planeStride: u32,
  bytes: u32,
  level: u32,
  scratch: usize,
): void {
  const columns = (width + TILE - 1) >> TILE_SHIFT;
  const tiles = columns * ((height + TILE - 1) >> TILE_SHIFT);
  for (let tile: u32 = 0; tile < tiles; tile++) {
    const box = load<u32>(boxes + (tile << 2));
    if ((box & BOX_MARK) == 0) continue;
    const x = ((tile % columns) << TILE_SHIFT) + (box & 63);
    const count = ((box >>> 12) & 63) + 1 - (box & 63);
    const top = (tile / columns) << TILE_SHIFT;
    const last = top + ((box >>> 18) & 63);
    for (let row = top + ((box >>> 6) & 63); row <= last; row++) {
      reduceSpan(picture + row * stride + (x << 2), scratch, count, level);
      const to = plane + row * planeStride + x * bytes;
      if (bytes == 1) {
        for (let index: u32 = 0; index < count; index++) {
          store<u8>(to + index, load<u32>(scratch + (index << 2)));
        }
      } else {
        for (let index: u32 = 0; index < count; index++) {
          store<u16>(to + (index << 1), load<u32>(scratch + (index << 2)));
        }
      }
    }
  }
}

/** Begins a cache (PALETTE_CACHE_BYTES, all 0) for a palette of `count` colours, u32 each. */
export function startPaletteCache(cache: usize, palette: usize, count: u32): void {
  for (let index: u32 = 0; index < count; index++) {
    store<u16>(cache + (cellOf(load<u32>(palette + (index << 2))) << 1), EXACT);
  }
}

/**
 * The same for a palette of `count` colours (a multiple of 4 of them): a colour that is there becomes its index; any
 * other that of the nearest to it, or to one less than three levels away in each channel. `cache` is the palette's.
 */
export function indexBoxes(
  picture: usize,
  stride: u32,
  width: u32,
  height: u32,
  boxes: usize,
  plane: usize,
  planeStride: u32,
  palette: usize,
  count: u32,
  cache: usize,
): void {
  const columns = (width + TILE - 1) >> TILE_SHIFT;
  const tiles = columns * ((height + TILE - 1) >> TILE_SHIFT);
  for (let tile: u32 = 0; tile < tiles; tile++) {
    const box = load<u32>(boxes + (tile << 2));
    if ((box & BOX_MARK) == 0) continue;
    const left = (tile % columns) << TILE_SHIFT;
    const top = (tile / columns) << TILE_SHIFT;
    const right = left + ((box >>> 12) & 63);
    const last = top + ((box >>> 18) & 63);
    for (let row = top + ((box >>> 6) & 63); row <= last; row++) {
      let before: u32 = FOUND;
      let code: u32 = 0;
      for (let x = left + (box & 63); x <= right; x++) {
        const colour = load<u32>(picture + row * stride + (x << 2)) & RGB_MASK;
        if (colour != before) code = indexOf(colour, palette, count, cache);
        before = colour;
        store<u8>(plane + row * planeStride + x, code);
      }
    }
  }
}

/** Number of a colour by the six highest bits of each channel. */
function cellOf(colour: u32): u32 {
  return ((colour >>> 2) & 63) | ((colour >>> 4) & 0xfc0) | ((colour >>> 6) & 0x3f000);
}

function indexOf(colour: u32, palette: usize, count: u32, cache: usize): u32 {
  const cell = cache + (cellOf(colour) << 1);
  const known: u32 = load<u16>(cell);
  if (known == 0) {
    const index = nearest((colour & 0xfcfcfc) | MIDDLE, palette, count);
    store<u16>(cell, index + 1);
    return index;
  }
  if (known != EXACT) return known - 1;
  const slot = cache + CELLS_BYTES + (((colour * 2654435761) >>> (32 - CACHE_BITS)) << 3);
  if (load<u32>(slot) != (colour | FOUND)) {
    store<u32>(slot, colour | FOUND);
    store<u32>(slot, nearest(colour, palette, count), 4);
  }
  return load<u32>(slot, 4);
}

/** Index of the colour with the least squared error, the first of several. */
function nearest(colour: u32, palette: usize, count: u32): u32 {
  const wanted = i32x4.splat(colour);
  let best: u32 = 0;
  let least: i32 = 0x7fffffff;
  for (let index: u32 = 0; index < count; index += 4) {
    const found = distances(v128.load(palette + (index << 2)), wanted);
    for (let lane: u32 = 0; lane < 4; lane++) {
      const distance =
        lane == 0
          ? i32x4.extract_lane(found, 0)
          : lane == 1
            ? i32x4.extract_lane(found, 1)
            : lane == 2
              ? i32x4.extract_lane(found, 2)
              : i32x4.extract_lane(found, 3);
      if (distance >= least) continue;
      least = distance;
      best = index + lane;
    }
  }
  return best;
}

/** Copies the codes in `boxes` from one plane into another. */
export function copyCodes(
  from: usize,
  to: usize,
  stride: u32,
  bytes: u32,
  columns: u32,
  tiles: u32,
  boxes: usize,
): void {
  for (let tile: u32 = 0; tile < tiles; tile++) {
    const box = load<u32>(boxes + (tile << 2));
    if ((box & BOX_MARK) == 0) continue;
    const x = ((tile % columns) << TILE_SHIFT) + (box & 63);
    const size = (((box >>> 12) & 63) + 1 - (box & 63)) * bytes;
    const top = (tile / columns) << TILE_SHIFT;
    const last = top + ((box >>> 18) & 63);
    for (let row = top + ((box >>> 6) & 63); row <= last; row++) {
      const place = row * stride + x * bytes;
      memory.copy(to + place, from + place, size);
    }
  }
}
