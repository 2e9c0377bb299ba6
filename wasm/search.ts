/**
 * The state of a search for moves, laid over its scratch, and the places of its tables. Offsets are from the start
 * of the scratch; the cells' part depends on the picture's size, so it is last. codecs/layout.ts reserves
 * `moveSearchBytes`. What is kept from one search to the next: `previous` and PREVIOUS.
 */
import { TILE, TILE_SHIFT } from './box';

/** Cells are the grain in which rectangles are found: 16 by 8 pixels. */
export const CELL_WIDTH: u32 = 16;
export const CELL_HEIGHT: u32 = 8;
export const CELL_WIDTH_SHIFT: u32 = 4;
export const CELL_HEIGHT_SHIFT: u32 = 3;

/** Longest side of a picture; a shift lies between its negative and itself. */
export const MAX_SHIFT: u32 = 8192;

/** One search. Lies at the start of the scratch; its address is the scratch's. */
@unmanaged
export class Search {
  /** 1 when shifts in any direction were looked for, 2 when that gave moves: the dear part, the caller paces it. */
  tried: u32;
  /** Vectors at PREVIOUS: those of the last search's moves. */
  previous: u32;
  picture: usize;
  reference: usize;
  stride: u32;
  width: u32;
  height: u32;
  /** What has changed: a box per tile. */
  boxes: usize;
  /** The region that has changed, in cells; right and bottom exclusive. */
  left: u32;
  top: u32;
  right: u32;
  bottom: u32;
  /** Changed cells with texture that no move explains yet. */
  wanted: u32;
  /** Moves found so far, where they are, and how many there may be. */
  count: u32;
  moves: usize;
  most: u32;

  scratch(): usize {
    return changetype<usize>(this);
  }

  tileColumns(): u32 {
    return (this.width + TILE - 1) >> TILE_SHIFT;
  }

  tiles(): u32 {
    return this.tileColumns() * ((this.height + TILE - 1) >> TILE_SHIFT);
  }

  /** What is added to a place in the picture to get to the reference's place that a vector points to. */
  shift(dx: i32, dy: i32): isize {
    const apart = <isize>this.reference - <isize>this.picture;
    return apart + <isize>dy * <isize>this.stride + ((<isize>dx) << 2);
  }
}

/** Vectors of the last search, and those to try now: dx i32, dy i32, votes or score u32, unused u32. */
export const MAX_CANDIDATES: u32 = 4;
export const PREVIOUS: usize = 128;
export const CANDIDATES: usize = PREVIOUS + 4 * 16;
/** A region of cells, and the last rectangle found in it: x, y, width, height, u32 each. */
export const MATCHED: usize = CANDIDATES + 4 * 16;
export const FOUND: usize = MATCHED + 16;
/** u8 per column of tiles: 1 when it needs no election (any more). */
export const ASKED: usize = FOUND + 16;
/** u32 per vertical shift, -MAX_SHIFT to MAX_SHIFT. */
export const VOTES: usize = ASKED + 128;
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
/** u8 per cell: what a move gains by explaining it, or TAKEN. */
export const GAINS: usize = STACK + 520 * 8;

export function cellColumns(width: u32): u32 {
  return (width + CELL_WIDTH - 1) >> CELL_WIDTH_SHIFT;
}

export function cellRows(height: u32): u32 {
  return (height + CELL_HEIGHT - 1) >> CELL_HEIGHT_SHIFT;
}

/** u8 per cell: 1 where the picture equals the shifted reference. */
export function matchesAt(width: u32, height: u32): usize {
  return (GAINS + cellColumns(width) * cellRows(height) + 63) & ~63;
}

/** u32 per cell corner: gains above and to the left of it. */
export function sumsAt(width: u32, height: u32): usize {
  return (matchesAt(width, height) + cellColumns(width) * cellRows(height) + 63) & ~63;
}

/** Bytes of the whole scratch for a picture of that size. */
export function moveSearchBytes(width: u32, height: u32): u32 {
  return <u32>sumsAt(width, height) + (cellColumns(width) + 1) * (cellRows(height) + 1) * 4;
}
