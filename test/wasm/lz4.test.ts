import fc from 'fast-check';
import lz4 from 'lz4-wasm-nodejs';
import { describe, expect, it } from 'vitest';
import { LZ4_TABLE_BYTES } from '../../codecs/index.js';
import { loadKernelModule } from '../../engine/artifacts.js';
import { KernelMemory } from '../support/kernel-memory.js';
import { generator } from '../support/pictures.js';
import { lz4Decompress } from '../support/twins/lz4.js';

const module = await loadKernelModule();

/** Compresses with exactly `capacity` bytes for the block; undefined when it does not fit. */
function compress(
  input: Uint8Array,
  capacity = input.length + Math.ceil(input.length / 255) + 16,
): Uint8Array | undefined {
  const memory = new KernelMemory(module, 1 << 20);
  const source = memory.put(input);
  const target = memory.take(capacity);
  const table = memory.take(LZ4_TABLE_BYTES);
  const size = memory.kernels.lz4Compress(source, input.length, target, capacity, table);
  expect(memory.intact()).toBe(true);
  expect(Buffer.compare(memory.view(source, input.length), input)).toBe(0);
  return size === 0 ? undefined : memory.view(target, size).slice();
}

function decompress(block: Uint8Array, capacity: number): Uint8Array | undefined {
  const memory = new KernelMemory(module, 1 << 20);
  const source = memory.put(block);
  const target = memory.take(capacity);
  const size = memory.kernels.lz4Decompress(source, block.length, target, capacity);
  expect(memory.intact()).toBe(true);
  return size < 0 ? undefined : memory.view(target, size).slice();
}

/** A block as lz4-wasm has it: its length in front. */
function withLength(block: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(block.length + 4);
  new DataView(out.buffer).setUint32(0, length, true);
  out.set(block, 4);
  return out;
}

/** Bytes in which something repeats: pieces of noise, copied from before, and flat stretches. */
const repetitive = fc.tuple(fc.integer(), fc.integer({ min: 0, max: 40_000 })).map(([seed, length]) => {
  const random = generator(seed);
  const out = new Uint8Array(length);
  for (let at = 0; at < length; ) {
    const part = Math.min(length - at, 1 + (random() % 400));
    const kind = random() % 3;
    const back = 1 + (random() % Math.max(1, at));
    const flat = random() & 255;
    for (let index = 0; index < part; index++, at++) {
      out[at] = kind === 0 ? random() & 255 : kind === 1 ? flat : at >= back ? out[at - back]! : 0;
    }
  }
  return out;
});

describe('LZ4', () => {
  it('is read by lz4-wasm, and by its twin', () => {
    fc.assert(
      fc.property(repetitive, (input) => {
        const block = compress(input)!;
        expect(Buffer.compare(lz4.decompress(withLength(block, input.length)), input)).toBe(0);
        expect(Buffer.compare(lz4Decompress(block, input.length)!, input)).toBe(0);
        expect(Buffer.compare(decompress(block, input.length)!, input)).toBe(0);
      }),
      { numRuns: 150 },
    );
  });

  it('reads what lz4-wasm writes', () => {
    fc.assert(
      fc.property(repetitive, (input) => {
        const block = lz4.compress(input).slice(4);
        expect(Buffer.compare(decompress(block, input.length)!, input)).toBe(0);
      }),
      { numRuns: 150 },
    );
  });

  it('refuses a target that is too small, both ways', () => {
    fc.assert(
      fc.property(
        repetitive,
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (input, part) => {
          fc.pre(input.length > 0);
          const block = compress(input)!;
          expect(compress(input, block.length)).toEqual(block);
          expect(compress(input, Math.floor(block.length * part))).toBeUndefined();
          expect(decompress(block, Math.floor(input.length * part))).toBeUndefined();
        },
      ),
      { numRuns: 60 },
    );
  });

  it('agrees with its twin about blocks whose matches reach too far, back or forth', () => {
    const part = fc.tuple(
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 0, max: 14 }),
      fc.integer({ min: 0, max: 40 }),
    );
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 0, max: 120 }),
        (parts, capacity) => {
          const bytes: number[] = [];
          for (const [literals, distance, length] of parts) {
            bytes.push(
              (literals << 4) | Math.min(length, 15),
              ...new Array<number>(literals).fill(literals),
              distance,
              0,
            );
            if (length >= 15) bytes.push(length - 15);
          }
          const block = Uint8Array.of(...bytes, 0x50, 1, 2, 3, 4, 5);
          const expected = lz4Decompress(block, capacity);
          const actual = decompress(block, capacity);
          expect(actual === undefined).toBe(expected === undefined);
          if (expected !== undefined) expect(Buffer.compare(actual!, expected)).toBe(0);
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('agrees with its twin about malformed blocks', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 0, maxLength: 60 }),
        fc.integer({ min: 0, max: 400 }),
        (block, capacity) => {
          const expected = lz4Decompress(block, capacity);
          const actual = decompress(block, capacity);
          expect(actual === undefined).toBe(expected === undefined);
          if (expected !== undefined) expect(Buffer.compare(actual!, expected)).toBe(0);
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('writes the golden block of a repeated word', () => {
    // Token 5|15: five literals, a match of 15 + 4 + 1 at distance 5, then five last literals.
    const input = new TextEncoder().encode('ABCDE'.repeat(6));
    expect(Buffer.from(compress(input)!).toString('hex')).toBe('5f4142434445050001504142434445');
  });
});
