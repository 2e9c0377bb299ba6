/** Files that a measurement's hosts show: those that are named, and those that a report was measured with. */
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SightlineError } from '../../codecs/index.js';
import { lookAtReplay, type MeasureSettings, type ReplayFile } from '../measure/index.js';
import { messages } from './messages.js';
import { text } from './text.js';

const m = messages.measure;

/** Throws `bad-argument`, of `--replay`, when a file is none that can be shown, and says what can. */
export async function findReplay(path: string): Promise<ReplayFile> {
  try {
    return await lookAtReplay(path);
  } catch (error) {
    if (!(error instanceof SightlineError)) throw error;
    const message = text(m.notReplay, { message: error.message });
    throw new SightlineError('bad-argument', message, { field: '--replay', cause: error });
  }
}

export async function findReplays(paths: readonly string[]): Promise<ReplayFile[]> {
  const files: ReplayFile[] = [];
  for (const path of paths) files.push(await findReplay(path));
  return files;
}

/**
 * The files of a report's runs: of those that are given, or by their names here and beside the report. The name may be
 * another; what the file holds may not. Throws `bad-argument` for the first that is missing.
 */
export async function findReportReplays(
  runs: readonly MeasureSettings[],
  given: readonly string[],
  report: string,
): Promise<ReplayFile[]> {
  const found = await findReplays(given);
  for (const { replay, replaySha256 = '' } of runs) {
    const isFound = () => found.some(({ settings }) => settings.replaySha256 === replaySha256);
    if (replay === undefined || isFound()) continue;
    for (const path of [replay, join(dirname(report), replay)]) {
      const there = await stat(path).catch(() => undefined);
      if (!isFound() && there?.isFile()) found.push(await findReplay(path));
    }
    if (!isFound()) {
      const message = text(m.missingReplay, { file: replay, hash: replaySha256 });
      throw new SightlineError('bad-argument', message, { field: '--replay' });
    }
  }
  return found;
}
