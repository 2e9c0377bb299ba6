/** An encoder and a decoder face to face, for tests of both. */
import {
  type ColourLevel,
  createSharedMemory,
  Effort,
  EXACT,
  encoderLayout,
  encodeSlice,
  type FrameChange,
  type FrameDecoder,
  FrameEncoder,
  MAX_TILES_PER_SLICE,
  type Move,
  markHeld,
  type Rect,
  type Size,
  sliceJob,
  type TileJob,
  writeJobs,
} from '../../codecs/index.js';

export function makeEncoder(
  module: WebAssembly.Module,
  width: number,
  height: number,
  now?: () => number,
): FrameEncoder {
  const layout = encoderLayout({ width, height, workers: 0 });
  return new FrameEncoder(module, layout, createSharedMemory(layout.totalBytes), now);
}

export function jobsOf(boxes: Uint32Array): TileJob[] {
  return Array.from(boxes, (box, tile) => ({ tile, box })).filter((job) => job.box !== 0);
}

/** Jobs of a commit's residual, for viewers that hold everything before it. */
export function heldJobsOf({ residual, moves }: FrameChange, size: Size): TileJob[] {
  const boxes = residual.slice();
  markHeld(boxes, moves, size);
  return jobsOf(boxes);
}

/** Slice bodies of a frame, as a host sends them: moves in the first. */
export function encodeBodies(
  encoder: FrameEncoder,
  level: ColourLevel,
  moves: readonly Move[],
  jobs: readonly TileJob[],
  effort: Effort = Effort.Balanced,
  quality: number = EXACT,
): Uint8Array[] {
  const bodies: Uint8Array[] = [];
  for (let at = 0; at === 0 || at < jobs.length; at += MAX_TILES_PER_SLICE) {
    const part = jobs.slice(at, at + MAX_TILES_PER_SLICE);
    writeJobs(encoder.memory, encoder.layout, 0, part);
    const job = sliceJob(encoder.layout, { level, effort, quality }, 0, part.length, 0);
    const bytes = encodeSlice(encoder.kernels, encoder.memory, job, at === 0 ? moves : []);
    bodies.push(new Uint8Array(encoder.memory.buffer, job.outOffset, bytes).slice());
  }
  return bodies;
}

/** Commits the encoder's picture and brings the decoder to it; the answer is the change and the bytes sent. */
export function transfer(
  encoder: FrameEncoder,
  decoder: FrameDecoder,
  level: ColourLevel,
  damage?: readonly Rect[],
): FrameChange & { readonly bytes: number } {
  const change = encoder.commit(damage);
  let bytes = 0;
  if (change.changedTiles > 0) {
    for (const body of encodeBodies(encoder, level, change.moves, heldJobsOf(change, encoder.picture))) {
      bytes += body.length;
      decoder.decode(body, level);
    }
  }
  return { ...change, bytes };
}
