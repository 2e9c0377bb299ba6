/** The kernels' exports and how they are loaded: the same in Node, in a worker and in a browser. */
import { SightlineError } from './errors.js';

const PAGE = 65536;
/** What one memory may hold: two 8K pictures, a pool's scratch and output fit several times. */
const MAX_MEMORY_BYTES = 1 << 30;

/**
 * The kernels over one memory. Offsets and sizes are bytes in that memory unless said otherwise, and are NOT
 * checked here: call them through `FrameEncoder`, `FrameDecoder` and the functions of this folder.
 */
export interface Kernels {
  /** Joins what differs in the rows of a rectangle (inside the picture) into `boxes`. */
  compareRect(
    picture: number,
    reference: number,
    stride: number,
    width: number,
    x: number,
    y: number,
    w: number,
    h: number,
    boxes: number,
  ): void;
  copyBoxes(
    picture: number,
    reference: number,
    stride: number,
    columns: number,
    tiles: number,
    boxes: number,
  ): void;
  /** Number of moves written at `moves`; `anchors` is 1 to look for shifts in any direction. */
  findMoves(
    picture: number,
    reference: number,
    stride: number,
    width: number,
    height: number,
    boxes: number,
    scratch: number,
    moves: number,
    most: number,
    anchors: number,
  ): number;
  /** Bytes of scratch that `findMoves` needs. */
  moveSearchBytes(width: number, height: number): number;
  /** Makes the reference equal to the picture where it changed; `residual` is what the moves leave to be coded. */
  settle(
    picture: number,
    reference: number,
    stride: number,
    width: number,
    height: number,
    moves: number,
    count: number,
    changed: number,
    residual: number,
    held: number,
  ): void;
  reduceSpan(source: number, target: number, count: number, level: number): void;
  expandSpan(source: number, target: number, count: number, level: number): void;
  applyLevel(source: number, target: number, stride: number, height: number, level: number): void;
  toRgb24(source: number, target: number, stride: number, width: number, height: number): void;
  toRgba(source: number, target: number, stride: number, width: number, rows: number): void;
  /** Length of the block, 0 when it does not fit into `capacity`. */
  lz4Compress(source: number, size: number, target: number, capacity: number, table: number): number;
  /** Length of what came out, -1 when the block is malformed or does not fit. */
  lz4Decompress(source: number, size: number, target: number, capacity: number): number;
  crc32cTable(table: number): void;
  crc32c(offset: number, length: number, seed: number, table: number): number;
  encodeTiles(
    picture: number,
    held: number,
    stride: number,
    width: number,
    height: number,
    level: number,
    effort: number,
    quality: number,
    jobs: number,
    count: number,
    out: number,
    room: number,
    scratch: number,
    counters: number,
  ): number;
  prepareDecoder(scratch: number): void;
  /** Number of rectangles touched, -1 for a bad slice, -2 for a bad tile. */
  decodeSlice(
    body: number,
    length: number,
    picture: number,
    stride: number,
    width: number,
    height: number,
    level: number,
    scratch: number,
    counters: number,
  ): number;
}

/**
 * An instance over `memory`. Many may work on one memory at a time: kernels keep no state of their own. `now` is a clock
 * in milliseconds for the times that modes take; without it they are 0.
 */
export function instantiateKernels(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  now: () => number = noTime,
): Kernels {
  return new WebAssembly.Instance(module, { env: { memory }, counters: { now } })
    .exports as unknown as Kernels;
}

function noTime(): number {
  return 0;
}

/** A shared memory of at least `bytes`, zeroed, that never grows: views on it stay valid. */
export function createSharedMemory(bytes: number): WebAssembly.Memory {
  if (!Number.isInteger(bytes) || bytes < 0 || bytes > MAX_MEMORY_BYTES) {
    throw new SightlineError('too-large', `A memory of ${bytes} bytes is out of bounds.`, { field: 'bytes' });
  }
  const pages = Math.max(1, Math.ceil(bytes / PAGE));
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
}
