/** What the page of a report shows: histograms are read here, so that the page needs no decoder. */
import type { LabReport, RunReport } from './format.js';
import { quantileOf, readHistogram, type SparseHistogram } from './histogram.js';

export interface PageChannel {
  readonly name: string;
  readonly samples: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
  readonly mean: number;
  /** Latencies at `PageData.shares`, milliseconds; as far as there are samples beyond. */
  readonly curve: readonly number[];
  /** Median and slowest by piece of the phase's time; null where nothing happened. */
  readonly medians: readonly (number | null)[];
  readonly slowest: readonly (number | null)[];
}

export interface PageStage {
  readonly stage: string;
  readonly kind: string;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly mean: number;
}

export interface PageRun extends Omit<RunReport, 'channels' | 'stages'> {
  readonly channels: readonly PageChannel[];
  readonly stages: Readonly<Record<string, readonly PageStage[]>>;
  /** Which of the runs with the same settings it is, from 1, and how many there are. */
  readonly repetition: number;
  readonly repetitions: number;
}

export interface PageData {
  readonly machines: readonly LabReport['machine'][];
  /** Shares of samples of the curves: even steps of the number of nines. */
  readonly shares: readonly number[];
  readonly runs: readonly PageRun[];
}

/** Of each number of nines: enough for a smooth curve. */
const STEPS = 20;
const NINES = 4;
const SHARES = Array.from({ length: STEPS * NINES + 1 }, (_, step) => 1 - 10 ** (-step / STEPS));

export function pageData(reports: readonly LabReport[], keyOf: (run: RunReport) => string): PageData {
  const runs = reports.flatMap((report) => report.runs);
  const seen = new Map<string, number>();
  for (const run of runs) seen.set(keyOf(run), (seen.get(keyOf(run)) ?? 0) + 1);
  const passed = new Map<string, number>();
  return {
    machines: distinct(reports.map(({ machine }) => machine)),
    shares: SHARES,
    runs: runs.map((run) => {
      const key = keyOf(run);
      passed.set(key, (passed.get(key) ?? 0) + 1);
      return pageRun(run, passed.get(key)!, seen.get(key)!);
    }),
  };
}

function pageRun({ channels, stages, ...rest }: RunReport, repetition: number, repetitions: number): PageRun {
  return {
    ...rest,
    repetition,
    repetitions,
    channels: Object.entries(channels)
      .filter(([, { samples }]) => samples > 0)
      .map(([name, { samples, p50, p90, p99, max, mean, histogram, blocks }]) => {
        const pieces = blocks.map(readHistogram);
        return {
          ...{ name, samples, p50, p90, p99, max, mean },
          curve: curveOf(readHistogram(histogram)),
          medians: pieces.map((piece) => latencyAt(piece, 0.5)),
          slowest: pieces.map((piece) => latencyAt(piece, 1)),
        };
      }),
    stages: Object.fromEntries(
      Object.entries(stages).map(([channel, parts]) => [
        channel,
        parts.map(({ stage, kind, p50, p90, p99, mean }) => ({ stage, kind, p50, p90, p99, mean })),
      ]),
    ),
  };
}

/** A share of which no sample lies beyond says nothing: the curve ends with the slowest sample. */
function curveOf(histogram: SparseHistogram): number[] {
  const said = SHARES.filter((share) => share <= 1 - 0.5 / histogram.total);
  return said.map((share) => quantileOf(histogram, share) / 1000);
}

function latencyAt(histogram: SparseHistogram, share: number): number | null {
  return histogram.total === 0 ? null : quantileOf(histogram, share) / 1000;
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}
