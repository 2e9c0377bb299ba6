/**
 * Conversion of a 1080p session: recorded seconds for each second of CPU time, and bytes, by codec; with overlays burnt
 * in as they come, and scaled. `node dist/bench/recording/convert.js`; SIGHTLINE_CORPUS names a folder whose
 * office.mkv is converted as well.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ColourLevel, SightlineError } from '../../codecs/index.js';
import { bytesSource, openRecording, type Recording } from '../../codecs/recording/index.js';
import {
  type ConvertOptions,
  convertRecording,
  loadKernelModule,
  loadRecordingModule,
  loadVp8Module,
  MemorySink,
  showRecording,
  surveyRecording,
  Timeline,
} from '../../engine/index.js';
import { conversionWords, overlayCanvas } from '../../harness/convert/index.js';
import { openReplay, type ReplayReader } from '../../harness/hosts/index.js';
import { recordFilm, SceneReader } from '../../harness/record/index.js';
import { type BenchResult, type BenchRow, benchMain } from '../result.js';

const SECONDS = 20;
const RUNS = 3;

const CASES: readonly (readonly [string, Partial<ConvertOptions>])[] = [
  ['zmbv .mkv', {}],
  ['zmbv .mkv, half size', { scale: 0.5 }],
  ['msvc .avi', { container: 'avi', codec: 'msvc' }],
  ['mrle .avi', { container: 'avi', codec: 'mrle' }],
  ['vp8 .webm', { container: 'webm' }],
];

export async function run(): Promise<BenchResult> {
  const rows: BenchRow[] = [];
  for (const [name, reader] of await films()) {
    const recording = await record(reader);
    rows.push({ case: `${name}: play only`, figures: await best(recording, () => play(recording)) });
    for (const [label, options] of CASES) {
      rows.push({
        case: `${name}: ${label}`,
        figures: await best(recording, () => convert(recording, options)),
      });
    }
  }
  return {
    name: 'conversion',
    unit: `1080p; recorded seconds in a second of CPU time, best of ${RUNS}; MB of the video`,
    rows,
    notes: [
      'desktop: the simulated desktop, all of its scenes at once, 20 frames a second. office: a recorded word processor.',
      'play only: decoding, without overlays, coder and container. One thread; the first picture and all start-up count.',
    ],
  };
}

async function films(): Promise<[string, ReplayReader][]> {
  const desktop = new SceneReader({ width: 1920, height: 1080, fps: 20, seed: 1, scenes: ['desktop'] });
  const office = join(process.env.SIGHTLINE_CORPUS ?? '', 'office.mkv');
  const hasOffice = process.env.SIGHTLINE_CORPUS !== undefined && existsSync(office);
  return [['desktop', desktop], ...(hasOffice ? ([['office', await openReplay(office)]] as const) : [])].map(
    ([name, reader]) => [name as string, reader as ReplayReader],
  );
}

async function record(reader: ReplayReader): Promise<Recording> {
  const sink = new MemorySink();
  const { error } = await recordFilm({
    reader,
    sink,
    module: await loadKernelModule(),
    level: ColourLevel.High,
    metadata: { session: 'bench', host: 'bench', program: 'bench', startedAt: 0 },
    until: SECONDS * 1e6,
  });
  await reader.close();
  if (error !== undefined) throw error;
  return openRecording(bytesSource(sink.toBytes()));
}

/** The quickest run's figures; `work` answers the bytes that it has written. */
async function best(recording: Recording, work: () => Promise<number>): Promise<Record<string, number>> {
  let least = Number.POSITIVE_INFINITY;
  let bytes = 0;
  for (let round = 0; round < RUNS; round++) {
    const started = process.cpuUsage();
    bytes = await work();
    const { user, system } = process.cpuUsage(started);
    least = Math.min(least, (user + system) / 1e6);
  }
  return { 'times real time': recording.duration / 1e6 / least, MB: bytes / 1e6 };
}

async function play(recording: Recording): Promise<number> {
  const survey = await surveyRecording(recording, 0, recording.duration);
  const timeline = new Timeline(0, recording.duration, 1, undefined);
  const options = { module: await loadKernelModule(), makeCanvas: overlayCanvas };
  let pictures = 0;
  await showRecording(recording, survey, timeline, options, {
    picture: async () => {
      pictures++;
    },
  });
  if (pictures === 0) throw new SightlineError('internal', 'Nothing was shown.');
  return 0;
}

async function convert(recording: Recording, options: Partial<ConvertOptions>): Promise<number> {
  const { bytes } = await convertRecording(recording, {
    sink: { seekable: true, write: () => {} },
    container: 'mkv',
    modules: {
      decode: await loadKernelModule(),
      recording: await loadRecordingModule(),
      vp8: await loadVp8Module(),
    },
    makeCanvas: overlayCanvas,
    application: 'bench',
    words: conversionWords('en'),
    ...options,
  });
  return bytes;
}

await benchMain(import.meta.url, run);
