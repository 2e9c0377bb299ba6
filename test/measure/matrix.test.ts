import { describe, expect, it } from 'vitest';
import { linkList } from '../../harness/cli/options.js';
import {
  DEFAULT_SETTINGS,
  expandMatrix,
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
    for await (const report of measureAll(
      runs,
      (progress) => told.push(progress),
      () => now++,
    ))
      reports.push(report);
    expect(reports.map(({ settings }) => settings)).toEqual(runs);
    expect(reports.every(({ frames }) => frames > 0)).toBe(true);
    expect([...new Set(told.map(({ run }) => run))]).toEqual([0, 1, 2, 3]);
    expect(told[0]!.secondsLeft).toBeUndefined();
    expect(told.at(-1)!.secondsLeft).toBeGreaterThan(0);
    expect(told.at(-1)!.secondsLeft!).toBeLessThan(told.find(({ run }) => run === 1)!.secondsLeft!);
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
