import { describe, expect, it } from 'vitest';
import { linkList } from '../../harness/cli/link-options.js';
import {
  DEFAULT_SETTINGS,
  expandMatrix,
  halfWidth,
  type MatrixProgress,
  type MeasureReport,
  measureAll,
  NO_PRESET,
  PRESETS,
} from '../../harness/measure/index.js';

const { scenes, width, height, level, viewers, hosts, link, ...FIXED } = DEFAULT_SETTINGS;

describe('a matrix of measurements', () => {
  it('has every combination once, links side by side', () => {
    const lists = {
      ...NO_PRESET.lists,
      levels: ['low', 'auto'],
      threads: [0, undefined],
      links: ['lan', 'dsl'],
    } as const;
    const runs = expandMatrix(lists, FIXED);
    expect(runs).toHaveLength(8);
    expect(new Set(runs.map((run) => JSON.stringify(run))).size).toBe(8);
    expect(runs.slice(0, 2).map((run) => run.link)).toEqual(['lan', 'dsl']);
    expect(runs[0]).toMatchObject({ level: 'low', threads: 0, viewers: 2 });
    expect(runs[7]).not.toHaveProperty('threads');
    expect(expandMatrix(NO_PRESET.lists, FIXED)).toEqual([DEFAULT_SETTINGS]);
  });

  it('has a quick preset that is done within a minute', () => {
    const { lists, times } = PRESETS.quick;
    const runs = expandMatrix(lists, { ...FIXED, ...times });
    const timed = runs.reduce((sum, run) => sum + run.duration + run.warmup, 0);
    // What is left is for starting processes, first pictures and comparing.
    expect(timed).toBeLessThan(40);
    for (const preset of Object.values(PRESETS))
      expect(expandMatrix(preset.lists, FIXED).length).toBeGreaterThan(1);
  });

  it('makes one run after the other, and tells how far it is', async () => {
    const lists = {
      ...NO_PRESET.lists,
      sizes: [{ width: 320, height: 200 }],
      hosts: [1, 2],
      links: ['lan', 'isdn'],
    };
    const runs = expandMatrix(lists, { ...FIXED, virtual: true, duration: 2, warmup: 0, verifyFrames: 0 });
    const told: MatrixProgress[] = [];
    const reports: MeasureReport[] = [];
    let now = 0;
    for await (const report of measureAll(runs, {
      onProgress: (progress) => told.push(progress),
      now: () => now++,
    }))
      reports.push(report);
    expect(reports.map(({ settings }) => settings)).toEqual(runs);
    expect(reports.every(({ frames }) => frames > 0)).toBe(true);
    expect([...new Set(told.map(({ run }) => run))]).toEqual([0, 1, 2, 3]);
    expect(told[0]!.secondsLeft).toBeUndefined();
    expect(told.at(-1)!.secondsLeft).toBeGreaterThan(0);
    expect(told.at(-1)!.secondsLeft!).toBeLessThan(told.find(({ run }) => run === 1)!.secondsLeft!);
  });

  it('repeats a run until it is known well enough, or until time is up', async () => {
    const sizes = [{ width: 320, height: 200 }];
    const fixed = { ...FIXED, virtual: true, duration: 2, warmup: 0, verifyFrames: 0 };
    const runs = expandMatrix({ ...NO_PRESET.lists, sizes, links: ['delay=20ms'] }, fixed);
    const repeated = async (percent: number, limitSeconds: number) => {
      let now = 0;
      const reports: MeasureReport[] = [];
      for await (const report of measureAll(runs, { until: { percent, limitSeconds }, now: () => now++ })) {
        reports.push(report);
      }
      return reports;
    };
    const enough = await repeated(50, 1_000_000);
    expect(enough.map(({ settings }) => settings.seed)).toEqual([1, 2, 3]);
    expect(await repeated(0.000001, 1)).toHaveLength(1);
  });

  it('knows how far means of few runs may be off', () => {
    expect(halfWidth([5, 5, 5])).toBe(0);
    expect(halfWidth([0, 0])).toBe(0);
    // Mean 10, deviation 1, 12.706 / sqrt(2) for two values.
    expect(halfWidth([10 - Math.SQRT1_2, 10 + Math.SQRT1_2])).toBeCloseTo(0.8985, 3);
    const many = Array.from({ length: 31 }, (_, index) => 100 + (index % 2));
    expect(halfWidth(many)).toBeCloseTo((2.042 * 0.508) / Math.sqrt(31) / 100.48, 4);
  });

  it('splits links on a command line at names', () => {
    expect(linkList('lan,dsl')).toEqual(['lan', 'dsl']);
    expect(linkList('rate=2mbit,delay=40ms,lan,dsl,loss=1%')).toEqual([
      'rate=2mbit,delay=40ms',
      'lan',
      'dsl,loss=1%',
    ]);
    expect(() => linkList('lan,dslx')).toThrow('There is no link "dslx"');
  });
});
