/**
 * CRC-32C (Castagnoli, reflected polynomial 0x82F63B78; RFC 3720 appendix B.4). Tables take eight bytes at a step;
 * long ranges are folded before by exclusive-ors alone, sixteen bytes at a step, until little is left for tables.
 *
 * Folding: x^209 + x^144 + x^54 + x^39 + x^14 + 1 is a multiple of the polynomial, the shortest with six terms. Its
 * squares are multiples too; squared three times, its powers count bytes for bits. So bytes may be left out when they
 * are added to those 65, 155, 170, 195 and 209 places behind them; and squared four times more, when they are added to
 * those 16 times as far behind, where words of sixteen bytes are in no other's way. (Folding by sparse multiples:
 * S. Russell, "Chorba: A novel CRC32 implementation", 2024.)
 */

/** Bytes of the tables that `crc32cTable` writes. */
export const CRC_TABLE_BYTES: u32 = 8 * 256 * 4;

/** How far behind bytes are added that are left out, times the fold's scale. */
const A: usize = 65;
const B: usize = 155;
const C: usize = 170;
const D: usize = 195;
const E: usize = 209;

/** The scales of the two folds, and the lengths from which on they pay. The narrow one leaves 209 to 224 bytes. */
const WIDE: usize = 16;
const WIDE_FROM: u32 = 8192;
const NARROW: usize = 1;
const NARROW_FROM: u32 = 512;

/** Writes the eight tables at `table`. Every caller writes the same bytes, so instances may share them. */
export function crc32cTable(table: usize): void {
  for (let byte: u32 = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0x82f63b78 & (0 - (crc & 1)));
    store<u32>(table + (byte << 2), crc);
  }
  for (let byte: u32 = 0; byte < 256; byte++) {
    let crc = load<u32>(table + (byte << 2));
    for (let slice: u32 = 1; slice < 8; slice++) {
      crc = (crc >> 8) ^ load<u32>(table + ((crc & 255) << 2));
      store<u32>(table + (slice << 10) + (byte << 2), crc);
    }
  }
}

/**
 * The checksum of a range, continuing from `seed`: 0, or the checksum of what came before. Spoils the range, and up to
 * 3,344 bytes before it.
 */
export function crc32c(offset: usize, length: u32, seed: u32, table: usize): u32 {
  const end = offset + length;
  if (length < NARROW_FROM) return ~byTables(offset, end, ~seed, table);
  store<u32>(offset, load<u32>(offset) ^ ~seed);
  const left = length < WIDE_FROM ? offset : fold(offset, end, WIDE);
  return ~byTables(fold(left, end, NARROW), end, 0, table);
}

/** Answers where what is left begins. Spoils what lies up to 209 times the scale before the range. */
function fold(offset: usize, end: usize, scale: usize): usize {
  const a = A * scale;
  const b = B * scale;
  const c = C * scale;
  const d = D * scale;
  const e = E * scale;
  memory.fill(offset - e, 0, e);
  const left = end - e - ((end - offset - e) & 15);
  for (let at = offset; at < left; at += 16) {
    let sum = v128.xor(v128.load(at), v128.load(at - a));
    sum = v128.xor(sum, v128.load(at - b));
    sum = v128.xor(sum, v128.load(at - c));
    sum = v128.xor(sum, v128.load(at - d));
    v128.store(at, v128.xor(sum, v128.load(at - e)));
  }
  addTo(left, a);
  addTo(left, b);
  addTo(left, c);
  addTo(left, d);
  addTo(left, e);
  return left;
}

/** Adds to what is left what was left out `distance` before it. */
function addTo(left: usize, distance: usize): void {
  let at = left;
  const end = left + distance;
  for (; at + 16 <= end; at += 16) {
    v128.store(at, v128.xor(v128.load(at), v128.load(at - distance)));
  }
  for (; at < end; at++) store<u8>(at, load<u8>(at) ^ load<u8>(at - distance));
}

function byTables(offset: usize, end: usize, start: u32, table: usize): u32 {
  let crc = start;
  let at = offset;
  while (at + 8 <= end) {
    const low = load<u32>(at) ^ crc;
    const high = load<u32>(at, 4);
    crc =
      load<u32>(table + ((low & 255) << 2), 7 << 10) ^
      load<u32>(table + (((low >> 8) & 255) << 2), 6 << 10) ^
      load<u32>(table + (((low >> 16) & 255) << 2), 5 << 10) ^
      load<u32>(table + ((low >> 24) << 2), 4 << 10) ^
      load<u32>(table + ((high & 255) << 2), 3 << 10) ^
      load<u32>(table + (((high >> 8) & 255) << 2), 2 << 10) ^
      load<u32>(table + (((high >> 16) & 255) << 2), 1 << 10) ^
      load<u32>(table + ((high >> 24) << 2));
    at += 8;
  }
  while (at < end) {
    crc = (crc >> 8) ^ load<u32>(table + (((crc ^ load<u8>(at)) & 255) << 2));
    at++;
  }
  return crc;
}
