/**
 * What tile coder and tile decoder share: modes, limits and sizes of packed pixels. The format is described
 * byte by byte in docs/CODEC.md.
 */
export const MODE_SOLID: u32 = 0;
export const MODE_TWO_COLOUR: u32 = 1;
export const MODE_PALETTE: u32 = 2;
export const MODE_PALETTE_LZ4: u32 = 3;
export const MODE_RUNS: u32 = 4;
export const MODE_RAW: u32 = 5;
export const MODE_RAW_LZ4: u32 = 6;
/** Coded by models that the slice's tiles share. */
export const MODE_TEXT: u32 = 7;
export const MODE_GRADIENT: u32 = 8;
/** Lossy: of level 3 only. */
export const MODE_TRANSFORM: u32 = 9;
/** Set in the mode byte when the box is the whole tile, and is then left out. */
export const FLAG_WHOLE_TILE: u32 = 0x80;

export const MAX_TILES_PER_SLICE: u32 = 34;
export const MAX_MOVES_PER_SLICE: u32 = 64;
/** Runs put a flag into the index byte, so they have half the palette. */
export const MAX_RUN_COLOURS: u32 = 128;
/** Packed pixels of a whole tile at 24 bits. */
export const MAX_PACKED_BYTES: u32 = 64 * 64 * 3;

/** Bytes of one code in a palette, and of one pixel when raw; 4-bit pixels are packed in pairs when raw. */
export function codeBytes(level: u32): u32 {
  return level == 0 ? 1 : level;
}

/** Bits of an index into `colours` (2 to 256) entries: 1, 2, 4 or 8. */
export function indexBits(colours: u32): u32 {
  return colours <= 2 ? 1 : colours <= 4 ? 2 : colours <= 16 ? 4 : 8;
}

/** Bytes of `w` by `h` values of 1, 2, 4 or 8 bits; every row starts on a byte. */
export function packedBytes(w: u32, h: u32, bits: u32): u32 {
  return ((w * bits + 7) >> 3) * h;
}

/** Bytes of `w` by `h` raw pixels. */
export function rawBytes(w: u32, h: u32, level: u32): u32 {
  return level == 0 ? packedBytes(w, h, 4) : w * h * level;
}
