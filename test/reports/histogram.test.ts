import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SightlineError } from '../../codecs/index.js';
import { LatencyHistogram } from '../../engine/index.js';
import { histogramText } from '../../harness/histogram-text.js';
import { SampleSet } from '../../harness/measure/blocks.js';
import { mergeHistograms, quantileOf, readHistogram, writeHistogram } from '../../harness/reports/index.js';

const latencies = fc.array(fc.oneof(fc.nat(3000), fc.nat(60_000_000)), { minLength: 1, maxLength: 200 });

function encoded(values: readonly number[]): string {
  const set = new SampleSet();
  for (const value of values) set.add(0, value);
  return set.figures(histogramText).histogram;
}

describe('a histogram of a report', () => {
  it('is read as the library that wrote it reads it', () => {
    fc.assert(
      fc.property(latencies, fc.integer({ min: 1, max: 100 }), (values, percent) => {
        const own = new LatencyHistogram();
        for (const value of values) own.record(value);
        const read = readHistogram(encoded(values));
        expect(read.total).toBe(values.length);
        const { counts } = own;
        expect(counts.medianEquivalentValue(quantileOf(read, percent / 100))).toBe(
          counts.medianEquivalentValue(counts.getValueAtPercentile(percent)),
        );
      }),
    );
  });

  it('holds values as exactly as three digits can', () => {
    fc.assert(
      fc.property(fc.nat(60_000_000), (value) => {
        const [read] = readHistogram(encoded([value])).values;
        expect(Math.abs(read! - value)).toBeLessThanOrEqual(value / 1000);
      }),
    );
  });

  it('merges exactly: as if all had been recorded in one', () => {
    fc.assert(
      fc.property(fc.array(latencies, { minLength: 1, maxLength: 5 }), (parts) => {
        const merged = mergeHistograms(parts.map((part) => readHistogram(encoded(part))));
        expect(merged).toEqual(readHistogram(encoded(parts.flat())));
        expect(writeHistogram(merged)).toBe(encoded(parts.flat()));
      }),
      { numRuns: 30 },
    );
  });

  it('has no samples when it is empty', () => {
    expect(readHistogram('').total).toBe(0);
    expect(writeHistogram(readHistogram(''))).toBe('');
    expect(quantileOf(readHistogram(''), 0.5)).toBe(0);
  });

  it('is refused with a typed error when it is damaged', () => {
    const whole = Buffer.from(encoded([1, 20, 300, 4000, 50_000]), 'base64');
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = Buffer.from(whole);
        damaged[at]! ^= change;
        try {
          readHistogram(damaged.toString('base64'));
        } catch (error) {
          expect(error).toBeInstanceOf(SightlineError);
        }
      }),
    );
    expect(() => readHistogram(whole.subarray(0, -1).toString('base64'))).toThrow(SightlineError);
    expect(() => readHistogram('nothing at all')).toThrow(SightlineError);
  });
});
