/** sightline convert IN... OUT: recordings to videos, several at once. */
import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { Command } from 'commander';
import { SightlineError } from '../../codecs/index.js';
import {
  CODEC_CHOICES,
  CONTAINERS,
  type CodecChoice,
  type ContainerKind,
  type ConversionProgress,
  OVERLAY_MODES,
  type OverlayMode,
  type Scale,
} from '../../engine/convert/index.js';
import { escapeControls } from '../../engine/plain-text.js';
import type { ConversionJob, ConversionOutcome } from '../convert/index.js';
import { localeOfEnvironment } from '../messages/index.js';
import { decimal, moment, scale } from './media-options.js';
import { messages } from './messages.js';
import { oneOf, wholeNumber } from './options.js';
import { ExitCode, print, printJson, runCommand, say, untilInterrupted } from './output.js';
import { type Bar, BarStack } from './progress.js';
import { examples, text } from './text.js';
import { bytesInWords, durationInWords } from './words.js';

const RECORDING = '.rcrec';

interface ConvertFlags {
  readonly outDir?: string;
  readonly format: ContainerKind;
  readonly codec: CodecChoice;
  readonly quality?: number;
  readonly from?: number;
  readonly to?: number;
  readonly speed?: number;
  readonly scale?: Scale;
  readonly overlays: OverlayMode;
  readonly screen?: number;
  readonly fps?: number;
  readonly threads?: number;
  readonly force?: boolean;
  readonly keepPartial?: boolean;
  readonly json?: boolean;
}

export function convertCommand(): Command {
  const m = messages.convert;
  const o = m.options;
  return new Command('convert')
    .description(m.summary)
    .argument('<files...>', m.files)
    .option('--out-dir <folder>', o.outDir)
    .option('--format <name>', o.format, oneOf('--format', CONTAINERS), 'mkv' as ContainerKind)
    .option('--codec <name>', o.codec, oneOf('--codec', CODEC_CHOICES), 'auto' as CodecChoice)
    .option('--quality <number>', o.quality, wholeNumber('--quality', 1, 100))
    .option('--from <time>', o.from, moment('--from'))
    .option('--to <time>', o.to, moment('--to'))
    .option('--speed <factor>', o.speed, decimal('--speed', 0.01, 1000))
    .option('--scale <scale>', o.scale, scale)
    .option('--overlays <mode>', o.overlays, oneOf('--overlays', OVERLAY_MODES), 'burn' as OverlayMode)
    .option('--screen <number>', messages.options.screen, wholeNumber('--screen', 1, 255))
    .option('--fps <number>', o.fps, decimal('--fps', 0.1, 240))
    .option('--threads <number>', o.threads, wholeNumber('--threads', 1, 64))
    .option('--force', messages.options.force)
    .option('--keep-partial', o.keepPartial)
    .option('--json', messages.program.json)
    .addHelpText(
      'after',
      examples(messages.program.examples, [
        'sightline convert talk.rcrec talk.mkv',
        'sightline convert talk.rcrec talk.avi --from 1:30 --to 2:00 --scale 50%',
        'sightline convert talk.rcrec quick.mkv --codec msvc --quality 50 --speed 4',
        'sightline convert recordings/ more.rcrec --out-dir videos --format avi',
      ]),
    )
    .action((files: string[], flags: ConvertFlags, command: Command) =>
      runCommand(async () => {
        const jobs = await jobsOf(files, flags, (message) =>
          command.error(message, { exitCode: ExitCode.Usage }),
        );
        return convert(jobs, flags);
      }),
    );
}

async function convert(jobs: readonly ConversionJob[], flags: ConvertFlags): Promise<number> {
  const cancelled = new AbortController();
  void untilInterrupted().then(() => cancelled.abort());
  const bars = new Bars(jobs);
  const { convertFiles } = await import('../convert/index.js');
  const outcomes = await convertFiles(jobs, {
    signal: cancelled.signal,
    ...(flags.threads === undefined ? {} : { threads: flags.threads }),
    onProgress: (job, progress) => bars.show(job, progress),
    onDone: ({ job }) => bars.done(job),
  });
  bars.stop();
  if (flags.json) printJson(outcomes.map(inFigures));
  const m = messages.convert;
  for (const outcome of outcomes) {
    if ('error' in outcome) {
      const message = text(m.failed, { file: outcome.job.input, reason: outcome.error.message });
      if (!cancelled.signal.aborted) say(text(messages.errors.prefix, { message }));
    } else if (!flags.json) print(inWords(outcome));
  }
  if (cancelled.signal.aborted) say(flags.keepPartial ? m.interruptedKept : m.interrupted);
  return outcomes.some((outcome) => 'error' in outcome) ? ExitCode.Failure : ExitCode.Success;
}

function inWords({ job, summary }: Extract<ConversionOutcome, { summary: unknown }>): string {
  const m = messages.convert;
  const { codec, frames, duration, bytes, size, skipped, screens } = summary;
  const line = text(m.done, {
    file: job.output,
    codec: codec.toUpperCase(),
    size: `${size.width}x${size.height}`,
    frames,
    duration: durationInWords(duration),
    bytes: bytesInWords(bytes),
  });
  const more = [
    ...(skipped === 0 ? [] : [text(m.skipped, { slices: skipped })]),
    ...(screens === 1 || job.screen !== undefined ? [] : [text(messages.options.screens, { screens })]),
  ];
  return [line, ...more].join(' ');
}

function inFigures(outcome: ConversionOutcome): object {
  const { input, output } = outcome.job;
  if ('error' in outcome) return { input, output, error: outcome.error.toPlain() };
  return { input, output, ...outcome.summary };
}

/** What is to be done, with files and folders found. `refuse` ends the command: the command line is wrong. */
async function jobsOf(
  files: readonly string[],
  flags: ConvertFlags,
  refuse: (message: string) => never,
): Promise<ConversionJob[]> {
  const m = messages.convert;
  const { outDir } = flags;
  const inputs = outDir === undefined ? files.slice(0, -1) : files;
  if (inputs.length === 0) refuse(m.noOutput);
  const found = (await Promise.all(inputs.map(recordingsIn))).flat();
  if (outDir === undefined) {
    const output = files.at(-1)!;
    const container = CONTAINERS.find((name) => extname(output).toLowerCase() === `.${name}`);
    if (container === undefined) refuse(text(m.extension, { file: output }));
    if (found.length !== 1) refuse(text(m.severalFiles, { file: output }));
    return [jobOf(found[0]!, output, container, flags)];
  }
  if (!(await isFolder(outDir))) throw new SightlineError('not-found', text(m.noFolder, { folder: outDir }));
  const jobs = found.map((input) => {
    const name = `${basename(input, extname(input))}.${flags.format}`;
    return jobOf(input, join(outDir, name), flags.format, flags);
  });
  const outputs = new Set<string>();
  for (const { output } of jobs) {
    const path = resolve(output);
    if (outputs.has(path)) refuse(text(m.sameName, { file: output }));
    outputs.add(path);
  }
  return jobs;
}

function jobOf(input: string, output: string, container: ContainerKind, flags: ConvertFlags): ConversionJob {
  const { codec, quality, from, to, speed, scale, overlays, screen, fps } = flags;
  return {
    input,
    output,
    container,
    codec,
    overlays,
    force: flags.force ?? false,
    keepPartial: flags.keepPartial ?? false,
    locale: localeOfEnvironment(process.env),
    ...(quality === undefined ? {} : { quality }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(speed === undefined ? {} : { speed }),
    ...(scale === undefined ? {} : { scale }),
    ...(screen === undefined ? {} : { screen }),
    ...(fps === undefined ? {} : { fps }),
  };
}

/** The file itself, or the recordings in the folder. */
async function recordingsIn(path: string): Promise<string[]> {
  if (!(await isFolder(path))) return [path];
  const names = (await readdir(path)).filter((name) => name.toLowerCase().endsWith(RECORDING)).sort();
  if (names.length === 0) {
    throw new SightlineError('not-found', text(messages.convert.emptyFolder, { folder: path }));
  }
  return names.map((name) => join(path, name));
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    // What is not there is said when it is opened.
    return false;
  }
}

/** A bar for each file on a terminal; nothing elsewhere. */
class Bars {
  readonly #bars: BarStack | undefined;
  readonly #shown = new Map<ConversionJob, Bar>();

  constructor(jobs: readonly ConversionJob[]) {
    const m = messages.convert;
    this.#bars = BarStack.open(`  {file} {bar} {percentage} %  ${m.rate}  ${m.left}  {bytes}`);
    if (this.#bars === undefined) return;
    for (const job of jobs) {
      const file = escapeControls(basename(job.output)).padEnd(24).slice(0, 24);
      const waiting = { file, rate: '–', left: '–', bytes: '' };
      this.#shown.set(job, this.#bars.add(waiting));
    }
  }

  show(job: ConversionJob, { done, total, bytes }: ConversionProgress): void {
    const bar = this.#shown.get(job);
    if (bar === undefined) return;
    const begun = this.#begun.get(job) ?? { at: performance.now(), done };
    this.#begun.set(job, begun);
    const rate = (done - begun.done) / 1000 / Math.max(1, performance.now() - begun.at);
    const left = rate > 0 ? durationInWords((total - done) / rate) : '–';
    bar.setTotal(total);
    bar.update(done, { rate: rate.toFixed(rate < 10 ? 1 : 0), left, bytes: bytesInWords(bytes) });
  }

  readonly #begun = new Map<ConversionJob, { readonly at: number; readonly done: number }>();

  done(job: ConversionJob): void {
    this.#shown.get(job)?.stop();
  }

  stop(): void {
    this.#bars?.stop();
  }
}
