/** LZ4 blocks: the kernel against lz4-wasm (Rust), on a drawn desktop, as a whole and in tiles. */

import lz4 from 'lz4-wasm-nodejs';
import { createSharedMemory, instantiateKernels } from '../../codecs/index.js';
import { loadKernelModule } from '../../engine/artifacts.js';
import { createCanvas } from '../../engine/canvas.js';
import { builtInFont } from '../../harness/hosts/simulated/fonts.js';
import { type BenchResult, type BenchRow, benchMain } from '../result.js';
import { medianMs } from './timing.js';

const WIDTH = 1920;
const HEIGHT = 1080;
const BYTES = WIDTH * HEIGHT * 4;
/** A tile's worth of BGRA. */
const PIECE = 16_384;
const TABLE = 65536;
const SOURCE = TABLE + 16_384;
const TARGET = SOURCE + BYTES;
const CAPACITY = BYTES + Math.ceil(BYTES / 255) + 64;
const BACK = TARGET + CAPACITY;

/** A desktop with a gradient, windows and text. */
function drawDesktop(): Uint8Array {
  const canvas = createCanvas(WIDTH, HEIGHT);
  const context = canvas.getContext('2d');
  const sky = context.createLinearGradient(0, 0, WIDTH, HEIGHT);
  sky.addColorStop(0, '#204060');
  sky.addColorStop(1, '#80a0c0');
  context.fillStyle = sky;
  context.fillRect(0, 0, WIDTH, HEIGHT);
  for (let window = 0; window < 4; window++) {
    const x = 60 + window * 420;
    const y = 40 + window * 120;
    context.fillStyle = '#3a3f4b';
    context.fillRect(x, y, 700, 520);
    context.fillStyle = '#fdfdfd';
    context.fillRect(x + 2, y + 28, 696, 490);
    context.fillStyle = '#222222';
    context.font = `14px ${builtInFont('sans')}`;
    for (let line = 0; line < 27; line++) {
      const words = Array.from({ length: 12 }, (_, word) =>
        ((line * 7919 + word * 104729 + window) % 99991).toString(36),
      );
      context.fillText(words.join(' '), x + 12, y + 46 + line * 17);
    }
  }
  return new Uint8Array(context.getImageData(0, 0, WIDTH, HEIGHT).data);
}

export async function run(): Promise<BenchResult> {
  const memory = createSharedMemory(BACK + BYTES + 64);
  const kernels = instantiateKernels(await loadKernelModule(), memory);
  const frame = drawDesktop();
  const bytes = new Uint8Array(memory.buffer);
  bytes.set(frame, SOURCE);

  const rows: BenchRow[] = [];
  const sizes: Record<string, number> = {};
  for (const [name, piece] of [
    ['whole frame', BYTES],
    ['tiles of 16 kB', PIECE],
  ] as const) {
    const pieces = Math.ceil(BYTES / piece);
    // Blocks of both, one after the other, for decompression.
    const theirs: Uint8Array[] = [];
    const ours: { at: number; size: number }[] = [];
    let at = TARGET;
    for (let index = 0; index < pieces; index++) {
      const length = Math.min(piece, BYTES - index * piece);
      theirs.push(lz4.compress(frame.subarray(index * piece, index * piece + length)));
      const size = kernels.lz4Compress(SOURCE + index * piece, length, at, TARGET + CAPACITY - at, TABLE);
      ours.push({ at, size });
      at += size;
    }
    sizes[name] = ours.reduce((sum, { size }) => sum + size, 0);
    const times = medianMs({
      ours: () => {
        let out = TARGET;
        for (let index = 0; index < pieces; index++) {
          const length = Math.min(piece, BYTES - index * piece);
          out += kernels.lz4Compress(SOURCE + index * piece, length, out, TARGET + CAPACITY - out, TABLE);
        }
      },
      theirs: () => {
        for (let index = 0; index < pieces; index++) {
          lz4.compress(frame.subarray(index * piece, Math.min(BYTES, (index + 1) * piece)));
        }
      },
      oursBack: () => {
        ours.forEach((block, index) => {
          const length = Math.min(piece, BYTES - index * piece);
          if (kernels.lz4Decompress(block.at, block.size, BACK + index * piece, length) !== length) {
            throw new Error('A block does not come back.');
          }
        });
      },
      theirsBack: () => {
        for (const block of theirs) lz4.decompress(block);
      },
    });
    const theirBytes = theirs.reduce((sum, block) => sum + block.length - 4, 0);
    rows.push(
      row(`${name}: compress`, times.ours!, times.theirs!, sizes[name]!, theirBytes),
      row(`${name}: decompress`, times.oursBack!, times.theirsBack!, sizes[name]!, theirBytes),
    );
  }
  return { name: 'lz4', unit: `a drawn 1920 x 1080 desktop of ${BYTES} bytes, median`, rows };
}

function row(name: string, ours: number, theirs: number, ourBytes: number, theirBytes: number): BenchRow {
  return {
    case: name,
    figures: {
      'ours ms': ours,
      'ours GB/s': BYTES / ours / 1e6,
      'lz4-wasm ms': theirs,
      'times faster': theirs / ours,
      'ours kB': ourBytes / 1000,
      'lz4-wasm kB': theirBytes / 1000,
    },
  };
}

await benchMain(import.meta.url, run);
