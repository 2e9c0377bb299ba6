/** Coding of slices: by the main thread and by workers alike, over the same memory, from numbers only. */
import type { Coding } from './coding.js';
import { SightlineError } from './errors.js';
import type { Move } from './geometry.js';
import type { Kernels } from './kernels.js';
import {
  COUNTERS_BYTES,
  type EncoderLayout,
  MAX_MOVES,
  MAX_TILE_BYTES,
  MAX_TILES_PER_SLICE,
  MOVE_BYTES,
} from './layout.js';

/** More than any slice takes. */
const ANY_ROOM = 0xffffffff;

/** One slice to be coded from the reference picture. Offsets are bytes in the shared memory. */
export interface SliceJob {
  readonly layout: EncoderLayout;
  readonly coding: Coding;
  /** List of (tile index u32, box u32). Boxes of tiles that were not coded exactly get BOX_APPROXIMATE. */
  readonly jobsOffset: number;
  /** At most MAX_TILES_PER_SLICE. */
  readonly jobCount: number;
  readonly outOffset: number;
  readonly outBytes: number;
  /** Once the slice takes so many bytes, no further tile is begun; the first always is. No limit unless told. */
  readonly room?: number;
  readonly scratchOffset: number;
  readonly countersOffset: number;
}

/** A tile and the part of it that is to be coded. */
export interface TileJob {
  readonly tile: number;
  readonly box: number;
}

/** Writes the slice's list of tiles where its slot keeps it; the answer is its offset. */
export function writeJobs(
  memory: WebAssembly.Memory,
  layout: EncoderLayout,
  slot: number,
  jobs: readonly TileJob[],
): number {
  if (jobs.length > MAX_TILES_PER_SLICE || slot < 0 || slot >= layout.slots) {
    throw new SightlineError(
      'bad-argument',
      `A slice has at most ${MAX_TILES_PER_SLICE} tiles, and a slot.`,
      {
        field: 'jobs',
      },
    );
  }
  const offset = layout.jobs + slot * layout.jobBytes;
  const words = new Uint32Array(memory.buffer, offset, jobs.length * 2);
  for (let index = 0; index < jobs.length; index++) {
    words[index * 2] = jobs[index]!.tile;
    words[index * 2 + 1] = jobs[index]!.box;
  }
  return offset;
}

/** Numbers of a slot's slice, ready for a worker: `coder` is 0 on the main thread, 1 to workers in the pool. */
export function sliceJob(
  layout: EncoderLayout,
  coding: Coding,
  slot: number,
  jobCount: number,
  coder: number,
): SliceJob {
  return {
    layout,
    coding,
    jobsOffset: layout.jobs + slot * layout.jobBytes,
    jobCount,
    outOffset: layout.output + slot * layout.slotBytes,
    outBytes: layout.slotBytes,
    scratchOffset: layout.scratch + coder * layout.scratchBytes,
    countersOffset: layout.counters + coder * COUNTERS_BYTES,
  };
}

/**
 * Codes tiles at `outOffset`: u16 number of tiles, then the tiles. The answer is the number of bytes.
 * @throws SightlineError `bad-argument` when the output could be too small for them.
 */
export function encodeTiles(kernels: Kernels, job: SliceJob): number {
  const { layout } = job;
  if (job.jobCount > MAX_TILES_PER_SLICE || 2 + job.jobCount * MAX_TILE_BYTES + 64 > job.outBytes) {
    throw new SightlineError(
      'bad-argument',
      `${job.jobCount} tiles may not fit into ${job.outBytes} bytes.`,
      {
        field: 'outBytes',
      },
    );
  }
  return kernels.encodeTiles(
    layout.reference,
    layout.held,
    layout.stride,
    layout.width,
    layout.height,
    job.coding.level,
    job.coding.effort,
    job.coding.quality,
    job.jobsOffset,
    job.jobCount,
    job.outOffset,
    Math.min(Math.max(0, Math.floor(job.room ?? ANY_ROOM)), ANY_ROOM),
    job.scratchOffset,
    job.countersOffset,
  );
}

/**
 * Codes a whole slice body at `outOffset`: u16 number of moves, the moves (fromX, fromY, x, y, width, height,
 * u16 each), then the tiles. The answer is the number of bytes.
 */
export function encodeSlice(
  kernels: Kernels,
  memory: WebAssembly.Memory,
  job: SliceJob,
  moves: readonly Move[] = [],
): number {
  if (moves.length > MAX_MOVES) {
    throw new SightlineError('bad-argument', `A slice has at most ${MAX_MOVES} moves.`, { field: 'moves' });
  }
  const head = 2 + moves.length * MOVE_BYTES;
  const view = new DataView(memory.buffer, job.outOffset, head);
  view.setUint16(0, moves.length, true);
  for (let index = 0; index < moves.length; index++) {
    const move = moves[index]!;
    const at = 2 + index * MOVE_BYTES;
    view.setUint16(at, move.fromX, true);
    view.setUint16(at + 2, move.fromY, true);
    view.setUint16(at + 4, move.x, true);
    view.setUint16(at + 6, move.y, true);
    view.setUint16(at + 8, move.width, true);
    view.setUint16(at + 10, move.height, true);
  }
  const { outOffset, outBytes, room = ANY_ROOM } = job;
  const tiles = { ...job, outOffset: outOffset + head, outBytes: outBytes - head, room: room - head };
  return head + encodeTiles(kernels, tiles);
}

/** The number of tiles in a slice body that was coded. */
export function tilesIn(body: Uint8Array): number {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  return view.getUint16(2 + view.getUint16(0, true) * MOVE_BYTES, true);
}
