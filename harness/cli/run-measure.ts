/** What `sightline measure` does. */
import { open, readFile, writeFile } from 'node:fs/promises';
import { type QualityName, SightlineError, type Size } from '../../codecs/index.js';
import type { SceneName } from '../hosts/index.js';
import {
  ask,
  describeMachine,
  expandMatrix,
  type FixedSettings,
  type MatrixLists,
  type MatrixProgress,
  type MeasureReport,
  type MeasureSettings,
  measureAll,
  NO_PRESET,
  PRESETS,
  type PresetName,
  pathsOf,
  type QuestionName,
  type ReplayFile,
  repetition,
  selfCheck,
  type ViewerKind,
} from '../measure/index.js';
import { checkBudget, htmlOf, makeReport, parseBudget, parseReport, settingsOf } from '../reports/index.js';
import {
  describeRun,
  printAnswerRow,
  printChecked,
  printCheckHeading,
  printReport,
  printRun,
  printRunHeading,
} from './measure-tables.js';
import { messages } from './messages.js';
import { ExitCode, print, printJson, say } from './output.js';
import { type Bar, openBar } from './progress.js';
import { findReplays, findReportReplays } from './replays.js';
import { printBudget } from './report-tables.js';
import { text } from './text.js';

/** What is not given is the preset's, or the default. */
export interface MeasureFlags {
  readonly scene?: readonly (readonly SceneName[])[];
  readonly replay?: readonly string[];
  readonly pace?: number;
  readonly size?: readonly Size[];
  readonly level?: readonly QualityName[];
  readonly viewers?: readonly number[];
  readonly viewer: ViewerKind;
  readonly hosts?: readonly number[];
  readonly threads?: readonly number[];
  readonly link?: readonly string[];
  readonly hostLink?: string;
  readonly lastViewerLink?: string;
  readonly file?: number;
  /** Undefined: a question chooses. */
  readonly virtual?: boolean;
  readonly preset?: PresetName;
  readonly confidence?: number;
  readonly limit: number;
  readonly question?: QuestionName;
  readonly selfCheck?: boolean;
  readonly repeat: number;
  readonly from?: string;
  readonly html?: string;
  readonly budget?: string;
  readonly fps: number;
  readonly seed: number;
  readonly duration?: number;
  readonly warmup?: number;
  readonly rate: number;
  readonly verifyFrames?: number;
  readonly transport: 'auto' | 'uws' | 'ws';
  readonly oneLane?: boolean;
  readonly json?: string | true;
}

/** Seconds of each of a question's runs, unless told. */
const QUESTION_DURATION = 10;

/** Measures what the flags ask for; the exit code. */
export async function run(flags: MeasureFlags): Promise<number> {
  if (flags.question !== undefined) return answer(flags.question, flags);
  if (flags.selfCheck) return check(flags.virtual ?? false, flags.json === true);
  // A wrong path is said before the measurement, not after it.
  for (const file of [flags.json, flags.html]) {
    if (typeof file === 'string') await (await open(file, 'a')).close();
  }
  const { runs, files } =
    flags.from === undefined ? await planOf(flags) : await planFrom(flags.from, flags.replay);
  const replays = pathsOf(files);
  const budget = flags.budget === undefined ? undefined : parseBudget(await readFile(flags.budget, 'utf8'));
  const progress = new Progress(runs);
  const isQuiet = flags.json === true;
  const reports: MeasureReport[] = [];
  try {
    const onProgress = (now: MatrixProgress) => progress.show(now);
    const until =
      flags.confidence === undefined ? undefined : { percent: flags.confidence, limitSeconds: flags.limit };
    const options = { onProgress, replays, ...(until === undefined ? {} : { until }) };
    for await (const report of measureAll(runs, options)) {
      reports.push(report);
      if (isQuiet || (runs.length === 1 && until === undefined)) continue;
      progress.pause();
      if (reports.length === 1) printRunHeading();
      printRun(report);
    }
  } finally {
    progress.end();
  }
  const result = makeReport(describeMachine(), reports);
  if (isQuiet) printJson(result);
  else {
    if (reports.length === 1 && flags.confidence === undefined) printReport(reports[0]!);
    if (typeof flags.json === 'string') {
      await writeFile(flags.json, `${JSON.stringify(result)}\n`);
      say(text(messages.measure.written, { file: flags.json }));
    }
  }
  if (flags.html !== undefined) {
    await writeFile(flags.html, await htmlOf([result]));
    say(text(messages.measure.written, { file: flags.html }));
  }
  const limits = budget === undefined ? undefined : checkBudget(budget, [result]);
  if (limits !== undefined && !isQuiet) printBudget(limits);
  const isWithin = limits === undefined || limits.broken.length + limits.unmet.length === 0;
  const isExact = reports.every(({ mismatches }) => mismatches === 0);
  return isExact && isWithin ? ExitCode.Success : ExitCode.Failure;
}

/** Runs, and the files that they show. */
interface Plan {
  readonly runs: readonly MeasureSettings[];
  readonly files: readonly ReplayFile[];
}

async function planOf(flags: MeasureFlags): Promise<Plan> {
  if (flags.pace !== undefined && flags.replay === undefined) {
    throw new SightlineError('bad-argument', messages.measure.paceOfReplay, { field: '--pace' });
  }
  const files = await findReplays(flags.replay ?? []);
  return { runs: runsOf(flags, files), files };
}

/** Every run that the flags ask for. */
function runsOf(flags: MeasureFlags, files: readonly ReplayFile[] = []): MeasureSettings[] {
  const { lists, times } = flags.preset === undefined ? NO_PRESET : PRESETS[flags.preset];
  const matrix: MatrixLists = {
    scenes: flags.scene ?? (files.length > 0 ? [] : lists.scenes),
    replays: files.map(({ settings }) => ({
      ...settings,
      ...(flags.pace === undefined ? {} : { pace: flags.pace }),
    })),
    sizes: flags.size ?? lists.sizes,
    levels: flags.level ?? lists.levels,
    viewers: flags.viewers ?? lists.viewers,
    hosts: flags.hosts ?? lists.hosts,
    threads: flags.threads ?? lists.threads,
    links: flags.link ?? lists.links,
  };
  const fixed: FixedSettings = {
    ...(flags.viewer === 'page' ? { viewer: flags.viewer } : {}),
    fps: flags.fps,
    seed: flags.seed,
    duration: flags.duration ?? times.duration,
    warmup: flags.warmup ?? times.warmup,
    rate: flags.rate,
    verifyFrames: flags.verifyFrames ?? times.verifyFrames,
    transport: flags.transport,
    lanes: !flags.oneLane,
    bulkWindow: (flags.file ?? 0) * 1000,
    virtual: flags.virtual ?? false,
    ...(flags.hostLink === undefined ? {} : { hostLink: flags.hostLink }),
    ...(flags.lastViewerLink === undefined ? {} : { lastViewerLink: flags.lastViewerLink }),
  };
  const runs = expandMatrix(matrix, fixed);
  // One matrix after the other: what a machine does meanwhile befalls every combination alike.
  return Array.from({ length: flags.repeat }, (_, index) => runs.map((run) => repetition(run, index))).flat();
}

/** The runs of a report, once more. */
async function planFrom(file: string, given: readonly string[] = []): Promise<Plan> {
  const runs = settingsOf(parseReport(await readFile(file, 'utf8')));
  return { runs, files: await findReportReplays(runs, given, file) };
}

/** Asks the laboratory a question; rows come as they are found. */
async function answer(question: QuestionName, flags: MeasureFlags): Promise<number> {
  const [settings] = runsOf({ duration: QUESTION_DURATION, warmup: 1, ...flags });
  const isQuiet = flags.json === true;
  const result = await ask(
    question,
    {
      settings: settings!,
      ...(flags.level === undefined ? {} : { levels: flags.level }),
      ...(flags.link === undefined ? {} : { links: flags.link }),
      realTime: flags.virtual === false,
    },
    isQuiet ? () => {} : printAnswerRow(),
  );
  if (isQuiet) printJson(result);
  return ExitCode.Success;
}

async function check(isVirtual: boolean, isQuiet: boolean): Promise<number> {
  const { check: words } = messages.measure;
  if (!isQuiet) printCheckHeading();
  const result = await selfCheck(isVirtual, isQuiet ? () => {} : printChecked);
  if (isQuiet) printJson(result);
  else {
    const latencies = Object.entries(result.emptyPathMs)
      .map(
        ([channel, ms]) =>
          `${messages.measure.short[channel as keyof typeof messages.measure.short]} ${ms.toFixed(2)}`,
      )
      .join(', ');
    print('');
    print(text(words.emptyPath, { latencies }));
    print(result.isSound ? words.sound : words.unsound);
  }
  return result.isSound ? ExitCode.Success : ExitCode.Failure;
}

/** What is going on: a bar on a terminal, otherwise a line for each phase. */
class Progress {
  readonly #runs: readonly MeasureSettings[];
  readonly #bar: Bar | undefined;
  #isShown = false;
  #said = '';

  constructor(runs: readonly MeasureSettings[]) {
    this.#runs = runs;
    this.#bar = openBar(' {bar} {percentage}% | {about}');
  }

  show({ run, runs, phase, done, settings, secondsLeft }: MatrixProgress): void {
    const about = this.#about(run, messages.measure.phase[phase], settings, secondsLeft);
    if (this.#bar === undefined) {
      if (about !== this.#said) say(`${about}…`);
      this.#said = about;
      return;
    }
    const percent = Math.round((100 * (run + done)) / runs);
    if (this.#isShown) this.#bar.update(percent, { about });
    else this.#bar.start(100, percent, { about });
    this.#isShown = true;
  }

  /** Makes room for a line of results. */
  pause(): void {
    if (!this.#isShown) return;
    this.#bar?.stop();
    this.#isShown = false;
  }

  end(): void {
    this.#bar?.stop();
  }

  #about(run: number, phase: string, settings: MeasureSettings, secondsLeft: number | undefined): string {
    if (this.#runs.length === 1) return phase;
    const about = text(messages.measure.progress, {
      run: run + 1,
      runs: this.#runs.length,
      what: describeRun(settings),
    });
    if (this.#bar === undefined) return about;
    if (secondsLeft === undefined) return `${about}: ${phase}`;
    return `${about}: ${phase}, ${text(messages.measure.left, { seconds: Math.ceil(secondsLeft) })}`;
  }
}
