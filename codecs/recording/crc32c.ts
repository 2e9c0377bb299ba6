/**
 * CRC-32C (Castagnoli): reflected polynomial 0x82F63B78, as RFC 3720 appendix B.4 gives it. Sixteen tables, so
 * that sixteen bytes are taken at a step ("slicing by 16"): a third faster here than eight bytes at a step. The
 * kernel behind `Crc32c` takes a fifth of its time for long ranges.
 */

/** The CRC-32C of `bytes[start, end)`. */
export type Checksum = (bytes: Uint8Array, start: number, end: number) => number;

const POLYNOMIAL = 0x82f63b78;
const SLICES = 16;

/** `SLICES` tables of 256 entries, one behind the other: what a byte adds that has so many bytes behind it. */
const table = makeTable();

/** The checksum of `bytes[start, end)`, continuing from `seed`: 0, or the checksum of what came before. */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length, seed = 0): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let crc = ~seed;
  let at = start;
  for (const last = end - SLICES; at <= last; at += SLICES) {
    const a = view.getInt32(at, true) ^ crc;
    const b = view.getInt32(at + 4, true);
    const c = view.getInt32(at + 8, true);
    const d = view.getInt32(at + 12, true);
    crc =
      table[3840 + (a & 255)]! ^
      table[3584 + ((a >>> 8) & 255)]! ^
      table[3328 + ((a >>> 16) & 255)]! ^
      table[3072 + (a >>> 24)]! ^
      table[2816 + (b & 255)]! ^
      table[2560 + ((b >>> 8) & 255)]! ^
      table[2304 + ((b >>> 16) & 255)]! ^
      table[2048 + (b >>> 24)]! ^
      table[1792 + (c & 255)]! ^
      table[1536 + ((c >>> 8) & 255)]! ^
      table[1280 + ((c >>> 16) & 255)]! ^
      table[1024 + (c >>> 24)]! ^
      table[768 + (d & 255)]! ^
      table[512 + ((d >>> 8) & 255)]! ^
      table[256 + ((d >>> 16) & 255)]! ^
      table[d >>> 24]!;
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
