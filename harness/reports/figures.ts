/** The figures of a run that are compared and limited, and the units that each is made of. */
import type { RunReport } from './format.js';
import { readHistogram } from './histogram.js';
import { phaseIn } from './phases.js';
import type { Units } from './statistics/bootstrap.js';
import { histogramUnits, rateUnits, type Statistic } from './statistics/units.js';

export type FigureUnit = 'ms' | 'fps' | 'bytes';

export interface Figure {
  /** `display.p50`, `display/decode.mid`, `bytesPerFrame`, `cpu.host`. */
  readonly id: string;
  readonly unit: FigureUnit;
  /** More is better. */
  readonly higherIsBetter: boolean;
  /** What cannot be told apart, in the unit of the units' figures. */
  readonly resolution: number;
  /** From the units' figures to `unit`. */
  readonly scale: number;
  /** Pieces of time, or runs where there are enough: undefined when a run does not have the figure. */
  units(runs: readonly RunReport[], pieces: 'runs' | 'time'): Units | undefined;
}

/** Runs from which the difference from run to run can be known. */
export const ENOUGH_RUNS = 3;
/**
 * Pieces of time that are drawn together: a seventh of a phase, and of several runs, of all their phases. With more
 * pieces the interval is of more degrees of freedom and forgives less: what hangs together must be seen the better.
 */
const TOGETHER = 3;
/** A quantile far out needs samples beyond it, or it is that of one sample. */
const LEAST_SAMPLES = { p50: 30, p90: 100, p99: 1000 } as const;
type QuantileName = keyof typeof LEAST_SAMPLES;
const SHARES: Readonly<Record<QuantileName, number>> = { p50: 0.5, p90: 0.9, p99: 0.99 };
const QUANTILES = Object.keys(LEAST_SAMPLES) as QuantileName[];
/** Of a stage: the mean of what is left without the quickest and slowest twentieth, each. */
const STAGE_TRIM = 0.05;
/** A stage that takes less than this share of its channel's time, on both sides, is left out. */
const LEAST_SHARE = 0.01;

/** What can be compared when these runs are on both sides. */
export function figuresOf(runs: readonly RunReport[]): Figure[] {
  return [...channelFigures(runs), ...stageFigures(runs), ...RATES];
}

function channelFigures(runs: readonly RunReport[]): Figure[] {
  const names = Object.keys(runs[0]!.channels);
  return names.flatMap((channel) =>
    QUANTILES.filter((name) => {
      const samples = runs.map((run) => run.channels[channel]?.samples ?? 0);
      return Math.min(...samples) > 0 && Math.min(...samples) >= LEAST_SAMPLES[name] / ENOUGH_RUNS;
    }).map((name) =>
      latency(`${channel}.${name}`, { quantile: SHARES[name] }, (run) => run.channels[channel]),
    ),
  );
}

/** A stage is tested in the first channel that has it: a click's frame is one of the display's. */
function stageFigures(runs: readonly RunReport[]): Figure[] {
  const { channels, stages: byChannel } = runs[0]!;
  const known = new Set<string>();
  return Object.keys(channels).flatMap((channel) => {
    const stages = (byChannel[channel] ?? []).filter(({ stage }) => !known.has(stage));
    for (const { stage } of stages) known.add(stage);
    return stages
      .filter(({ stage }) => runs.some((run) => shareOf(run, channel, stage) >= LEAST_SHARE))
      .map(({ stage }) =>
        latency(`${channel}/${stage}.mid`, { trimmed: STAGE_TRIM }, (run) =>
          run.stages[channel]?.find((each) => each.stage === stage),
        ),
      );
  });
}

function shareOf(run: RunReport, channel: string, stage: string): number {
  const stages = run.stages[channel] ?? [];
  const whole = stages.reduce((sum, { mean }) => sum + mean, 0);
  return whole === 0 ? 0 : (stages.find((each) => each.stage === stage)?.mean ?? 0) / whole;
}

interface Histograms {
  readonly histogram: string;
  readonly blocks: readonly string[];
}

/** Microseconds inside, milliseconds outside. */
function latency(id: string, statistic: Statistic, of: (run: RunReport) => Histograms | undefined): Figure {
  return {
    id,
    unit: 'ms',
    higherIsBetter: false,
    resolution: 1,
    scale: 0.001,
    units(runs, pieces) {
      const each = runs.map(of);
      if (each.some((one) => one === undefined)) return undefined;
      const texts =
        pieces === 'runs'
          ? each.map((one) => one!.histogram)
          : each.flatMap((one) => one!.blocks.filter((block) => block !== ''));
      if (texts.length === 0) return undefined;
      return histogramUnits(
        texts.map(readHistogram),
        statistic,
        pieces === 'runs' ? 1 : TOGETHER * runs.length,
      );
    },
  };
}

type Columns = Pick<RunReport['series'], 'frames' | 'bytes' | 'shownByAll' | 'cpuMs' | 'until'>;
/** Undefined where nobody knows. */
type Column = (series: Columns, interval: number) => number | undefined;

/** Sums over the display phase's intervals, divided. */
function rate(
  id: string,
  about: Pick<Figure, 'unit' | 'higherIsBetter' | 'resolution'>,
  above: Column,
  below: Column,
): Figure {
  return {
    id,
    ...about,
    scale: 1,
    units(runs, pieces) {
      const byRun = runs.map(({ series }) => {
        const end = phaseIn(series, 'display')?.until ?? 0;
        const pairs = [...series.until.keys()]
          .filter((i) => series.until[i]! <= end)
          .flatMap((i) => {
            const [over, under] = [above(series, i), below(series, i)];
            return over === undefined || under === undefined ? [] : [[over, under] as const];
          });
        return { above: pairs.map(([over]) => over), below: pairs.map(([, under]) => under) };
      });
      if (byRun.some(({ above }) => above.length === 0)) return undefined;
      if (pieces === 'runs') {
        return rateUnits(
          byRun.map((run) => sum(run.above)),
          byRun.map((run) => sum(run.below)),
          1,
        );
      }
      return rateUnits(
        byRun.flatMap((run) => run.above),
        byRun.flatMap((run) => run.below),
        TOGETHER * runs.length,
      );
    },
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

const frames = ({ frames }: Columns, i: number): number => frames[i]!;
/** CPU times are counted in microseconds. */
const CPU = { unit: 'ms', higherIsBetter: false, resolution: 0.001 } as const;

const RATES: readonly Figure[] = [
  rate('framesPerSecond', { unit: 'fps', higherIsBetter: true, resolution: 0.1 }, frames, ({ until }, i) => {
    return until[i]! - (i === 0 ? 0 : until[i - 1]!);
  }),
  rate(
    'bytesPerFrame',
    { unit: 'bytes', higherIsBetter: false, resolution: 1 },
    ({ bytes }, i) => bytes[i]!,
    frames,
  ),
  rate('cpu.host', CPU, ({ cpuMs }, i) => cpuMs?.host[i], frames),
  rate('cpu.relay', CPU, ({ cpuMs }, i) => cpuMs?.relay[i], frames),
  rate(
    'cpu.viewer',
    CPU,
    ({ cpuMs }, i) => cpuMs?.viewers[i],
    ({ shownByAll }, i) => shownByAll?.[i],
  ),
];
