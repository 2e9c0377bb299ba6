import { deflateSync, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { decodeFromCompressedBase64, encodeIntoCompressedBase64 } from 'hdr-histogram-js';
import { describe, expect, it } from 'vitest';
import {
  backoffDelay,
  compressedHistogram,
  encodeHistogram,
  formatAddress,
  LatencyHistogram,
  parseAddress,
} from '../../engine/viewer/index.js';
import { TOKEN } from './scripted.js';

describe('addresses', () => {
  it('hold the relay and the token', () => {
    expect(parseAddress(`http://127.0.0.1:8080/#${TOKEN}`)).toEqual({
      origin: 'http://127.0.0.1:8080',
      token: TOKEN,
      socketUrl: 'ws://127.0.0.1:8080/ws',
    });
    expect(parseAddress(`https://help.example/?lang=fr#${TOKEN}`).socketUrl).toBe('wss://help.example/ws');
    const { origin, token } = parseAddress(formatAddress('http://[::1]:9/', TOKEN));
    expect([origin, token]).toEqual(['http://[::1]:9', TOKEN]);
  });

  it.each([
    ['nonsense', 'address'],
    ['ftp://host/#scripted-session-token-01', 'address'],
    ['http://host/', 'token'],
    ['http://host/#short', 'token'],
    [`http://host/#${'x'.repeat(30)}%20`, 'token'],
  ])('refuse %s and name the part at fault', (address, field) => {
    expect(() => parseAddress(address)).toThrow(expect.objectContaining({ code: 'bad-argument', field }));
  });
});

describe('latency histograms', () => {
  it('keep three digits of every sample', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 60_000_000 }), { minLength: 1, maxLength: 200 }),
        (samples) => {
          const histogram = new LatencyHistogram();
          for (const sample of samples) histogram.record(sample);
          const sorted = [...samples].sort((a, b) => a - b);
          for (const percent of [50, 90, 99, 100]) {
            const exact = sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)]!;
            expect(Math.abs(histogram.percentile(percent) - exact)).toBeLessThanOrEqual(exact / 999 + 1);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('merge exactly, hold what is out of range at its ends, and say nothing of nothing', () => {
    const empty = new LatencyHistogram();
    expect(empty.summary()).toEqual({ samples: 0, p50: 0, p90: 0, p95: 0, p99: 0, max: 0, mean: 0 });
    const [a, b, both] = [new LatencyHistogram(), new LatencyHistogram(), new LatencyHistogram()];
    for (let sample = 0; sample < 500; sample++) {
      (sample % 3 === 0 ? a : b).record(sample * 37);
      both.record(sample * 37);
    }
    a.add(b);
    expect(a.summary()).toEqual(both.summary());
    a.record(-5);
    a.record(Number.POSITIVE_INFINITY);
    a.record(Number.NaN);
    expect(a.samples).toBe(502);
    expect(a.summary().max).toBeGreaterThanOrEqual(60_000_000);
    a.reset();
    expect(a.samples).toBe(0);
  });

  it('are encoded as the package encodes them', () => {
    const latencies = fc.oneof(fc.nat(50), fc.nat(3_000), fc.nat(60_000_000));
    fc.assert(
      fc.property(fc.array(latencies, { maxLength: 200 }), fc.nat(300), (samples, times) => {
        const histogram = new LatencyHistogram();
        for (const sample of samples) histogram.record(sample);
        for (let time = 0; time < times; time++) histogram.record(1_234);
        const encoded = encodeHistogram(histogram);
        fc.pre(histogram.samples > 0);
        const theirs = Buffer.from(encodeIntoCompressedBase64(histogram.counts), 'base64');
        expect(encoded).toEqual(new Uint8Array(inflateSync(theirs.subarray(8))));
        const whole = compressedHistogram(deflateSync(encoded));
        expect(whole.subarray(0, 4)).toEqual(new Uint8Array(theirs.subarray(0, 4)));
        const decoded = decodeFromCompressedBase64(Buffer.from(whole).toString('base64'));
        expect(decoded.totalCount).toBe(histogram.samples);
        expect(decoded.getValueAtPercentile(50)).toBe(histogram.percentile(50));
      }),
    );
  });
});

it('waits between half and all of a time that doubles up to five seconds', () => {
  fc.assert(
    fc.property(
      fc.nat(2_000),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (attempt, chance) => {
        const delay = backoffDelay(attempt, () => chance);
        const full = Math.min(5_000_000, 250_000 * 2 ** Math.min(attempt, 30));
        expect(delay).toBeGreaterThanOrEqual(full / 2);
        expect(delay).toBeLessThanOrEqual(full);
      },
    ),
  );
});
