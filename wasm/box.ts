/**
 * A tile's damage box in one u32, relative to the tile: x0 | y0 << 6 | x1 << 12 | y1 << 18 | MARK, with x1 and
 * y1 the last column and row inside. 0 is a clean tile.
 */
export const BOX_MARK: u32 = 1 << 24;
/** Set by the tile coder when a tile's pixels will not be exactly those of the picture. */
export const BOX_APPROXIMATE: u32 = 1 << 25;
/** Set in a job's box when the viewers hold there what the kernel is told they hold. */
export const BOX_HELD: u32 = 1 << 26;
/** Tiles are 64 pixels square: 1 << TILE_SHIFT. */
export const TILE_SHIFT: u32 = 6;
export const TILE: u32 = 64;
/** Selects blue, green and red of a pixel: alpha is neither compared nor coded. */
export const RGB_MASK: u32 = 0x00ffffff;
export const OPAQUE: u32 = 0xff000000;

export function packBox(x0: u32, y0: u32, x1: u32, y1: u32): u32 {
  return x0 | (y0 << 6) | (x1 << 12) | (y1 << 18) | BOX_MARK;
}
