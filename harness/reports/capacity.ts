/** The report of a search for the capacity, as files hold it: `docs/capacity-report.schema.json` is made of this. */
import * as v from 'valibot';
import { LEVEL_NAMES } from '../../codecs/index.js';
import type { CapacityReport } from '../capacity/index.js';
import { PARTY_NAMES } from '../capacity/step.js';
import { CAUSES } from '../capacity/verdict.js';
import { SCENE_NAMES } from '../hosts/scene-names.js';
import { count, figure, histogram, machine, text } from './format.js';

const MOST_STEPS = 1_000;

const parties = <const S extends v.GenericSchema>(schema: S) =>
  v.object({ relay: schema, hosts: schema, viewers: schema, links: schema });

const settings = v.strictObject({
  counted: v.picklist(['sessions', 'viewers']),
  limitMs: v.pipe(figure, v.description('The 99th percentile of display latency stays below it.')),
  max: count,
  decode: v.boolean(),
  frameBytes: v.pipe(count, v.description('Of frames that hosts have prepared; 0: they code.')),
  scenes: v.pipe(v.array(v.picklist(SCENE_NAMES)), v.maxLength(100)),
  replay: v.pipe(
    v.optional(text),
    v.description('The name of the recording or video that hosts showed, over and over, instead of scenes.'),
  ),
  replaySha256: v.pipe(v.optional(text), v.description("That file's SHA-256, hexadecimal.")),
  width: count,
  height: count,
  fps: figure,
  seed: count,
  level: v.picklist([...LEVEL_NAMES, 'auto']),
  threads: v.optional(count),
  transport: v.picklist(['auto', 'uws', 'ws']),
  link: text,
  warmup: v.pipe(figure, v.description('Seconds before a step counts.')),
  duration: v.pipe(figure, v.description('Seconds that a step counts at least.')),
});

const process = v.object({
  cores: v.pipe(figure, v.description('CPU time over time: 1 is one core all the time.')),
  loopBusy: v.pipe(figure, v.description('Part of the time in which its event loop waited for nothing.')),
  loopDelayMs: v.pipe(figure, v.description('How late its event loop came to a timer, 99th percentile.')),
});

const party = v.object({
  processes: count,
  cores: v.pipe(figure, v.description('Of all its processes together.')),
  busiest: v.pipe(process, v.description('The worst figures of any process.')),
});

const step = v.object({
  count: v.pipe(count, v.description('Sessions or viewers.')),
  attempt: v.pipe(count, v.description('How often this number was measured before.')),
  strain: v.pipe(v.nullable(figure), v.description('Above 1: too much; null: it could not be had at all.')),
  seconds: figure,
  samples: v.pipe(count, v.description('Frames that showed something new, of all viewers.')),
  p50Ms: figure,
  p99Ms: figure,
  maxMs: figure,
  histogram,
  framesPerSecond: v.object({
    mean: figure,
    least: v.pipe(figure, v.description('Of the viewer that had fewest.')),
  }),
  megabytesPerSecond: v.pipe(figure, v.description('Out of the relay.')),
  without: v.pipe(count, v.description('Viewers that had no picture in time.')),
  parties: parties(party),
  machine: v.object({
    cores: count,
    busy: v.pipe(figure, v.description('Of all cores, 0 to 1.')),
    others: v.pipe(figure, v.description('By programs that are not of the measurement.')),
  }),
  sockets: v.object({
    bufferedBytes: v.pipe(count, v.description("The most that waited in the relay's sockets.")),
    cuts: v.pipe(count, v.description('Viewers that were left out until they had caught up.')),
    dropped: v.pipe(count, v.description('Messages that were not forwarded.')),
    tooSlow: v.pipe(count, v.description('Links closed because they did not read.')),
  }),
  isOutOfMemory: v.boolean(),
});

export const CAPACITY_SCHEMA = v.object({
  format: v.literal('sightline-capacity'),
  version: v.literal(1),
  machine,
  settings,
  startedAt: v.pipe(text, v.description('ISO 8601.')),
  transport: v.object({ name: text, reason: text }),
  largest: v.pipe(count, v.description('The largest number that held; 0: not even one.')),
  tooMany: v.pipe(
    v.optional(count),
    v.description('The smallest that was too many; absent: none was found.'),
  ),
  verdict: v.pipe(
    v.optional(
      v.object({
        cause: v.picklist(CAUSES),
        party: v.optional(v.picklist(PARTY_NAMES)),
        isGenerator: v.pipe(v.boolean(), v.description('The load ran out, not the relay.')),
        isDisturbed: v.pipe(
          v.boolean(),
          v.description('Other programs used so much that more may be borne.'),
        ),
        step: v.pipe(count, v.description('The step in which it is to be seen.')),
      }),
    ),
    v.description('Why that was too many.'),
  ),
  isComplete: v.pipe(v.boolean(), v.description('Whether the search came to its end.')),
  steps: v.pipe(v.array(step), v.maxLength(MOST_STEPS)),
});

type CapacityFile = v.InferInput<typeof CAPACITY_SCHEMA>;

/** Settings that the schema does not know would make reports that are not as it says: the compiler sees to that here. */
type Complete =
  Exclude<keyof CapacityReport['settings'], keyof CapacityFile['settings']> extends never
    ? CapacityFile
    : never;

/** What is found is in the shape of the schema: the compiler sees to that, too. */
export function makeCapacityReport(report: CapacityReport): Complete {
  const { machine, settings, steps, ...found } = report;
  return {
    format: 'sightline-capacity',
    version: 1,
    machine: { ...machine },
    settings: { ...settings, scenes: [...settings.scenes] },
    ...found,
    steps: [...steps],
  };
}
