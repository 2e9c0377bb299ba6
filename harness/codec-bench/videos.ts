/** Videos as pictures, frame by frame. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Picture } from '../../codecs/index.js';
import { VideoReader } from '../hosts/index.js';

const ENDINGS = /\.(mkv|mp4|mov|avi|webm)$/i;

/** The videos of a folder by their file names, in the names' order; none when there is no such folder. */
export function videosIn(folder: string | undefined): string[] {
  if (folder === undefined || statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  const names = readdirSync(folder).filter((name) => ENDINGS.test(name));
  return names.sort().map((name) => join(folder, name));
}

/**
 * Opens a video, and closes it again whatever happens; an abort ends its process at once. Throws what `VideoReader`
 * does, and the signal's reason.
 */
export async function withVideo<T>(
  file: string,
  signal: AbortSignal | undefined,
  use: (reader: VideoReader) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const reader = await VideoReader.open(file);
  const stop = (): void => void reader.close();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    return await use(reader);
  } finally {
    signal?.removeEventListener('abort', stop);
    await reader.close();
  }
}

/**
 * Writes frame after frame into `picture` and gives its number, from 0. A frame is complete, and the program that
 * decodes the video waits with the next one on a full pipe: whatever is measured now has nothing of the reading in it,
 * nor another process at work beside it.
 */
export async function* framesOf(
  reader: VideoReader,
  picture: Picture,
  limit = Number.POSITIVE_INFINITY,
  signal?: AbortSignal,
): AsyncGenerator<number, void, undefined> {
  for (let index = 0; index < limit; index++) {
    signal?.throwIfAborted();
    if ((await reader.peek()) === undefined || (await reader.read(picture, false)) === undefined) break;
    await reader.peek();
    yield index;
  }
  signal?.throwIfAborted();
}
