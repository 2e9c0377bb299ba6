/**
 * Bits that no model foretells, in bytes that are filled from the lowest bit up. A writer and a reader each hold
 * one stream at a time; both are set up and left within one call of the kernels.
 */

let held: u64 = 0;
let filled: u32 = 0;
let place: usize = 0;
let limit: usize = 0;

/** Begins to write at `at`. */
export function startPutting(at: usize): void {
  held = 0;
  filled = 0;
  place = at;
}

/**
 * Writes the `count` (0 to 16) lowest bits of `value`, which has no others. Up to four bytes are written ahead.
 * @inline
 */
export function putBits(value: u32, count: u32): void {
  held |= (<u64>value) << filled;
  filled += count;
  if (filled >= 32) {
    store<u32>(place, <u32>held);
    place += 4;
    held >>= 32;
    filled -= 32;
  }
}

/** Where writing is, but for less than four bytes. */
export function putAt(): usize {
  return place;
}

/** Writes what is left; the answer is the end. */
export function endPutting(): usize {
  store<u32>(place, <u32>held);
  return place + ((filled + 7) >> 3);
}

/** Begins to read from `from` to `end`. */
export function startTaking(from: usize, end: usize): void {
  held = 0;
  filled = 0;
  place = from;
  limit = end;
}

/**
 * The next `count` (0 to 16) bits; zeros after the end, which `tookAll` tells.
 * @inline
 */
export function takeBits(count: u32): u32 {
  if (filled < count) refill();
  const value = <u32>held & ((1 << count) - 1);
  held >>= count;
  filled -= count;
  return value;
}

function refill(): void {
  if (place + 4 <= limit) {
    held |= (<u64>load<u32>(place)) << filled;
    place += 4;
    filled += 32;
    return;
  }
  for (; filled <= 16; filled += 8) {
    if (place < limit) held |= (<u64>load<u8>(place)) << filled;
    place++;
  }
}

/** Whether reading went to the last byte and no farther. */
export function tookAll(): bool {
  return place - (filled >> 3) == limit;
}
