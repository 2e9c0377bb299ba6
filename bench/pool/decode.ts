/**
 * Decoding of frames by the thread that receives them, alone and with a thread that helps, in turn within one run.
 * All slices of a frame are there at once, as from a host that codes faster than the viewer decodes, or from a
 * recording; times are from the first slice to the last one's pixels. With a folder of videos as the argument or in
 * SIGHTLINE_CORPUS, the first frame of each is measured, too.
 */
import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import {
  AUTO_STREAM,
  blankPicture,
  ColourLevel,
  coloursOf,
  FrameDecoder,
  type Picture,
  packQuality,
} from '../../codecs/index.js';
import {
  DisplayPipeline,
  decodeThreads,
  loadKernelModule,
  type Packet,
  piscinaThreads,
  readSliceHeader,
  sliceBody,
  systemClock,
} from '../../engine/index.js';
import { framesOf, videosIn, withVideo } from '../../harness/codec-bench/index.js';
import { type BenchResult, type BenchRow, benchMain } from '../result.js';
import { paintPhoto, paintText } from '../support/paint.js';

const WIDTH = 1920;
const HEIGHT = 1080;
const ROUNDS = 60;
/** Not measured: code is compiled. */
const WARM_UP = 6;
/** Between frames: threads fall asleep. */
const PAUSE_MS = 8;
/** Threads take this long to start, at most, on a machine that does other work. */
const START_LIMIT_MS = 10_000;

interface Case {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly packet: Pick<Packet, 'level' | 'quality'>;
  paint(picture: Picture): void;
}

const DRAWN = { width: WIDTH, height: HEIGHT };
const HIGH: Case['packet'] = { level: ColourLevel.High };
const LOSSY: Case['packet'] = { level: AUTO_STREAM, quality: packQuality(60) };
const CASES: readonly Case[] = [
  { name: 'photo, exact', ...DRAWN, packet: HIGH, paint: paintPhoto },
  { name: 'photo, lossy', ...DRAWN, packet: LOSSY, paint: paintPhoto },
  { name: 'text', ...DRAWN, packet: HIGH, paint: paintText },
];

export async function run(): Promise<BenchResult> {
  const module = await loadKernelModule();
  const rows: BenchRow[] = [];
  for (const one of [...CASES, ...(await recordedCases())]) {
    const messages = await slicesOf(module, one);
    const decoders = [new FrameDecoder(module), new FrameDecoder(module, decodeThreads(1))];
    for (const decoder of decoders) decoder.resize(one.width, one.height);
    await helpComes(decoders[1]!);
    const times: number[][] = decoders.map(() => []);
    const cpu = decoders.map(() => 0);
    for (let round = -WARM_UP; round < ROUNDS; round++) {
      for (const [index, decoder] of decoders.entries()) {
        await pause(PAUSE_MS);
        const before = process.cpuUsage();
        const time = decodeFrame(decoder, messages);
        const { user, system } = process.cpuUsage(before);
        if (round < 0) continue;
        times[index]!.push(time);
        cpu[index]! += (user + system) / 1000 / ROUNDS;
      }
    }
    const [alone, helped] = times as [number[], number[]];
    rows.push({
      case: one.name,
      figures: {
        kB: messages.reduce((sum, message) => sum + message.length, 0) / 1000,
        slices: messages.length,
        'alone best ms': Math.min(...alone),
        'alone p50 ms': median(alone),
        'helped best ms': Math.min(...helped),
        'helped p50 ms': median(helped),
        'best, alone / helped': Math.min(...alone) / Math.min(...helped),
        'p50, alone / helped': median(alone) / median(helped),
        'CPU ms, alone': cpu[0]!,
        'CPU ms, helped': cpu[1]!,
      },
    });
    for (const decoder of decoders) decoder.close();
  }
  return {
    name: 'decoding with a thread that helps',
    unit: 'ms from the first slice to the last pixel, all slices being there',
    rows,
    notes: [`${availableParallelism()} cores; ${ROUNDS} frames each, in turn, ${PAUSE_MS} ms apart.`],
  };
}

function decodeFrame(decoder: FrameDecoder, messages: readonly Uint8Array[]): number {
  const started = performance.now();
  for (const message of messages) {
    const header = readSliceHeader(message);
    decoder.decode(sliceBody(message), coloursOf(header.level), header);
  }
  return performance.now() - started;
}

/** A whole picture as a host with a pool sends it. */
async function slicesOf(module: WebAssembly.Module, one: Case): Promise<Uint8Array[]> {
  const { width, height, packet, paint } = one;
  const pipeline = DisplayPipeline.create({
    width,
    height,
    threads: 1,
    startThreads: piscinaThreads,
    module,
    clock: systemClock,
  });
  paint(pipeline.picture);
  pipeline.commit({ drawnAt: 0 });
  const messages: Uint8Array[] = [];
  const whole = pipeline.refresh(packet.level, 0, 0, 0);
  await pipeline.encode({ ...whole, ...packet }, (message) => messages.push(message.slice()));
  await pipeline.close();
  return messages;
}

/** The first frame of each video, exact and with loss. */
async function recordedCases(): Promise<Case[]> {
  const isFolder = (word: string) => statSync(word, { throwIfNoEntry: false })?.isDirectory() === true;
  const folder = process.argv.slice(2).find(isFolder) ?? process.env.SIGHTLINE_CORPUS;
  const cases: Case[] = [];
  for (const file of videosIn(folder)) {
    const name = basename(file).replace(/\.[^.]+$/, '');
    const seen = await firstFrame(file);
    const { width, height } = seen;
    const paint = (picture: Picture) => picture.pixels.set(seen.pixels);
    cases.push({ name: `${name}, exact`, width, height, packet: HIGH, paint });
    cases.push({ name: `${name}, lossy`, width, height, packet: LOSSY, paint });
  }
  return cases;
}

function firstFrame(file: string): Promise<Picture> {
  return withVideo(file, undefined, async (reader) => {
    const picture = blankPicture(reader);
    await framesOf(reader, picture, 1).next();
    return picture;
  });
}

async function helpComes(decoder: FrameDecoder): Promise<void> {
  for (const started = performance.now(); decoder.threads.threads < 2; await pause(PAUSE_MS)) {
    if (performance.now() - started > START_LIMIT_MS) throw new Error('The thread that helps did not start.');
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

await benchMain(import.meta.url, run);
