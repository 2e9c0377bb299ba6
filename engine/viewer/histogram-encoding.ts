/**
 * A histogram in HdrHistogram's V2 encoding, all numbers big-endian: a header of 40 bytes, then a ZigZag number in
 * groups of seven bits for each count up to the last that is not zero, where a negative one counts zeros in a row.
 * Compressed, it stands as a zlib stream behind a head of its own. Whoever has a compressor puts the two together; this
 * runs in a page, too, where the package's encoder would bring a compressor of 45 kB.
 */
import type { LatencyHistogram } from './histogram.js';

/** The low byte says that counts are ZigZag numbers. */
const COOKIE = 0x1c849313;
const COMPRESSED_COOKIE = 0x1c849314;
const HEADER_BYTES = 40;
const NORMALIZING_OFFSET = 1;
const VALUE_RATIO = 1n;
/** A count is a whole number below 2^31 here, and with its sign below 2^32. */
const MOST_COUNT_BYTES = 5;

/** Not compressed. */
export function encodeHistogram({ counts }: LatencyHistogram): Uint8Array<ArrayBuffer> {
  const limit = counts.totalCount === 0 ? 0 : counts.countsArrayIndex(counts.maxValue) + 1;
  const bytes = new Uint8Array(HEADER_BYTES + limit * MOST_COUNT_BYTES);
  let at = HEADER_BYTES;
  const write = (zigZag: number): void => {
    let rest = zigZag;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes[at++] = (rest & 0x7f) | 0x80;
    bytes[at++] = rest;
  };
  for (let index = 0; index < limit; ) {
    const count = counts.getCountAtIndex(index++);
    let zeros = count === 0 ? 1 : 0;
    while (zeros > 0 && counts.getCountAtIndex(index) === 0) {
      zeros++;
      index++;
    }
    write(zeros > 1 ? zeros * 2 - 1 : count * 2);
  }
  const header = new DataView(bytes.buffer);
  header.setInt32(0, COOKIE);
  header.setInt32(4, at - HEADER_BYTES);
  header.setInt32(8, NORMALIZING_OFFSET);
  header.setInt32(12, counts.numberOfSignificantValueDigits);
  header.setBigInt64(16, BigInt(counts.lowestDiscernibleValue));
  header.setBigInt64(24, BigInt(counts.highestTrackableValue));
  header.setBigInt64(32, VALUE_RATIO);
  return bytes.slice(0, at);
}

/** The compressed encoding, of an encoding that somebody has put into a zlib stream (RFC 1950). */
export function compressedHistogram(zlib: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(8 + zlib.length);
  const head = new DataView(bytes.buffer);
  head.setInt32(0, COMPRESSED_COOKIE);
  head.setInt32(4, zlib.length);
  bytes.set(zlib, 8);
  return bytes;
}
