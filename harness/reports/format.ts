/**
 * The report of measurements, as files hold it. The schemas here are the one source: `docs/measure-report.schema.json`
 * is made of them, and what is read is held to them. Unknown fields are left aside, so that an older Sightline reads
 * what a newer one wrote.
 */
import * as v from 'valibot';
import { LEVEL_NAMES, SightlineError } from '../../codecs/index.js';
import { SCENE_NAMES } from '../hosts/scene-names.js';
import type { MachineDescription } from '../machine.js';
import type { MeasureReport } from '../measure/report.js';
import type { MeasureSettings } from '../measure/settings.js';
import { readHistogram } from './histogram.js';

export const REPORT_FORMAT = 'sightline-report';
export const REPORT_VERSION = 1;
/** What is read at most, characters: a night's matrix is some megabytes. */
const LARGEST = 512 * 2 ** 20;
const MOST_RUNS = 10_000;
const MOST_BLOCKS = 1_000;
const MOST_SPIKES = 1_000;
const MOST_INTERVALS = 100_000;

export const text = v.pipe(v.string(), v.maxLength(10_000));
export const figure = v.pipe(v.number(), v.finite());
export const count = v.pipe(v.number(), v.integer(), v.minValue(0));
export const histogram = v.pipe(
  v.string(),
  v.maxLength(10_000_000),
  v.description(
    "Microseconds, three significant digits: HdrHistogram's V2 encoding, compressed, in base64. Empty: no samples.",
  ),
);
const column = v.pipe(v.array(figure), v.maxLength(MOST_INTERVALS));
const parties = <const S extends v.GenericSchema>(schema: S) =>
  v.object({ host: schema, relay: schema, viewers: schema });

export const machine = v.object({
  cpu: text,
  cores: count,
  memoryGiB: figure,
  system: text,
  node: v.optional(text),
  v8: v.optional(text),
  browser: v.pipe(
    v.optional(text),
    v.description('Of the page that told of a live session; what a browser does not tell is unknown, or 0.'),
  ),
  sightline: text,
});

/** Strict: with settings that are not known, nobody could say which runs are of the same. */
const settings = v.strictObject({
  width: count,
  height: count,
  fps: figure,
  seed: count,
  scenes: v.pipe(v.array(v.picklist(SCENE_NAMES)), v.maxLength(100)),
  replay: v.pipe(
    v.optional(text),
    v.description(
      'The name of the recording or video that the host showed, over and over, instead of scenes.',
    ),
  ),
  replaySha256: v.pipe(v.optional(text), v.description("That file's SHA-256, hexadecimal.")),
  pace: v.pipe(v.optional(figure), v.description('How many times as fast as recorded; 1 unless told.')),
  level: v.picklist([...LEVEL_NAMES, 'auto']),
  viewers: count,
  viewer: v.pipe(
    v.optional(v.picklist(['page'])),
    v.description('What the first viewer is: the page in Chromium; absent: a viewer in memory.'),
  ),
  live: v.pipe(
    v.optional(v.literal(true)),
    v.description(
      'A session that people worked in, as the page of one of them saw it: scenes, rates and times are nobody’s choice, and 0 or empty.',
    ),
  ),
  hosts: count,
  duration: v.pipe(figure, v.description('Seconds, all timed phases together.')),
  warmup: v.pipe(figure, v.description('Seconds before samples count.')),
  rate: v.pipe(figure, v.description('Events per second, on a timetable.')),
  verifyFrames: count,
  threads: v.optional(count),
  transport: v.picklist(['auto', 'uws', 'ws']),
  lanes: v.boolean(),
  link: text,
  hostLink: v.optional(text),
  lastViewerLink: v.optional(text),
  bulkWindow: v.pipe(
    count,
    v.description('Of a file that goes to the host meanwhile: most bytes on their way; 0: no file.'),
  ),
  virtual: v.boolean(),
});

const distribution = {
  samples: count,
  p50: figure,
  p90: figure,
  p99: figure,
  max: figure,
  mean: figure,
  unit: v.literal('ms'),
  histogram,
  blocks: v.pipe(
    v.array(histogram),
    v.maxLength(MOST_BLOCKS),
    v.description("The same samples by when they began: equal pieces of the phase's time, in order."),
  ),
};
const channel = v.object(distribution);
const stage = v.object({ ...distribution, stage: text, kind: v.picklist(['waiting', 'working', 'link']) });

const series = v.object({
  until: v.pipe(column, v.description('Ends of the intervals, seconds since samples began to count.')),
  phases: v.pipe(v.array(v.object({ phase: text, from: figure, until: figure })), v.maxLength(100)),
  frames: v.pipe(column, v.description('Shown by the measured viewer.')),
  bytes: v.pipe(column, v.description('Of these frames.')),
  shownByAll: v.pipe(
    v.optional(column),
    v.description('Frames that the viewers of this session showed, together; absent where nobody knows.'),
  ),
  cpuMs: v.pipe(v.optional(parties(column)), v.description('Absent where nobody knows: of a live session.')),
  memoryMiB: v.optional(parties(column)),
  loopDelayMs: v.pipe(
    v.optional(parties(column)),
    v.description('The longest time that an event loop was kept waiting.'),
  ),
  garbageMs: v.pipe(v.optional(parties(column)), v.description('Time spent collecting garbage.')),
});

const spike = v.object({
  at: v.pipe(figure, v.description('When the sample began, seconds since samples began to count.')),
  latencyMs: figure,
  stages: v.pipe(v.array(v.object({ stage: text, ms: figure })), v.maxLength(100)),
  frame: v.optional(
    v.object({
      bytes: v.pipe(count, v.description('Of the frame.')),
      slices: count,
      bufferedBytes: v.pipe(count, v.description("What waited in the host's link when the frame was sent.")),
      inFlight: v.pipe(
        count,
        v.description('Frames of its level that were on their way: the window in use.'),
      ),
    }),
  ),
  garbage: v.pipe(
    v.array(v.object({ process: text, ms: figure })),
    v.maxLength(1_000),
    v.description('Garbage collections while the sample was on its way.'),
  ),
});

const run = v.object({
  settings,
  transport: v.object({ name: text, reason: text }),
  startedAt: v.optional(v.pipe(text, v.description('ISO 8601; virtual time begins at no date.'))),
  channels: v.record(text, channel),
  stages: v.pipe(
    v.record(text, v.pipe(v.array(stage), v.maxLength(100))),
    v.description("By channel: what one sample spent in its stages adds up to the sample's latency."),
  ),
  clockErrorMs: figure,
  frames: count,
  framesPerSecond: figure,
  bytesPerFrame: figure,
  cpuMsPerFrame: v.pipe(
    v.optional(v.object({ host: figure, relay: figure, viewer: figure })),
    v.description('Absent where nobody knows: of a live session.'),
  ),
  bulkBytesPerSecond: figure,
  fileWaitMs: v.pipe(
    v.optional(figure),
    v.description(
      'How long the host waited for pictures of its file that were due: at most so much of a latency is the laboratory’s own.',
    ),
  ),
  framesCompared: count,
  mismatches: count,
  series,
  spikes: v.pipe(
    v.record(text, v.pipe(v.array(spike), v.maxLength(MOST_SPIKES))),
    v.description('The slowest samples of each channel, slowest first.'),
  ),
});

export const REPORT_SCHEMA = v.object({
  format: v.literal(REPORT_FORMAT),
  version: v.literal(REPORT_VERSION),
  machine,
  runs: v.pipe(v.array(run), v.minLength(1), v.maxLength(MOST_RUNS)),
});

/** What a file holds: at least this. */
export type LabReport = ReadonlyDeep<v.InferOutput<typeof REPORT_SCHEMA>>;
export type RunReport = LabReport['runs'][number];
export type RunSettings = RunReport['settings'];
export type Distribution = ReadonlyDeep<v.InferOutput<typeof channel>>;
export type Spike = ReadonlyDeep<v.InferOutput<typeof spike>>;

type ReadonlyDeep<T> = T extends object ? { readonly [K in keyof T]: ReadonlyDeep<T[K]> } : T;

/** Settings that the schema does not know would make reports that cannot be read: the compiler sees to that here. */
type Complete = Exclude<keyof MeasureSettings, keyof RunSettings> extends never ? LabReport : never;

/** What is measured is in the shape of the schema: the compiler sees to that, too. */
export function makeReport(machine: MachineDescription, runs: readonly MeasureReport[]): Complete {
  return { format: REPORT_FORMAT, version: REPORT_VERSION, machine: { ...machine }, runs };
}

/** Throws `bad-argument`, with the field, when the text is not a report. */
export function parseReport(json: string): LabReport {
  const report = readAs(REPORT_SCHEMA, json, 'report');
  for (const { channels, stages } of report.runs) {
    for (const distribution of [...Object.values(channels), ...Object.values(stages).flat()]) {
      for (const encoded of [distribution.histogram, ...distribution.blocks]) readHistogram(encoded);
    }
  }
  return report;
}

/** JSON that must be as a schema says. Throws `bad-argument`. */
export function readAs<S extends v.GenericSchema>(schema: S, json: string, what: string): v.InferOutput<S> {
  if (json.length > LARGEST) throw new SightlineError('too-large', `The ${what} is too large.`);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new SightlineError('bad-argument', `The ${what} is not JSON.`, { cause });
  }
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const field = v.getDotPath(issue) ?? '';
  throw new SightlineError('bad-argument', `The ${what} is not as it must be: ${field}: ${issue.message}.`, {
    field,
  });
}

/** The settings of a report's runs, to make them again. Throws `refused` for what people did. */
export function settingsOf(report: LabReport): MeasureSettings[] {
  return report.runs.map(({ settings }) => {
    if (settings.live) {
      throw new SightlineError('refused', 'A live session cannot be measured again.', { field: 'live' });
    }
    return settings as MeasureSettings;
  });
}
