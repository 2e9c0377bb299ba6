/** Twin of the LZ4 block decompressor, byte by byte from the block format's document; undefined when malformed. */
export function lz4Decompress(block: Uint8Array, capacity: number): Uint8Array | undefined {
  const out: number[] = [];
  let at = 0;
  const length = (nibble: number): number => {
    let sum = nibble;
    if (nibble < 15) return sum;
    for (let byte = 255; byte === 255; sum += byte) {
      if (at >= block.length) return Number.POSITIVE_INFINITY;
      byte = block[at++]!;
    }
    return sum;
  };
  while (at < block.length) {
    const token = block[at++]!;
    const literals = length(token >> 4);
    if (literals > block.length - at || out.length + literals > capacity) return undefined;
    for (let index = 0; index < literals; index++) out.push(block[at++]!);
    if (at === block.length) return Uint8Array.from(out);
    if (block.length - at < 2) return undefined;
    const distance = block[at]! | (block[at + 1]! << 8);
    at += 2;
    if (distance === 0 || distance > out.length) return undefined;
    const match = length(token & 15) + 4;
    if (out.length + match > capacity) return undefined;
    for (let index = 0; index < match; index++) out.push(out[out.length - distance]!);
  }
  return undefined;
}
