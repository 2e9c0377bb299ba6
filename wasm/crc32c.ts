/** CRC-32C (Castagnoli, reflected polynomial 0x82F63B78; RFC 3720 appendix B.4), eight bytes at a step. */

/** Bytes of the tables that `crc32cTable` writes. */
export const CRC_TABLE_BYTES: u32 = 8 * 256 * 4;

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

/** The checksum of a range, continuing from `seed`: 0, or the checksum of what came before. */
export function crc32c(offset: usize, length: u32, seed: u32, table: usize): u32 {
  let crc = ~seed;
  let at = offset;
  const end = offset + length;
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
  return ~crc;
}
