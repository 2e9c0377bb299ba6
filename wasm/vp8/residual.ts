/**
 * What a prediction leaves: transformed, quantised, kept as tokens, and added to the prediction again as a
 * decoder will. A macroblock has 25 blocks: 16 luma, 4 U, 4 V, and the second-order one.
 */

import { quantise } from './quantise';
import { chromaStride, LEFT, lumaStride } from './state';
import { CHROMA, LUMA_AFTER_SECOND, SECOND_ORDER, WHOLE_LUMA } from './tables';
import { aboveOf, keepBlock } from './tokens';
import { forward, forwardSecond, inverse, inverseSecond } from './transform';

/** Coefficients, levels in zigzag order (32 bytes a block) and numbers of levels that matter. */
export const BLOCKS = memory.data(25 * 32, 16);
export const LEVELS = memory.data(25 * 32, 16);
export const LENGTHS = memory.data(32, 16);
const SECOND: usize = 24;
const SECOND_SPARE = memory.data(32, 16);

function lengthOf(block: usize): u32 {
  return load<u8>(LENGTHS + block);
}

/** Transforms and quantises a 4x4 luma block of its own; whether anything is left. */
export function quantiseWhole(block: usize, pixels: usize, prediction: usize, predictionStride: usize): bool {
  forward(pixels, lumaStride, prediction, predictionStride, BLOCKS + (block << 5));
  const length = quantise(BLOCKS + (block << 5), LEVELS + (block << 5), WHOLE_LUMA);
  store<u8>(LENGTHS + block, <u8>length);
  return length != 0;
}

/** Transforms and quantises 16x16 pixels with a second-order block; whether anything is left. */
export function quantiseLuma(pixels: usize, prediction: usize, predictionStride: usize): bool {
  for (let block: usize = 0; block < 16; block++) {
    const x = (block & 3) << 2;
    const y = (block >> 2) << 2;
    forward(
      pixels + y * lumaStride + x,
      lumaStride,
      prediction + y * predictionStride + x,
      predictionStride,
      BLOCKS + (block << 5),
    );
  }
  forwardSecond(BLOCKS, BLOCKS + (SECOND << 5));
  const second = quantise(BLOCKS + (SECOND << 5), LEVELS + (SECOND << 5), SECOND_ORDER);
  store<u8>(LENGTHS + SECOND, <u8>second);
  let any = second;
  for (let block: usize = 0; block < 16; block++) {
    const length = quantise(BLOCKS + (block << 5), LEVELS + (block << 5), LUMA_AFTER_SECOND);
    store<u8>(LENGTHS + block, <u8>length);
    any |= length;
  }
  return any != 0;
}

/** Transforms and quantises 8x8 pixels of a chroma plane whose blocks start at `first`; whether anything is left. */
export function quantiseChroma(
  first: usize,
  pixels: usize,
  prediction: usize,
  predictionStride: usize,
): bool {
  let any: u32 = 0;
  for (let index: usize = 0; index < 4; index++) {
    const x = (index & 1) << 2;
    const y = (index >> 1) << 2;
    const block = first + index;
    forward(
      pixels + y * chromaStride + x,
      chromaStride,
      prediction + y * predictionStride + x,
      predictionStride,
      BLOCKS + (block << 5),
    );
    const length = quantise(BLOCKS + (block << 5), LEVELS + (block << 5), CHROMA);
    store<u8>(LENGTHS + block, <u8>length);
    any |= length;
  }
  return any != 0;
}

/** Makes the decoder's pixels of one block. */
function rebuild(block: usize, prediction: usize, predictionStride: usize, to: usize, stride: usize): void {
  const at = BLOCKS + (block << 5);
  if (v128.any_true(v128.or(v128.load(at), v128.load(at, 16)))) {
    inverse(at, prediction, predictionStride, to, stride);
  } else if (prediction != to) {
    for (let y: usize = 0; y < 4; y++) {
      store<u32>(to + y * stride, load<u32>(prediction + y * predictionStride));
    }
  }
}

/** Makes the decoder's pixels of a 4x4 luma block of its own. */
export function rebuildWhole(block: usize, prediction: usize, predictionStride: usize, to: usize): void {
  rebuild(block, prediction, predictionStride, to, lumaStride);
}

/** Makes the decoder's 16x16 pixels after `quantiseLuma`. */
export function rebuildLuma(prediction: usize, predictionStride: usize, to: usize): void {
  if (lengthOf(SECOND) != 0) {
    memory.copy(SECOND_SPARE, BLOCKS + (SECOND << 5), 32);
    inverseSecond(SECOND_SPARE, BLOCKS);
  }
  for (let block: usize = 0; block < 16; block++) {
    const x = (block & 3) << 2;
    const y = (block >> 2) << 2;
    rebuild(
      block,
      prediction + y * predictionStride + x,
      predictionStride,
      to + y * lumaStride + x,
      lumaStride,
    );
  }
}

/** Makes the decoder's 8x8 pixels after `quantiseChroma`. */
export function rebuildChroma(first: usize, prediction: usize, predictionStride: usize, to: usize): void {
  for (let index: usize = 0; index < 4; index++) {
    const x = (index & 1) << 2;
    const y = (index >> 1) << 2;
    rebuild(
      first + index,
      prediction + y * predictionStride + x,
      predictionStride,
      to + y * chromaStride + x,
      chromaStride,
    );
  }
}

/** Keeps one block's tokens; contexts are bytes that say whether the neighbours had any. */
function keep(block: usize, first: u32, kind: u32, over: usize, left: usize): void {
  const length = lengthOf(block);
  keepBlock(LEVELS + (block << 5), length, first, kind, load<u8>(over) + load<u8>(left));
  const any: u8 = length != 0 ? 1 : 0;
  store<u8>(over, any);
  store<u8>(left, any);
}

/** Keeps the tokens of the macroblock's blocks in the order of the stream (section 13). */
export function keepTokens(column: u32, hasSecond: bool): void {
  const over = aboveOf(column);
  if (hasSecond) keep(SECOND, 0, SECOND_ORDER, over + 8, LEFT + 8);
  const first: u32 = hasSecond ? 1 : 0;
  const kind = hasSecond ? LUMA_AFTER_SECOND : WHOLE_LUMA;
  for (let block: usize = 0; block < 16; block++) {
    keep(block, first, kind, over + (block & 3), LEFT + (block >> 2));
  }
  for (let block: usize = 16; block < 24; block++) {
    const plane = 4 + (((block - 16) >> 2) << 1);
    keep(block, 0, CHROMA, over + plane + (block & 1), LEFT + plane + ((block >> 1) & 1));
  }
}
