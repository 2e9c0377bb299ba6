import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Crc32c } from '../../codecs/index.js';
import { loadKernelModule } from '../../engine/artifacts.js';
import { generator } from '../support/pictures.js';
import { crc32c } from '../support/twins/crc32c.js';

const checksum = new Crc32c(await loadKernelModule());

describe('CRC-32C', () => {
  it('gives the check values of RFC 3720, appendix B.4', () => {
    expect(checksum.of(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
    expect(checksum.of(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(checksum.of(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
    expect(checksum.of(Uint8Array.from({ length: 32 }, (_, index) => index))).toBe(0x46dd794e);
  });

  it('agrees with its twin, in one piece and in two', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), (bytes, at) => {
        const cut = Math.min(at, bytes.length);
        const whole = checksum.of(bytes);
        expect(whole).toBe(crc32c(bytes));
        expect(checksum.of(bytes, cut, bytes.length, checksum.of(bytes, 0, cut))).toBe(whole);
      }),
    );
  });

  it('agrees with its twin for ranges that are folded, wherever they lie, one after the other', () => {
    const noise = generator(7);
    const store = Uint8Array.from({ length: 40_000 }, () => noise() & 255);
    fc.assert(
      fc.property(
        fc.nat(64),
        fc.integer({ min: 400, max: 39_900 }),
        fc.nat(0xffffffff),
        (start, length, seed) => {
          const range = store.subarray(start, start + length);
          expect(checksum.of(store, start, start + length, seed)).toBe(crc32c(range, seed));
          expect(checksum.of(range, 0, range.length, seed)).toBe(crc32c(range, seed));
        },
      ),
    );
    for (const length of [511, 512, 513, 8191, 8192, 8193, 8207, 8208]) {
      expect(checksum.of(store, 3, 3 + length)).toBe(crc32c(store.subarray(3, 3 + length)));
    }
  });

  it('leaves the bytes as they are', () => {
    const bytes = Uint8Array.from({ length: 20_000 }, (_, index) => (index * 31) & 255);
    const before = bytes.slice();
    checksum.of(bytes);
    expect(bytes).toEqual(before);
  });

  it('passes ranges longer than its window', () => {
    const bytes = Uint8Array.from({ length: 200_001 }, (_, index) => (index * 7) & 255);
    expect(checksum.of(bytes)).toBe(crc32c(bytes));
  });
});
