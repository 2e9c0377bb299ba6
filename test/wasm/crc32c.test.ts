import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Crc32c } from '../../codecs/index.js';
import { loadKernelModule } from '../../engine/artifacts.js';
import { crc32c } from '../support/twins/crc32c.js';

const checksum = new Crc32c(await loadKernelModule());

describe('CRC-32C', () => {
  it('gives the check values of RFC 3720, appendix B.4', () => {
    expect(checksum.update(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
    expect(checksum.update(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(checksum.update(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
    expect(checksum.update(Uint8Array.from({ length: 32 }, (_, index) => index))).toBe(0x46dd794e);
  });

  it('agrees with its twin, in one piece and in two', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), (bytes, cut) => {
        const whole = checksum.update(bytes);
        expect(whole).toBe(crc32c(bytes));
        expect(checksum.update(bytes.subarray(cut), checksum.update(bytes.subarray(0, cut)))).toBe(whole);
      }),
    );
  });

  it('passes ranges longer than its window', () => {
    const bytes = Uint8Array.from({ length: 200_001 }, (_, index) => (index * 7) & 255);
    expect(checksum.update(bytes)).toBe(crc32c(bytes));
  });
});
