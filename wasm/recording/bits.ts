/**
 * Writer of bits, least significant first, as DEFLATE packs them (RFC 1951, 3.1.1). Its state lies in memory:
 * what is held (u64), how many bits of that (u32, below 8 between calls), and where the next byte goes (u32).
 * Eight bytes may be written past the last one.
 */
export const BITS_BYTES: usize = 16;

export function startBits(state: usize, target: usize): void {
  store<u64>(state, 0);
  store<u32>(state, 0, 8);
  store<u32>(state, <u32>target, 12);
}

/** Appends the low `count` bits (at most 56) of `value`, whose other bits are 0. */
export function putBits(state: usize, value: u64, count: u32): void {
  const before = load<u32>(state, 8);
  const held = load<u64>(state) | (value << before);
  const total = before + count;
  const at = <usize>load<u32>(state, 12);
  store<u64>(at, held);
  store<u64>(state, held >> (total & 56));
  store<u32>(state, total & 7, 8);
  store<u32>(state, <u32>at + (total >> 3), 12);
}

/** Fills the byte that was begun with zeros; the answer is where the next one goes. */
export function alignBits(state: usize): usize {
  putBits(state, 0, (8 - load<u32>(state, 8)) & 7);
  return <usize>load<u32>(state, 12);
}
