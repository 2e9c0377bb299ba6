/**
 * CRC-32C (Castagnoli): reflected polynomial 0x82F63B78, as RFC 3720 appendix B.4 gives it. Eight tables, so that
 * eight bytes are taken at a step ("slicing by 8").
 */

const POLYNOMIAL = 0x82f63b78;
const SLICES = 8;

/** `SLICES` tables of 256 entries, one behind the other. */
const table = makeTable();

/** The checksum of `bytes[start, end)`, continuing from `seed`: 0, or the checksum of what came before. */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length, seed = 0): number {
  let crc = ~seed;
  let at = start;
  for (const last = end - SLICES; at <= last; at += SLICES) {
    const low = (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) ^ crc;
    crc =
      table[1792 + (low & 255)]! ^
      table[1536 + ((low >>> 8) & 255)]! ^
      table[1280 + ((low >>> 16) & 255)]! ^
      table[1024 + (low >>> 24)]! ^
      table[768 + bytes[at + 4]!]! ^
      table[512 + bytes[at + 5]!]! ^
      table[256 + bytes[at + 6]!]! ^
      table[bytes[at + 7]!]!;
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ table[(crc ^ bytes[at]!) & 255]!;
  return ~crc >>> 0;
}

function makeTable(): Int32Array {
  const entries = new Int32Array(SLICES * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (POLYNOMIAL & -(crc & 1));
    entries[byte] = crc;
  }
  for (let at = 256; at < entries.length; at++) {
    const previous = entries[at - 256]!;
    entries[at] = (previous >>> 8) ^ entries[previous & 255]!;
  }
  return entries;
}
