/**
 * Coding of packets with a pool of threads against coding on one thread: large and small changes of a 1080p
 * picture, in turn, within one run. Times are from asking to the last slice, and to the first.
 */
import { availableParallelism } from 'node:os';
import { type ColourLevel, type Picture, TILE_SIZE, wholeBox } from '../../codecs/index.js';
import {
  DisplayPipeline,
  loadKernelModule,
  type Packet,
  piscinaThreads,
  systemClock,
} from '../../engine/index.js';
import { type BenchResult, type BenchRow, benchMain } from '../result.js';
import { paintPhoto, paintText } from '../support/paint.js';

const WIDTH = 1920;
const HEIGHT = 1080;
const ROUNDS = 40;
/** Not measured: threads start, code is compiled. */
const WARM_UP = 8;
/** Between packets, as between frames: threads fall asleep. */
const PAUSE_MS = 8;

interface Case {
  readonly name: string;
  readonly tiles: number;
  readonly level: ColourLevel;
  readonly paint: (picture: Picture) => void;
}

const CASES: readonly Case[] = [
  { name: 'text, whole picture, high', tiles: 510, level: 3, paint: paintText },
  { name: 'text, whole picture, low', tiles: 510, level: 1, paint: paintText },
  { name: 'photo, whole picture, high', tiles: 510, level: 3, paint: paintPhoto },
  { name: 'text, 255 tiles, high', tiles: 255, level: 3, paint: paintText },
  { name: 'text, 160 tiles, high', tiles: 160, level: 3, paint: paintText },
  { name: 'photo, 160 tiles, high', tiles: 160, level: 3, paint: paintPhoto },
  { name: 'text, 60 tiles, high', tiles: 60, level: 3, paint: paintText },
  { name: 'text, 4 tiles, high', tiles: 4, level: 3, paint: paintText },
];

interface Times {
  readonly last: number[];
  readonly first: number[];
}

export async function run(): Promise<BenchResult> {
  const module = await loadKernelModule();
  const most = Math.max(1, Math.min(3, availableParallelism() - 1));
  const counts = [...new Set([0, 1, most])];
  const rows: BenchRow[] = [];
  for (const { name, tiles, level, paint } of CASES) {
    const pipelines = counts.map((threads) => {
      const pipeline = DisplayPipeline.create({
        width: WIDTH,
        height: HEIGHT,
        threads,
        startThreads: piscinaThreads,
        module,
        clock: systemClock,
      });
      paint(pipeline.picture);
      pipeline.commit({ drawnAt: 0 });
      return { pipeline, packet: packetOf(tiles, level) };
    });
    const times: Times[] = counts.map(() => ({ last: [], first: [] }));
    for (let round = -WARM_UP; round < ROUNDS; round++) {
      for (const [index, { pipeline, packet }] of pipelines.entries()) {
        await pause();
        await measure(pipeline, packet, round < 0 ? undefined : times[index]!);
      }
    }
    await Promise.all(pipelines.map(({ pipeline }) => pipeline.close()));
    const alone = times[0]!;
    counts.forEach((threads, index) => {
      const { last, first } = times[index]!;
      rows.push({
        case: `${name}, ${threads === 0 ? 'no pool' : `pool of ${threads}`}`,
        figures: {
          'last p50 ms': quantile(last, 0.5),
          'last p95 ms': quantile(last, 0.95),
          'first p50 ms': quantile(first, 0.5),
          'p50 of no pool': quantile(last, 0.5) / quantile(alone.last, 0.5),
        },
      });
    });
  }
  return {
    name: 'pool against no pool',
    unit: 'ms from asking to the last and first slice',
    rows,
    notes: [
      `${availableParallelism()} cores; ${ROUNDS} packets each, in turn, ${PAUSE_MS} ms apart.`,
      'Packets of fewer than 160 tiles are coded without the pool in any case.',
    ],
  };
}

async function measure(pipeline: DisplayPipeline, packet: Packet, times: Times | undefined): Promise<void> {
  const started = performance.now();
  let first = 0;
  await pipeline.encode(packet, () => {
    if (first === 0) first = performance.now();
  });
  times?.last.push(performance.now() - started);
  times?.first.push(first - started);
}

function packetOf(tiles: number, level: ColourLevel): Packet {
  const size = { width: WIDTH, height: HEIGHT };
  const count = Math.ceil(WIDTH / TILE_SIZE) * Math.ceil(HEIGHT / TILE_SIZE);
  const boxes = new Uint32Array(count);
  for (let tile = 0; tile < tiles; tile++) boxes[tile] = wholeBox(tile, size);
  return { level, frame: 2, base: 1, viewer: 0, drawnAt: 0, boxes, moves: [] };
}

function quantile(values: readonly number[], q: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * q)]!;
}

function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, PAUSE_MS);
  });
}

await benchMain(import.meta.url, run);
