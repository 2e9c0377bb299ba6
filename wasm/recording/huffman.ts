/**
 * Prefix codes for DEFLATE (RFC 1951, 3.2.2): lengths from frequencies, limited, and canonical codes from lengths.
 */

/** Most symbols of an alphabet: the 286 of literals and lengths. */
const MAX_SYMBOLS: usize = 288;
/** Sorted symbols, and counts per length. */
export const HUFFMAN_SCRATCH: usize = MAX_SYMBOLS * 8 + 33 * 4;
const DEPTHS: usize = MAX_SYMBOLS * 4;
const COUNTS: usize = MAX_SYMBOLS * 8;
/** A frequency and its symbol are sorted as one u32. */
const SYMBOL_BITS: u32 = 9;
const MAX_FREQUENCY: u32 = (1 << (32 - SYMBOL_BITS)) - 1;

/** Sorts `count` u32 in ascending order (Shell's sort: the arrays are short). */
function sort(values: usize, count: u32): void {
  for (let gap: u32 = count > 40 ? 40 : 4; gap > 0; gap = gap == 1 ? 0 : gap > 4 ? (gap * 4) / 13 : 1) {
    for (let index = gap; index < count; index++) {
      const value = load<u32>(values + (index << 2));
      let at = index;
      while (at >= gap && load<u32>(values + ((at - gap) << 2)) > value) {
        store<u32>(values + (at << 2), load<u32>(values + ((at - gap) << 2)));
        at -= gap;
      }
      store<u32>(values + (at << 2), value);
    }
  }
}

/**
 * Depths of the leaves of a Huffman tree over `count` (at least 2) ascending frequencies at `depths`, in place:
 * A. Moffat, J. Katajainen, "In-place calculation of minimum-redundancy codes" (1995).
 */
function treeDepths(depths: usize, count: u32): void {
  store<u32>(depths, load<u32>(depths) + load<u32>(depths, 4));
  let root: u32 = 0;
  let leaf: u32 = 2;
  for (let next: u32 = 1; next < count - 1; next++) {
    let sum: u32 = 0;
    for (let side = 0; side < 2; side++) {
      const node = depths + (root << 2);
      if (leaf >= count || (root < next && load<u32>(node) < load<u32>(depths + (leaf << 2)))) {
        sum += load<u32>(node);
        store<u32>(node, next);
        root++;
      } else {
        sum += load<u32>(depths + (leaf << 2));
        leaf++;
      }
    }
    store<u32>(depths + (next << 2), sum);
  }
  store<u32>(depths + ((count - 2) << 2), 0);
  for (let next = <i32>count - 3; next >= 0; next--) {
    const node = depths + ((<u32>next) << 2);
    store<u32>(node, load<u32>(depths + (load<u32>(node) << 2)) + 1);
  }
  let available: u32 = 1;
  let used: u32 = 0;
  let depth: u32 = 0;
  let inner = <i32>count - 2;
  let outer = <i32>count - 1;
  while (available > 0) {
    while (inner >= 0 && load<u32>(depths + ((<u32>inner) << 2)) == depth) {
      used++;
      inner--;
    }
    while (available > used) {
      store<u32>(depths + ((<u32>outer) << 2), depth);
      outer--;
      available--;
    }
    available = 2 * used;
    depth++;
    used = 0;
  }
}

/**
 * Code lengths (u8 each, 0 for a symbol that does not occur) of `symbols` frequencies (u32 each), none longer
 * than `limit`. A single symbol has length 1.
 */
export function codeLengths(
  frequencies: usize,
  symbols: u32,
  limit: u32,
  lengths: usize,
  scratch: usize,
): void {
  memory.fill(lengths, 0, symbols);
  let count: u32 = 0;
  for (let symbol: u32 = 0; symbol < symbols; symbol++) {
    const frequency = load<u32>(frequencies + (symbol << 2));
    if (frequency == 0) continue;
    store<u32>(scratch + (count << 2), (min<u32>(frequency, MAX_FREQUENCY) << SYMBOL_BITS) | symbol);
    count++;
  }
  if (count == 0) return;
  sort(scratch, count);
  const depths = scratch + DEPTHS;
  const counts = scratch + COUNTS;
  memory.fill(counts, 0, 33 * 4);
  if (count == 1) {
    store<u32>(counts, 1, 4);
  } else {
    for (let index: u32 = 0; index < count; index++) {
      store<u32>(depths + (index << 2), load<u32>(scratch + (index << 2)) >>> SYMBOL_BITS);
    }
    treeDepths(depths, count);
    for (let index: u32 = 0; index < count; index++) {
      const slot = counts + (min<u32>(load<u32>(depths + (index << 2)), limit) << 2);
      store<u32>(slot, load<u32>(slot) + 1);
    }
    limitCounts(counts, limit);
  }
  // The rarest symbols come first and get the longest codes.
  let index: u32 = 0;
  for (let length = limit; length > 0; length--) {
    for (let left = load<u32>(counts + (length << 2)); left > 0; left--) {
      store<u8>(lengths + (load<u32>(scratch + (index++ << 2)) & ((1 << SYMBOL_BITS) - 1)), length);
    }
  }
}

/** Makes a set of lengths, cut off at `limit`, a prefix code again: leaves move down until the tree has room. */
function limitCounts(counts: usize, limit: u32): void {
  let total: u32 = 0;
  for (let length: u32 = 1; length <= limit; length++) {
    total += load<u32>(counts + (length << 2)) << (limit - length);
  }
  while (total > (<u32>1) << limit) {
    const last = counts + (limit << 2);
    store<u32>(last, load<u32>(last) - 1);
    for (let length = limit - 1; length > 0; length--) {
      const slot = counts + (length << 2);
      if (load<u32>(slot) == 0) continue;
      store<u32>(slot, load<u32>(slot) - 1);
      store<u32>(slot, load<u32>(slot, 4) + 2, 4);
      break;
    }
    total--;
  }
}

/** Canonical codes with their bits reversed, as the bit writer wants them: code | length << 16, u32 each. */
export function assignCodes(lengths: usize, symbols: u32, codes: usize, scratch: usize): void {
  const counts = scratch + COUNTS;
  memory.fill(counts, 0, 33 * 4);
  for (let symbol: u32 = 0; symbol < symbols; symbol++) {
    const slot = counts + ((<u32>load<u8>(lengths + symbol)) << 2);
    store<u32>(slot, load<u32>(slot) + 1);
  }
  let code: u32 = 0;
  let below: u32 = 0;
  for (let length: u32 = 1; length < 16; length++) {
    const slot = counts + (length << 2);
    code = (code + below) << 1;
    below = load<u32>(slot);
    store<u32>(slot, code);
  }
  for (let symbol: u32 = 0; symbol < symbols; symbol++) {
    const length = <u32>load<u8>(lengths + symbol);
    if (length == 0) {
      store<u32>(codes + (symbol << 2), 0);
      continue;
    }
    const slot = counts + (length << 2);
    const value = load<u32>(slot);
    store<u32>(slot, value + 1);
    store<u32>(codes + (symbol << 2), reverse(value, length) | (length << 16));
  }
}

function reverse(value: u32, length: u32): u32 {
  value = ((value & 0x5555) << 1) | ((value >>> 1) & 0x5555);
  value = ((value & 0x3333) << 2) | ((value >>> 2) & 0x3333);
  value = ((value & 0x0f0f) << 4) | ((value >>> 4) & 0x0f0f);
  value = ((value & 0x00ff) << 8) | (value >>> 8);
  return value >>> (16 - length);
}
