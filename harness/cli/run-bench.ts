/** What `sightline bench codec` does. */
import { open, realpath, unlink, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { type EffortName, type LevelName, SightlineError } from '../../codecs/index.js';
import { loadKernelModule } from '../../engine/artifacts.js';
import {
  benchCodec,
  type CodecReport,
  type CodecSettings,
  type Progress,
  type SequenceReport,
} from '../codec-bench/index.js';
import { DEFAULT_QUALITY, MOST_FRAMES } from './bench-defaults.js';
import { messages } from './messages.js';
import { ExitCode, print, printJson, say, untilInterrupted } from './output.js';
import { type Bar, openBar } from './progress.js';
import { formatTable } from './table.js';
import { text } from './text.js';
import { bytesInWords } from './words.js';

export interface CodecFlags {
  readonly level: readonly LevelName[];
  readonly lossy?: string | true;
  readonly effort: EffortName;
  readonly threads: number;
  readonly frames?: number;
  readonly runs: number;
  readonly peers: readonly string[];
  readonly json?: string;
}

/** Of a progress line: more often is only a cost beside what is measured. */
const FRAMES_PER_UPDATE = 10;

const m = messages.bench.codec;

/** Measures the codec on the named videos; the exit code. */
export async function run(named: readonly string[], flags: CodecFlags, command: Command): Promise<number> {
  const { lossy, files } = lossyQuality(flags.lossy, named);
  const refuse = (sentence: string): never => command.error(sentence, { exitCode: ExitCode.Usage });
  if (files.length === 0) refuse(m.noFiles);
  if (lossy !== false && !(Number.isInteger(lossy) && lossy >= 1 && lossy <= 100)) {
    refuse(text(m.quality, { value: String(flags.lossy) }));
  }
  if (lossy !== false && flags.level.some((level) => level !== 'high')) refuse(m.lossyLevel);
  if (flags.json !== undefined && flags.json !== '-') await checkTarget(flags.json, files);
  const settings: CodecSettings = {
    files,
    levels: flags.level,
    lossy,
    effort: flags.effort,
    threads: flags.threads,
    frames: flags.frames ?? null,
    peers: flags.peers,
    runs: flags.runs,
  };
  const abort = new AbortController();
  void untilInterrupted().then(() => abort.abort(new SightlineError('closed', m.interrupted)));
  const progress = startProgress();
  const report = await benchCodec(settings, {
    module: await loadKernelModule(),
    signal: abort.signal,
    onProgress: progress.update,
    onSequence: (sequence) => {
      progress.pause();
      if (flags.json !== '-') printSequence(sequence);
    },
  }).finally(progress.stop);
  if (flags.json !== '-') printMeans(report);
  if (flags.json === '-') printJson(report);
  else if (flags.json !== undefined) {
    await writeFile(flags.json, `${JSON.stringify(report, undefined, 2)}\n`);
    say(text(m.written, { file: flags.json }));
  }
  return report.sequences.every(({ verified }) => verified) ? ExitCode.Success : ExitCode.Failure;
}

/** A word after `--lossy` that is no number was meant as the first file. */
function lossyQuality(
  flag: string | true | undefined,
  files: readonly string[],
): { lossy: number | false; files: readonly string[] } {
  if (flag === undefined) return { lossy: false, files };
  if (flag === true) return { lossy: DEFAULT_QUALITY, files };
  if (!/^-?[\d.]+$/.test(flag)) return { lossy: DEFAULT_QUALITY, files: [flag, ...files] };
  return { lossy: Number(flag), files };
}

/** A wrong path is said before the measurement, not after it. */
async function checkTarget(target: string, files: readonly string[]): Promise<void> {
  const place = (path: string) => realpath(path).catch(() => path);
  const places = await Promise.all(files.map(place));
  if (places.includes(await place(target))) {
    throw new SightlineError('bad-argument', text(m.overwrites, { file: target }), { field: 'json' });
  }
  try {
    await (await open(target, 'r+')).close();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await (await open(target, 'wx')).close();
    await unlink(target);
  }
}

/** One line that changes on a terminal; elsewhere a line for each thing that begins. */
function startProgress(): { update(progress: Progress): void; pause(): void; stop(): void } {
  let bar: Bar | undefined;
  let last = '';
  const pause = (): void => {
    bar?.stop();
    bar = undefined;
    last = '';
  };
  return {
    update({ file, phase, frames }) {
      const name = `${basename(file)}, ${phase}`;
      if (name !== last) {
        pause();
        bar = openBar(' {name} … {value}', 'squares', { clearOnComplete: true });
        if (bar === undefined) say(`${name}…`);
        bar?.start(MOST_FRAMES, frames, { name });
      } else if (frames % FRAMES_PER_UPDATE === 0) bar?.update(frames);
      last = name;
    },
    pause,
    stop: pause,
  };
}

function printSequence(sequence: SequenceReport): void {
  const { file, level, width, height, frames, changedFrames, lossy, effort, threads } = sequence;
  const size = { width: String(width), height: String(height) };
  const kind = lossy === false ? m.settings.exact : text(m.settings.lossy, { quality: lossy });
  const how = text(m.settings.threads, { effort, threads });
  print(
    `${text(m.title, { file: basename(file), level, ...size, frames, changed: changedFrames })}; ${kind}, ${how}`,
  );
  const h = m.heading;
  const hasPeers = Object.keys(sequence.peers).length > 0;
  const table = formatTable([
    [h.codec, h.bytes, h.max, h.encode, h.decode, h.psnr, h.edgePsnr, ...(hasPeers ? [h.ratios] : [])],
    [
      'sightline',
      kilobytes(sequence.bytesPerFrame),
      kilobytes(sequence.maxBytes),
      sequence.encodeCpuMsPerFrame.toFixed(2),
      sequence.decodeCpuMsPerFrame.toFixed(2),
      decibels(sequence.psnr),
      decibels(sequence.edgePsnr),
    ],
    ...Object.entries(sequence.peers).map(([name, peer]) => [
      name,
      kilobytes(peer.bytesPerFrame),
      '',
      peer.encodeCpuMsPerFrame.toFixed(2),
      peer.decodeCpuMsPerFrame.toFixed(2),
      decibels(peer.psnr),
      '',
      ratios([peer.ratio.bytes, peer.ratio.encodeCpu, peer.ratio.decodeCpu]),
    ]),
  ]);
  for (const line of table) print(`  ${line}`);
  for (const [name, reason] of Object.entries(sequence.missingPeers)) {
    print(`  ${text(m.missing, { name, reason })}`);
  }
  printModes(sequence);
  const { compareCpuMsPerFrame: compare, wallMsPerFrame: wall, restBytes, verified, wrongFrames } = sequence;
  print(`  ${text(m.compare, { compare: compare.toFixed(2), wall: wall.toFixed(2) })}`);
  if (restBytes > 0) print(`  ${text(m.rest, { bytes: bytesInWords(restBytes) })}`);
  if (!verified) print(`  ${text(m.wrong, { frames: wrongFrames })}`);
  else print(`  ${lossy === false ? m.verified : m.verifiedLossy}`);
  print('');
}

/** Where tiles, bytes and time go, in a table of its own. */
function printModes({ modes, frames }: SequenceReport): void {
  const h = m.modes;
  const used = Object.entries(modes);
  if (used.length === 0) return;
  const rows = used.map(([mode, { tiles, pixels, bytes, ms }]) => [
    mode,
    (tiles / frames).toFixed(1),
    kilobytes(bytes / frames),
    (ms / frames).toFixed(2),
    ((bytes * 8) / pixels).toFixed(2),
  ]);
  for (const line of formatTable([[h.mode, h.tiles, h.bytes, h.time, h.bits], ...rows])) print(`    ${line}`);
}

/** Ours over each peer's as geometric means over the sequences, level by level. */
function printMeans({ settings, sequences }: CodecReport): void {
  if (settings.files.length < 2) return;
  for (const level of settings.levels) {
    const rows = settings.peers.flatMap((name) => {
      const found = sequences.flatMap((sequence) =>
        sequence.level === level && sequence.peers[name] !== undefined ? [sequence.peers[name].ratio] : [],
      );
      if (found.length < 2) return [];
      const means = (['bytes', 'encodeCpu', 'decodeCpu'] as const).map((figure) =>
        geometricMean(found.flatMap((ratio) => (ratio[figure] ? [ratio[figure]] : []))),
      );
      return [[name, ratios(means)]];
    });
    if (rows.length === 0) continue;
    print(text(m.means, { level, files: settings.files.length }));
    for (const line of formatTable(rows)) print(`  ${line}`);
  }
}

function geometricMean(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

/** Bytes, encoding and decoding, ours over theirs. */
function ratios(values: readonly (number | null)[]): string {
  return values.map((value) => (value === null ? '-' : value.toFixed(3)).padStart(6)).join(' ');
}

function kilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(bytes < 100_000 ? 2 : 1);
}

function decibels(value: number | null): string {
  return value === null ? m.exact : value.toFixed(2);
}
