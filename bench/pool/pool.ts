/**
 * Coding of packets with a pool of threads against coding on one thread: large and small changes of a 1080p
 * picture, in turn, within one run. Times are from asking to the last slice, and to the first.
 */
import { availableParallelism } from 'node:os';
import { type ColourLevel, type Picture, TILE_SIZE, wholeBox } from '../../codecs/index.js';
import { DisplayPipeline, loadKernelModule, type Packet, systemClock } from '../../engine/index.js';
import { type BenchResult, type BenchRow, benchMain } from '../result.js';

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

/** Dark strokes on light ground with antialiased edges, in lines. */
function paintText(picture: Picture): void {
  fill(picture, (x, y, noise) => {
    if (y % 20 > 12 || noise(Math.floor(x / 9), Math.floor(y / 20)) < 30) return 0xfff5f5f5;
    const stroke = noise(Math.floor(x / 2), Math.floor(y / 3));
    return stroke < 70 ? 0xff202020 : stroke < 100 ? 0xff8a8a8a : 0xfff5f5f5;
  });
}

/** Smooth colours with noise, as a camera gives. */
function paintPhoto(picture: Picture): void {
  fill(picture, (x, y, noise) => {
    const grain = noise(x, y) >> 5;
    const red = ((x * 255) / WIDTH + grain) & 255;
    const green = ((y * 255) / HEIGHT + grain) & 255;
    return 0xff000000 | (red << 16) | (green << 8) | ((128 + grain * 3) & 255);
  });
}

function fill(
  picture: Picture,
  colourAt: (x: number, y: number, noise: (x: number, y: number) => number) => number,
): void {
  const words = new Uint32Array(picture.pixels.buffer, picture.pixels.byteOffset, picture.pixels.length / 4);
  const noise = (x: number, y: number) => {
    const mixed = Math.imul(x * 374761393 + y * 668265263, 1274126177);
    return (mixed ^ (mixed >>> 15)) & 255;
  };
  for (let y = 0; y < picture.height; y++) {
    for (let x = 0; x < picture.width; x++) {
      words[(y * picture.stride) / 4 + x] = colourAt(x, y, noise) >>> 0;
    }
  }
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
