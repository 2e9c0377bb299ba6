/** ffmpeg's own hashes of a video's pictures: a witness that shares no code with us. */
import { execFileSync } from 'node:child_process';

export interface FrameMd5Options {
  /** Which video track, from 0. */
  readonly track?: number;
  /** Only so much of the beginning. */
  readonly seconds?: string;
}

/** MD5 of the RGB24 pixels of each frame of a video track, in order. */
export function frameMd5s(path: string, { track = 0, seconds }: FrameMd5Options = {}): string[] {
  const output = execFileSync(
    'ffmpeg',
    [
      '-v',
      'error',
      ...(seconds === undefined ? [] : ['-t', seconds]),
      '-i',
      path,
      '-map',
      `0:v:${track}`,
      '-pix_fmt',
      'rgb24',
      '-fps_mode',
      'passthrough',
      '-f',
      'framemd5',
      '-',
    ],
    { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  return output
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(',').at(-1)!.trim());
}
