import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { searchLargest } from '../../harness/capacity/index.js';

const MOST = 1000;

/** What a number is measured as, beside what it is. */
async function searchFor(strain: (count: number) => number, max: number) {
  const asked: number[] = [];
  const bracket = await searchLargest({
    max,
    probe: (count) => {
      asked.push(count);
      return Promise.resolve(strain(count));
    },
  });
  return { ...bracket, asked };
}

describe('the search for the largest number', () => {
  it('finds it within its resolution, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: MOST }),
        fc.integer({ min: 1, max: MOST }),
        async (limit, max) => {
          const { largest, tooMany, asked } = await searchFor((count) => (count <= limit ? 0.5 : 2), max);
          expect(largest).toBeLessThanOrEqual(Math.min(limit, max));
          if (limit >= max) {
            expect({ largest, tooMany }).toEqual({ largest: max, tooMany: undefined });
          } else {
            expect(tooMany).toBeGreaterThan(limit);
            expect(tooMany! - largest).toBeLessThanOrEqual(Math.max(1, largest * 0.05));
          }
          expect(Math.max(...asked)).toBeLessThanOrEqual(max);
        },
      ),
    );
  });

  it('stays near it when every measurement is off by a fifth, and every third is far off', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: MOST }),
        fc.array(fc.double({ min: 0.8, max: 1.2, noNaN: true }), { minLength: 60, maxLength: 60 }),
        fc.integer({ min: 0, max: 2 }),
        async (limit, noise, spikeAt) => {
          let measured = 0;
          const strain = (count: number): number => {
            const index = measured++;
            const spike = index % 3 === spikeAt ? 20 : 1;
            return (count / limit) * noise[index % noise.length]! * spike;
          };
          const { largest, tooMany } = await searchFor(strain, MOST);
          // Neither is further off than one measurement may be, and what the interval's width adds.
          expect(largest).toBeLessThanOrEqual(limit * 1.25);
          if (tooMany !== undefined) expect(tooMany).toBeGreaterThan(limit * 0.8);
        },
      ),
    );
  });

  it('measures a number again only near the limit or beyond it', async () => {
    const { asked } = await searchFor((count) => (count < 10 ? count / 16 : 1.5), 64);
    const times = (number: number) => asked.filter((count) => count === number).length;
    expect([1, 2, 4, 8].map(times)).toEqual([1, 1, 1, 1]);
    expect([9, 10, 12, 16].map(times)).toEqual([1, 2, 2, 2]);
  });

  it('believes that a number is borne when the first of three measurements says otherwise', async () => {
    const { largest, asked } = await searchFor((count) => (count === 4 && asked4++ === 0 ? 9 : 0.4), 4);
    expect(largest).toBe(4);
    expect(asked).toEqual([1, 2, 4, 4, 4]);
  });
  let asked4 = 0;

  it('does not ask again for what cannot be had', async () => {
    const { largest, tooMany, asked } = await searchFor(
      (count) => (count > 2 ? Number.POSITIVE_INFINITY : 0.1),
      64,
    );
    expect({ largest, tooMany, asked }).toEqual({ largest: 2, tooMany: 3, asked: [1, 2, 4, 3] });
  });

  it('says how many steps may follow, and is never wrong about it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: MOST }),
        fc.integer({ min: 1, max: MOST }),
        async (limit, max) => {
          const told: { readonly at: number; readonly left: number }[] = [];
          const numbers = new Set<number>();
          await searchLargest({
            max,
            probe: (count, _attempt, stepsLeft) => {
              numbers.add(count);
              told.push({ at: numbers.size, left: stepsLeft });
              return Promise.resolve(count <= limit ? 0 : 2);
            },
          });
          for (const { at, left } of told) expect(numbers.size - at).toBeLessThanOrEqual(left);
        },
      ),
    );
  });
});
