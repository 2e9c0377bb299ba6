import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SightlineError } from '../../codecs/index.js';
import { projectRoot } from '../../engine/index.js';
import { DEFAULT_SETTINGS, describeMachine, measure } from '../../harness/measure/index.js';
import {
  BUDGET_SCHEMA,
  CAPACITY_SCHEMA,
  checkBudget,
  jsonSchema,
  makeReport,
  parseBudget,
  parseReport,
  REPORT_SCHEMA,
  settingsOf,
} from '../../harness/reports/index.js';
import { syntheticReport } from './synthetic.js';

const report = syntheticReport(1, () => (random) => ({
  window: 3000,
  encode: 2000 * random(),
  decode: 1000,
}));

describe('the published schemas', () => {
  it.each([
    ['measure-report', 'Sightline report', REPORT_SCHEMA],
    ['measure-budget', 'Sightline budget', BUDGET_SCHEMA],
    ['capacity-report', 'Sightline capacity', CAPACITY_SCHEMA],
  ])('docs/%s.schema.json is what is read', (name, title, schema) => {
    const published = readFileSync(join(projectRoot(), `docs/${name}.schema.json`), 'utf8');
    expect(JSON.parse(published)).toEqual(JSON.parse(JSON.stringify(jsonSchema(schema, title))));
  });
});

describe('a report', () => {
  it('is read as it was written', () => {
    expect(parseReport(JSON.stringify(report))).toEqual(report);
  });

  it('that the documents show as an example can be read', () => {
    const example = readFileSync(join(projectRoot(), 'docs/example/report.json'), 'utf8');
    expect(parseReport(example).runs).toHaveLength(36);
  });

  it('of a real measurement is as the schema says, and names what it takes to make it again', async () => {
    const settings = {
      ...DEFAULT_SETTINGS,
      width: 320,
      height: 240,
      duration: 2,
      verifyFrames: 0,
      virtual: true,
    };
    const measured = makeReport(describeMachine(), [await measure(settings)]);
    const read = parseReport(JSON.stringify(measured));
    expect(read).toEqual(JSON.parse(JSON.stringify(measured)));
    expect(settingsOf(read)).toEqual([settings]);
    const [{ series, spikes, channels }] = read.runs as [(typeof read.runs)[0]];
    expect(series.phases.map(({ phase }) => phase)).toEqual(['display', 'whiteboard', 'laser', 'chat']);
    const [slowest] = spikes.display!;
    expect(slowest!.latencyMs).toBeGreaterThanOrEqual(channels.display!.p99);
    const sum = slowest!.stages.reduce((total, { ms }) => total + ms, 0);
    expect(sum).toBeCloseTo(slowest!.latencyMs, 1);
    expect(slowest!.frame!.bytes).toBeGreaterThan(0);
  });

  it.each([
    ['{', /not JSON/],
    ['{}', /format/],
    [JSON.stringify({ ...report, version: 2 }), /version/],
    [JSON.stringify({ ...report, runs: [] }), /runs/],
    [JSON.stringify(report).replace('"width":1920', '"width":"1920"'), /runs\.0\.settings\.width/],
    [JSON.stringify(report).replace('"lanes"', '"lines"'), /settings/],
    [JSON.stringify(report).replace(/"histogram":".{9}/, '"histogram":"'), /histogram/],
  ])('is refused with its fault named: %#', (json, fault) => {
    expect(() => parseReport(json)).toThrow(fault);
  });
});

it('whatever a file holds, it is read or refused with a typed error', () => {
  const json = JSON.stringify(report);
  fc.assert(
    fc.property(fc.nat(json.length - 1), fc.string({ maxLength: 3 }), fc.nat(3), (at, put, gone) => {
      try {
        parseReport(json.slice(0, at) + put + json.slice(at + gone));
      } catch (error) {
        expect(error).toBeInstanceOf(SightlineError);
      }
    }),
    { numRuns: 200 },
  );
});

describe('a budget', () => {
  const budget = (limits: readonly object[]) =>
    parseBudget(JSON.stringify({ format: 'sightline-budget', version: 1, limits }));

  it('says what is over, and by how much', () => {
    const result = checkBudget(
      budget([
        { figure: 'display.p50', max: 1 },
        { figure: 'display/window.mid', max: 3.1, min: 2.9 },
        { figure: 'framesPerSecond', min: 1000, where: { scenes: 'typing+form' } },
      ]),
      [report],
    );
    expect(result.held).toBe(1);
    expect(result.broken.map(({ limit }) => limit.figure)).toEqual(['display.p50', 'framesPerSecond']);
    expect(result.broken[0]!.value).toBeCloseTo(report.runs[0]!.channels.display!.p50, 1);
  });

  it('holds no limit that it knows nothing of', () => {
    const limits = [
      { figure: 'laser.p50', max: 1 },
      { figure: 'display.p50', max: 100, where: { link: 'modem' } },
    ];
    expect(checkBudget(budget(limits), [report])).toMatchObject({ held: 0, broken: [], unmet: limits });
  });

  it('is refused when it is not one', () => {
    expect(() => budget([])).toThrow(/limits/);
    expect(() => budget([{ figure: 'display.p50', most: 1 }])).toThrow(/most/);
  });
});
