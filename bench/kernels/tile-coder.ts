import { basename } from 'node:path';
import { LEVEL_NAMES, type LevelName } from '../../codecs/index.js';
import { loadKernelModule } from '../../engine/artifacts.js';
import { measureSequence, videosIn } from '../../harness/codec-bench/index.js';
import { type BenchResult, type BenchRow, benchMain } from '../result.js';
import { corpusFolder } from '../support/corpus.js';

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
