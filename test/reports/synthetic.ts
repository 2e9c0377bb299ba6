/** Reports whose samples come from known distributions. */
import { seededRandom } from '../../engine/index.js';
import { histogramText } from '../../harness/histogram-text.js';
import { BLOCKS, SampleSet } from '../../harness/measure/blocks.js';
import {
  DEFAULT_SETTINGS,
  type MeasureReport,
  type MeasureSettings,
  repetition,
} from '../../harness/measure/index.js';
import { type LabReport, makeReport } from '../../harness/reports/index.js';

const MACHINE = {
  cpu: 'Abacus 3000',
  cores: 2,
  memoryGiB: 4,
  system: 'Test 1.0',
  node: 'v20',
  v8: '11',
  sightline: '0.1.0',
};

/** Stages of one sample, microseconds. Called once for each sample, in the order of time. */
export type Source = (random: () => number) => Readonly<Record<'window' | 'encode' | 'decode', number>>;

export interface SyntheticOptions {
  readonly samples?: number;
  readonly settings?: Partial<MeasureSettings>;
  readonly runs?: number;
}

export function syntheticReport(
  seed: number,
  source: (run: number) => Source,
  options: SyntheticOptions = {},
): LabReport {
  const { samples = 240, settings = {}, runs = 1 } = options;
  const random = seededRandom(seed * 7919 + 1);
  const made = Array.from({ length: runs }, (_, run) =>
    syntheticRun(random, source(run), samples, repetition({ ...DEFAULT_SETTINGS, ...settings }, run)),
  );
  return makeReport(MACHINE, made);
}

function syntheticRun(
  random: () => number,
  source: Source,
  samples: number,
  settings: MeasureSettings,
): MeasureReport {
  const display = new SampleSet();
  const stages = { window: new SampleSet(), encode: new SampleSet(), decode: new SampleSet() };
  for (let i = 0; i < samples; i++) {
    const block = Math.floor((i / samples) * BLOCKS);
    const sample = source(random);
    for (const stage of ['window', 'encode', 'decode'] as const) stages[stage].add(block, sample[stage]);
    display.add(block, sample.window + sample.encode + sample.decode);
  }
  const until = Array.from({ length: BLOCKS }, (_, i) => (i + 1) / 2);
  const column = (mean: number): number[] => until.map(() => mean * (0.9 + random() / 5));
  const frames = until.map(() => samples / BLOCKS);
  const kinds = { window: 'waiting', encode: 'working', decode: 'working' } as const;
  const channels = { display: display.figures(histogramText) } as MeasureReport['channels'];
  return {
    settings,
    transport: { name: 'none', reason: 'A test.' },
    channels,
    stages: {
      display: (['window', 'encode', 'decode'] as const).map((stage) => ({
        stage,
        kind: kinds[stage],
        ...stages[stage].figures(histogramText),
      })),
    },
    clockErrorMs: 0.1,
    frames: samples,
    framesPerSecond: 24,
    bytesPerFrame: 1000,
    cpuMsPerFrame: { host: 4, relay: 1, viewer: 2 },
    bulkBytesPerSecond: 0,
    framesCompared: 10,
    mismatches: 0,
    series: {
      until,
      phases: [{ phase: 'display', from: 0, until: until.at(-1)! }],
      frames,
      bytes: column(12_000),
      shownByAll: frames,
      cpuMs: { host: column(48), relay: column(12), viewers: column(24) },
    },
    spikes: {},
  };
}

/** Of the standard normal distribution (Box and Muller). */
export function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
