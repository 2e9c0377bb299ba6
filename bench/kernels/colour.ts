/** Colour reduction of a 1080p picture: the kernel against plain JavaScript with the same formulas. */
import { ColourLevel, createSharedMemory, instantiateKernels, LEVEL_NAMES } from '../../codecs/index.js';
import { loadKernelModule } from '../../engine/artifacts.js';
import { type BenchResult, type BenchRow, benchMain } from '../result.js';
import { medianMs } from './timing.js';

const PIXELS = 1920 * 1080;
const SOURCE = 65536;
const TARGET = SOURCE + PIXELS * 4;

const PLAIN: Readonly<Record<ColourLevel, (pixel: number) => number>> = {
  [ColourLevel.VeryLow]: (pixel) => (15 * luma(pixel) + 128) >> 8,
  [ColourLevel.Low](pixel) {
    const r = (pixel >> 16) & 255;
    const g = (pixel >> 8) & 255;
    const b = pixel & 255;
    if (Math.max(r, g, b) - Math.min(r, g, b) < 16) {
      const j = (45 * luma(pixel) + 128) >> 8;
      const ninth = (j * 57) >> 9;
      return ninth * 9 === j ? 43 * ninth : 215 + j - ninth;
    }
    return 36 * ((5 * r + 128) >> 8) + 6 * ((5 * g + 128) >> 8) + ((5 * b + 128) >> 8);
  },
  [ColourLevel.Medium]: (pixel) => ((pixel >> 8) & 0xf800) | ((pixel >> 5) & 0x7e0) | ((pixel >> 3) & 0x1f),
  [ColourLevel.High]: (pixel) => pixel & 0xffffff,
};

function luma(pixel: number): number {
  return (77 * ((pixel >> 16) & 255) + 150 * ((pixel >> 8) & 255) + 29 * (pixel & 255) + 128) >> 8;
}

/** One loop per formula, so that the compiler sees a call that never changes. */
function plainLoop(reduce: (pixel: number) => number): (from: Uint32Array, to: Uint32Array) => void {
  return new Function(
    'reduce',
    'from',
    'to',
    'for (let i = 0; i < from.length; i++) to[i] = reduce(from[i]);',
  ).bind(undefined, reduce);
}

export async function run(): Promise<BenchResult> {
  const memory = createSharedMemory(TARGET + PIXELS * 4 + 64);
  const kernels = instantiateKernels(await loadKernelModule(), memory);
  const from = new Uint32Array(memory.buffer, SOURCE, PIXELS);
  const to = new Uint32Array(memory.buffer, TARGET, PIXELS);
  for (let index = 0; index < PIXELS; index++) from[index] = Math.imul(index, 0x9e3779b1);
  const rows: BenchRow[] = [];
  for (const level of Object.values(ColourLevel)) {
    const plain = plainLoop(PLAIN[level]);
    const { kernel, javascript } = medianMs({
      kernel: () => kernels.reduceSpan(SOURCE, TARGET, PIXELS, level),
      javascript: () => plain(from, to),
    });
    rows.push({
      case: LEVEL_NAMES[level],
      figures: {
        'kernel ms': kernel!,
        'kernel GB/s in': (PIXELS * 4) / kernel! / 1e6,
        'JavaScript ms': javascript!,
        'times faster': javascript! / kernel!,
      },
    });
  }
  return {
    name: 'colour',
    unit: 'reduction of 1920 x 1080 BGRA to codes of 32 bits, median',
    rows,
  };
}

await benchMain(import.meta.url, run);
