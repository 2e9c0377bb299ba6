/** What a measurement found, on a terminal. */
import type { AnswerRow, CheckedStage, StageKind } from '../measure/index.js';
import type { MeasuringWords } from '../messages/index.js';
import type { RunReport, RunSettings } from '../reports/index.js';
import { messages } from './messages.js';
import { print } from './output.js';
import { text } from './text.js';
import { bytesInWords } from './words.js';

const m = messages.measure;
const words: MeasuringWords = m;
const kinds: Readonly<Record<StageKind, string>> = m.kind;
const WIDTHS = { name: 24, figure: 9, run: 46 };

/** What one looks at first. */
const RUN_CHANNELS = ['display', 'clickToPicture', 'laser'] as const;

function row(name: string, figures: readonly string[], width = WIDTHS.name): string {
  return name.padEnd(width) + figures.map((figure) => figure.padStart(WIDTHS.figure)).join('');
}

/** One run, in full. */
export function printReport(report: RunReport): void {
  print(row(m.heading.channel, [m.heading.samples, 'p50', 'p90', 'p99', 'max', m.heading.mean]));
  for (const [name, { samples, p50, p90, p99, max, mean }] of Object.entries(report.channels)) {
    const latencies = samples === 0 ? [] : [p50, p90, p99, max, mean].map((value) => value.toFixed(2));
    print(row(words.channel[name] ?? name, [String(samples), ...latencies]));
  }
  printStages(report);
  printSlowest(report);
  print('');
  print(
    text(m.bytes, {
      bytes: bytesInWords(report.bytesPerFrame),
      frames: report.frames,
      rate: report.framesPerSecond,
    }),
  );
  if (report.cpuMsPerFrame !== undefined) {
    const { host, relay, viewer } = report.cpuMsPerFrame;
    print(text(m.cpu, { host: host.toFixed(2), relay: relay.toFixed(2), viewer: viewer.toFixed(2) }));
  }
  printFile(report);
  printSource(report);
  const { fileWaitMs = 0 } = report;
  if (fileWaitMs > 0) print(text(m.fileWait, { ms: fileWaitMs }));
  print(text(m.clock, { error: report.clockErrorMs.toFixed(2) }));
  if (!report.settings.live)
    print(text(m.verified, { frames: report.framesCompared, mismatches: report.mismatches }));
}

function printFile({ settings, bulkBytesPerSecond }: RunReport): void {
  if (settings.bulkWindow > 0) print(text(m.file, { bytes: bytesInWords(bulkBytesPerSecond) }));
}

/** What the figures are of, where it is not a viewer in memory. */
function printSource({ settings: { live, viewer } }: RunReport): void {
  if (live) print(m.live);
  else if (viewer === 'page') print(m.screen);
}

/** Where the time of the display's samples went. */
function printStages({ stages }: RunReport): void {
  print('');
  print(row(m.heading.stage, ['p50', 'p90', 'p99', 'max', m.heading.mean]));
  for (const { stage, kind, p50, p90, p99, max, mean } of stages.display ?? []) {
    const figures = [p50, p90, p99, max, mean].map((value) => value.toFixed(2));
    print(`${row(words.stage[stage] ?? stage, figures)}  ${kinds[kind]}`);
  }
}

/** The display's slowest sample, and the stage that took longest beyond its usual time. */
function printSlowest({ spikes, stages }: RunReport): void {
  const [slowest] = spikes.display ?? [];
  if (slowest === undefined) return;
  const usual = new Map((stages.display ?? []).map(({ stage, p50 }) => [stage, p50]));
  const beyond = slowest.stages.map(({ stage, ms }) => ({ stage, ms, more: ms - (usual.get(stage) ?? 0) }));
  const most = beyond.reduce((a, b) => (b.more > a.more ? b : a));
  print(
    text(m.slowest, {
      ms: slowest.latencyMs.toFixed(2),
      at: slowest.at.toFixed(1),
      stage: words.stage[most.stage] ?? most.stage,
      part: most.ms.toFixed(2),
      usual: (usual.get(most.stage) ?? 0).toFixed(2),
    }),
  );
}

/** The heading of a matrix's lines. */
export function printRunHeading(): void {
  // The column under a channel's name is the median, the one beside it the 99th percentile.
  const figures = RUN_CHANNELS.flatMap((channel) => [m.short[channel], 'p99']);
  print(row(m.heading.run, [...figures, m.heading.rate, m.heading.kilobytes], WIDTHS.run));
}

/** One run of a matrix: what it was, and the figures that one looks at first. */
export function printRun(report: RunReport): void {
  const latencies = RUN_CHANNELS.flatMap((channel) => {
    const { p50, p99 } = report.channels[channel] ?? { p50: 0, p99: 0 };
    return [p50.toFixed(1), p99.toFixed(1)];
  });
  const kilobytes = (report.bytesPerFrame / 1000).toFixed(1);
  const figures = [...latencies, report.framesPerSecond.toFixed(1), kilobytes];
  print(row(describeRun(report.settings), figures, WIDTHS.run));
}

/** What a run is of, in one line. */
export function describeRun(settings: RunSettings): string {
  const { scenes, replay, pace, width, height, level, viewers, viewer, live, hosts, threads, link } =
    settings;
  const shown = live ? 'live' : (replay ?? scenes.join('+'));
  const parts = [shown, `${width}x${height}`, level, `${viewers}v`];
  if (pace !== undefined) parts.push(`x${pace}`);
  if (viewer === 'page') parts.push('page');
  if (hosts > 1) parts.push(`${hosts}h`);
  if (threads !== undefined) parts.push(`${threads}t`);
  return [...parts, link].join(' ');
}

/** Prints the rows of an answer as they come, the names of their figures before the first. */
export function printAnswerRow(): (row: AnswerRow) => void {
  let isFirst = true;
  return ({ case: name, figures }) => {
    const columns = Object.keys(figures);
    const line = (cells: readonly string[]) =>
      cells.map((cell, index) => cell.padStart(columns[index]!.length + 3)).join('');
    if (isFirst) print(' '.repeat(WIDTHS.run) + line(columns));
    isFirst = false;
    const values = columns.map((column) => figureInWords(figures[column]));
    print(name.padEnd(WIDTHS.run) + line(values));
  };
}

/** Three digits that count. */
function figureInWords(value: number | undefined): string {
  if (value === undefined) return '';
  const whole = Math.abs(value) >= 100 || value === 0;
  return whole ? value.toFixed(0) : value.toPrecision(3);
}

export function printCheckHeading(): void {
  print(row(m.check.stage, [m.check.added, m.check.found, m.check.elsewhere]));
}

/** One stage of a self-check. */
export function printChecked({ stage, addedMs, foundMs, elsewhereMs, isFound }: CheckedStage): void {
  const figures = [addedMs, foundMs, elsewhereMs].map((value) => value.toFixed(2));
  print(`${row(stage, figures)}  ${isFound ? m.check.right : m.check.wrong}`);
}
