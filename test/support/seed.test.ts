/** Property tests try the same cases where a run decides, and those that they are told to. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seedOf } from './seed-of.js';

describe('the seed of property tests', () => {
  it('is one where CI is set, and another in each run where not', () => {
    expect(seedOf({ CI: 'true' })).toBe(seedOf({ CI: '1' }));
    expect(seedOf({ CI: 'true' })).toBeTypeOf('number');
    expect([seedOf({}), seedOf({ CI: '' }), seedOf({ CI: 'false' })]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('is what SIGHTLINE_SEED says, which must be a number', () => {
    expect(seedOf({ CI: 'true', SIGHTLINE_SEED: '-12' })).toBe(-12);
    for (const wrong of ['x', '1.5', '4294967296', 'NaN']) {
      expect(() => seedOf({ SIGHTLINE_SEED: wrong }), wrong).toThrow(/SIGHTLINE_SEED/);
    }
  });

  it('is that of every property of this run', () => {
    expect(fc.readConfigureGlobal().seed).toBe(seedOf(process.env));
  });
});
