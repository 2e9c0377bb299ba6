/**
 * Our VP8 beside libvpx (realtime, fastest, one thread) on recorded sequences: bytes and processor time per
 * frame, the first included, at about the same PSNR. Ours is told what a recording tells: the damage and the
 * moves. `node dist/bench/recording/vp8.js [FOLDER]`
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import {
  createSharedMemory,
  encoderLayout,
  type FrameChange,
  FrameEncoder,
  type Rect,
  TILE_SIZE,
  unpackBox,
} from '../../codecs/index.js';
import { Vp8Encoder } from '../../codecs/vp8/index.js';
import { loadKernelModule, loadVp8Module } from '../../engine/artifacts.js';
import { framesOf, videosIn, withVideo } from '../../harness/codec-bench/index.js';
import type { VideoReader } from '../../harness/hosts/index.js';
import { type BenchResult, type BenchRow, benchMain } from '../result.js';
import { corpusFolder } from '../support/corpus.js';

const FRAMES = 120;
/** Ours is coded at each; bytes and time at a peer's PSNR lie between those of two of them. */
const QUALITIES = [20, 45, 60, 70, 78, 85, 90, 94, 98];
/**
 * libvpx as a session's recording would use it, constant quality below a generous rate; and with one quantiser for
 * all frames, where it spends nothing on keeping a rate.
 */
const PEERS = {
  'crf 20': ['-crf', '20', '-b:v', '8M'],
  'q 20': ['-qmin', '20', '-qmax', '20', '-b:v', '40M'],
  'q 40': ['-qmin', '40', '-qmax', '40', '-b:v', '40M'],
} as const;
const PEER_OPTIONS = ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-g', '300'];

interface Figures {
  readonly bytes: number;
  readonly ms: number;
  readonly psnr: number;
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The areas that a recording says have changed. */
function damageOf(change: FrameChange, columns: number): Rect[] {
  return [...change.changed].flatMap((packed, tile) => {
    const box = unpackBox(packed);
    if (box === undefined) return [];
    const x = (tile % columns) * TILE_SIZE + box.x;
    const y = Math.floor(tile / columns) * TILE_SIZE + box.y;
    return [{ x, y, width: box.width, height: box.height }];
  });
}

function measureOurs(file: string): Promise<Figures[]> {
  return withVideo(file, undefined, (reader) => measureRead(reader));
}

async function measureRead(reader: VideoReader): Promise<Figures[]> {
  const { width, height } = reader;
  const [kernels, vp8] = [await loadKernelModule(), await loadVp8Module()];
  const layout = encoderLayout({ width, height, workers: 0 });
  const source = new FrameEncoder(kernels, layout, createSharedMemory(layout.totalBytes));
  const runs = QUALITIES.map((quality) => ({
    encoder: new Vp8Encoder(vp8, { width, height }, { quality }),
    bytes: 0,
    ms: 0,
    error: 0,
  }));
  let frames = 0;
  for await (const _ of framesOf(reader, source.picture, FRAMES)) {
    frames++;
    const change = source.commit();
    const damage = damageOf(change, layout.columns);
    for (const run of runs) {
      const started = cpuMs();
      run.bytes += run.encoder.encode(source.picture, { damage, moves: change.moves }, false).bytes.length;
      run.ms += cpuMs() - started;
      run.error += 10 ** (-run.encoder.psnr() / 10);
    }
  }
  return runs.map(({ bytes, ms, error }) => ({
    bytes: bytes / frames,
    ms: ms / frames,
    psnr: -10 * Math.log10(error / frames),
  }));
}

function ffmpeg(args: readonly string[]): string | undefined {
  const result = spawnSync('ffmpeg', ['-y', '-threads', '1', ...args], { encoding: 'utf8' });
  return result.status === 0 ? result.stderr : undefined;
}

function benchmarkedMs(log: string | undefined): number {
  const found = /bench: utime=([\d.]+)s stime=([\d.]+)s/.exec(log ?? '');
  return found === null ? Number.NaN : (Number(found[1]) + Number(found[2])) * 1000;
}

/** libvpx through ffmpeg, without what reading and converting take; undefined where ffmpeg lacks it. */
function measurePeer(file: string, options: readonly string[], folder: string): Figures | undefined {
  const out = join(folder, 'peer.ivf');
  const input = ['-i', file, '-frames:v', String(FRAMES), '-pix_fmt', 'yuv420p', '-benchmark'];
  const coding = ffmpeg([...input, ...PEER_OPTIONS, ...options, '-threads', '1', out]);
  if (coding === undefined) return undefined;
  const reading = ffmpeg([...input, '-f', 'null', '-']);
  const filter = `[1]trim=end_frame=${FRAMES},format=yuv420p[source];[0][source]psnr`;
  const compared = ffmpeg(['-i', out, '-i', file, '-lavfi', filter, '-f', 'null', '-']);
  const psnr = /average:([\d.]+)/.exec(compared ?? '');
  const [headerBytes, frameHeaderBytes] = [32, 12];
  return {
    bytes: (statSync(out).size - headerBytes) / FRAMES - frameHeaderBytes,
    ms: (benchmarkedMs(coding) - benchmarkedMs(reading)) / FRAMES,
    psnr: Number(psnr?.[1]),
  };
}

export async function run(): Promise<BenchResult> {
  const rows: BenchRow[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'sightline-vp8-'));
  try {
    for (const file of videosIn(corpusFolder())) rows.push(...(await compare(file, folder)));
  } finally {
    rmSync(folder, { recursive: true });
  }
  return {
    name: 'vp8',
    unit: `kB and ms of CPU per frame, mean of the first ${FRAMES}; PSNR in dB over all samples of Y, U and V`,
    rows,
    notes: [
      'Ours: at the PSNR of libvpx, between two qualities of a ladder; its time has the conversion from BGRA in it.',
      'libvpx: -deadline realtime -cpu-used 8, one thread; its time has no conversion in it.',
    ],
  };
}

async function compare(file: string, folder: string): Promise<BenchRow[]> {
  const ladder = await measureOurs(file);
  const name = basename(file).replace(/\.[^.]+$/, '');
  return Object.entries(PEERS).map(([setting, options]) => {
    const peer = measurePeer(file, options, folder);
    if (peer === undefined) return { case: name, figures: { ...ladder.at(-2)! } };
    const ours = at(ladder, peer.psnr);
    const figures = {
      PSNR: peer.psnr,
      kB: ours.bytes / 1000,
      ms: ours.ms,
      'libvpx kB': peer.bytes / 1000,
      'libvpx ms': peer.ms,
      'kB ratio': ours.bytes / peer.bytes,
      'ms ratio': ours.ms / peer.ms,
    };
    return { case: `${name}, ${setting}`, figures };
  });
}

/** What ours takes for a PSNR: between two steps of the ladder, bytes by their logarithm. */
function at(ladder: readonly Figures[], psnr: number): Figures {
  const found = ladder.findIndex((step) => step.psnr >= psnr);
  const upper = Math.max(1, found < 0 ? ladder.length - 1 : found);
  const [low, high] = [ladder[upper - 1]!, ladder[upper]!];
  const part = (psnr - low.psnr) / (high.psnr - low.psnr);
  return {
    bytes: low.bytes * (high.bytes / low.bytes) ** part,
    ms: low.ms + (high.ms - low.ms) * part,
    psnr,
  };
}

await benchMain(import.meta.url, run);
