/**
 * Where everything lies in the shared memories of encoder and decoder. Plain numbers: a layout can be posted
 * to a worker as it is. The only module that adds up offsets.
 */
import { Arena, paddedBytes } from './arena.js';
import { SightlineError } from './errors.js';
import { isValidSize, MAX_PIXELS, MAX_SIDE, strideOf, tileColumns, tileRows } from './geometry.js';

/** Most tiles in a slice: a row of a 1920 pixels wide picture, and some. */
export const MAX_TILES_PER_SLICE = 34;
/** Most moves in a slice, and so in a frame: they travel in its first slice. */
export const MAX_MOVES = 64;
export const MOVE_BYTES = 12;
/** Bytes of a job: tile index and box, u32 each. */
export const JOB_BYTES = 8;
/** A tile at worst: index, mode, box, and 64 x 64 raw pixels of 24 bits. */
export const MAX_TILE_BYTES = 2 + 1 + 3 + 64 * 64 * 3;
/** A slice body at worst: moves and tiles with their counts. */
export const MAX_SLICE_BYTES = 2 + MAX_MOVES * MOVE_BYTES + 2 + MAX_TILES_PER_SLICE * MAX_TILE_BYTES;

/** Scratch of the tile coder (wasm/tile-encode.ts adds up its own parts). */
export const ENCODE_SCRATCH_BYTES = 720_896;
/** Scratch of the decoder (wasm/tile-decode.ts). */
export const DECODE_SCRATCH_BYTES = 327_680;
/** The decoder may look at so many bytes after a body; what they are makes no difference. */
const READ_AHEAD_BYTES = 1024;
/** From one desk's body to the next one's. */
export const DESK_BODY_BYTES = paddedBytes(MAX_SLICE_BYTES + READ_AHEAD_BYTES);
/** A cache line of the board, so that threads do not wait for each other's. */
export const BOARD_LINE_BYTES = 64;
/** Counters of modes by level (wasm/counters.ts): 4 levels, 16 modes, 4 numbers. */
export const COUNTERS_BYTES = 4 * 16 * 4 * 8;
/** Bytes of a position table of LZ4 (wasm/lz4.ts). */
export const LZ4_TABLE_BYTES = 16_384;

/** Byte offsets and sizes of a host's shared memory. */
export interface EncoderLayout {
  readonly width: number;
  readonly height: number;
  /** Bytes from row to row in both pictures. */
  readonly stride: number;
  readonly columns: number;
  readonly rows: number;
  /** columns x rows. */
  readonly tiles: number;
  /** BGRA as the source writes it. */
  readonly picture: number;
  /** BGRA as of the last commit, opaque. */
  readonly reference: number;
  /** BGRA as before the last commit: where that commit's residual is, and no move's target. */
  readonly held: number;
  /** One box (u32) per tile: the last commit's change, before moves. */
  readonly changed: number;
  /** One box per tile: what the last commit's moves left. */
  readonly residual: number;
  /** The last commit's moves, as on the wire. */
  readonly moves: number;
  readonly maxMoves: number;
  /** Slots for slices being coded: slot i has jobs at `jobs + i * jobBytes`, output at `output + i * slotBytes`. */
  readonly slots: number;
  readonly jobs: number;
  readonly jobBytes: number;
  readonly output: number;
  readonly slotBytes: number;
  /** Scratch of coder i (0 the main thread, 1 to `workers` the pool) at `scratch + i * scratchBytes`. */
  readonly scratch: number;
  readonly scratchBytes: number;
  readonly workers: number;
  /** Counters of coder i at `counters + i * COUNTERS_BYTES`. */
  readonly counters: number;
  /** Scratch of the search for moves. */
  readonly search: number;
  readonly totalBytes: number;
}

function checkSize(width: number, height: number): void {
  if (!isValidSize(width, height)) {
    throw new SightlineError(
      'too-large',
      `A picture of ${width} x ${height} is out of bounds: sides are 1 to ${MAX_SIDE}, pixels at most ${MAX_PIXELS}.`,
      { field: 'size' },
    );
  }
}

/**
 * Lays out a host's memory. `workers` is the number of coders beside the main thread; `slots` the number of
 * slices that may be in work or waiting to be sent, two per coder by default.
 */
export function encoderLayout(options: {
  readonly width: number;
  readonly height: number;
  readonly workers: number;
  readonly slots?: number;
}): EncoderLayout {
  const { width, height, workers } = options;
  checkSize(width, height);
  const slots = options.slots ?? 2 * (workers + 1);
  for (const [field, value, least] of [
    ['workers', workers, 0],
    ['slots', slots, 1],
  ] as const) {
    if (!Number.isInteger(value) || value < least || value > 64) {
      throw new SightlineError('bad-argument', `${field} is a whole number from ${least} to 64.`, { field });
    }
  }
  const stride = strideOf(width);
  const columns = tileColumns(width);
  const rows = tileRows(height);
  const tiles = columns * rows;
  const jobBytes = MAX_TILES_PER_SLICE * JOB_BYTES;
  const slotBytes = paddedBytes(MAX_SLICE_BYTES);
  const memory = new Arena();
  const layout = {
    width,
    height,
    stride,
    columns,
    rows,
    tiles,
    picture: memory.take(stride * height),
    reference: memory.take(stride * height),
    held: memory.take(stride * height),
    changed: memory.take(tiles * 4),
    residual: memory.take(tiles * 4),
    moves: memory.take(MAX_MOVES * MOVE_BYTES),
    maxMoves: MAX_MOVES,
    slots,
    jobs: memory.take(slots * jobBytes),
    jobBytes,
    output: memory.take(slots * slotBytes),
    slotBytes,
    scratch: memory.take((workers + 1) * ENCODE_SCRATCH_BYTES),
    scratchBytes: ENCODE_SCRATCH_BYTES,
    workers,
    counters: memory.take((workers + 1) * COUNTERS_BYTES),
    search: memory.take(searchBytes(width, height)),
  };
  return { ...layout, totalBytes: memory.end };
}

/** What the search for moves needs (wasm/search.ts adds up its own parts): tables, and 6 bytes per cell. */
function searchBytes(width: number, height: number): number {
  const columns = Math.ceil(width / 16);
  const rows = Math.ceil(height / 8);
  return 400_000 + 2 * columns * rows + 4 * (columns + 1) * (rows + 1);
}

/**
 * Byte offsets and sizes of a viewer's memory. Slices are decoded at _desks_, each with a body, a scratch and
 * counters of its own: desk 0 is the calling thread's, the others are for threads that help. Where desks lie does
 * not depend on the picture, so a thread that helps needs to be told once.
 */
export interface DecoderLayout {
  readonly stride: number;
  readonly desks: number;
  /** Of desk i at `scratch + i * DECODE_SCRATCH_BYTES`. */
  readonly scratch: number;
  /** Of desk i at `counters + i * COUNTERS_BYTES`. */
  readonly counters: number;
  /** Where a slice body is put to be decoded: MAX_SLICE_BYTES, of desk i at `body + i * DESK_BODY_BYTES`. */
  readonly body: number;
  /** What stands at which desk: BOARD_LINE_BYTES for all, and for each desk (slice-board.ts). */
  readonly board: number;
  readonly picture: number;
  readonly totalBytes: number;
}

/** Lays out a viewer's memory with so many desks for threads that help. */
export function decoderLayout(width: number, height: number, helperDesks = 0): DecoderLayout {
  checkSize(width, height);
  const stride = strideOf(width);
  const desks = helperDesks + 1;
  const memory = new Arena();
  const layout = {
    stride,
    desks,
    scratch: memory.take(desks * DECODE_SCRATCH_BYTES),
    counters: memory.take(desks * COUNTERS_BYTES),
    body: memory.take(desks * DESK_BODY_BYTES),
    board: memory.take((desks + 1) * BOARD_LINE_BYTES),
    picture: memory.take(stride * height),
  };
  return { ...layout, totalBytes: memory.end };
}
