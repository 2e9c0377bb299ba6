/** What `sightline capacity` does. */
import { open, writeFile } from 'node:fs/promises';
import { type QualityName, SightlineError, type Size } from '../../codecs/index.js';
import { maxFrameBytes } from '../../engine/relay/index.js';
import {
  type CapacityProgress,
  type CapacityReport,
  type CapacitySettings,
  type Counted,
  DEFAULT_CAPACITY,
  findCapacity,
  MOST_VIEWERS,
} from '../capacity/index.js';
import type { SceneName } from '../hosts/index.js';
import type { ReplayFile } from '../measure/index.js';
import { makeCapacityReport } from '../reports/index.js';
import { printCapacity, printStep, printStepHeading } from './capacity-tables.js';
import { messages } from './messages.js';
import { ExitCode, print, printJson, say, untilInterrupted } from './output.js';
import { type Bar, openBar } from './progress.js';
import { findReplay } from './replays.js';
import { text } from './text.js';
import { bytesInWords } from './words.js';

export interface CapacityFlags {
  readonly viewers?: true;
  readonly limit: number;
  readonly max?: number;
  readonly decode: boolean;
  readonly prepared?: number;
  readonly replay?: string;
  readonly scene: readonly SceneName[];
  readonly size: Size;
  readonly level: QualityName;
  readonly link: string;
  readonly fps: number;
  readonly seed: number;
  readonly threads?: number;
  readonly warmup: number;
  readonly duration: number;
  readonly transport: 'auto' | 'uws' | 'ws';
  readonly json?: string | true;
}

const m = messages.capacity;

/** 0 with an answer; 1 when not even one was borne, or it was stopped before it had one. */
export async function run(flags: CapacityFlags): Promise<number> {
  // A wrong path is said before the search, not after it.
  if (typeof flags.json === 'string') await (await open(flags.json, 'a')).close();
  const file = flags.replay === undefined ? undefined : await findReplay(flags.replay);
  const stop = new AbortController();
  void untilInterrupted().then(() => stop.abort());
  const settings = settingsOf(flags, file);
  const isQuiet = flags.json === true;
  const progress = new Progress(settings);
  let report: CapacityReport;
  let hasRows = false;
  if (!isQuiet) print(text(settings.decode ? m.decoding : m.acknowledging, aboutOf(settings)));
  try {
    report = await findCapacity(settings, {
      signal: stop.signal,
      ...(file === undefined ? {} : { replay: file.path }),
      onProgress: (now) => progress.show(now),
      onStep: (step) => {
        if (isQuiet) return;
        progress.pause();
        if (!hasRows) printStepHeading(settings.counted);
        hasRows = true;
        printStep(step);
      },
    });
  } finally {
    progress.pause();
  }
  if (isQuiet) printJson(makeCapacityReport(report));
  else {
    printCapacity(report);
    if (typeof flags.json === 'string') {
      await writeFile(flags.json, `${JSON.stringify(makeCapacityReport(report), undefined, 2)}\n`);
      say(text(m.written, { file: flags.json }));
    }
  }
  return report.isComplete && report.largest > 0 ? ExitCode.Success : ExitCode.Failure;
}

function settingsOf(flags: CapacityFlags, file: ReplayFile | undefined): CapacitySettings {
  const counted: Counted = flags.viewers ? 'viewers' : 'sessions';
  const max = flags.max ?? DEFAULT_CAPACITY.max;
  const { width, height } = flags.size;
  const most = Math.floor(maxFrameBytes(width, height) / 1000);
  if ((flags.prepared ?? 0) > most) {
    const message = text(messages.errors.prepared, { size: `${width}x${height}`, most });
    throw new SightlineError('bad-argument', message, { field: '--prepared' });
  }
  return {
    counted,
    limitMs: flags.limit,
    max: counted === 'viewers' ? Math.min(max, MOST_VIEWERS) : max,
    decode: flags.decode && flags.prepared === undefined,
    frameBytes: (flags.prepared ?? 0) * 1000,
    ...(file === undefined ? { scenes: flags.scene, ...flags.size } : { scenes: [], ...file.settings }),
    fps: flags.fps,
    seed: flags.seed,
    level: flags.level,
    ...(flags.threads === undefined ? {} : { threads: flags.threads }),
    transport: flags.transport,
    link: flags.link,
    warmup: flags.warmup,
    duration: flags.duration,
  };
}

function aboutOf(settings: CapacitySettings) {
  const { counted, limitMs, max, scenes, replay, width, height, level, link, frameBytes, fps } = settings;
  const prepared = `${bytesInWords(frameBytes)} x ${fps}/s`;
  const what = `${frameBytes > 0 ? prepared : (replay ?? scenes.join('+'))} ${width}x${height} ${level} ${link}`;
  return { counted: m.counted[counted], limit: limitMs, max, what };
}

/** What is going on: a bar on a terminal, otherwise a line for each step. */
class Progress {
  readonly #settings: CapacitySettings;
  readonly #bar: Bar | undefined;
  #start = performance.now() / 1000;
  #isShown = false;
  #said = '';

  constructor(settings: CapacitySettings) {
    this.#settings = settings;
    this.#bar = openBar(' {bar} | {about}');
  }

  show({ count, attempt, phase, secondsLeft }: CapacityProgress): void {
    const counted = m.counted[this.#settings.counted];
    const step = text(attempt === 0 ? m.step : m.again, { count, counted });
    const left = secondsLeft === undefined ? '' : `, ${text(m.left, { seconds: Math.ceil(secondsLeft) })}`;
    if (this.#bar === undefined) {
      const line = `${step}${left}…`;
      if (this.#said !== step) say(line);
      this.#said = step;
      return;
    }
    const about = `${step}: ${m.phase[phase]}${left}`;
    const passed = performance.now() / 1000 - this.#start;
    const percent = secondsLeft === undefined ? 0 : Math.round((100 * passed) / (passed + secondsLeft));
    if (this.#isShown) this.#bar.update(percent, { about });
    else this.#bar.start(100, percent, { about });
    this.#isShown = true;
  }

  /** Makes room for a line of results. */
  pause(): void {
    if (this.#isShown) this.#bar?.stop();
    this.#isShown = false;
  }
}
