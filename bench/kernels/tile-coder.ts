/**
 * The whole coder on recorded sequences: bytes, and processor time of comparing, finding moves and coding, per
 * frame, the first included; and of decoding. Every decoded picture is checked against what its level promises.
 */
import {
  BOX_HELD,
  ColourConverter,
  type ColourLevel,
  createSharedMemory,
  encoderLayout,
  encodeSlice,
  exactCoding,
  FrameDecoder,
  FrameEncoder,
  isColourLevel,
  LEVEL_NAMES,
  MAX_TILES_PER_SLICE,
  type Move,
  sliceJob,
} from '../../codecs/index.js';
import { loadKernelModule } from '../../engine/artifacts.js';
import { type BenchResult, type BenchRow, benchMain } from '../result.js';
import { corpusFolder, findSequences, readFrames, type Sequence } from './sequences.js';

/** Processor time of this process in ms. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Codes every tile that a frame left over, slice after slice, and hands each body over. */
function encodeFrame(
  encoder: FrameEncoder,
  level: ColourLevel,
  residual: Uint32Array,
  moves: readonly Move[],
  onBody: (body: Uint8Array) => void,
): void {
  const { layout, memory, kernels } = encoder;
  const jobs = new Uint32Array(memory.buffer, layout.jobs, MAX_TILES_PER_SLICE * 2);
  let count = 0;
  let slices = 0;
  const flush = () => {
    const job = sliceJob(layout, exactCoding(level), 0, count, 0);
    const bytes = encodeSlice(kernels, memory, job, slices === 0 ? moves : []);
    onBody(new Uint8Array(memory.buffer, job.outOffset, bytes));
    slices++;
    count = 0;
  };
  for (let tile = 0; tile < residual.length; tile++) {
    const box = residual[tile]!;
    if (box === 0) continue;
    jobs[count * 2] = tile;
    jobs[count * 2 + 1] = box | BOX_HELD;
    if (++count === MAX_TILES_PER_SLICE) flush();
  }
  if (count > 0 || slices === 0) flush();
}

async function measure(
  module: WebAssembly.Module,
  sequence: Sequence,
  level: ColourLevel,
): Promise<BenchRow> {
  const layout = encoderLayout({ width: sequence.width, height: sequence.height, workers: 0 });
  const encoder = new FrameEncoder(module, layout, createSharedMemory(layout.totalBytes));
  const decoder = new FrameDecoder(module);
  decoder.resize(sequence.width, sequence.height);
  const converter = new ColourConverter(module);
  const sums = { bytes: 0, most: 0, first: 0, commit: 0, code: 0, decode: 0, moves: 0, tiles: 0, wrong: 0 };
  const frames = await readFrames(sequence, encoder.picture, (index) => {
    const start = cpuMs();
    const change = encoder.commit();
    const committed = cpuMs();
    const bodies: Uint8Array[] = [];
    let bytes = 0;
    let copying = 0;
    if (change.changedTiles > 0) {
      encodeFrame(encoder, level, change.residual, change.moves, (body) => {
        const before = cpuMs();
        bodies.push(body.slice());
        bytes += body.length;
        copying += cpuMs() - before;
      });
    }
    const coded = cpuMs();
    for (const body of bodies) decoder.decode(body, level);
    const decoded = cpuMs();
    const shown = converter.expandTo(encoder.picture, level);
    if (Buffer.compare(shown.pixels, decoder.picture.pixels) !== 0) sums.wrong++;
    sums.bytes += bytes;
    sums.most = Math.max(sums.most, bytes);
    if (index === 0) sums.first = bytes;
    sums.commit += committed - start;
    sums.code += coded - committed - copying;
    sums.decode += decoded - coded;
    sums.moves += change.moves.length;
    sums.tiles += change.residual.reduce((count, box) => count + (box === 0 ? 0 : 1), 0);
  });
  return {
    case: `${sequence.name} ${LEVEL_NAMES[level]}`,
    figures: {
      'kB/frame': sums.bytes / frames / 1000,
      'max kB': sums.most / 1000,
      'first kB': sums.first / 1000,
      'compare+moves ms': sums.commit / frames,
      'code ms': sums.code / frames,
      'decode ms': sums.decode / frames,
      'moves/frame': sums.moves / frames,
      'tiles/frame': sums.tiles / frames,
      'wrong frames': sums.wrong,
    },
  };
}

/** Levels after `--levels` (a comma-separated list of names), or all. */
function chosenLevels(): ColourLevel[] {
  const at = process.argv.indexOf('--levels');
  const names = at < 0 ? LEVEL_NAMES : (process.argv[at + 1] ?? '').split(',');
  return names.map((name) => (LEVEL_NAMES as readonly string[]).indexOf(name)).filter(isColourLevel);
}

export async function run(): Promise<BenchResult> {
  const module = await loadKernelModule();
  const sequences = findSequences(corpusFolder());
  const rows: BenchRow[] = [];
  for (const sequence of sequences) {
    for (const level of chosenLevels()) rows.push(await measure(module, sequence, level));
  }
  return {
    name: 'tile-coder',
    unit: 'kB (1000 bytes) and ms of processor time per frame, one thread',
    rows,
    notes:
      sequences.length > 0
        ? [
            'Every frame counts, changed or not; wrong frames are those not decoded to exactly what the level promises.',
          ]
        : [
            'Skipped: name a folder of videos as the argument or in SIGHTLINE_CORPUS; ffmpeg must be installed.',
          ],
  };
}

await benchMain(import.meta.url, run);
