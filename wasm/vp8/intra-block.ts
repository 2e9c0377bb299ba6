/** Choosing and coding intra macroblocks (RFC 6386, sections 11 and 12). */
import { pathCost } from './bool';
import { gather4, satd, satd4 } from './distortion';
import { edgeOf, meansOfThree, meansOfTwo, predict4, predictSquare } from './intra';
import { bitPrice } from './quantise';
import {
  quantiseChroma,
  quantiseLuma,
  quantiseWhole,
  rebuildChroma,
  rebuildLuma,
  rebuildWhole,
} from './residual';
import {
  chromaStride,
  columns,
  gridOf,
  gridStride,
  lumaAt,
  lumaStride,
  modes,
  parts,
  source,
  uAt,
  vAt,
  vectors,
  work,
} from './state';
import {
  B_DC,
  B_HE,
  B_PRED,
  B_TM,
  B_VE,
  CHROMA_MODE_DEFAULTS,
  CHROMA_MODE_PATHS,
  DC_PRED,
  H_PRED,
  KEY_CHROMA_PROBABILITIES,
  KEY_MODE_PATHS,
  KEY_MODE_PROBABILITIES,
  KEY_SUBMODES,
  MODE_DEFAULTS,
  MODE_PATHS,
  SUBMODE_PATHS,
  SUBMODE_PROBABILITIES,
  SUBMODES,
  TM_PRED,
  V_PRED,
} from './tables';

/** 4 predictions of 16x16 pixels, or of 8x8 U beside 8x8 V, each 16 bytes wide. */
const SQUARES = memory.data(4 * 256, 16);
const SMALL = memory.data(16, 16);

/** Whether the macroblock that was coded last has coefficients. */
export let intraCoded: bool = false;

/**
 * The first partition holds at most HEADER_BYTES. Modes of 4x4 blocks may take this many 1/256 bits of it, about a
 * third; all else that a macroblock can say there fits beside them in the largest picture.
 */
const MOST_SUBMODE_BITS: u64 = (160 << 10) * 8 * 256;
let submodeBits: u64 = 0;

export function startModes(): void {
  submodeBits = 0;
}

/** What bits cost in units of the Hadamard sums. */
export function priced(bits: u32): u32 {
  return (bits * bitPrice) >> 16;
}

/** The submode that a neighbour counts as (section 11.3). */
export function submodeOf(cell: u32, block: usize): u32 {
  const mode = <u32>load<u8>(modes + (cell << 2));
  if (mode == B_PRED) return load<u8>(parts + (cell << 6) + block);
  return mode == V_PRED ? B_VE : mode == H_PRED ? B_HE : mode == TM_PRED ? B_TM : B_DC;
}

/** Probabilities of the submode of a block (section 11.5; other frames have one set for all: section 16.1). */
export function submodeOdds(cell: u32, block: usize, key: bool): usize {
  if (!key) return SUBMODE_PROBABILITIES;
  const over = block < 4 ? submodeOf(cell - gridStride, block + 12) : submodeOf(cell, block - 4);
  const left = (block & 3) == 0 ? submodeOf(cell - 1, block + 3) : submodeOf(cell, block - 1);
  return KEY_SUBMODES + (over * SUBMODES + left) * 9;
}

/** The cheapest mode of 16x16 pixels; its prediction stays in its place of SQUARES. */
let squareMode: u32 = 0;
function chooseSquare(pixels: usize, at: usize, column: u32, row: u32, key: bool): u32 {
  let best: u32 = u32.MAX_VALUE;
  for (let mode: u32 = 0; mode < 4; mode++) {
    const square = SQUARES + (mode << 8);
    predictSquare(at, lumaStride, 16, mode, row > 0, column > 0, square, 16);
    const bits = key
      ? pathCost(KEY_MODE_PATHS + (mode << 4), KEY_MODE_PROBABILITIES)
      : pathCost(MODE_PATHS + (mode << 4), MODE_DEFAULTS);
    const cost = satd(pixels, lumaStride, square, 16, 16, 16) + priced(bits);
    if (cost >= best) continue;
    best = cost;
    squareMode = mode;
  }
  return best;
}

/**
 * Codes each 4x4 block by its cheapest mode into `work`, levels and all. The answer is the cost, or `most` as soon
 * as it is reached.
 */
function codeSmall(pixels: usize, at: usize, column: u32, row: u32, cell: u32, key: bool, most: u32): u32 {
  let cost = priced(
    key
      ? pathCost(KEY_MODE_PATHS + (B_PRED << 4), KEY_MODE_PROBABILITIES)
      : pathCost(MODE_PATHS + (B_PRED << 4), MODE_DEFAULTS),
  );
  const cornerRight = at - lumaStride + 16;
  if (row > 0 && column == columns - 1) {
    // Past the right edge the row above goes on with its last pixel.
    store<u32>(cornerRight, <u32>load<u8>(cornerRight - 1) * 0x01010101);
  }
  store<u8>(modes + (cell << 2), <u8>B_PRED);
  for (let block: usize = 0; block < 16; block++) {
    const x = (block & 3) << 2;
    const y = (block >> 2) << 2;
    const to = at + y * lumaStride + x;
    // Blocks at the right see the row above the macroblock, however deep they lie (section 12.3).
    const right = (block & 3) == 3 ? cornerRight : to - lumaStride + 4;
    const edge = edgeOf(to, lumaStride, right);
    const two = meansOfTwo(edge);
    const three = meansOfThree(edge);
    const target = gather4(pixels + y * lumaStride + x, lumaStride);
    const odds = submodeOdds(cell, block, key);
    let best: u32 = u32.MAX_VALUE;
    let chosen: u32 = 0;
    let bits: u32 = 0;
    for (let mode: u32 = 0; mode < SUBMODES; mode++) {
      const predicted = predict4(mode, edge, two, three);
      const modeBits = pathCost(SUBMODE_PATHS + (mode << 4), odds);
      const price = satd4(target, predicted) + priced(modeBits);
      if (price >= best) continue;
      best = price;
      bits = modeBits;
      chosen = mode;
    }
    submodeBits += bits;
    cost += best;
    if (cost >= most) return most;
    v128.store(SMALL, predict4(chosen, edge, two, three));
    store<u8>(parts + (cell << 6) + block, <u8>chosen);
    quantiseWhole(block, pixels + y * lumaStride + x, SMALL, 4);
    rebuildWhole(block, SMALL, 4, to);
  }
  return cost;
}

/** Chooses the chroma mode and quantises what is left; whether anything is. */
function codeChroma(column: u32, row: u32, cell: u32, key: bool): bool {
  const u = work + uAt + (row << 3) * chromaStride + (column << 3);
  const v = u + (vAt - uAt);
  const pixels = source + uAt + (row << 3) * chromaStride + (column << 3);
  let best: u32 = u32.MAX_VALUE;
  let chosen: u32 = 0;
  for (let mode: u32 = 0; mode < 4; mode++) {
    const square = SQUARES + (mode << 8);
    predictSquare(u, chromaStride, 8, mode, row > 0, column > 0, square, 16);
    predictSquare(v, chromaStride, 8, mode, row > 0, column > 0, square + 8, 16);
    const odds = key ? KEY_CHROMA_PROBABILITIES : CHROMA_MODE_DEFAULTS;
    const cost =
      satd(pixels, chromaStride, square, 16, 8, 8) +
      satd(pixels + (vAt - uAt), chromaStride, square + 8, 16, 8, 8) +
      priced(pathCost(CHROMA_MODE_PATHS + (mode << 4), odds));
    if (cost >= best) continue;
    best = cost;
    chosen = mode;
  }
  store<u8>(modes + (cell << 2), <u8>chosen, 2);
  const square = SQUARES + (chosen << 8);
  const anyU = quantiseChroma(16, pixels, square, 16);
  const anyV = quantiseChroma(20, pixels + (vAt - uAt), square + 8, 16);
  rebuildChroma(16, square, 16, u);
  rebuildChroma(20, square + 8, 16, v);
  return anyU || anyV;
}

/**
 * Codes a macroblock without another picture into `work` if that is cheaper than `most`; whether it was. Then
 * `intraCoded` says whether it has coefficients.
 */
export function codeIntra(column: u32, row: u32, key: bool, most: u32): bool {
  const cell = gridOf(column, row);
  const pixels = source + lumaAt + (row << 4) * lumaStride + (column << 4);
  const at = work + lumaAt + (row << 4) * lumaStride + (column << 4);
  const square = chooseSquare(pixels, at, column, row, key);
  const bound = min<u32>(most, square);
  store<u32>(modes + (cell << 2), 0);
  store<u32>(vectors + (cell << 2), 0);
  const hasRoom = submodeBits < MOST_SUBMODE_BITS;
  if (hasRoom && codeSmall(pixels, at, column, row, cell, key, bound) < bound) {
    intraCoded = true;
  } else if (square < most) {
    store<u8>(modes + (cell << 2), <u8>squareMode);
    intraCoded = quantiseLuma(pixels, SQUARES + (squareMode << 8), 16);
    rebuildLuma(SQUARES + (squareMode << 8), 16, at);
  } else {
    return false;
  }
  const chroma = codeChroma(column, row, cell, key);
  intraCoded = intraCoded || chroma;
  return true;
}
