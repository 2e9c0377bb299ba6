/**
 * Where everything of one encoder lies. The instance has a memory of its own, so these globals are set once by
 * `configure` and hold for its life.
 */
import { INTRA, LAST, ZERO } from './tables';

/** Size of the picture in pixels, and of what is coded in macroblocks of 16x16. */
export let width: u32 = 0;
export let height: u32 = 0;
export let columns: u32 = 0;
export let rows: u32 = 0;

/** Bytes from row to row of the planes of every I420 picture here. */
export let lumaStride: usize = 0;
export let chromaStride: usize = 0;
/** Distance of each plane's first pixel from the start of its picture. */
export let lumaAt: usize = 0;
export let uAt: usize = 0;
export let vAt: usize = 0;
export let frameBytes: usize = 0;

/** The picture as it comes: BGRA, and its bytes from row to row. */
export let canvas: usize = 0;
export let canvasStride: usize = 0;

/** I420 pictures. `work` becomes the decoder's picture of this frame; `last` is the one before. */
export let source: usize = 0;
export let before: usize = 0;
export let work: usize = 0;
export let last: usize = 0;
export let golden: usize = 0;
export let alternate: usize = 0;

/**
 * Macroblocks, with a border of one all around that counts as intra without a vector: a u8 each of mode,
 * reference, chroma mode and flags; a vector; and 16 u32 of vectors or 16 u8 of modes when it is split.
 */
export let gridStride: u32 = 0;
export let modes: usize = 0;
export let vectors: usize = 0;
export let parts: usize = 0;
/** u8 each without a border: 1 where the picture may have changed. */
export let dirty: usize = 0;

/** Whether blocks above (per column, 9 bytes: 4 luma, 2 U, 2 V, second order) and to the left had coefficients. */
export let above: usize = 0;
export const LEFT: usize = memory.data(16, 16);

export let tokens: usize = 0;
export let header: usize = 0;
export let output: usize = 0;
/** Room for the first partition, whose length has 19 bits (RFC 6386, section 9.1), and for all the rest. */
export const HEADER_BYTES: usize = 1 << 19;

/** Mode and reference of a macroblock that repeats the last picture in its place. */
export const REPEATS: u32 = ZERO | (LAST << 8);
/** A flag of a macroblock: it has coefficients. */
export const CODED: u32 = 1;

/** Lays out the memory of a picture of that size; the answer is how many bytes it takes. */
export function configure(pictureWidth: u32, pictureHeight: u32): usize {
  width = pictureWidth;
  height = pictureHeight;
  columns = (width + 15) >> 4;
  rows = (height + 15) >> 4;
  lumaStride = (columns << 4) + 64;
  chromaStride = (columns << 3) + 64;
  lumaAt = lumaStride + 32;
  uAt = lumaStride * ((rows << 4) + 1) + chromaStride + 32;
  vAt = uAt + chromaStride * ((rows << 3) + 1);
  frameBytes = (vAt + chromaStride * ((rows << 3) + 1) + 63) & ~63;
  gridStride = columns + 2;
  canvasStride = columns << 6;

  const blocks = columns * rows;
  const grid = gridStride * (rows + 2);
  let at = (__heap_base + 63) & ~63;
  canvas = at;
  at += canvasStride * (rows << 4) + 64;
  source = at;
  before = source + frameBytes;
  work = before + frameBytes;
  last = work + frameBytes;
  golden = last + frameBytes;
  alternate = golden + frameBytes;
  modes = alternate + frameBytes;
  vectors = modes + (grid << 2);
  parts = vectors + (grid << 2);
  dirty = (parts + (grid << 6) + 15) & ~15;
  above = (dirty + blocks + 15) & ~15;
  tokens = (above + (columns << 4) + 15) & ~15;
  // 25 blocks of at most 16 tokens and an end.
  header = tokens + blocks * 25 * 17 * 4;
  output = header + HEADER_BYTES + 65536;
  // A token takes at most 11 bits of its tree and 12 more, at up to 8 bits each when the odds are bad; what a
  // macroblock's coefficients can hold is bounded far below by the steps, and 2 kB is more than it.
  return output + HEADER_BYTES + 65536 + <usize>blocks * 2048 - at + at;
}

/** Index of a macroblock in the grid. */
export function gridOf(column: u32, row: u32): u32 {
  return (row + 1) * gridStride + column + 1;
}

export function isIntraAt(cell: u32): bool {
  return load<u8>(modes + (cell << 2), 1) == INTRA;
}

/** The picture that a reference names. */
export function referencePicture(reference: u32): usize {
  return reference == 1 ? last : reference == 2 ? golden : alternate;
}
