/** Choosing and coding macroblocks that are predicted from another picture (RFC 6386, sections 16 to 18). */
import { candidateAt, candidateCount } from './candidates';
import { copy16, equal16, satd, squaredError } from './distortion';
import {
  packVector,
  predictChroma,
  predicted,
  predictedStride,
  predictLuma,
  vectorX,
  vectorY,
} from './inter';
import { priced } from './intra-block';
import { acStep } from './quantise';
import { LENGTHS, quantiseChroma, quantiseLuma, rebuildChroma, rebuildLuma } from './residual';
import {
  before,
  chromaStride,
  columns,
  gridOf,
  last,
  lumaAt,
  lumaStride,
  modes,
  referencePicture,
  rows,
  source,
  uAt,
  vAt,
  vectors,
  work,
} from './state';
import { ALTERNATE, GOLDEN, LAST, NEAR, NEAREST, NEW, ZERO } from './tables';
import { askNeighbours, canTell, countVector, near, nearest, vectorCost, vectorModeCost } from './vectors';

/** Two predictions, of which one is the best so far. */
const LUMA = memory.data(512, 16);
const CHROMA_PREDICTION = memory.data(64, 16);
let spare: usize = 0;

/** What was found so far. */
let cost: u32 = 0;
let mode: u32 = 0;
let reference: u32 = 0;
let vector: u32 = 0;
let prediction: usize = 0;
let predictionStride: usize = 0;

/** The mode that tells a vector in the fewest bits, and its cost in 1/256 bits. */
let tellingMode: u32 = 0;
function telling(candidate: u32): u32 {
  tellingMode = candidate == 0 ? ZERO : candidate == nearest ? NEAREST : candidate == near ? NEAR : NEW;
  const bits = vectorModeCost(tellingMode);
  return tellingMode == NEW ? bits + vectorCost(candidate) : bits;
}

/** Tries a vector; whether it is better than what was found before. */
function tryVector(pixels: usize, x: i32, y: i32, from: u32, candidate: u32, referenceBits: u32): bool {
  const price = priced(telling(candidate) + referenceBits);
  if (price >= cost || (tellingMode == NEW && !canTell(candidate))) return false;
  predictLuma(referencePicture(from), x, y, candidate, 16, LUMA + spare, 16);
  const sum = satd(pixels, lumaStride, predicted, predictedStride, 16, 16) + price;
  if (sum >= cost) return false;
  cost = sum;
  mode = tellingMode;
  reference = from;
  vector = candidate;
  prediction = predicted;
  predictionStride = predictedStride;
  if (predicted == LUMA + spare) spare ^= 256;
  return true;
}

/** Whether the source is exactly what it was where the vector comes from. */
let exact: bool = false;

/** Whether the source's luma is what the source of the frame before had where a vector comes from. */
function wasThere(pixels: usize, x: i32, y: i32, candidate: u32): bool {
  const fromX = x + (vectorX(candidate) >> 2);
  const fromY = y + (vectorY(candidate) >> 2);
  if (((vectorX(candidate) | vectorY(candidate)) & 3) != 0) return false;
  if (fromX < 0 || fromY < 0 || fromX + 16 > <i32>(columns << 4) || fromY + 16 > <i32>(rows << 4))
    return false;
  return equal16(pixels, before + lumaAt + fromY * lumaStride + fromX, lumaStride);
}

function takeExact(pixels: usize, x: i32, y: i32, candidate: u32): bool {
  if (!wasThere(pixels, x, y, candidate)) return false;
  telling(candidate);
  if (tellingMode == NEW && !canTell(candidate)) return false;
  predictLuma(last, x, y, candidate, 16, LUMA, 16);
  exact = true;
  mode = tellingMode;
  reference = LAST;
  vector = candidate;
  prediction = predicted;
  predictionStride = predictedStride;
  return true;
}

/** Looks for the macroblock where its neighbours came from, where it is, and where moves say that it was. */
function findExact(pixels: usize, x: i32, y: i32): bool {
  if (takeExact(pixels, x, y, nearest) || takeExact(pixels, x, y, 0)) return true;
  if (near != 0 && takeExact(pixels, x, y, near)) return true;
  const count = candidateCount(x, y);
  for (let index: u32 = 0; index < count; index++) {
    if (takeExact(pixels, x, y, candidateAt(index))) return true;
  }
  return false;
}

/** A prediction that is off by less than this many steps in all is taken: quantised, next to nothing is left. */
const GOOD: u32 = 16;
/** What is off by more is something else, not the same moved a little. */
const HOPELESS: u32 = 256 * 20;

/** Tries the four vectors around the best one that are `reach` quarters of a pixel away. */
function refine(pixels: usize, x: i32, y: i32, reach: i32): void {
  const centreX = vectorX(vector);
  const centreY = vectorY(vector);
  tryVector(pixels, x, y, LAST, packVector(centreX - reach, centreY), 0);
  tryVector(pixels, x, y, LAST, packVector(centreX + reach, centreY), 0);
  tryVector(pixels, x, y, LAST, packVector(vectorX(vector), centreY - reach), 0);
  tryVector(pixels, x, y, LAST, packVector(vectorX(vector), centreY + reach), 0);
}

/** 1/256 bits, about, of naming another picture than the last. */
const OTHER_PICTURE_BITS: u32 = 6 << 8;
/** The same for what rounding to whole samples does. */
const ROUNDING: u32 = 160;

/**
 * Finds the best prediction of a macroblock from another picture; the answer is its cost, or 0 when there is no
 * point in looking any further.
 */
export function chooseInter(column: u32, row: u32): u32 {
  const pixels = source + lumaAt + (row << 4) * lumaStride + (column << 4);
  const x = (<i32>column) << 4;
  const y = (<i32>row) << 4;
  askNeighbours(column, row);
  cost = u32.MAX_VALUE;
  spare = 0;
  exact = false;
  const good = acStep * GOOD + ROUNDING;
  if (findExact(pixels, x, y)) return 0;
  // What the neighbours did comes first: most of what has changed has moved like them.
  if (nearest != 0 && tryVector(pixels, x, y, LAST, nearest, 0) && cost < good) return 0;
  if (tryVector(pixels, x, y, LAST, 0, 0) && cost < good) return 0;
  if (near != 0 && tryVector(pixels, x, y, LAST, near, 0) && cost < good) return 0;
  const count = candidateCount(x, y);
  for (let index: u32 = 0; index < count; index++) {
    if (tryVector(pixels, x, y, LAST, candidateAt(index), 0) && cost < good) return 0;
  }
  if (tryVector(pixels, x, y, GOLDEN, 0, OTHER_PICTURE_BITS) && cost < good) return 0;
  if (tryVector(pixels, x, y, ALTERNATE, 0, OTHER_PICTURE_BITS) && cost < good) return 0;
  if (cost < HOPELESS && reference == LAST) {
    for (let reach = 4; reach > 0; reach >>= 1) refine(pixels, x, y, reach);
  }
  return cost;
}

/** Whether what was moved is as good as coding it again would make it: noise of up to about half a step. */
function isAsGoodAsCoded(pixels: usize): bool {
  return squaredError(pixels, lumaStride, prediction, predictionStride, 16, 16) <= 8 * acStep * acStep;
}

/** Codes what `chooseInter` found into `work`; whether it has coefficients. */
export function codeInter(column: u32, row: u32): bool {
  const cell = gridOf(column, row);
  const lumaOffset = lumaAt + (row << 4) * lumaStride + (column << 4);
  const chromaOffset = uAt + (row << 3) * chromaStride + (column << 3);
  store<u32>(modes + (cell << 2), mode | (reference << 8));
  store<u32>(vectors + (cell << 2), vector);
  if (mode == NEW) countVector(vector);
  let any: bool = false;
  if (exact && isAsGoodAsCoded(source + lumaOffset)) {
    memory.fill(LENGTHS, 0, 25);
    copy16(prediction, predictionStride, work + lumaOffset, lumaStride);
  } else {
    any = quantiseLuma(source + lumaOffset, prediction, predictionStride);
    rebuildLuma(prediction, predictionStride, work + lumaOffset);
  }
  for (let plane: u32 = 0; plane < 2; plane++) {
    const offset = chromaOffset + plane * (vAt - uAt);
    const x = (<i32>column) << 3;
    const y = (<i32>row) << 3;
    predictChroma(referencePicture(reference), plane, x, y, vector, 8, CHROMA_PREDICTION, 8);
    const first = 16 + (plane << 2);
    const left = quantiseChroma(first, source + offset, predicted, predictedStride);
    rebuildChroma(first, predicted, predictedStride, work + offset);
    any = any || left;
  }
  return any;
}
