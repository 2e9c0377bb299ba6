/** Every message type against bytes on file: a change of the wire shows here first. */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MESSAGE_LIMITS } from '../../engine/protocol/index.js';
import { goldenBytes, samples } from './samples.js';

describe('golden bytes', () => {
  it.each(samples.map((one) => [one.name, one] as const))('%s', (name, { value, bytes, decode }) => {
    const golden = goldenBytes(name);
    expect(Buffer.from(bytes).toString('hex')).toBe(Buffer.from(golden).toString('hex'));
    expect(decode(golden)).toEqual(value);
    expect(golden.byteLength).toBeLessThanOrEqual(MESSAGE_LIMITS[golden[0] as 0]);
  });

  it('has no file without its message', () => {
    const files = readdirSync(new URL('./golden/', import.meta.url)).sort();
    expect(files).toEqual(samples.map((one) => `${one.name}.hex`).sort());
  });

  it('reads a message in the middle of a larger buffer', () => {
    for (const { bytes, value, decode } of samples) {
      const around = new Uint8Array(bytes.length + 7).fill(0xff);
      around.set(bytes, 3);
      expect(decode(around.subarray(3, 3 + bytes.length))).toEqual(value);
    }
  });
});
