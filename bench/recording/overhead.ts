/**
 * What recording adds to a host's pipeline and to a viewer, in processor time of the whole process (file writes and
 * syncs in other threads count): videos coded at full colour on one thread, decoded, and recorded into a real file.
 * Each part is measured by itself in the same run, since its share is smaller than the noise of a difference.
 * `node dist/bench/recording/overhead.js FOLDER` or SIGHTLINE_CORPUS
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { ColourLevel, FrameDecoder } from '../../codecs/index.js';
import { portableSha256 } from '../../codecs/recording/index.js';
import {
  type Clock,
  DisplayPipeline,
  FileSink,
  loadKernelModule,
  type Micros,
  nodeSha256,
  Recorder,
  sliceBody,
} from '../../engine/index.js';
import { VideoReader } from '../../harness/hosts/index.js';
import { type BenchResult, type BenchRow, benchMain } from '../result.js';
import { corpusFolder } from '../support/corpus.js';

const FRAMES = 150;
const ROUNDS = 5;

interface Frame {
  readonly at: Micros;
  readonly messages: readonly Uint8Array[];
}

export async function run(): Promise<BenchResult> {
  const folder = corpusFolder();
  const module = await loadKernelModule();
  const rows: BenchRow[] = [];
  const videos = folder === undefined ? [] : readdirSync(folder).filter((name) => name.endsWith('.mkv'));
  for (const name of videos.sort()) rows.push(await measure(join(folder!, name), module));
  return {
    name: 'recording overhead',
    unit: 'ms of processor time per frame, kB per frame; shares in percent',
    rows,
    notes: [
      `Up to ${FRAMES} frames of each video; the pipeline compares, finds moves and codes on one thread.`,
      `record: least of ${ROUNDS} runs, with checksums, hashes by Node's SHA-256, writes and syncs of a real file.`,
      'portable: the same with the SHA-256 that pages use.',
    ],
  };
}

async function measure(path: string, module: WebAssembly.Module): Promise<BenchRow> {
  const { frames, pipeline } = await code(path, module);
  const viewer = decode(frames, module);
  const scratch = mkdtempSync(join(tmpdir(), 'sightline-bench-'));
  const record = { node: Number.POSITIVE_INFINITY, portable: Number.POSITIVE_INFINITY };
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const file = join(scratch, `${round}.rcrec`);
      record.node = Math.min(record.node, await recordAll(frames, file, nodeSha256));
      rmSync(file);
      record.portable = Math.min(record.portable, await recordAll(frames, file, portableSha256));
      rmSync(file);
    }
  } finally {
    rmSync(scratch, { recursive: true });
  }
  const bytes = frames.reduce(
    (sum, { messages }) => sum + messages.reduce((all, { length }) => all + length, 0),
    0,
  );
  const count = frames.length;
  return {
    case: basename(path, '.mkv'),
    figures: {
      'kB/frame': bytes / 1000 / count,
      pipeline: pipeline / count,
      viewer: viewer / count,
      record: record.node / count,
      portable: record.portable / count,
      '% of pipeline': (100 * record.node) / pipeline,
      '% of viewer': (100 * record.node) / viewer,
      'portable, % of viewer': (100 * record.portable) / viewer,
    },
  };
}

/** The messages of each frame, and the time that they took. */
async function code(
  path: string,
  module: WebAssembly.Module,
): Promise<{ frames: Frame[]; pipeline: number }> {
  const reader = await VideoReader.open(path);
  const clock: Clock = { now: () => performance.now() * 1000, after: () => () => {} };
  const { width, height } = reader;
  const coder = DisplayPipeline.create({ width, height, threads: 0, module, clock });
  const stream = coder.stream(ColourLevel.High);
  const frames: Frame[] = [];
  let pipeline = 0;
  for (let at = await reader.peek(); at !== undefined && frames.length < FRAMES; at = await reader.peek()) {
    const damage = await reader.read(coder.picture, frames.length === 0);
    const messages: Uint8Array[] = [];
    const started = process.cpuUsage();
    const commit = coder.commit({ drawnAt: at, ...(damage === undefined ? {} : { damage }) });
    if (commit !== undefined) {
      const isFirst = frames.length === 0;
      const packet = isFirst
        ? coder.refresh(ColourLevel.High, 1, 0, at)
        : { ...stream.packet(commit.frame, commit.change, at), viewer: 0 };
      await coder.encode(packet, (message) => messages.push(message));
      if (isFirst) stream.startAt(commit.frame);
    }
    pipeline += elapsed(started);
    frames.push({ at, messages });
  }
  await reader.close();
  await coder.close();
  return { frames, pipeline };
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

async function recordAll(
  frames: readonly Frame[],
  path: string,
  newHash: typeof nodeSha256,
): Promise<number> {
  const clock = new SteppedClock();
  const sink = await FileSink.create(path, { clock });
  const started = process.cpuUsage();
  const metadata = { session: 'bench', host: 'bench', program: 'bench', startedAt: 0 };
  const recorder = new Recorder({ sink, clock, metadata, newHash });
  for (const { at, messages } of frames) {
    clock.advance(at);
    for (const message of messages) recorder.message(message, at);
    await setImmediate();
  }
  await recorder.stop();
  return elapsed(started);
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
