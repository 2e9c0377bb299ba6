/**
 * Finding dirty tiles in a 1080p picture, beside what the machine does at best: comparing and copying the same
 * bytes in native code. Several pictures are used in turn, so that no side works from a warm cache alone.
 */
import { createSharedMemory, encoderLayout, FrameEncoder } from '../../codecs/index.js';
import { loadKernelModule } from '../../engine/artifacts.js';
import { type BenchResult, type BenchRow, benchMain } from '../result.js';
import { medianMs } from './timing.js';

const WIDTH = 1920;
const HEIGHT = 1080;
const BYTES = WIDTH * HEIGHT * 4;
/** Pictures in turn: together larger than a last-level cache. */
const PAIRS = 4;

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

export async function run(): Promise<BenchResult> {
  const module = await loadKernelModule();
  const layout = encoderLayout({ width: WIDTH, height: HEIGHT, workers: 0, slots: 1 });
  const encoders = Array.from(
    { length: PAIRS },
    () => new FrameEncoder(module, layout, createSharedMemory(layout.totalBytes)),
  );
  for (const { picture, reference } of encoders) {
    for (let at = 0; at < BYTES; at += 4) {
      const value = (at * 2654435761) >>> 8;
      picture.pixels[at] = value;
      picture.pixels[at + 1] = value >> 8;
      picture.pixels[at + 2] = value >> 16;
      picture.pixels[at + 3] = 255;
    }
    reference.pixels.set(picture.pixels);
  }
  const pairs = encoders.map((encoder) => ({
    encoder,
    a: Buffer.from(encoder.picture.pixels.buffer as ArrayBuffer, encoder.picture.pixels.byteOffset, BYTES),
    b: Buffer.from(
      encoder.reference.pixels.buffer as ArrayBuffer,
      encoder.reference.pixels.byteOffset,
      BYTES,
    ),
    words: new Uint32Array(encoder.memory.buffer, layout.picture, BYTES / 4),
    words2: new Uint32Array(encoder.memory.buffer, layout.reference, BYTES / 4),
  }));
  const boxes = new Uint32Array(layout.tiles);
  let turn = 0;
  const next = () => pairs[turn++ % PAIRS]!;
  const compare = (encoder: FrameEncoder) =>
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
    'dirty tiles, nothing changed': () => compare(next().encoder),
    'Buffer.compare of the frame (memcmp)': () => {
      const { a, b } = next();
      if (a.compare(b) !== 0) throw new Error('The pictures differ.');
    },
    'Buffer.copy of the frame (memcpy)': () => {
      const { a, b } = next();
      a.copy(b);
    },
    'plain JavaScript': () => {
      const { words, words2 } = next();
      plainJavaScript(words, words2, boxes);
    },
  });
  // One tile in twenty changes, all over the picture.
  for (const { encoder } of pairs) {
    for (let tile = 0; tile < layout.tiles; tile += 20) {
      const x = (tile % layout.columns) * 64 + 20;
      const y = Math.floor(tile / layout.columns) * 64 + 10;
      for (let row = y; row < Math.min(y + 20, HEIGHT); row++) {
        encoder.picture.pixels.fill(7, row * layout.stride + x * 4, row * layout.stride + x * 4 + 80);
      }
    }
  }
  Object.assign(figures, medianMs({ 'dirty tiles, 5 % of tiles changed': () => compare(next().encoder) }));
  const memcmp = figures['Buffer.compare of the frame (memcmp)']!;
  const rows: BenchRow[] = Object.entries(figures).map(([name, ms]) => ({
    case: name,
    figures: { ms, 'GB/s of one frame': BYTES / ms / 1e6, 'times memcmp': ms / memcmp },
  }));
  return { name: 'dirty-tiles', unit: '1920 x 1080 BGRA, median', rows };
}

await benchMain(import.meta.url, run);
