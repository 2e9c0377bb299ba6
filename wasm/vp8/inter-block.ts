/** Choosing and coding macroblocks that are predicted from another picture (RFC 6386, sections 16 to 18). */
import { candidateAt, candidateCount } from './candidates';
import { satd } from './distortion';
import { predictChroma, predicted, predictedStride, predictLuma } from './inter';
import { priced } from './intra-block';
import { quantiseChroma, quantiseLuma, rebuildChroma, rebuildLuma } from './residual';
import {
  chromaStride,
  gridOf,
  lumaAt,
  lumaStride,
  modes,
  referencePicture,
  source,
  uAt,
  vAt,
  vectors,
  work,
} from './state';
import { LAST, NEAR, NEAREST, NEW, ZERO } from './tables';
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

/** Finds the best prediction of a macroblock from another picture; the answer is its cost. */
export function chooseInter(column: u32, row: u32): u32 {
  const pixels = source + lumaAt + (row << 4) * lumaStride + (column << 4);
  const x = (<i32>column) << 4;
  const y = (<i32>row) << 4;
  askNeighbours(column, row);
  cost = u32.MAX_VALUE;
  spare = 0;
  tryVector(pixels, x, y, LAST, 0, 0);
  if (nearest != 0) tryVector(pixels, x, y, LAST, nearest, 0);
  if (near != 0) tryVector(pixels, x, y, LAST, near, 0);
  const count = candidateCount(x, y);
  for (let index: u32 = 0; index < count; index++) {
    tryVector(pixels, x, y, LAST, candidateAt(index), 0);
  }
  return cost;
}

/** Codes what `chooseInter` found into `work`; whether it has coefficients. */
export function codeInter(column: u32, row: u32): bool {
  const cell = gridOf(column, row);
  const lumaOffset = lumaAt + (row << 4) * lumaStride + (column << 4);
  const chromaOffset = uAt + (row << 3) * chromaStride + (column << 3);
  store<u32>(modes + (cell << 2), mode | (reference << 8));
  store<u32>(vectors + (cell << 2), vector);
  if (mode == NEW) countVector(vector);
  let any = quantiseLuma(source + lumaOffset, prediction, predictionStride);
  rebuildLuma(prediction, predictionStride, work + lumaOffset);
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
