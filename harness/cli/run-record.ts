/** What `sightline record` does. */
import { stat, unlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { levelOfName, type QualityName, SightlineError, type Size } from '../../codecs/index.js';
import { loadKernelModule } from '../../engine/artifacts.js';
import { FileSink } from '../../engine/recording/file.js';
import type { RecordingSummary } from '../../engine/recording/index.js';
import { HeadlessViewer } from '../../engine/viewer/headless.js';
import { type FontChoice, openReplay, type ReplayReader, type SceneName } from '../hosts/index.js';
import { localeOfEnvironment } from '../messages/index.js';
import { productVersion } from '../product-version.js';
import { recordFilm, SceneReader } from '../record/index.js';
import { ViewerRecording } from '../record-viewer.js';
import { messages } from './messages.js';
import type { Pace } from './options.js';
import { ExitCode, print, printJson, untilInterrupted } from './output.js';
import { type Bar, openBar } from './progress.js';
import { text } from './text.js';
import { bytesInWords, durationInWords } from './words.js';

export interface RecordFlags {
  readonly ca?: string;
  readonly replay?: string;
  readonly scene?: readonly SceneName[];
  readonly session?: string;
  readonly level: QualityName;
  readonly pace: Pace;
  readonly seconds?: number;
  readonly size: Size;
  readonly fps: number;
  readonly seed: number;
  readonly font: FontChoice;
  readonly threads?: number;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** A simulated desktop never ends by itself. */
const SCENE_SECONDS = 10;

/** Records until the film or the session ends; the exit code. */
export async function record(file: string, flags: RecordFlags): Promise<number> {
  const ended = new AbortController();
  void untilInterrupted().then(() => ended.abort());
  const summary =
    flags.session === undefined
      ? await recordLocal(file, flags, ended.signal)
      : await recordSession(file, flags, flags.session, ended.signal);
  if (summary.error !== undefined) throw summary.error;
  if (summary.bytes === 0) throw new SightlineError('timeout', messages.view.nothing);
  const { frames, duration, bytes } = summary;
  if (flags.json) printJson({ file, frames, duration, bytes });
  else {
    const figures = { file, frames, duration: durationInWords(duration), bytes: bytesInWords(bytes) };
    print(text(messages.record.done, figures));
  }
  return ExitCode.Success;
}

async function recordLocal(file: string, flags: RecordFlags, signal: AbortSignal): Promise<RecordingSummary> {
  const reader = await openReader(flags);
  try {
    if (flags.replay !== undefined) await refuseInput(file, flags.replay);
    const sink = await FileSink.create(file, { overwrite: flags.force ?? false });
    const seconds = flags.seconds ?? (flags.scene === undefined ? undefined : SCENE_SECONDS);
    const factor = flags.pace === 'fastest' ? undefined : flags.pace === 'realtime' ? 1 : flags.pace;
    const counter = new Counter();
    const summary = await recordFilm({
      reader,
      sink,
      module: await loadKernelModule(),
      // "auto" was refused.
      level: levelOfName(flags.level)!,
      metadata: {
        session: flags.replay === undefined ? flags.scene!.join(', ') : basename(flags.replay),
        host: messages.record.host,
        program: `sightline ${productVersion()}`,
        startedAt: startTime(),
      },
      signal,
      onFrame: (frames, time, bytes) => counter.show(frames, time, bytes),
      ...(seconds === undefined ? {} : { until: seconds * 1e6 }),
      ...(factor === undefined ? {} : { factor }),
      ...(flags.threads === undefined ? {} : { threads: flags.threads }),
    }).finally(() => counter.stop());
    if (summary.bytes === 0) await unlink(file);
    return summary;
  } finally {
    await reader.close();
  }
}

async function openReader(flags: RecordFlags): Promise<ReplayReader> {
  if (flags.replay !== undefined) return openReplay(flags.replay);
  return new SceneReader({
    ...flags.size,
    fps: flags.fps,
    seed: flags.seed,
    font: flags.font,
    scenes: flags.scene ?? [],
    language: localeOfEnvironment(process.env),
  });
}

async function recordSession(
  file: string,
  flags: RecordFlags,
  address: string,
  signal: AbortSignal,
): Promise<RecordingSummary> {
  const viewer = await HeadlessViewer.open({
    address,
    ...(flags.ca === undefined ? {} : { ca: flags.ca }),
    name: 'sightline record',
    quality: flags.level,
  });
  const recording = new ViewerRecording(viewer.session);
  const interrupted = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  try {
    await Promise.race([viewer.untilJoined(), interrupted]);
    await recording.start(file, { overwrite: flags.force ?? false });
    const timeUp = new Promise<void>((resolve) => {
      if (flags.seconds !== undefined) setTimeout(resolve, flags.seconds * 1000);
    });
    const over = viewer
      .until(() => false, 'the end', Number.POSITIVE_INFINITY)
      .catch((error: unknown) => {
        // The session's end is the recording's.
        if (!(error instanceof SightlineError) || error.code !== 'closed') throw error;
      });
    await Promise.race([timeUp, over, interrupted]);
    return (await recording.stop())!;
  } finally {
    await recording.stop();
    viewer.close();
  }
}

async function refuseInput(file: string, input: string): Promise<void> {
  const [there, source] = await Promise.all([stat(file).catch(() => undefined), stat(input)]);
  if (there !== undefined && there.ino === source.ino && there.dev === source.dev) {
    throw new SightlineError('refused', text(messages.record.overInput, { file }));
  }
}

/** Milliseconds since 1970; SOURCE_DATE_EPOCH (seconds) in its place makes the same film the same file. */
function startTime(): number {
  const epoch = Number(process.env.SOURCE_DATE_EPOCH);
  return process.env.SOURCE_DATE_EPOCH !== undefined && epoch >= 0 ? Math.round(epoch * 1000) : Date.now();
}

/** Counts on a terminal; nothing elsewhere. */
class Counter {
  readonly #bar: Bar | undefined;

  constructor() {
    this.#bar = openBar(`  ${messages.record.counter}`, 'solid', { hideCursor: true, clearOnComplete: true });
    this.#bar?.start(1, 0, { frames: 0, time: '', bytes: '' });
  }

  show(frames: number, time: number, bytes: number): void {
    this.#bar?.update(0, { frames, time: durationInWords(time), bytes: bytesInWords(bytes) });
  }

  stop(): void {
    this.#bar?.stop();
  }
}
