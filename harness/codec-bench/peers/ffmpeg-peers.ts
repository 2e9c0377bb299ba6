/**
 * Codecs that ffmpeg has. Encoding is ffmpeg's own account of its CPU time (`-benchmark`: user and system) for raw
 * frames to a file, pixel conversion included, less the same with no codec, which is what reading costs. Decoding is
 * to the codec's own pixel format.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { BYTES_PER_PIXEL, SightlineError } from '../../../codecs/index.js';
import { QualityMeter } from '../quality.js';
import type { PeerFigures } from '../report.js';
import type { Peer } from './peer.js';
import type { RawFrames } from './raw-frames.js';
import { runTool } from './tool.js';

interface Codec {
  readonly name: string;
  readonly file: string;
  readonly parameters: readonly string[];
}

const CODECS: readonly Codec[] = [
  {
    name: 'x264rgb',
    file: 'x264rgb.mkv',
    parameters: ['-pix_fmt', 'bgr0', '-c:v', 'libx264rgb', '-preset', 'ultrafast', '-qp', '0'],
  },
  {
    name: 'vp9',
    file: 'vp9.mkv',
    parameters: [
      ...['-pix_fmt', 'yuv420p', '-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8'],
      ...['-tune-content', 'screen', '-lag-in-frames', '0', '-crf', '24', '-b:v', '0'],
    ],
  },
  {
    name: 'zmbv',
    file: 'zmbv.avi',
    parameters: ['-pix_fmt', 'bgr0', '-c:v', 'zmbv', '-compression_level', '1'],
  },
  { name: 'qtrle', file: 'qtrle.mov', parameters: ['-pix_fmt', 'rgb24', '-c:v', 'qtrle'] },
];

export const FFMPEG_PEERS: readonly Peer[] = CODECS.map((codec) => ({
  name: codec.name,
  measure: (frames, signal) => measure(codec, frames, signal),
}));

/** What reading costs, milliseconds in all; measured once for each sequence. */
const reading = new WeakMap<RawFrames, number>();

async function measure(codec: Codec, frames: RawFrames, signal?: AbortSignal): Promise<PeerFigures> {
  const cost = reading.get(frames) ?? (await cpuOf([...inputOf(frames), '-f', 'null', '-'], signal));
  reading.set(frames, cost);
  const file = join(frames.folder, codec.file);
  const encode = [...inputOf(frames), ...codec.parameters, '-g', '300', '-threads', '1', '-y', file];
  const encoding = (await cpuOf(encode, signal)) - cost;
  const decoding = await cpuOf(['-threads', '1', '-i', file, '-f', 'null', '-'], signal);
  const bytes = await packetBytes(file, signal);
  const psnr = await psnrOf(file, frames, signal);
  return {
    bytesPerFrame: bytes / frames.frames,
    encodeCpuMsPerFrame: Math.max(0, encoding) / frames.frames,
    decodeCpuMsPerFrame: decoding / frames.frames,
    psnr,
  };
}

function inputOf({ path, width, height, rate }: RawFrames): string[] {
  return [
    ...['-threads', '1', '-filter_threads', '1', '-f', 'rawvideo', '-pix_fmt', 'bgr0'],
    ...['-video_size', `${width}x${height}`, '-framerate', String(rate), '-i', path],
  ];
}

/** CPU of a run of ffmpeg, milliseconds. */
async function cpuOf(parameters: readonly string[], signal?: AbortSignal): Promise<number> {
  const { err } = await runTool(
    'ffmpeg',
    ['-hide_banner', '-nostdin', '-nostats', '-v', 'info', '-benchmark', ...parameters],
    { signal },
  );
  const found = /bench: utime=([\d.]+)s stime=([\d.]+)s/.exec(err);
  if (found === null) throw new SightlineError('refused', 'ffmpeg does not say what CPU time it took.');
  return (Number(found[1]) + Number(found[2])) * 1000;
}

/** Bytes of the packets, without the container's. */
async function packetBytes(file: string, signal?: AbortSignal): Promise<number> {
  let bytes = 0;
  let rest = '';
  const read = async (stream: Readable): Promise<void> => {
    for await (const part of stream.setEncoding('utf8')) {
      const lines = (rest + part).split('\n');
      rest = lines.pop()!;
      for (const line of lines) bytes += Number.parseInt(line, 10) || 0;
    }
  };
  const entries = ['-show_entries', 'packet=size', '-of', 'csv=p=0'];
  await runTool('ffprobe', ['-v', 'error', ...entries, file], { signal, read });
  if (bytes === 0 || bytes > statSync(file).size) {
    throw new SightlineError('refused', `ffprobe finds no packets in ${file}.`);
  }
  return bytes;
}

/** Decodes to BGRX again and compares with the source. */
async function psnrOf(file: string, frames: RawFrames, signal?: AbortSignal): Promise<number | null> {
  const { width, height, frameBytes } = frames;
  const size = { width, height, stride: width * BYTES_PER_PIXEL };
  const source = { ...size, pixels: new Uint8Array(frameBytes) };
  const shown = { ...size, pixels: new Uint8Array(frameBytes) };
  const quality = new QualityMeter(false);
  let at = 0;
  let count = 0;
  const read = async (stream: Readable): Promise<void> => {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      for (let from = 0; from < chunk.length; ) {
        const part = Math.min(chunk.length - from, frameBytes - at);
        shown.pixels.set(chunk.subarray(from, from + part), at);
        from += part;
        at += part;
        if (at < frameBytes) continue;
        at = 0;
        if (count < frames.frames) frames.read(count, source.pixels);
        count++;
        quality.add(source, shown);
      }
    }
  };
  const output = ['-f', 'rawvideo', '-pix_fmt', 'bgra', 'pipe:1'];
  // Frames as they come: none doubled or dropped for the sake of a rate.
  await runTool('ffmpeg', ['-v', 'error', '-nostdin', '-i', file, '-fps_mode', 'passthrough', ...output], {
    signal,
    read,
  });
  if (count !== frames.frames) {
    throw new SightlineError('refused', `${count} of ${frames.frames} frames come back.`);
  }
  return quality.psnr;
}
