/** Recordings and videos as workloads: what settings say of a file, and where the file of some settings is. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { SightlineError } from '../../codecs/index.js';
import { MARKER_AREA, openReplay } from '../hosts/index.js';
import type { MeasureSettings } from './settings.js';

/** What a run's settings say of the file that its host shows. */
export type ReplaySettings = Required<Pick<MeasureSettings, 'replay' | 'replaySha256' | 'width' | 'height'>> &
  Pick<MeasureSettings, 'pace'>;

export interface ReplayFile {
  readonly path: string;
  readonly settings: ReplaySettings;
}

/** Paths of files by their SHA-256. */
export type ReplayPaths = ReadonlyMap<string, string>;

/**
 * Looks at a recording or a video.
 * @throws SightlineError `not-found`, `missing-tool`, `bad-recording`, `bad-argument`, `too-large`.
 */
export async function lookAtReplay(path: string): Promise<ReplayFile> {
  const reader = await openReplay(path);
  try {
    // Pictures may have another size than the recording began with.
    if ((await reader.peek()) === undefined) {
      throw new SightlineError('bad-recording', `${path} holds no picture.`, { field: 'replay' });
    }
    const { width, height } = reader;
    if (width < MARKER_AREA.width || height < MARKER_AREA.height) {
      throw new SightlineError(
        'bad-argument',
        `${path} is ${width} x ${height}: too small for the marker that a measurement paints over it.`,
        { field: 'replay' },
      );
    }
    const replaySha256 = await sha256Of(path);
    return { path, settings: { replay: basename(path), replaySha256, width, height } };
  } finally {
    await reader.close();
  }
}

export function pathsOf(files: readonly ReplayFile[]): ReplayPaths {
  return new Map(files.map(({ path, settings }) => [settings.replaySha256, path]));
}

/** Where the file of a run is; undefined when it shows scenes. Throws `not-found`. */
export function replayPath(
  { replay, replaySha256 }: MeasureSettings,
  paths: ReplayPaths,
): string | undefined {
  if (replay === undefined) return undefined;
  const path = paths.get(replaySha256 ?? '');
  if (path === undefined) {
    throw new SightlineError('not-found', `The run shows ${replay}, and it is not known where that is.`, {
      field: 'replay',
    });
  }
  return path;
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const bytes of createReadStream(path)) hash.update(bytes as Buffer);
  return hash.digest('hex');
}
