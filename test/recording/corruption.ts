/** Ways to spoil a file. */

/** Kinds 0 to 3: a byte changed, a stretch changed, a stretch cut out, a piece of the file put in. */
export function corrupt(
  bytes: Uint8Array,
  kind: number,
  at: number,
  length: number,
  seed: number,
): Uint8Array {
  if (kind === 0) {
    const broken = bytes.slice();
    broken[at] = seed & 255;
    return broken;
  }
  if (kind === 1) {
    const broken = bytes.slice();
    for (let index = 0; index < length; index++) broken[at + index] = (seed * (index + 1)) & 255;
    return broken;
  }
  const head = bytes.subarray(0, at);
  // Cut out, or put in a piece of itself.
  if (kind === 2) return Uint8Array.from(Buffer.concat([head, bytes.subarray(at + length)]));
  const from = seed % (bytes.length - length);
  return Uint8Array.from(Buffer.concat([head, bytes.subarray(from, from + length), bytes.subarray(at)]));
}
