/** What the Lab panel saves, without a page: a report is made of samples whose times and latencies are known. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LatencyHistogram } from '../../engine/viewer/index.js';
import { figuresReport } from '../../harness/console/session/lab/file.js';
import { LAB_STAGES } from '../../harness/console/session/lab-api.js';
import { INITIAL_STATE } from '../../harness/console/session/state.js';
import { histogramText } from '../../harness/console/session/worker/histogram-text.js';
import { LabRecorder } from '../../harness/console/session/worker/lab-recorder.js';
import { histogramText as textInNode } from '../../harness/histogram-text.js';
import { compareReports, type LabReport, parseReport } from '../../harness/reports/index.js';
import { sightline } from '../cli/command.js';
import { FakeClock } from '../support/clock.js';

const SECOND = 1_000_000;
const SAVED_AT = Date.UTC(2026, 0, 2, 3, 4, 5);
const MACHINE = { userAgent: 'Browser/1.0 (X11; Linux x86_64)', cores: 2, sightline: '0.1.0' };
const STATE = {
  ...INITIAL_STATE,
  line: 'dsl',
  viewer: { ...INITIAL_STATE.viewer, width: 1024, height: 640, participants: [] },
};

let clock: FakeClock;
let recorder: LabRecorder;

beforeEach(() => {
  clock = new FakeClock();
  recorder = new LabRecorder(clock);
});

/** A frame a second, its stages 1, 2, 3, ... ms, times `slow`. */
function frames(seconds: number, slow = 1): void {
  for (let second = 0; second < seconds; second++) {
    clock.advanceNow(SECOND / 2);
    const stages = LAB_STAGES.map((_, index) => (index + 1) * 1_000 * slow);
    recorder.frame(500);
    recorder.stages(stages);
    const latency = stages.reduce((sum, time) => sum + time, 0);
    recorder.sample({ channel: 'display', latency, error: second === 0 ? 300 : 200, id: second });
    clock.advanceNow(SECOND / 2);
  }
}

async function saved(): Promise<LabReport> {
  const report = figuresReport(STATE, await recorder.run(), MACHINE, SAVED_AT);
  return parseReport(JSON.stringify(report));
}

it('holds every sample in its channel, its stages and its piece of time', async () => {
  frames(40);
  const [run] = (await saved()).runs;
  expect(run).toMatchObject({
    settings: { live: true, viewer: 'page', link: 'dsl', width: 1024 },
    startedAt: new Date(SAVED_AT - 40_000).toISOString(),
    frames: 40,
    framesPerSecond: 1,
    bytesPerFrame: 500,
    clockErrorMs: 0.3,
  });
  expect(run!.channels.display!.samples).toBe(40);
  expect(run!.channels.display!.p50).toBeCloseTo(15, 1);
  expect(run!.stages.display!.map(({ stage, mean, kind }) => [stage, Math.round(mean), kind])).toEqual([
    ['travel', 1, 'link'],
    ['arrive', 2, 'link'],
    ['decode', 3, 'working'],
    ['animation', 4, 'waiting'],
    ['compose', 5, 'working'],
  ]);
  expect(run!.series.frames).toEqual(run!.channels.display!.blocks.map(() => 2));
  expect(run!.series.until.at(-1)).toBe(40);
});

it('knows the slowest frames and what they waited for', async () => {
  frames(10);
  frames(1, 10);
  frames(10);
  const [slowest, next] = (await saved()).runs[0]!.spikes.display!;
  expect(slowest).toMatchObject({ latencyMs: 150, at: 10.35 });
  expect(slowest!.stages).toContainEqual({ stage: 'animation', ms: 40 });
  expect(next).toMatchObject({ latencyMs: 15 });
});

it('forgets what is older than ten minutes', async () => {
  frames(100, 3);
  frames(600);
  const [run] = (await saved()).runs;
  expect(run!.frames).toBe(600);
  expect(run!.channels.display).toMatchObject({ samples: 600, max: 15 });
  expect(run!.series.until.at(-1)).toBe(600);
});

it('is a report when nothing has happened yet', async () => {
  const [run] = (await saved()).runs;
  expect(run).toMatchObject({ frames: 0, channels: {}, spikes: { display: [] } });
});

it('writes histograms as the laboratory does', async () => {
  const histogram = new LatencyHistogram();
  expect(await histogramText(histogram)).toBe(textInNode(histogram));
  for (let sample = 0; sample < 1_000; sample++) histogram.record(sample ** 2);
  expect(await histogramText(histogram)).toBe(textInNode(histogram));
});

it('is compared with another, of what both know', async () => {
  frames(60);
  const a = await saved();
  recorder = new LabRecorder(clock);
  frames(60, 2);
  const { cells, figures } = compareReports([a], [await saved()]);
  expect(cells).toMatchObject([{ coverage: 'time' }]);
  expect(figures.find(({ figure }) => figure === 'display.p50')!.ratio).toBeCloseTo(2, 2);
  expect(figures.find(({ figure }) => figure === 'display/decode.mid')!.ratio).toBeCloseTo(2, 2);
  expect(figures.find(({ figure }) => figure === 'bytesPerFrame')!.ratio).toBe(1);
  expect(figures.filter(({ figure }) => figure.startsWith('cpu.'))).toEqual([]);
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sightline-live-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('is read by the command line, which does not say what nobody knows', async () => {
  frames(60);
  const file = join(folder, 'live.json');
  writeFileSync(file, JSON.stringify(await saved()));
  const report = await sightline(['report', file]);
  expect(report.code).toBe(0);
  expect(report.out).toMatch(/host and way, first part +1\.00/);
  expect(report.out).toContain('A live session');
  expect(report.out).not.toContain('CPU');
  expect(report.out).not.toContain('compared with the host');
  const comparison = await sightline(['compare', file, file]);
  expect(comparison.code).toBe(0);
  expect(comparison.out).toContain('live 1024x640 auto 0v page dsl');
  const again = await sightline(['measure', '--from', file]);
  expect(again.err).toContain('A live session cannot be measured again.');
});
