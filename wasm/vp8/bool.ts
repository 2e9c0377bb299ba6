/**
 * Boolean entropy encoder (RFC 6386, section 7). `low` holds the bits that are not written yet: 8 that a range
 * works on and `waiting` above them, and above those at most one carry. One call of the module sets up and ends
 * a stream.
 */
import { COSTS } from './tables';

let low: u64 = 0;
let range: u32 = 255;
let waiting: u32 = 0;
let out: usize = 0;

export function startBool(target: usize): void {
  low = 0;
  range = 255;
  waiting = 0;
  out = target;
}

/** Adds one to the number that the bytes before `out` are. */
function carry(): void {
  let at = out - 1;
  while (load<u8>(at) == 255) store<u8>(at--, 0);
  store<u8>(at, load<u8>(at) + 1);
}

function drain(): void {
  const keep = waiting - 24;
  const top = low >> keep;
  if (top >> 32 != 0) carry();
  store<u32>(out, bswap<u32>(<u32>top));
  out += 4;
  waiting -= 32;
  low &= ((<u64>1) << keep) - 1;
}

/** Writes a bit that is 0 with probability `probability`/256. */
export function putBit(bit: u32, probability: u32): void {
  const split = 1 + (((range - 1) * probability) >> 8);
  if (bit != 0) {
    low += split;
    range -= split;
  } else {
    range = split;
  }
  const shift = clz(range) - 24;
  range <<= shift;
  low <<= shift;
  waiting += shift;
  if (waiting >= 32) drain();
}

/** Writes `bits` bits of `value`, the highest first, at even odds. */
export function putLiteral(value: u32, bits: u32): void {
  for (let left = bits; left > 0; left--) putBit((value >> (left - 1)) & 1, 128);
}

/** A flag, and if it is set a magnitude of `bits` bits and a sign: how headers write what is mostly 0. */
export function putOptional(value: i32, bits: u32): void {
  putLiteral(value != 0 ? 1 : 0, 1);
  if (value == 0) return;
  putLiteral(abs(value), bits);
  putLiteral(value < 0 ? 1 : 0, 1);
}

/** Writes a symbol by its path (tables.ts). */
export function putPath(path: usize, probabilities: usize): void {
  const length = <u32>load<u8>(path);
  for (let step: u32 = 1; step <= length; step++) {
    const turn = <u32>load<u8>(path + step);
    putBit(turn & 1, load<u8>(probabilities + (turn >> 1)));
  }
}

/** 1/256 bits that a symbol takes. */
export function pathCost(path: usize, probabilities: usize): u32 {
  const length = <u32>load<u8>(path);
  let cost: u32 = 0;
  for (let step: u32 = 1; step <= length; step++) {
    const turn = <u32>load<u8>(path + step);
    cost += bitCost(turn & 1, load<u8>(probabilities + (turn >> 1)));
  }
  return cost;
}

/** 1/256 bits that a bit takes. */
export function bitCost(bit: u32, probability: u32): u32 {
  return load<u16>(COSTS + ((bit != 0 ? 256 - probability : probability) << 1));
}

/**
 * Ends the stream; the answer is where it ends. A byte of zeros follows the last bit: decoders that look ahead
 * by a byte take its absence for a stream that was cut off (ffmpeg's does, and drops the rest of the picture).
 */
export function endBool(): usize {
  const fill = (8 - (waiting & 7)) & 7;
  low <<= fill;
  waiting += fill;
  const top = low >> (waiting + 8);
  if (top != 0) carry();
  for (let left = <i32>waiting; left >= 0; left -= 8) store<u8>(out++, <u8>(low >> left));
  store<u8>(out++, 0);
  return out;
}
