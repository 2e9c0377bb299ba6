/** Sequences for the codec's benchmark: any video that ffmpeg reads, as raw BGRA frames through a pipe. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Picture } from '../../codecs/index.js';

export interface Sequence {
  readonly name: string;
  readonly file: string;
  readonly width: number;
  readonly height: number;
}

/** The sequences of a folder; empty when it, or ffmpeg, is not there. */
export function findSequences(folder: string | undefined): Sequence[] {
  if (folder === undefined || !existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => /\.(mkv|mp4|avi|webm)$/.test(name));
  return names.sort().flatMap((name) => {
    const file = join(folder, name);
    const probe = spawnSync(
      'ffprobe',
      [
        '-v',
        'error',
        '-select_streams',
        'v:0',
        '-show_entries',
        'stream=width,height',
        '-of',
        'csv=p=0',
        file,
      ],
      { encoding: 'utf8' },
    );
    const [width, height] = (probe.stdout ?? '').trim().split(',').map(Number);
    if (probe.status !== 0 || !width || !height) return [];
    return [{ name: name.replace(/\.[^.]+$/, ''), file, width, height }];
  });
}

/**
 * Writes each frame into `picture` and then calls `onFrame`, which must be done with it when it returns. Stops
 * after `limit` frames. The answer is the number of frames.
 */
export async function readFrames(
  sequence: Sequence,
  picture: Picture,
  onFrame: (index: number) => void,
  limit = Number.POSITIVE_INFINITY,
): Promise<number> {
  const ffmpeg = spawn(
    'ffmpeg',
    ['-v', 'error', '-threads', '1', '-i', sequence.file, '-f', 'rawvideo', '-pix_fmt', 'bgra', 'pipe:1'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const rowBytes = sequence.width * 4;
  let row = 0;
  let column = 0;
  let frames = 0;
  for await (const chunk of ffmpeg.stdout as AsyncIterable<Buffer>) {
    let at = 0;
    while (at < chunk.length && frames < limit) {
      const part = Math.min(chunk.length - at, rowBytes - column);
      picture.pixels.set(chunk.subarray(at, at + part), row * picture.stride + column);
      at += part;
      column += part;
      if (column < rowBytes) continue;
      column = 0;
      row++;
      if (row < sequence.height) continue;
      row = 0;
      onFrame(frames++);
    }
    if (frames >= limit) break;
  }
  ffmpeg.kill();
  return frames;
}

/** The first argument that is a folder, else the one that SIGHTLINE_CORPUS names. */
export function corpusFolder(): string | undefined {
  const isFolder = (word: string) => statSync(word, { throwIfNoEntry: false })?.isDirectory() === true;
  return process.argv.slice(2).find(isFolder) ?? process.env.SIGHTLINE_CORPUS;
}
