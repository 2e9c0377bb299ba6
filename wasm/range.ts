/**
 * Adaptive binary range coder. A model is a u32: the probability of a 0 in 16 bits, and below it how often it
 * was asked (to 15), so that young models learn fast. What a coder holds between two decisions lies in globals
 * of the instance, which one call sets up and leaves: nothing is carried from one call to the next.
 */

/** A model that knows nothing. */
export const FRESH_MODEL: u32 = 0x80000000;
/** Below this the range is widened by a byte. */
const LEAST_RANGE: u32 = 1 << 24;
/** A stream ends with this many bytes of its last value; what follows may be anything. */
const TAIL_BYTES: usize = 2;

let range: u32 = 0;
let low: u64 = 0;
let out: usize = 0;
let value: u32 = 0;
let source: usize = 0;
let sourceEnd: usize = 0;

/** The model after a decision. */
function learned(model: u32, bit: u32): u32 {
  const probability = model >>> 16;
  const asked = model & 15;
  const rate = 32 - clz(asked + 1);
  const next =
    bit == 0 ? probability + ((0x10000 - probability) >> rate) : probability - (probability >> rate);
  return (next << 16) | min<u32>(asked + 1, 15);
}

export function startRangeEncoder(target: usize): void {
  low = 0;
  range = 0xffffffff;
  out = target;
}

/** Where the next byte goes: the stream's length so far, and TAIL_BYTES to come. */
export function rangeEncoderAt(): usize {
  return out;
}

/** Adds one to the number that the bytes before `out` are. */
function carry(): void {
  let at = out - 1;
  while (load<u8>(at) == 255) store<u8>(at--, 0);
  store<u8>(at, load<u8>(at) + 1);
}

function shiftOut(): void {
  if (low >> 32 != 0) carry();
  store<u8>(out++, <u32>low >>> 24);
  low = (low & 0xffffff) << 8;
}

/** Codes `bit` by the model at `model`, which learns from it. */
export function encodeBit(model: usize, bit: u32): void {
  const was = load<u32>(model);
  const bound = (range >>> 16) * (was >>> 16);
  store<u32>(model, learned(was, bit));
  if (bit == 0) {
    range = bound;
  } else {
    low += bound;
    range -= bound;
  }
  while (range < LEAST_RANGE) {
    shiftOut();
    range <<= 8;
  }
}

/** Codes `bits` bits of `symbol`, the highest first, by a tree of models: node n's children are 2n and 2n + 1. */
export function encodeTree(models: usize, bits: u32, symbol: u32): void {
  let node: u32 = 1;
  for (let left = bits; left > 0; left--) {
    const bit = (symbol >> (left - 1)) & 1;
    encodeBit(models + (node << 2), bit);
    node = (node << 1) | bit;
  }
}

/** Ends the stream; the answer is where it ends. */
export function endRangeEncoder(): usize {
  // Of the values that are left, one with zeros below: whatever stands in their place, it is in the range.
  low = (low + 0xffff) & ~0xffff;
  shiftOut();
  shiftOut();
  return out;
}

export function startRangeDecoder(from: usize, end: usize): void {
  range = 0xffffffff;
  value = 0;
  source = from;
  sourceEnd = end;
  for (let index = 0; index < 4; index++) value = (value << 8) | nextByte();
}

/** The next byte, or 0 after the end: whether that many were there is asked when the stream has ended. */
function nextByte(): u32 {
  const at = source++;
  return at < sourceEnd ? <u32>load<u8>(at) : 0;
}

/** Whether so much was read that the stream cannot have been whole. */
export function rangeDecoderOverran(): bool {
  return source > sourceEnd + (4 - TAIL_BYTES);
}

/** Where the stream ended: the decoder is 4 bytes ahead of the encoder, of which TAIL_BYTES were written. */
export function rangeDecoderEnd(): usize {
  return source - (4 - TAIL_BYTES);
}

export function decodeBit(model: usize): u32 {
  const was = load<u32>(model);
  const bound = (range >>> 16) * (was >>> 16);
  let bit: u32 = 0;
  if (value < bound) {
    range = bound;
  } else {
    value -= bound;
    range -= bound;
    bit = 1;
  }
  store<u32>(model, learned(was, bit));
  while (range < LEAST_RANGE) {
    value = (value << 8) | nextByte();
    range <<= 8;
  }
  return bit;
}

export function decodeTree(models: usize, bits: u32): u32 {
  let node: u32 = 1;
  for (let left = bits; left > 0; left--) node = (node << 1) | decodeBit(models + (node << 2));
  return node - (1 << bits);
}
