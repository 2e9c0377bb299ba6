/** The folder of recordings that a benchmark is run on. */
import { statSync } from 'node:fs';

/** The first argument that is a folder, else the one that SIGHTLINE_CORPUS names. */
export function corpusFolder(): string | undefined {
  const isFolder = (word: string): boolean =>
    statSync(word, { throwIfNoEntry: false })?.isDirectory() === true;
  return process.argv.slice(2).find(isFolder) ?? process.env.SIGHTLINE_CORPUS;
}
