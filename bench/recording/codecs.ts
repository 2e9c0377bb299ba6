/**
 * Codecs for conversion on a folder of recordings: bytes, CPU and PSNR of Microsoft RLE, Microsoft Video 1 and Zip
 * Motion Blocks Video, beside ffmpeg's msvideo1, zmbv and qtrle on the same frames in the same run. Ours are told damage
 * and moves, as a recording knows them. `node dist/bench/recording/codecs.js [FOLDER]`; SIGHTLINE_FRAMES
 * limits the frames of each sequence.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { AviWriter } from '../../codecs/containers/index.js';
import {
  blankPicture,
  createSharedMemory,
  encoderLayout,
  FrameEncoder,
  type Rect,
  type Size,
  unpackBox,
} from '../../codecs/index.js';
import {
  ColourSurvey,
  MrleEncoder,
  MsvcEncoder,
  type VideoEncoder,
  ZmbvEncoder,
} from '../../codecs/video/index.js';
import { loadKernelModule, loadRecordingModule } from '../../engine/artifacts.js';
import { framesOf, videosIn, withVideo } from '../../harness/codec-bench/index.js';
import { type BenchResult, type BenchRow, benchMain } from '../result.js';
import { corpusFolder } from '../support/corpus.js';

/** Frames in a second of the file that PSNR is measured on: those of the sequences. */
const RATE = 20;
const DEFAULT_FRAMES = 20;
/** Pictures that a palette is chosen from. */
const SURVEYED = 12;
const PEERS = [
  { codec: 'msvideo1', format: 'rgb555le', options: [] },
  { codec: 'zmbv', format: 'bgr0', options: ['-compression_level', '1', '-g', '300'] },
  { codec: 'qtrle', format: 'rgb24', options: ['-g', '300'] },
] as const;

interface Figures {
  readonly bytes: number;
  readonly ms: number;
  readonly psnr: number;
}

interface Packet {
  readonly index: number;
  readonly bytes: Uint8Array;
  readonly keyframe: boolean;
}

export async function run(): Promise<BenchResult> {
  const frames = Number(process.env.SIGHTLINE_FRAMES ?? DEFAULT_FRAMES);
  const folder = mkdtempSync(join(tmpdir(), 'sightline-codecs-'));
  const rows: BenchRow[] = [];
  try {
    for (const file of videosIn(corpusFolder())) {
      const results: Record<string, Figures | undefined> = {};
      for (const codec of ['mrle', 'msvc', 'zmbv'] as const) {
        results[`${codec}, ours`] = await ours(codec, file, frames, join(folder, 'ours.avi'));
      }
      for (const peer of PEERS) results[`${peer.codec}, ffmpeg`] = theirs(peer, file, frames, folder);
      for (const [codec, found] of Object.entries(results)) {
        if (found === undefined) continue;
        const figures = {
          'kB/frame': found.bytes / frames / 1000,
          'ms/frame': found.ms / frames,
          dB: found.psnr,
        };
        rows.push({ case: `${basename(file).replace(/\.[^.]+$/, '')}: ${codec}`, figures });
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return {
    name: 'recording-codecs',
    unit: `${frames} frames of each sequence, the first included; one thread`,
    rows,
    notes: [
      'Ours: msvc at quality 65, zmbv of 32 bits, mrle by a palette of the sequence; damage and moves are found beforehand, as a recording has them.',
      'ffmpeg: msvideo1 (rgb555), zmbv (zlib 1) and qtrle; user and system time, less that of decoding and converting.',
      'dB is PSNR over red, green and blue of the whole sequence; none for what is exact.',
    ],
  };
}

function ours(
  codec: 'mrle' | 'msvc' | 'zmbv',
  video: string,
  frames: number,
  path: string,
): Promise<Figures> {
  return withVideo(video, undefined, async (reader) => {
    const module = await loadRecordingModule();
    const { width, height } = reader;
    const layout = encoderLayout({ width, height, workers: 0 });
    const memory = createSharedMemory(layout.totalBytes);
    const source = new FrameEncoder(await loadKernelModule(), layout, memory);
    const palette = codec === 'mrle' ? await paletteOf(video, frames) : undefined;
    const encoder = make(codec, module, { width, height }, palette);
    const packets: Packet[] = [];
    let ms = 0;
    for await (const index of framesOf(reader, source.picture, frames)) {
      const { changed, moves } = source.commit();
      const change = { damage: damageOf(changed, layout.columns), moves };
      const started = process.cpuUsage();
      const { bytes, keyframe } = encoder.encode(source.picture, change, index === 0);
      const { user, system } = process.cpuUsage(started);
      ms += (user + system) / 1000;
      if (bytes.length > 0) packets.push({ index, bytes: bytes.slice(), keyframe });
    }
    await write(encoder, packets, frames, path);
    const bytes = packets.reduce((sum, packet) => sum + packet.bytes.length, 0);
    return { bytes, ms, psnr: psnrOf(path, video, frames) };
  });
}

/** From some of the pictures, as a conversion chooses it. */
function paletteOf(video: string, frames: number): Promise<Uint8Array> {
  return withVideo(video, undefined, async (reader) => {
    const picture = blankPicture(reader);
    const colours = new ColourSurvey();
    const step = Math.ceil(frames / SURVEYED);
    for await (const index of framesOf(reader, picture, frames)) {
      if (index % step === step >> 1) colours.add(picture);
    }
    return colours.palette();
  });
}

function make(
  codec: 'mrle' | 'msvc' | 'zmbv',
  module: WebAssembly.Module,
  size: Size,
  palette: Uint8Array | undefined,
): VideoEncoder {
  if (codec === 'mrle') return new MrleEncoder(module, size, palette === undefined ? {} : { palette });
  return codec === 'msvc' ? new MsvcEncoder(module, size) : new ZmbvEncoder(module, size);
}

async function write(
  encoder: VideoEncoder,
  packets: readonly Packet[],
  frames: number,
  path: string,
): Promise<void> {
  const file = openSync(path, 'w');
  let end = 0;
  const sink = {
    seekable: true,
    write(bytes: Uint8Array, at?: number) {
      writeSync(file, bytes, 0, bytes.length, at ?? end);
      if (at === undefined) end += bytes.length;
    },
  };
  const { size, fourcc, compression = fourcc, bitsPerPixel, extraData } = encoder;
  const writer = new AviWriter(sink, {
    size,
    compression,
    handler: fourcc,
    bitsPerPixel,
    extraData,
    rate: { frames: RATE, seconds: 1 },
    application: 'bench',
  });
  for (const { index, bytes, keyframe } of packets) {
    await writer.addFrame((index * 1e6) / RATE, bytes, keyframe);
  }
  await writer.finish((frames * 1e6) / RATE);
  closeSync(file);
}

function damageOf(boxes: Uint32Array, columns: number): Rect[] {
  const rects: Rect[] = [];
  boxes.forEach((box, tile) => {
    const rect = unpackBox(box);
    if (rect === undefined) return;
    const left = (tile % columns) * 64;
    const top = Math.floor(tile / columns) * 64;
    rects.push({ ...rect, x: rect.x + left, y: rect.y + top });
  });
  return rects;
}

/** Undefined when this ffmpeg has no such encoder. */
function theirs(
  peer: (typeof PEERS)[number],
  video: string,
  frames: number,
  folder: string,
): Figures | undefined {
  const path = join(folder, `theirs.${peer.codec === 'qtrle' ? 'mov' : 'avi'}`);
  const input = ['-y', '-benchmark', '-threads', '1', '-filter_threads', '1', '-i', video];
  const picture = ['-frames:v', String(frames), '-pix_fmt', peer.format];
  const plain = cpuMs([...input, ...picture, '-f', 'null', '-']);
  const coded = cpuMs([...input, ...picture, '-threads', '1', '-c:v', peer.codec, ...peer.options, path]);
  if (plain === undefined || coded === undefined) return undefined;
  const probe = spawnSync(
    'ffprobe',
    ['-v', 'error', '-select_streams', 'v:0', '-show_entries', 'packet=size', '-of', 'csv=p=0', path],
    { encoding: 'utf8', maxBuffer: 1 << 24 },
  );
  const sizes = probe.stdout.split('\n').map((line) => Number.parseInt(line, 10) || 0);
  return {
    bytes: sizes.reduce((sum, size) => sum + size, 0),
    ms: coded - plain,
    psnr: psnrOf(path, video, frames),
  };
}

/** User and system time of a run of ffmpeg, by its own account. */
function cpuMs(words: readonly string[]): number | undefined {
  const { status, stderr } = spawnSync('ffmpeg', words, { encoding: 'utf8', maxBuffer: 1 << 24 });
  const times = /bench: utime=([\d.]+)s stime=([\d.]+)s/.exec(stderr ?? '');
  return status === 0 && times !== null ? (Number(times[1]) + Number(times[2])) * 1000 : undefined;
}

function psnrOf(path: string, video: string, frames: number): number {
  const alike = `fps=${RATE},format=rgb24,settb=1/${RATE}`;
  const graph = `[0:v]${alike}[a];[1:v]trim=end_frame=${frames},${alike}[b];[a][b]psnr`;
  const { stderr } = spawnSync('ffmpeg', ['-i', path, '-i', video, '-lavfi', graph, '-f', 'null', '-'], {
    encoding: 'utf8',
    maxBuffer: 1 << 24,
  });
  return Number(/average:([\d.]+)/.exec(stderr ?? '')?.[1] ?? Number.NaN);
}

await benchMain(import.meta.url, run);
