/**
 * What a slice's text-like tiles remember: which code came last after the same six neighbours, and after W and N
 * alone. It finds glyphs again without looking for them.
 *
 * An entry is a u64. From its lowest bit: 24 bits of the code that is foretold and 8 of trust (0 is empty, to 7); 24 of
 * the other code, which came last of all that were not foretold (the foretold one again when none did), and 8 that
 * tell other neighbours from those that the entry is of.
 */
import { MEMORY_BITS, MEMORY_FILLED, ROW_BYTES } from './text-model';

const MOST_BITS: u32 = 14;
const MOST_TRUST: u32 = 7;
const CODE: u32 = 0xffffff;
/** The memory of six neighbours, and behind it that of two, which has half as many entries. */
export const MEMORY_BYTES: usize = 12 << MOST_BITS;
/** What stands where no code is foretold: none has 32 bits. */
export const NONE: u32 = 0xffffffff;

// Where the memories are; every tile sets it up.
let ofSix: usize = 0;
let ofTwo: usize = 0;
let shift: u32 = 0;

/** All below is then about the memories at `memory`; a slice's first call empties them. */
export function useMemory(state: usize, memories: usize): void {
  const bits = load<u32>(state + MEMORY_BITS);
  if (load<u32>(state + MEMORY_FILLED) == 0) {
    memory.fill(memories, 0, (<usize>12) << bits);
    store<u32>(state + MEMORY_FILLED, 1);
  }
  ofSix = memories;
  ofTwo = memories + ((<usize>8) << bits);
  shift = 32 - bits;
}

/** Bits of an entry's number in the memory of six: a slice of few tiles is soon ready. */
export function memoryBits(tiles: u32): u32 {
  return tiles > 1 ? min<u32>(MOST_BITS, 42 - clz(tiles - 1)) : 10;
}

/** @inline */
function mixed(sum: u32): u32 {
  return (sum ^ (sum >>> 15)) * 0x2c1b3c6d;
}

/** The part of W and N in the sums of weighted neighbours. @inline */
function sumOfTwo(w: u32, n: u32): u32 {
  return w * 0x9e3779b1 + n * 0x85ebca77;
}

/** What names an entry of the memory of two. @inline */
export function nameOfTwo(w: u32, n: u32): u32 {
  return mixed(sumOfTwo(w, n));
}

/** What names an entry of the memory of six, for the pixel at `at`. @inline */
export function nameOfSix(at: usize, w: u32, n: u32, nw: u32, ne: u32): u32 {
  const ww = load<u32>(at - 8);
  const nn = load<u32>(at - 2 * ROW_BYTES);
  const part = nw * 0xc2b2ae3d + ne * 0x27d4eb2f + ww * 0x165667b1 + nn * 0xd3a2646d;
  return mixed(sumOfTwo(w, n) + part);
}

/** @inline */
export function placeOfSix(name: u32): usize {
  return ofSix + ((<usize>(name >>> shift)) << 3);
}

/** @inline */
export function placeOfTwo(name: u32): usize {
  return ofTwo + ((<usize>(name >>> (shift + 1))) << 3);
}

/** The bits of a name by which an entry knows its own neighbours. @inline */
function check(name: u32): u32 {
  return (name >>> 10) & 255;
}

/** The entry, or 0 when it is empty or of other neighbours. @inline */
export function known(entry: u64, name: u32): u64 {
  return select<u64>(entry, 0, <u32>(entry >> 56) == check(name));
}

/** @inline */
export function trustOf(entry: u64): u32 {
  return <u32>entry >>> 24;
}

/** The code that is foretold, or NONE. @inline */
export function firstOf(entry: u64): u32 {
  return select<u32>(<u32>entry & CODE, NONE, entry != 0);
}

/** The other code, or NONE. @inline */
export function otherOf(entry: u64): u32 {
  return select<u32>(<u32>(entry >> 32) & CODE, NONE, entry != 0);
}

/** @inline */
function entryOf(first: u32, trust: u32, other: u32, bits: u32): u64 {
  return <u64>(first | (trust << 24)) | ((<u64>(other | (bits << 24))) << 32);
}

/** What an entry is after `code` came, to neighbours of that name. @inline */
export function learned(entry: u64, name: u32, code: u32): u64 {
  const first = <u32>entry & CODE;
  const trust = trustOf(entry);
  const bits = check(name);
  const own = <u32>(entry >> 56) == bits && trust != 0;
  if (own && first == code) return trust < MOST_TRUST ? entry + (1 << 24) : entry;
  if (trust > 1) {
    const other = own ? code : <u32>(entry >> 32) & CODE;
    return entryOf(first, trust >> 1, other, <u32>(entry >> 56));
  }
  return entryOf(code, 1, own ? first : code, bits);
}

/** How the memories' answers agree: what six foretell is what two do, or their other code, or neither. @inline */
export function agreement(first: u32, firstByTwo: u32, otherByTwo: u32): u32 {
  return first == firstByTwo ? 1 : u32(first == otherByTwo) << 1;
}
