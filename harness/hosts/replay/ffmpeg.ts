/** What is asked of ffmpeg and ffprobe, which are programs of their own. */
import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { isValidSize, MAX_SIDE, SightlineError } from '../../../codecs/index.js';

export interface VideoFacts {
  readonly width: number;
  readonly height: number;
  /** Frames in a second. */
  readonly rate: number;
  /** Whether `rate` has to be forced on the decoder: the file's own is not a rate of frames. */
  readonly isRateForced: boolean;
  /** Whether pixels may be transparent. */
  readonly hasAlpha: boolean;
}

/** Above this a file's "rate" is its time base, and the average is used. */
const FASTEST_RATE = 240;
/** What ffprobe may answer, in characters; a fact sheet has some hundreds. */
const LONGEST_ANSWER = 65_536;
/** A file that is a play list must not make ffmpeg fetch anything from a network. */
const FILES_ONLY = ['-protocol_whitelist', 'file'];
const ALPHA_FORMAT = /^(yuva|gbrap|rgba|bgra|argb|abgr|ya8|ya16|ayuv|vuya|pal8)/;

/** Reads a video's size and rate. Throws `SightlineError`: `missing-tool`, `bad-recording`, `too-large`. */
export async function probeVideo(path: string): Promise<VideoFacts> {
  const entries = 'stream=width,height,pix_fmt,r_frame_rate,avg_frame_rate:stream_side_data=rotation';
  const child = run('ffprobe', [
    '-v',
    'error',
    '-select_streams',
    'v:0',
    '-show_entries',
    entries,
    '-of',
    'json',
    ...FILES_ONLY,
    `file:${path}`,
  ]);
  const answer = collect(child.stdout);
  const complaint = collect(child.stderr);
  await finished(child, 'ffprobe');
  const stream = firstStream(await answer);
  if (stream === undefined) {
    throw new SightlineError(
      'bad-recording',
      `ffmpeg finds no video in ${path}: ${lastLine(await complaint)}`,
    );
  }
  return factsOf(stream, path);
}

/** A decoder whose output is BGRA frames, one after the other, without gaps. */
export function decodeVideo(path: string, facts: VideoFacts): ChildProcessByStdio<null, Readable, Readable> {
  return run('ffmpeg', [
    '-v',
    'error',
    '-nostdin',
    ...FILES_ONLY,
    '-i',
    `file:${path}`,
    '-map',
    '0:v:0',
    ...(facts.hasAlpha ? ['-vf', 'format=bgr24'] : []),
    ...(facts.isRateForced ? ['-r', String(facts.rate)] : []),
    '-f',
    'rawvideo',
    '-pix_fmt',
    'bgra',
    'pipe:1',
  ]);
}

/** Waits until a process has gone and its output is closed; answers its exit code, undefined when it was killed. */
export async function finished(child: ChildProcess, tool: string): Promise<number | undefined> {
  try {
    const [code] = await once(child, 'close');
    return typeof code === 'number' ? code : undefined;
  } catch (cause) {
    throw missingTool(tool, cause);
  }
}

/** What a stream says until it ends or breaks, cut at a length that no healthy answer has. */
export async function collect(stream: Readable): Promise<string> {
  let text = '';
  stream.setEncoding('utf8');
  try {
    for await (const part of stream) if (text.length < LONGEST_ANSWER) text += part;
  } catch {
    // The program is gone: its exit says why.
  }
  return text;
}

export function lastLine(text: string): string {
  return text.trim().split('\n').pop() || 'it does not say why';
}

function run(tool: string, parameters: string[]): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(tool, parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
}

function missingTool(tool: string, cause: unknown): SightlineError {
  return new SightlineError(
    'missing-tool',
    `${tool} cannot be started. Videos are read by ffmpeg: install it ("apt-get install ffmpeg" on Debian), or replay an .rcrec recording.`,
    { field: tool, cause },
  );
}

type Fields = Readonly<Record<string, unknown>>;

function firstStream(answer: string): Fields | undefined {
  try {
    const parsed = JSON.parse(answer) as { streams?: Fields[] } | null;
    return parsed?.streams?.[0];
  } catch {
    return undefined;
  }
}

function factsOf(stream: Fields, path: string): VideoFacts {
  let width = Number(stream.width);
  let height = Number(stream.height);
  if (isTurned(stream)) [width, height] = [height, width];
  if (!isValidSize(width, height)) {
    throw new SightlineError(
      'too-large',
      `${path} is ${width} x ${height}; a side has 1 to ${MAX_SIDE} pixels.`,
      { field: 'size' },
    );
  }
  const own = rateOf(stream.r_frame_rate);
  const average = rateOf(stream.avg_frame_rate);
  const isRateForced = !(own > 0 && own <= FASTEST_RATE);
  const rate = isRateForced ? Math.min(average > 0 ? average : 25, FASTEST_RATE) : own;
  return { width, height, rate, isRateForced, hasAlpha: ALPHA_FORMAT.test(String(stream.pix_fmt)) };
}

/** A phone's video may be stored lying on its side; ffmpeg puts it upright. */
function isTurned(stream: Fields): boolean {
  const data = Array.isArray(stream.side_data_list) ? (stream.side_data_list as Fields[]) : [];
  return data.some(({ rotation }) => Math.abs(Number(rotation)) % 180 === 90);
}

function rateOf(value: unknown): number {
  const [numerator, denominator] = String(value).split('/').map(Number);
  return numerator !== undefined && denominator ? numerator / denominator : 0;
}
