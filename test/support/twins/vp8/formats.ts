/** Trees and short tables of VP8 (RFC 6386), and what the parts of the twin hand to one another. */

export const DC_PRED = 0;
export const V_PRED = 1;
export const H_PRED = 2;
export const TM_PRED = 3;
export const B_PRED = 4;
export const NEAREST = 5;
export const NEAR = 6;
export const ZERO = 7;
export const NEW = 8;
export const SPLIT = 9;

/** Section 8.2 and 11.2: DC_PRED is 0, and -0 ends a tree as well as any. */
export const KEY_MODE_TREE = [-B_PRED, 2, 4, 6, -DC_PRED, -V_PRED, -H_PRED, -TM_PRED];
export const MODE_TREE = [-DC_PRED, 2, 4, 6, -V_PRED, -H_PRED, -TM_PRED, -B_PRED];
export const CHROMA_TREE = [-DC_PRED, 2, -V_PRED, 4, -H_PRED, -TM_PRED];
/** DC, TM, VE, HE, LD, RD, VR, VL, HD, HU: section 11.2. */
export const SUBMODE_TREE = [0, 2, -1, 4, -2, 6, 8, 12, -3, 10, -5, -6, -4, 14, -7, 16, -8, -9];
export const VECTOR_MODE_TREE = [-ZERO, 2, -NEAREST, 4, -NEAR, 6, -NEW, -SPLIT];
/** 16x8, 8x16, quarters, sixteenths: section 16.3. */
export const SPLIT_TREE = [-3, 2, -2, 4, -0, -1];
export const SPLIT_ODDS = [110, 111, 150];
/** LEFT, ABOVE, ZERO, NEW: section 16.3. */
export const PART_TREE = [-0, 2, -1, 4, -2, -3];
export const PART_ODDS = [
  [147, 136, 18],
  [106, 145, 1],
  [179, 121, 1],
  [223, 1, 34],
  [208, 1, 1],
];
export const SHORT_TREE = [2, 8, 4, 6, -0, -1, -2, -3, 10, 12, -4, -5, -6, -7];
export const SEGMENT_TREE = [2, 4, -0, -1, -2, -3];
/** Which part each of the 16 blocks belongs to. */
export const SPLITS = [
  [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1],
  [0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1],
  [0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3, 2, 2, 3, 3],
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
];
export const MODE_CONTEXTS = [
  [7, 1, 1, 143],
  [14, 18, 14, 107],
  [135, 64, 57, 68],
  [60, 56, 128, 65],
  [159, 134, 128, 34],
  [234, 188, 128, 28],
];

export interface Vector {
  readonly x: number;
  readonly y: number;
}

export const STILL: Vector = { x: 0, y: 0 };

export interface Macroblock {
  mode: number;
  chroma: number;
  /** 0 intra, 1 last, 2 golden, 3 alternate. */
  reference: number;
  segment: number;
  /** Whether it has no coefficients. */
  empty: boolean;
  vector: Vector;
  /** 16 modes when it is B_PRED, and what it counts as to its neighbours when it is not. */
  submodes: number[];
  /** 16 vectors, all the same when it is not split. */
  vectors: Vector[];
}

export function outsideBlock(): Macroblock {
  return {
    mode: DC_PRED,
    chroma: 0,
    reference: 0,
    segment: 0,
    empty: true,
    vector: STILL,
    submodes: new Array(16).fill(0),
    vectors: new Array(16).fill(STILL),
  };
}

export interface PlanePicture {
  readonly width: number;
  readonly height: number;
  readonly samples: Uint8Array;
}

export type Planes = readonly [PlanePicture, PlanePicture, PlanePicture];

export function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}

/** A sample, with the edges of the plane repeated for ever. */
export function sampleAt(plane: PlanePicture, x: number, y: number): number {
  return plane.samples[clamp(y, 0, plane.height - 1) * plane.width + clamp(x, 0, plane.width - 1)]!;
}
