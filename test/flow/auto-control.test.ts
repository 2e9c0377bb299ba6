/**
 * The auto stream's controller on simulated links, in virtual time: what it does to the picture's age, quality
 * and bytes when links are slow, fast, far, noisy or change, and when viewers are slow.
 */
import { describe, expect, test } from 'vitest';
import {
  type LinkModel,
  type Run,
  rankOf,
  reasonsOf,
  type Shown,
  simulate,
  turns,
} from '../../bench/auto/simulation.js';
import {
  constantLink,
  film,
  LAN,
  pages,
  SECOND,
  scroll,
  typing,
  typingBesideFilm,
} from '../../bench/auto/workloads.js';
import { isExact, WIRE_TARGET } from '../../engine/index.js';

const EXACT = 101.3;

function drawn({ frames }: Run, from = 0, until = Number.POSITIVE_INFINITY): Shown[] {
  return frames.filter(
    ({ isRefinement, capturedAt }) => !isRefinement && capturedAt >= from && capturedAt < until,
  );
}

function ages(frames: readonly Shown[]): number[] {
  return frames.map(({ capturedAt, shownAt }) => shownAt - capturedAt).sort((a, b) => a - b);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

describe('a link without limit', () => {
  test('shows a new page exactly within three frames, and coarse only before anything is known', () => {
    const run = simulate({ link: LAN, draw: pages, length: 20 * SECOND });
    expect(run.isExact).toBe(true);
    expect(run.exactAt).toHaveLength(3);
    expect(run.exactAt[0]! - SECOND).toBeLessThan(150_000);
    const later = drawn(run, 2 * SECOND);
    expect(later.length).toBeGreaterThan(0);
    for (const { decision } of later) expect(isExact(decision)).toBe(true);
  });

  test('shows a film exactly, from its second frame on', () => {
    const frames = drawn(simulate({ link: LAN, draw: film, length: 12 * SECOND }));
    expect(frames.length).toBeGreaterThan(290);
    for (const { decision } of frames.slice(3)) expect(rankOf(decision)).toBe(EXACT);
  });

  test('is not taken for slow after a minute of typing', () => {
    const page = { region: 9, pixels: 1_000_000, share: 0.1 };
    const run = simulate({
      link: LAN,
      draw: (at) => [...typing(at), ...(at === SECOND || at === 60 * SECOND ? [page] : [])],
      length: 61 * SECOND,
    });
    for (const { decision } of drawn(run, 5 * SECOND)) expect(isExact(decision)).toBe(true);
  });
});

describe('a constant link with noise', () => {
  test.each([
    ['256 kbit/s', 256e3, 60_000],
    ['500 kbit/s', 500e3, 60_000],
    ['1 Mbit/s', 1e6, 40_000],
    ['2 Mbit/s', 2e6, 40_000],
    ['5 Mbit/s', 5e6, 30_000],
    ['10 Mbit/s', 10e6, 20_000],
  ] as const)('of %s: a film does not oscillate and stays fresh', (_, bits, roundTrip) => {
    for (const seed of [1, 2, 3]) {
      const link = constantLink(bits, roundTrip, 10_000);
      const draw = (at: number) => (at % 40_000 < 1_000 ? [{ region: 1, pixels: 230_400, share: 1 }] : []);
      const run = simulate({ link, draw, length: 40 * SECOND, seed });
      const settled = drawn(run, 5 * SECOND);
      expect(settled.length / 35).toBeGreaterThan(4);
      // Each climb that fails and each probe is two; both are tried ever more seldom.
      expect(turns(settled)).toBeLessThanOrEqual(8);
      expect(median(ages(settled))).toBeLessThan(WIRE_TARGET + roundTrip);
      // Nothing is older than what may be in flight and a packet.
      expect(ages(settled).at(-1)).toBeLessThan(1.5 * WIRE_TARGET + roundTrip + 10_000);
    }
  });

  test('is used: packets of a film take most of what it carries', () => {
    const run = simulate({ link: constantLink(2e6, 20_000, 5_000), draw: film, length: 12 * SECOND });
    const bytes = drawn(run, 2 * SECOND).reduce((sum, each) => sum + each.bytes, 0);
    expect(bytes / 10).toBeGreaterThan(0.5 * 250_000);
  });
});

describe('a new page on a slow link', () => {
  const run = simulate({ link: constantLink(1e6, 40_000), draw: pages, length: 9 * SECOND });

  test('comes coarse at first, a part at a time, and is then sharpened until it is exact', () => {
    const first = drawn(run, SECOND);
    expect(isExact(first[0]!.decision)).toBe(false);
    expect(first[0]!.shownAt - SECOND).toBeLessThan(300_000);
    const coarse = first.reduce((sum, { bytes }) => sum + bytes, 0);
    const all = run.frames.reduce((sum, { bytes }) => sum + bytes, 0);
    expect(coarse).toBeLessThan(0.25 * all);
    expect(run.exactAt[0]).toBeLessThan(8 * SECOND);
  });

  test('is refined in portions that new damage need not wait long for', () => {
    const refined = run.frames.filter(({ isRefinement }) => isRefinement).slice(2);
    expect(refined.length).toBeGreaterThan(10);
    expect(ages(refined).at(-1)).toBeLessThan(WIRE_TARGET + 40_000);
  });
});

describe('text', () => {
  test('stays exact beside a film on a slow link', () => {
    const run = simulate({
      link: constantLink(500e3, 50_000, 5_000),
      draw: typingBesideFilm,
      length: 15 * SECOND,
    });
    for (const { decision } of drawn(run, SECOND)) expect(decision.textLevel).toBe(3);
    expect(run.isExact).toBe(false);
  });

  test('that scrolls loses colours where it would not fit, and gets them back at rest', () => {
    const run = simulate({ link: constantLink(256e3, 60_000), draw: scroll, length: 16 * SECOND });
    const frames = drawn(run, 2 * SECOND, 12 * SECOND);
    expect(frames.filter(({ decision }) => decision.textLevel < 3).length).toBeGreaterThan(10);
    expect(run.isExact).toBe(true);
    expect(run.exactAt.at(-1)! - 12 * SECOND).toBeLessThan(1.5 * SECOND);
  });
});

describe('a link that changes', () => {
  const steps: LinkModel = {
    rate: (at) => (at < 8 * SECOND || at >= 16 * SECOND ? 1.25e6 : 62_500),
    roundTrip: () => 30_000,
    jitter: 5_000,
  };
  const draw = (at: number) => (at % 40_000 < 1_000 ? [{ region: 1, pixels: 230_400, share: 1 }] : []);
  const run = simulate({ link: steps, draw, length: 40 * SECOND });

  test('to a twentieth: quality follows with the first packet that suffers', () => {
    const before = drawn(run, 6 * SECOND, 7.9 * SECOND);
    const after = drawn(run, 8 * SECOND, 16 * SECOND);
    expect(median(before.map(({ decision }) => decision.transformQuality))).toBeGreaterThan(40);
    // What was under way when it happened takes what it takes; then two packets at most are too large.
    const suffered = after.filter(({ capturedAt, shownAt }) => shownAt - capturedAt > 3 * WIRE_TARGET);
    expect(suffered.length).toBeLessThanOrEqual(4);
    expect(ages(drawn(run, 11 * SECOND, 16 * SECOND)).at(-1)).toBeLessThan(2 * WIRE_TARGET + 100_000);
  });

  test('and back: it is found out within seconds', () => {
    const again = drawn(run, 24 * SECOND, 40 * SECOND);
    expect(median(again.map(({ decision }) => decision.transformQuality))).toBeGreaterThan(40);
  });

  test('its way, to ten times the delay: the rate is not lost over it', () => {
    const link: LinkModel = {
      rate: () => 1.25e6,
      roundTrip: (at) => (at < 8 * SECOND ? 20_000 : 200_000),
      jitter: 5_000,
    };
    const rerouted = simulate({ link, draw, length: 40 * SECOND });
    const late = drawn(rerouted, 25 * SECOND);
    expect(median(late.map(({ decision }) => decision.transformQuality))).toBeGreaterThan(30);
  });
});

describe('who cannot keep up', () => {
  const draw = (at: number) => (at % 20_000 < 1_000 ? [{ region: 1, pixels: 500_000, share: 1 }] : []);

  test('a slow decoder gets fewer frames, at full quality', () => {
    const run = simulate({ link: LAN, draw, length: 10 * SECOND, decode: 100_000 });
    const frames = drawn(run, 2 * SECOND);
    expect(median(frames.map(({ decision }) => decision.minInterval))).toBeGreaterThanOrEqual(50_000);
    for (const { decision } of frames) expect(rankOf(decision)).toBe(EXACT);
    expect(ages(frames).at(-1)).toBeLessThan(120_000);
  });

  test('a very slow one gets coarser ones, too', () => {
    const run = simulate({ link: LAN, draw, length: 20 * SECOND, decode: 600_000 });
    expect(reasonsOf(run.frames).overload).toBeGreaterThan(5);
    const frames = drawn(run, 5 * SECOND);
    expect(ages(frames).at(-1)).toBeLessThan(700_000);
    expect(turns(frames)).toBeLessThanOrEqual(6);
  });

  test('so does a slow host', () => {
    const run = simulate({ link: LAN, draw, length: 10 * SECOND, encode: 100_000 });
    expect(drawn(run, 2 * SECOND).at(-1)!.decision.minInterval).toBeGreaterThanOrEqual(50_000);
  });
});

describe('refinement', () => {
  test('does not leave the wire idle for acks', () => {
    const draw = (at: number) => (at === SECOND ? pages(at) : []);
    const run = simulate({ link: constantLink(256e3, 60_000), draw, length: 12 * SECOND });
    const refined = run.frames.filter(
      ({ isRefinement, capturedAt }) => isRefinement && capturedAt >= 8 * SECOND,
    );
    const bytes = refined.reduce((sum, each) => sum + each.bytes, 0);
    expect(bytes).toBeGreaterThan(0.85 * 4 * 32_000);
    // New damage waits for one that has just begun, and for its own way.
    expect(ages(refined).at(-1)).toBeLessThan(60_000 + 60_000);
  });

  test('leaves a film alone while it plays', () => {
    const run = simulate({ link: constantLink(10e6, 20_000, 5_000), draw: film, length: 14 * SECOND });
    const during = run.frames.filter(
      ({ isRefinement, capturedAt }) => isRefinement && capturedAt < 12 * SECOND,
    );
    expect(during).toEqual([]);
    expect(run.isExact).toBe(true);
    expect(run.exactAt.at(-1)! - 12 * SECOND).toBeLessThan(SECOND);
  });

  test('goes on beside a film that leaves some of the link', () => {
    const page = { region: 9, pixels: 500_000, share: 0.2 };
    const draw = (at: number) => [
      ...(at === SECOND ? [page] : []),
      ...(at % 40_000 < 1_000 ? [{ region: 1, pixels: 40_000, share: 1 }] : []),
    ];
    const run = simulate({ link: constantLink(2e6, 30_000, 5_000), draw, length: 12 * SECOND });
    const refined = run.frames.filter(({ isRefinement }) => isRefinement);
    const bytes = refined.reduce((sum, each) => sum + each.bytes, 0);
    // The page exactly: 500,000 pixels, a fifth of them natural.
    expect(bytes).toBeGreaterThan(0.8 * (100_000 * 1.4 + 400_000 * 0.1));
  });
});

test('does as well, more carefully, when nobody says what is natural', () => {
  const link = constantLink(2e6, 30_000, 5_000);
  const run = simulate({ link, draw: film, length: 20 * SECOND, tellsShare: false });
  expect(run.isExact).toBe(true);
  expect(ages(drawn(run, 2 * SECOND)).at(-1)).toBeLessThan(2 * WIRE_TARGET + 100_000);
});
