/**
 * Finding dirty tiles in a 1080p picture, beside what the machine does at best: comparing and copying the same
 * bytes in native code. Several pictures are used in turn, so that no side works from a warm cache alone.
 */
import { createSharedMemory, type EncoderLayout, encoderLayout, FrameEncoder } from '../../codecs/index.js';
import { loadKernelModule } from '../../engine/artifacts.js';
import { type BenchResult, type BenchRow, benchMain } from '../result.js';
import { medianMs } from './timing.js';

const WIDTH = 1920;
const HEIGHT = 1080;
const BYTES = WIDTH * HEIGHT * 4;
/** Pictures in turn: together larger than a last-level cache. */
const PAIRS = 3;

/** Tile loop over 32-bit words: what one writes first. */
function plainJavaScript(a: Uint32Array, b: Uint32Array, boxes: Uint32Array): void {
  const columns = Math.ceil(WIDTH / 64);
  for (let row = 0; row < HEIGHT; row++) {
    for (let x = 0; x < WIDTH; x++) {
      if (((a[row * WIDTH + x]! ^ b[row * WIDTH + x]!) & 0xffffff) !== 0)
        boxes[(row >> 6) * columns + (x >> 6)] = 1;
    }
  }
}

/** A picture and its reference, equal but for one tile in twenty when `changed`. */
function makePair(module: WebAssembly.Module, layout: EncoderLayout, changed: boolean) {
  const encoder = new FrameEncoder(module, layout, createSharedMemory(layout.totalBytes));
  const { pixels } = encoder.picture;
  for (let at = 0; at < BYTES; at += 4) {
    const value = Math.imul(at, 0x9e3779b1) >>> 8;
    pixels[at] = value;
    pixels[at + 1] = value >> 8;
    pixels[at + 2] = value >> 16;
    pixels[at + 3] = 255;
  }
  encoder.reference.pixels.set(pixels);
  for (let tile = 0; changed && tile < layout.tiles; tile += 20) {
    const x = (tile % layout.columns) * 64 + 20;
    const y = Math.floor(tile / layout.columns) * 64 + 10;
    for (let row = y; row < Math.min(y + 20, HEIGHT); row++) {
      pixels.fill(7, row * layout.stride + x * 4, row * layout.stride + x * 4 + 80);
    }
  }
  return {
    encoder,
    a: Buffer.from(encoder.memory.buffer, layout.picture, BYTES),
    b: Buffer.from(encoder.memory.buffer, layout.reference, BYTES),
    wordsA: new Uint32Array(encoder.memory.buffer, layout.picture, BYTES / 4),
    wordsB: new Uint32Array(encoder.memory.buffer, layout.reference, BYTES / 4),
  };
}

export async function run(): Promise<BenchResult> {
  const module = await loadKernelModule();
  const layout = encoderLayout({ width: WIDTH, height: HEIGHT, workers: 0, slots: 1 });
  const same = Array.from({ length: PAIRS }, () => makePair(module, layout, false));
  const changed = Array.from({ length: PAIRS }, () => makePair(module, layout, true));
  // Copies go elsewhere, so that the pictures stay as they are.
  const copies = Array.from({ length: PAIRS }, () => Buffer.alloc(BYTES, 1));
  const boxes = new Uint32Array(layout.tiles);
  let turn = 0;
  const compare = ({ encoder }: ReturnType<typeof makePair>) =>
    encoder.kernels.compareRect(
      layout.picture,
      layout.reference,
      layout.stride,
      WIDTH,
      0,
      0,
      WIDTH,
      HEIGHT,
      layout.changed,
    );
  const figures = medianMs({
    'dirty tiles, nothing changed': () => compare(same[turn++ % PAIRS]!),
    'dirty tiles, 5 % of tiles changed': () => compare(changed[turn++ % PAIRS]!),
    'Buffer.compare of the frame (memcmp)': () => {
      const { a, b } = same[turn++ % PAIRS]!;
      if (a.compare(b) !== 0) throw new Error('The pictures differ.');
    },
    'Buffer.copy of the frame (memcpy)': () => {
      const { a } = same[turn++ % PAIRS]!;
      a.copy(copies[turn % PAIRS]!);
    },
    'plain JavaScript': () => {
      const { wordsA, wordsB } = same[turn++ % PAIRS]!;
      plainJavaScript(wordsA, wordsB, boxes);
    },
  });
  const memcmp = figures['Buffer.compare of the frame (memcmp)']!;
  const rows: BenchRow[] = Object.entries(figures).map(([name, ms]) => ({
    case: name,
    figures: { ms, 'GB/s of one frame': BYTES / ms / 1e6, 'times memcmp': ms / memcmp },
  }));
  return { name: 'dirty-tiles', unit: '1920 x 1080 BGRA, median', rows };
}

await benchMain(import.meta.url, run);
