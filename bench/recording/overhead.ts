/**
 * What recording adds to a host's pipeline and to a viewer, in processor time of the whole process (file writes and
 * syncs in other threads count). Each part is measured by itself in the same run, since the share of recording is
 * smaller than the noise of a difference.
 * `node dist/bench/recording/overhead.js FOLDER` or SIGHTLINE_CORPUS
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { ColourLevel, FrameDecoder, kernelChecksum, type Picture, type Rect } from '../../codecs/index.js';
import {
  type Clock,
  DisplayPipeline,
  dialWebSocket,
  FileSink,
  type Link,
  loadKernelModule,
  type Micros,
  nodeSha256,
  Recorder,
  type RecorderOptions,
  sliceBody,
} from '../../engine/index.js';
import { VideoReader } from '../../harness/hosts/index.js';
import { MeasuredServer } from '../relay/figures.js';
import { type BenchResult, type BenchRow, benchMain } from '../result.js';
import { corpusFolder } from '../support/corpus.js';

const FRAMES = 150;
const ROUNDS = 4;
/** Recordings in a round: they are short, and what else the machine does moves them most. */
const RECORDINGS = 8;
/** A recording holds the frames so many times, so that what only its start and its end cost counts for less. */
const PASSES = 3;

interface Frame {
  readonly at: Micros;
  readonly messages: readonly Uint8Array[];
}

/** What recording is done with beside the portable digests. */
type Digests = Pick<RecorderOptions, 'newHash' | 'checksum'>;

export async function run(): Promise<BenchResult> {
  const folder = corpusFolder();
  const module = await loadKernelModule();
  const rows: BenchRow[] = [];
  const videos = folder === undefined ? [] : readdirSync(folder).filter((name) => name.endsWith('.mkv'));
  const server = await MeasuredServer.start('takes everything', 'bare-server.js');
  try {
    // An address that is not taken for this machine's: messages are masked, as they are for a relay elsewhere.
    const link = await dialWebSocket(`ws://[::ffff:127.0.0.1]:${server.port}/ws`);
    for (const name of videos.sort()) rows.push(await measure(join(folder!, name), module, link));
    link.close();
  } finally {
    await server.stop();
  }
  return {
    name: 'recording overhead',
    unit: 'ms of processor time per frame, kB per frame; shares in percent',
    rows,
    notes: [
      `Up to ${FRAMES} frames of each video; least of ${ROUNDS} rounds of every part.`,
      'capture: the rows that have changed are copied into the picture. code: they are compared, moves are found, and coded at full colour on one thread. send: the messages go through a WebSocket to another process, masked. host: these three together.',
      `record: ${PASSES} times the frames into a real file, with the kernel's checksums, hashes by Node's SHA-256, writes and syncs.`,
      'portable: the same with checksums and hashes that need neither.',
    ],
  };
}

async function measure(path: string, module: WebAssembly.Module, link: Link): Promise<BenchRow> {
  const fast: Digests = { newHash: nodeSha256, checksum: kernelChecksum(module) };
  const least: Record<string, number> = {};
  const note = (part: string, time: number) => {
    least[part] = Math.min(least[part] ?? Number.POSITIVE_INFINITY, time);
  };
  let frames: Frame[] = [];
  const scratch = mkdtempSync(join(tmpdir(), 'sightline-bench-'));
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const coded = await code(path, module);
      frames = coded.frames;
      note('capture', coded.capture);
      note('code', coded.code);
      note('send', await send(frames, link));
      note('viewer', decode(frames, module));
      const file = join(scratch, `${round}.rcrec`);
      for (let count = 0; count < RECORDINGS; count++) {
        note('record', await recordAll(frames, file, fast));
        rmSync(file);
      }
      note('portable', await recordAll(frames, file, {}));
      rmSync(file);
    }
  } finally {
    rmSync(scratch, { recursive: true });
  }
  const bytes = frames.flatMap(({ messages }) => messages).reduce((sum, { length }) => sum + length, 0);
  const perFrame = (part: string) => least[part]! / frames.length;
  const host = perFrame('capture') + perFrame('code') + perFrame('send');
  return {
    case: basename(path, '.mkv'),
    figures: {
      'kB/frame': bytes / 1000 / frames.length,
      capture: perFrame('capture'),
      code: perFrame('code'),
      send: perFrame('send'),
      viewer: perFrame('viewer'),
      record: perFrame('record'),
      portable: perFrame('portable'),
      '% of code': (100 * perFrame('record')) / perFrame('code'),
      '% of host': (100 * perFrame('record')) / host,
      '% of viewer': (100 * perFrame('record')) / perFrame('viewer'),
      'portable, % of viewer': (100 * perFrame('portable')) / perFrame('viewer'),
    },
  };
}

/** The messages of each frame, and the time that their making took. */
async function code(
  path: string,
  module: WebAssembly.Module,
): Promise<{ frames: Frame[]; capture: number; code: number }> {
  const reader = await VideoReader.open(path);
  const clock: Clock = { now: () => performance.now() * 1000, after: () => () => {} };
  const { width, height } = reader;
  const coder = DisplayPipeline.create({ width, height, threads: 0, module, clock });
  const stream = coder.stream(ColourLevel.High);
  // Stands for the screen: a video's frames come in pieces, which no capture does.
  const screen = { ...coder.picture, pixels: new Uint8Array(coder.picture.pixels.length) };
  const frames: Frame[] = [];
  const spent = { capture: 0, code: 0 };
  for (let at = await reader.peek(); at !== undefined && frames.length < FRAMES; at = await reader.peek()) {
    const isFirst = frames.length === 0;
    const damage = await reader.read(screen, isFirst);
    const messages: Uint8Array[] = [];
    let started = process.cpuUsage();
    for (const rows of damage ?? []) copyRows(screen, coder.picture, rows);
    spent.capture += elapsed(started);
    started = process.cpuUsage();
    const commit = coder.commit({ drawnAt: at, ...(damage === undefined ? {} : { damage }) });
    if (commit !== undefined) {
      const packet = isFirst
        ? coder.refresh(ColourLevel.High, 1, 0, at)
        : { ...stream.packet(commit.frame, commit.change, at), viewer: 0 };
      await coder.encode(packet, (message) => messages.push(message));
      if (isFirst) stream.startAt(commit.frame);
    }
    spent.code += elapsed(started);
    frames.push({ at, messages });
  }
  await reader.close();
  await coder.close();
  return { frames, ...spent };
}

/** Whole rows. */
function copyRows(from: Picture, to: Picture, { y, height }: Rect): void {
  to.pixels.set(from.pixels.subarray(y * from.stride, (y + height) * from.stride), y * to.stride);
}

async function send(frames: readonly Frame[], link: Link): Promise<number> {
  const started = process.cpuUsage();
  for (const { messages } of frames) {
    for (const message of messages) link.send(message);
    await setImmediate();
  }
  while (link.bufferedBytes > 0) await setTimeout(1);
  return elapsed(started);
}

function decode(frames: readonly Frame[], module: WebAssembly.Module): number {
  const decoder = new FrameDecoder(module);
  let isSized = false;
  const started = process.cpuUsage();
  for (const { messages } of frames) {
    for (const message of messages) {
      if (!isSized) {
        const view = new DataView(message.buffer, message.byteOffset);
        decoder.resize(view.getUint16(16, true), view.getUint16(18, true));
        isSized = true;
      }
      decoder.decode(sliceBody(message), ColourLevel.High);
    }
  }
  return elapsed(started);
}

/** Of one pass. */
async function recordAll(frames: readonly Frame[], path: string, digests: Digests): Promise<number> {
  const clock = new SteppedClock();
  const sink = await FileSink.create(path, { clock });
  const started = process.cpuUsage();
  const metadata = { session: 'bench', host: 'bench', program: 'bench', startedAt: 0 };
  const recorder = new Recorder({ sink, clock, metadata, ...digests });
  const length = frames.at(-1)!.at + 50_000;
  for (let pass = 0; pass < PASSES; pass++) {
    for (const { at, messages } of frames) {
      const now = pass * length + at;
      clock.advance(now);
      for (const message of messages) recorder.message(message, now);
      await setImmediate();
    }
  }
  const { error } = await recorder.stop();
  if (error !== undefined) throw error;
  return elapsed(started) / PASSES;
}

/** Time goes with the frames. */
class SteppedClock implements Clock {
  #now: Micros = 0;
  #timers: { readonly at: Micros; readonly run: () => void }[] = [];

  now(): Micros {
    return this.#now;
  }

  after(delay: Micros, run: () => void): () => void {
    const timer = { at: this.#now + delay, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  advance(now: Micros): void {
    this.#now = now;
    const due = this.#timers.filter(({ at }) => at <= now);
    this.#timers = this.#timers.filter(({ at }) => at > now);
    for (const { run } of due) run();
  }
}

/** Milliseconds of processor time of all threads. */
function elapsed(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

await benchMain(import.meta.url, run);
