/**
 * Adaptive binary range coder. A model is a u32: the probability of a 0 in 16 bits, and below it how often it
 * was asked (to 15), so that young models learn fast. What a coder holds between two decisions lies in globals
 * of the instance, which one call sets up and leaves: nothing is carried from one call to the next.
 */

/** A model that knows nothing. */
export const FRESH_MODEL: u32 = 0x80000000;
/** A stream ends with this many bytes of its last value; what follows may be anything. */
const TAIL_BYTES: usize = 2;

let range: u32 = 0;
/** Coder: 32 bits that may still grow, above them `count` bits that wait for a carry, above those the carry. */
let low: u64 = 0;
let count: u32 = 0;
let out: usize = 0;
/** Decoder: the value in the upper 32 bits, and `count` bits that were read ahead below it. */
let value: u64 = 0;
let source: usize = 0;
let sourceEnd: usize = 0;

/** Bits by which to widen the range so that it is 2^24 or more: 0, 8, 16 or 24. @inline */
function widening(least: u32): u32 {
  return clz(least) & 24;
}

/** The model after a decision. @inline */
function learned(model: u32, bit: u32): u32 {
  const probability = model >>> 16;
  const asked = model & 15;
  const rate = 32 - clz(asked + 1);
  const next = select(
    probability - (probability >> rate),
    probability + ((0x10000 - probability) >> rate),
    bit,
  );
  return (next << 16) | min<u32>(asked + 1, 15);
}

export function startRangeEncoder(target: usize): void {
  low = 0;
  count = 0;
  range = 0xffffffff;
  out = target;
}

/** Where the next byte goes: the stream's length so far, and TAIL_BYTES to come. */
export function rangeEncoderAt(): usize {
  return out + (count >> 3);
}

/** Adds one to the number that the bytes before `out` are. */
function carry(): void {
  let at = out - 1;
  while (load<u8>(at) == 255) store<u8>(at--, 0);
  store<u8>(at, load<u8>(at) + 1);
}

/** Writes the bytes that wait. */
function writeBytes(): void {
  if (low >> (32 + count) != 0) carry();
  for (; count > 0; count -= 8) store<u8>(out++, <u32>(low >> (24 + count)));
  low &= 0xffffffff;
}

/** @inline */
function widenEncoder(): void {
  const shift = widening(range);
  range <<= shift;
  low <<= shift;
  count += shift;
  if (count >= 16) writeBytes();
}

/** Codes `bit` by the model at `model`, which learns from it. */
export function encodeBit(model: usize, bit: u32): void {
  const was = load<u32>(model);
  const bound = (range >>> 16) * (was >>> 16);
  store<u32>(model, learned(was, bit));
  low += select<u64>(bound, 0, bit);
  range = select(range - bound, bound, bit);
  widenEncoder();
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

/** Codes one of `count` (1 to 256) numbers by no model: all are as likely. */
export function encodeOneOf(count: u32, number: u32): void {
  range /= count;
  low += <u64>number * range;
  widenEncoder();
}

/** Ends the stream; the answer is where it ends. */
export function endRangeEncoder(): usize {
  // Of the values that are left, one with zeros below: whatever stands in their place, it is in the range.
  low = (low + 0xffff) & ~0xffff;
  low <<= 16;
  count += 16;
  writeBytes();
  return out;
}

export function startRangeDecoder(from: usize, end: usize): void {
  range = 0xffffffff;
  source = from;
  sourceEnd = end;
  value = (<u64>nextBytes(4)) << 32;
  count = 0;
  readAhead();
}

/** The next three or four bytes, the first highest. After the end stand zeros: what is missing shows in the end. @inline */
function nextBytes(bytes: u32): u32 {
  let four: u32 = 0;
  if (source + 4 <= sourceEnd) {
    four = bswap(load<u32>(source));
  } else {
    for (let at = source; at < source + 4; at++)
      four = (four << 8) | (at < sourceEnd ? <u32>load<u8>(at) : 0);
  }
  source += bytes;
  return four >>> (32 - (bytes << 3));
}

/** Makes sure that the range can be widened by 16 bits, which is the most that a decision asks for. */
function readAhead(): void {
  value |= (<u64>nextBytes(3)) << (8 - count);
  count += 24;
}

/** @inline */
function widenDecoder(): void {
  const shift = widening(range);
  range <<= shift;
  value <<= shift;
  count -= shift;
  if (count < 16) readAhead();
}

/** Where the decoder has read to, less what it only looked ahead at. @inline */
function decoderAt(): usize {
  return source - (count >> 3);
}

/** Whether so much was read that the stream cannot have been whole. */
export function rangeDecoderOverran(): bool {
  return decoderAt() > sourceEnd + (4 - TAIL_BYTES);
}

/** Where the stream ended: the decoder is 4 bytes ahead of the encoder, of which TAIL_BYTES were written. */
export function rangeDecoderEnd(): usize {
  return decoderAt() - (4 - TAIL_BYTES);
}

/** @inline */
export function decodeBit(model: usize): u32 {
  const was = load<u32>(model);
  const bound = (range >>> 16) * (was >>> 16);
  const above = (<u64>bound) << 32;
  const bit = u32(value >= above);
  value -= select<u64>(above, 0, bit);
  range = select(range - bound, bound, bit);
  store<u32>(model, learned(was, bit));
  widenDecoder();
  return bit;
}

export function decodeTree(models: usize, bits: u32): u32 {
  let node: u32 = 1;
  for (let left = bits; left > 0; left--) node = (node << 1) | decodeBit(models + (node << 2));
  return node - (1 << bits);
}

/** One of `count` (1 to 256) numbers by no model. */
export function decodeOneOf(count: u32): u32 {
  range /= count;
  const number = min<u32>(<u32>(value >> 32) / range, count - 1);
  value -= (<u64>(number * range)) << 32;
  widenDecoder();
  return number;
}
