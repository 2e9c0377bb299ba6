import { describe, expect, it } from 'vitest';
import { type Comparison, compareReports, type LabReport } from '../../harness/reports/index.js';
import { normal, type Source, syntheticReport } from './synthetic.js';

const skewed = (random: () => number, median: number, spread = 0.3): number =>
  median * Math.exp(spread * normal(random));

/** Decoding takes `slow` times as long as it should. */
type Machine = (slow?: number) => (run: number) => Source;

const calm: Machine =
  (slow = 1) =>
  () =>
  (random) => ({
    window: skewed(random, 3000),
    encode: skewed(random, 2000),
    decode: skewed(random, 1500) * slow,
  });

/** Now and then something waits for very long: a distribution without a variance. */
const heavyTailed: Machine =
  (slow = 1) =>
  () =>
  (random) => ({
    window: skewed(random, 3000) + (random() < 0.03 ? 5000 / random() : 0),
    encode: skewed(random, 2000),
    decode: skewed(random, 1500) * slow,
  });

/** What comes after each other is alike: each sample remembers 97 % of how slow the last one was. */
const drifting: Machine =
  (slow = 1) =>
  () => {
    let level = 0;
    return (random) => {
      level = 0.97 * level + 0.05 * normal(random);
      const factor = Math.exp(level);
      return {
        window: skewed(random, 3000) * factor,
        encode: skewed(random, 2000) * factor,
        decode: skewed(random, 1500) * factor * slow,
      };
    };
  };

/** Each run is by itself slower or faster than another, by this much. */
const spread =
  (between: number): Machine =>
  (slow = 1) =>
  () => {
    let factor: number | undefined;
    return (random) => {
      factor ??= Math.exp(between * normal(random));
      return {
        window: skewed(random, 3000) * factor,
        encode: skewed(random, 2000) * factor,
        decode: skewed(random, 1500) * factor * slow,
      };
    };
  };

const PAIRS = 40;
/** Of 40 pairs, two are expected to be wrong at 5 %; seven or more happen once in 150 times by luck. */
const MOST_WRONG = 6;

function differences({ figures }: Comparison): string[] {
  return figures.filter(({ verdict }) => verdict !== 'unclear').map(({ figure }) => figure);
}

describe('what is the same on both sides', () => {
  it.each([
    ['calm, in one virtual run', calm, { settings: { virtual: true } }],
    ['heavy-tailed, in one virtual run', heavyTailed, { settings: { virtual: true } }],
    ['autocorrelated, in one virtual run', drifting, { settings: { virtual: true } }],
    [
      'autocorrelated, in three virtual runs',
      drifting,
      { settings: { virtual: true }, runs: 3, samples: 60 },
    ],
    ['different by 10 % from run to run, in three runs each', spread(0.1), { runs: 3, samples: 60 }],
    ['heavy-tailed, in five runs each', heavyTailed, { runs: 5, samples: 60 }],
  ])('is called different no more often than stated: %s', (_, machine, options) => {
    let wrong = 0;
    for (let pair = 0; pair < PAIRS; pair++) {
      const [a, b] = [0, 1].map((side) => syntheticReport(2 * pair + side, machine(), options));
      if (differences(compareReports([a!], [b!], { seed: pair })).length > 0) wrong++;
    }
    expect(wrong).toBeLessThanOrEqual(MOST_WRONG);
  });

  it('is not called different when it is the very same', () => {
    const report = syntheticReport(1, calm());
    const { figures } = compareReports([report], [report]);
    for (const { ratio, low, high } of figures) {
      expect(ratio).toBe(1);
      expect(low).toBeLessThan(1);
      expect(high).toBeGreaterThan(1);
    }
  });
});

describe('decoding that takes 10 % longer', () => {
  it.each([
    ['calm, in five runs each', calm, { runs: 5 }],
    ['heavy-tailed, in five runs each', heavyTailed, { runs: 5 }],
    ['different by 1 % from run to run, in six runs each', spread(0.01), { runs: 6 }],
  ])('is called slower, in its stage and in no other: %s', (_, machine, options) => {
    let found = 0;
    for (let pair = 0; pair < 10; pair++) {
      const a = syntheticReport(2 * pair, machine(), options);
      const b = syntheticReport(2 * pair + 1, machine(1.1), options);
      const comparison = compareReports([a], [b], { seed: pair });
      const decode = comparison.figures.find(({ figure }) => figure === 'display/decode.mid')!;
      if (decode.verdict === 'slower') {
        found++;
        expect(decode.ratio).toBeGreaterThan(1.04);
        expect(decode.low).toBeGreaterThan(1);
        expect(decode.high).toBeGreaterThan(1.1);
      }
      const stages = differences(comparison).filter((figure) => figure.includes('/'));
      expect(stages.filter((figure) => figure !== 'display/decode.mid')).toEqual([]);
    }
    expect(found).toBeGreaterThanOrEqual(8);
  });

  it('is called faster the other way round', () => {
    const slow = syntheticReport(0, calm(1.1), { runs: 5 });
    const { figures } = compareReports([slow], [syntheticReport(1, calm(), { runs: 5 })]);
    expect(figures.find(({ figure }) => figure === 'display/decode.mid')!.verdict).toBe('faster');
  });
});

describe('a comparison', () => {
  const on = (cpu: string, report: LabReport): LabReport => ({
    ...report,
    machine: { ...report.machine, cpu },
  });

  it('refuses other machines and other settings, unless it is told to', () => {
    const a = syntheticReport(1, calm());
    expect(() => compareReports([a], [on('Sliderule', a)])).toThrow(/cpu/);
    const slower = syntheticReport(2, calm(), { settings: { fps: 30 } });
    expect(() => compareReports([a], [slower])).toThrow(/fps/);
    const forced = compareReports([a], [slower], { force: true });
    expect(forced.differences).toEqual([{ what: 'fps', a: '60', b: '30' }]);
    expect(forced.cells).toHaveLength(1);
  });

  it('compares virtual runs across machines: they have none', () => {
    const a = syntheticReport(1, calm(), { settings: { virtual: true } });
    expect(compareReports([a], [on('Sliderule', a)]).differences).toEqual([]);
  });

  it('takes virtual repetitions together, whatever their order', () => {
    const virtual = { settings: { virtual: true }, runs: 3 };
    const [a, b] = [syntheticReport(1, calm(), virtual), syntheticReport(2, calm(1.2), virtual)];
    const comparison = compareReports([a], [b]);
    expect(comparison.cells).toMatchObject([{ runsA: 3, runsB: 3, coverage: 'virtual' }]);
    const apart = a.runs.map((run) => ({ ...a, runs: [run] })).toReversed();
    expect(compareReports(apart, [b])).toEqual(comparison);
    const decode = ({ figures }: Comparison) =>
      figures.find(({ figure }) => figure === 'display/decode.mid')!;
    expect(decode(comparison).verdict).toBe('slower');

    const [firstA, firstB] = [a, b].map((report) => ({ ...report, runs: report.runs.slice(0, 1) }));
    const alone = decode(compareReports([firstA!], [firstB!]));
    const width = ({ high, low }: typeof alone) => high / low;
    expect(width(decode(comparison))).toBeLessThan(width(alone));
  });

  it('refuses virtual repetitions of other seeds, and takes them together when it is told to', () => {
    const [a, b] = [3, 2].map((runs) => syntheticReport(1, calm(), { settings: { virtual: true }, runs }));
    expect(() => compareReports([a!], [b!])).toThrow(/seed \(1, 2, 3, 1, 2\)/);
    expect(compareReports([a!], [b!], { force: true }).cells).toMatchObject([{ runsA: 3, runsB: 2 }]);
  });

  it('takes the runs of several reports together', () => {
    const reports = (from: number) => [0, 1, 2].map((i) => syntheticReport(from + i, calm()));
    const { cells } = compareReports(reports(0), reports(3));
    expect(cells).toMatchObject([{ runsA: 3, runsB: 3, coverage: 'runs' }]);
    expect(compareReports(reports(0), [syntheticReport(9, calm())]).cells[0]!.coverage).toBe('time');
  });

  it('calls nothing different where it cannot see how runs differ', () => {
    const twice: Machine = () => calm(2);
    const { tested, figures } = compareReports(
      [syntheticReport(1, calm(), { runs: 2 })],
      [syntheticReport(2, twice(), { runs: 5 })],
    );
    expect(tested).toBe(0);
    const decode = figures.find(({ figure }) => figure === 'display/decode.mid')!;
    expect(decode.ratio).toBeGreaterThan(1.9);
    expect(decode.verdict).toBe('unclear');
  });

  it('is of more certainty when fewer figures are asked for', () => {
    const [a, b] = [syntheticReport(1, calm(), { runs: 3 }), syntheticReport(2, calm(), { runs: 3 })];
    const all = compareReports([a], [b]);
    const one = compareReports([a], [b], { figures: ['display.p50'] });
    expect(one.figures.map(({ figure }) => figure)).toEqual(['display.p50']);
    const width = (comparison: Comparison): number => {
      const { low, high } = comparison.figures.find(({ figure }) => figure === 'display.p50')!;
      return high / low;
    };
    expect(width(one)).toBeLessThan(width(all));
  });

  it('is the same every time', () => {
    const [a, b] = [syntheticReport(1, calm()), syntheticReport(2, calm())];
    expect(compareReports([a], [b])).toEqual(compareReports([a], [b]));
  });
});
