/**
 * Tables of the format (RFC 6386). The long ones are written by the typed face before the first frame
 * (`codecs/vp8/tables.ts` names them), so that they exist once; the short ones stand here.
 */

const WRITTEN = memory.data(4160, 16);

/** Where the face writes its tables, one behind the other in the order below. */
export function tables(): usize {
  return WRITTEN;
}

/** u8[4][8][3][11], section 13.5. */
export const COEFFICIENT_DEFAULTS: usize = WRITTEN;
/** u8[4][8][3][11], section 13.4. */
export const COEFFICIENT_UPDATES: usize = WRITTEN + 1056;
/** u8[10][10][9] by mode above, mode to the left, branch: section 11.5. */
export const KEY_SUBMODES: usize = WRITTEN + 2112;
/** u8[2][19], section 17.2. */
export const VECTOR_DEFAULTS: usize = WRITTEN + 3012;
/** u8[2][19], section 17.2. */
export const VECTOR_UPDATES: usize = WRITTEN + 3050;
/** u16[128], section 14.1. */
export const DC_STEPS: usize = WRITTEN + 3088;
/** u16[128], section 14.1. */
export const AC_STEPS: usize = WRITTEN + 3344;
/** u16[257]: 1/256 bits that a bit of probability n/256 takes. */
export const COSTS: usize = WRITTEN + 3600;

/** Macroblock modes; those from NEAREST on are inter modes (sections 8.3 and 16). */
export const DC_PRED: u32 = 0;
export const V_PRED: u32 = 1;
export const H_PRED: u32 = 2;
export const TM_PRED: u32 = 3;
export const B_PRED: u32 = 4;
export const NEAREST: u32 = 5;
export const NEAR: u32 = 6;
export const ZERO: u32 = 7;
export const NEW: u32 = 8;
export const SPLIT: u32 = 9;

/** Modes of a 4x4 block (section 11.2). */
export const B_DC: u32 = 0;
export const B_TM: u32 = 1;
export const B_VE: u32 = 2;
export const B_HE: u32 = 3;
export const B_LD: u32 = 4;
export const B_RD: u32 = 5;
export const B_VR: u32 = 6;
export const B_VL: u32 = 7;
export const B_HD: u32 = 8;
export const B_HU: u32 = 9;
export const SUBMODES: u32 = 10;

/** Reference pictures (section 9.7). */
export const INTRA: u32 = 0;
export const LAST: u32 = 1;
export const GOLDEN: u32 = 2;
export const ALTERNATE: u32 = 3;

/** Kinds of block (section 13.3): luma without its first coefficient, second-order luma, chroma, whole luma. */
export const LUMA_AFTER_SECOND: u32 = 0;
export const SECOND_ORDER: u32 = 1;
export const CHROMA: u32 = 2;
export const WHOLE_LUMA: u32 = 3;

/** Band of a coefficient by its place in zigzag order (section 13.3). */
export const BANDS: usize = memory.data<u8>([0, 1, 2, 3, 6, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7, 0]);

/**
 * A tree as a path for each symbol: its length in bits, then nodes and bits from the root, as node * 2 + bit.
 * 16 bytes a symbol.
 */
// biome-ignore format: one symbol a line
export const SUBMODE_PATHS: usize = memory.data<u8>([
  1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  2, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  3, 1, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  5, 1, 3, 5, 6, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  5, 1, 3, 5, 7, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  6, 1, 3, 5, 6, 9, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  6, 1, 3, 5, 6, 9, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  6, 1, 3, 5, 7, 13, 14, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  7, 1, 3, 5, 7, 13, 15, 16, 0, 0, 0, 0, 0, 0, 0, 0,
  7, 1, 3, 5, 7, 13, 15, 17, 0, 0, 0, 0, 0, 0, 0, 0,
]);
/** Macroblock modes of key frames (section 11.2): DC, V, H, TM, B. */
// biome-ignore format: one symbol a line
export const KEY_MODE_PATHS: usize = memory.data<u8>([
  3, 1, 2, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  3, 1, 2, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  3, 1, 3, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  3, 1, 3, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
]);
/** Intra modes of the other frames (section 16.1): DC, V, H, TM, B. */
// biome-ignore format: one symbol a line
export const MODE_PATHS: usize = memory.data<u8>([
  1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  3, 1, 2, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  3, 1, 2, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  3, 1, 3, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  3, 1, 3, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
]);
/** Chroma modes (section 11.2): DC, V, H, TM. */
// biome-ignore format: one symbol a line
export const CHROMA_MODE_PATHS: usize = memory.data<u8>([
  1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  2, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  3, 1, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  3, 1, 3, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
]);
/** Probabilities of the trees above (sections 11.2 and 16.1). */
export const KEY_MODE_PROBABILITIES: usize = memory.data<u8>([145, 156, 163, 128]);
export const KEY_CHROMA_PROBABILITIES: usize = memory.data<u8>([142, 114, 183]);
export const MODE_DEFAULTS: usize = memory.data<u8>([112, 86, 140, 37]);
export const CHROMA_MODE_DEFAULTS: usize = memory.data<u8>([162, 101, 204]);
export const SUBMODE_PROBABILITIES: usize = memory.data<u8>([120, 90, 79, 133, 87, 85, 80, 111, 151]);
