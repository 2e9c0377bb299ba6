/**
 * Scratch of the search for moves. Offsets are from the start of the scratch; the cells' part depends on the
 * picture's size, so it is last. codecs/layout.ts reserves `moveSearchBytes`.
 */

/** Cells are the grain in which rectangles are found: 16 by 8 pixels. */
export const CELL_WIDTH: u32 = 16;
export const CELL_HEIGHT: u32 = 8;
export const CELL_WIDTH_SHIFT: u32 = 4;
export const CELL_HEIGHT_SHIFT: u32 = 3;

/** Longest side of a picture; a shift lies between its negative and itself. */
export const MAX_SHIFT: u32 = 8192;

/** u32: 1 when anchors were looked for, 2 when that gave moves. It is the dear part, and the caller paces it. */
export const TRIED: usize = 0;
/** Vectors to try: dx i32, dy i32, votes u32, unused; at most MAX_CANDIDATES. */
export const CANDIDATES: usize = 64;
export const MAX_CANDIDATES: u32 = 4;
/** The last rectangle found, in cells: x, y, width, height, gain (changed cells), u32 each. */
export const FOUND: usize = CANDIDATES + 4 * 16;
/** u32 per vertical shift, -MAX_SHIFT to MAX_SHIFT. */
export const VOTES: usize = FOUND + 64;
/** Rows by hash: u32 each, row + 1, 0 is free. */
export const ROW_TABLE: usize = VOTES + 2 * 8192 * 4 + 64;
export const ROW_TABLE_SLOTS: u32 = 16384;
/** Hash per row of one column of tiles, in the picture and in the reference. */
export const PICTURE_HASHES: usize = ROW_TABLE + 16384 * 4;
export const REFERENCE_HASHES: usize = PICTURE_HASHES + 8192 * 4;
/** Anchors of the reference by hash: hash u32, x u16, y u16. */
export const ANCHORS: usize = REFERENCE_HASHES + 8192 * 4;
export const ANCHOR_BITS: u32 = 14;
/** Votes for two-dimensional shifts: packed shift + 1 u32, votes u32. */
export const VECTORS: usize = ANCHORS + (8 << 14);
export const VECTOR_BITS: u32 = 12;
/** Columns of a histogram of cells: height u32 per column, then a stack of (start, height). */
export const HEIGHTS: usize = VECTORS + (8 << 12);
export const STACK: usize = HEIGHTS + 520 * 4;
/** u8 per cell: 1 where the picture differs from the reference. */
export const CHANGED_CELLS: usize = STACK + 520 * 8;

export function cellColumns(width: u32): u32 {
  return (width + CELL_WIDTH - 1) >> CELL_WIDTH_SHIFT;
}

export function cellRows(height: u32): u32 {
  return (height + CELL_HEIGHT - 1) >> CELL_HEIGHT_SHIFT;
}

/** u8 per cell: 1 where the picture equals the shifted reference. */
export function matchCellsAt(width: u32, height: u32): usize {
  return (CHANGED_CELLS + cellColumns(width) * cellRows(height) + 63) & ~63;
}

/** u32 per cell corner: changed cells above and to the left of it. */
export function sumsAt(width: u32, height: u32): usize {
  return (matchCellsAt(width, height) + cellColumns(width) * cellRows(height) + 63) & ~63;
}

/** Bytes of the whole scratch for a picture of that size. */
export function moveSearchBytes(width: u32, height: u32): u32 {
  return <u32>sumsAt(width, height) + (cellColumns(width) + 1) * (cellRows(height) + 1) * 4;
}
