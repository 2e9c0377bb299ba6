/**
 * The whole coder on recorded sequences: bytes, and processor time of comparing, finding moves and coding, per
 * frame, the first included; and of decoding. Every decoded picture is checked against what its level promises.
 * `sightline bench codec` says the same of single files, beside other codecs.
 */
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { LEVEL_NAMES, type LevelName } from '../../codecs/index.js';
import { loadKernelModule } from '../../engine/artifacts.js';
import { measureSequence, videosIn } from '../../harness/codec-bench/index.js';
import { type BenchResult, type BenchRow, benchMain } from '../result.js';

async function measure(module: WebAssembly.Module, file: string, level: LevelName): Promise<BenchRow> {
  const figures = await measureSequence(file, {
    module,
    level,
    effort: 'balanced',
    lossy: false,
    threads: 1,
  });
  return {
    case: `${basename(file).replace(/\.[^.]+$/, '')} ${level}`,
    figures: {
      'kB/frame': figures.bytesPerFrame / 1000,
      'max kB': figures.maxBytes / 1000,
      'first kB': figures.firstBytes / 1000,
      'compare+moves ms': figures.compareCpuMsPerFrame,
      'code ms': figures.encodeCpuMsPerFrame - figures.compareCpuMsPerFrame,
      'decode ms': figures.decodeCpuMsPerFrame,
      'moves/frame': figures.movesPerFrame,
      'tiles/frame': figures.tilesPerFrame,
      'wrong frames': figures.wrongFrames,
    },
  };
}

/** The first argument that is a folder, else the one that SIGHTLINE_CORPUS names. */
function corpusFolder(): string | undefined {
  const isFolder = (word: string) => statSync(word, { throwIfNoEntry: false })?.isDirectory() === true;
  return process.argv.slice(2).find(isFolder) ?? process.env.SIGHTLINE_CORPUS;
}

/** Levels after `--levels` (a comma-separated list of names), or all. */
function chosenLevels(): LevelName[] {
  const at = process.argv.indexOf('--levels');
  const words = at < 0 ? undefined : (process.argv[at + 1] ?? '').split(',');
  return LEVEL_NAMES.filter((name) => words?.includes(name) ?? true);
}

export async function run(): Promise<BenchResult> {
  const module = await loadKernelModule();
  const files = videosIn(corpusFolder());
  const rows: BenchRow[] = [];
  for (const file of files) {
    for (const level of chosenLevels()) rows.push(await measure(module, file, level));
  }
  return {
    name: 'tile-coder',
    unit: 'kB (1000 bytes) and ms of processor time per frame, one thread',
    rows,
    notes:
      files.length > 0
        ? [
            'Every frame counts, changed or not; wrong frames are those not decoded to exactly what the level promises.',
          ]
        : [
            'Skipped: name a folder of videos as the argument or in SIGHTLINE_CORPUS; ffmpeg must be installed.',
          ],
  };
}

await benchMain(import.meta.url, run);
