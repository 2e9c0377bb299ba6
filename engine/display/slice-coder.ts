/**
 * Codes packets. Small ones on the thread that asks, at once. Larger ones are shared with a pool of threads
 * over the same memory: every thread, the asking one too, takes the next slice that nobody has taken, until
 * none is left. So a thread that the system does not run holds up nothing but the slice it has begun.
 */
import {
  BOX_APPROXIMATE,
  boxArea,
  type Coding,
  coloursOf,
  Effort,
  type EncoderLayout,
  EXACT,
  encodeSlice,
  JOB_BYTES,
  type Kernels,
  MAX_TILES_PER_SLICE,
  type Move,
  sliceJob,
  tilesIn,
} from '../../codecs/index.js';
import type { Clock } from '../clock.js';
import type { CoderPool } from './coder-pool.js';
import { Outcome } from './outcome.js';
import { type Emit, type Packet, SliceWriter } from './packet.js';

/**
 * Fewest tiles that are worth waking another thread for: about 2 ms of text. Below that the pool wins little on a
 * free core, and on a busy one the wait for a thread that does not run costs several times the work (bench/pool).
 */
const POOL_FROM_TILES = 160;
/** Slices of shared packets are made smaller, so that threads end together; but not smaller than this. */
const LEAST_TILES_PER_SLICE = 8;
/** ...nor more than this many for each thread. */
const SLICES_PER_THREAD = 4;

/** Slices of fewer bytes are coded alone: how many tiles fill one is found by coding them. */
const POOL_FROM_SLICE_BYTES = 65_536;
/** What a tile of a photograph may take, where slices are shared: their bytes are told by their number of tiles. */
const DENSE_TILE_BYTES = 8_192;

/** Fewer bytes of a budget are no room for another tile: half of what a tile of writing takes exactly. */
const LEAST_ROOM = 500;
const NO_MOVES: readonly Move[] = [];

export interface CodedPacket {
  /** Tiles that it carries. */
  readonly tiles: number;
  readonly slices: number;
  readonly bytes: number;
  /** What has become of its tiles: valid until the next packet. */
  readonly outcome: Outcome;
}

export class SliceCoder {
  readonly #kernels: Kernels;
  readonly #memory: WebAssembly.Memory;
  readonly #layout: EncoderLayout;
  readonly #pool: CoderPool | undefined;
  readonly #clock: Clock;
  /** All slots' jobs, as they lie in the shared memory. */
  readonly #slots: Uint32Array;
  readonly #output: Uint8Array;
  /** The packet's jobs: (tile, box) pairs. */
  readonly #jobs: Uint32Array;
  readonly outcome: Outcome;

  constructor(
    kernels: Kernels,
    memory: WebAssembly.Memory,
    layout: EncoderLayout,
    clock: Clock,
    pool?: CoderPool,
  ) {
    this.#clock = clock;
    this.#kernels = kernels;
    this.#memory = memory;
    this.#layout = layout;
    this.#pool = pool;
    this.#slots = new Uint32Array(memory.buffer, layout.jobs, (layout.slots * layout.jobBytes) / 4);
    this.#output = new Uint8Array(memory.buffer, layout.output, layout.slots * layout.slotBytes);
    this.outcome = new Outcome(layout.tiles);
    this.#jobs = new Uint32Array(layout.tiles * (JOB_BYTES / 4));
  }

  /** Emits the packet's slices as they get ready. One packet at a time: the next after the answer has settled. */
  encode(packet: Packet, emit: Emit): CodedPacket | Promise<CodedPacket> {
    this.outcome.reset();
    const tiles = this.#collectJobs(packet);
    const pool = this.#pool;
    const { budget, sliceBytes = Number.POSITIVE_INFINITY } = packet;
    const isLimited = budget !== undefined || sliceBytes < POOL_FROM_SLICE_BYTES;
    if (pool !== undefined && tiles >= POOL_FROM_TILES && !isLimited)
      return this.#encodeShared(pool, packet, tiles, emit);
    return this.#encodeAlone(packet, tiles, emit);
  }

  #collectJobs({ boxes, order }: Packet): number {
    let count = 0;
    const tiles = order?.length ?? boxes.length;
    for (let place = 0; place < tiles; place++) {
      const tile = order === undefined ? place : order[place]!;
      const box = boxes[tile]!;
      if (box === 0) continue;
      this.#jobs[count * 2] = tile;
      this.#jobs[count * 2 + 1] = box;
      count++;
    }
    return count;
  }

  #encodeAlone(packet: Packet, tiles: number, emit: Emit): CodedPacket {
    const { budget = Number.POSITIVE_INFINITY, sliceBytes = Number.POSITIVE_INFINITY } = packet;
    const writer = new SliceWriter(packet, this.#layout, emit);
    const coding = codingOf(packet);
    let done = 0;
    let most = MAX_TILES_PER_SLICE;
    for (let isLast = false; !isLast; ) {
      const offered = this.#fillSlot(0, done, Math.min(tiles, done + most));
      const moves = done === 0 ? packet.moves : NO_MOVES;
      const room = budget - LEAST_ROOM - writer.bytes;
      const length = this.#encodeSlot(0, coding, offered, moves, Math.min(room, sliceBytes));
      const body = this.#coded(0, length);
      const count = tilesIn(body);
      this.#note(0, count, coding);
      done += count;
      // A slice is coded for the tiles that it is offered: not many more than the last one could take.
      if (sliceBytes < Number.POSITIVE_INFINITY) most = Math.min(MAX_TILES_PER_SLICE, 2 * count);
      const isFull = count < offered || length >= Math.min(room, sliceBytes);
      isLast = done === tiles || (isFull && (room <= sliceBytes || length >= room));
      if (isLast) this.#giveUp(done, tiles);
      writer.write(body, isLast, this.outcome.isExact);
    }
    return { tiles: done, slices: writer.count, bytes: writer.bytes, outcome: this.outcome };
  }

  async #encodeShared(pool: CoderPool, packet: Packet, tiles: number, emit: Emit): Promise<CodedPacket> {
    const perSlice = Math.min(
      MAX_TILES_PER_SLICE,
      Math.max(
        LEAST_TILES_PER_SLICE,
        Math.min(
          Math.ceil(tiles / (SLICES_PER_THREAD * (pool.threads + 1))),
          Math.floor((packet.sliceBytes ?? Number.POSITIVE_INFINITY) / DENSE_TILE_BYTES),
        ),
      ),
    );
    const total = Math.ceil(tiles / perSlice);
    const writer = new SliceWriter(packet, this.#layout, emit);
    const coding = codingOf(packet);
    // More slices than slots go in several rounds.
    for (let start = 0; start < total; start += this.#layout.slots) {
      const slices = Math.min(this.#layout.slots, total - start);
      for (let slot = 0; slot < slices; slot++) {
        const from = (start + slot) * perSlice;
        pool.counts[slot] = this.#fillSlot(slot, from, Math.min(tiles, from + perSlice));
      }
      await pool.share(coding, slices, {
        encode: (slot) =>
          this.#encodeSlot(slot, coding, pool.counts[slot]!, start + slot === 0 ? packet.moves : NO_MOVES),
        coded: (slot, length) => {
          this.#note(slot, pool.counts[slot]!, coding);
          writer.write(this.#coded(slot, length), writer.count === total - 1, this.outcome.isExact);
        },
      });
    }
    return { tiles, slices: total, bytes: writer.bytes, outcome: this.outcome };
  }

  /** Puts jobs `from` to `to` into a slot; the answer is their number. */
  #fillSlot(slot: number, from: number, to: number): number {
    this.#slots.set(this.#jobs.subarray(from * 2, to * 2), (slot * this.#layout.jobBytes) / 4);
    return to - from;
  }

  /** Keeps which tiles of a coded slot are not exact. */
  #note(slot: number, count: number, { quality }: Coding): void {
    if (quality === EXACT) return;
    const first = (slot * this.#layout.jobBytes) / 4;
    for (let word = first; word < first + count * 2; word += 2) {
      const box = this.#slots[word + 1]!;
      if ((box & BOX_APPROXIMATE) === 0) continue;
      this.outcome.approximate[this.#slots[word]!] = box & ~BOX_APPROXIMATE;
      this.outcome.isExact = false;
    }
  }

  #giveUp(from: number, to: number): void {
    for (let job = from; job < to; job++) {
      this.outcome.left[this.#jobs[job * 2]!] = this.#jobs[job * 2 + 1]!;
      this.outcome.isExact = false;
    }
  }

  /** @param room Bytes after which the tiles that are left are given up. */
  #encodeSlot(
    slot: number,
    coding: Coding,
    count: number,
    moves: readonly Move[],
    room = Number.POSITIVE_INFINITY,
  ): number {
    const job = { ...sliceJob(this.#layout, coding, slot, count, 0), room };
    const length = encodeSlice(this.#kernels, this.#memory, job, moves);
    const pixels = this.#areaOf(slot, tilesIn(this.#coded(slot, length)));
    this.#clock.spend?.({ kind: 'encode', pixels, bytes: length });
    return length;
  }

  /** Pixels in the boxes of a slot. */
  #areaOf(slot: number, count: number): number {
    const first = (slot * this.#layout.jobBytes) / 4;
    let area = 0;
    for (let word = first; word < first + count * 2; word += 2) area += boxArea(this.#slots[word + 1]!);
    return area;
  }

  #coded(slot: number, length: number): Uint8Array {
    const start = slot * this.#layout.slotBytes;
    return this.#output.subarray(start, start + length);
  }
}

function codingOf({ level, effort = Effort.Balanced, quality = EXACT }: Packet): Coding {
  return { level: coloursOf(level), effort, quality };
}
