/**
 * The display pipeline of one host picture: the shared memory that the source draws into, the comparison with
 * what was sent, and the coding of what differs. It knows frames, not viewers.
 */
import {
  AUTO_STREAM,
  ColourLevel,
  createSharedMemory,
  type EncoderLayout,
  encoderLayout,
  type FrameChange,
  FrameEncoder,
  fillDamage,
  MAX_TILES_PER_SLICE,
  ModeCounters,
  type ModeTable,
  type Picture,
  type Rect,
  SightlineError,
  STREAM_NAMES,
  type StreamLevel,
  tileColumns,
  tileRows,
} from '../../codecs/index.js';
import type { Clock, Micros } from '../clock.js';
import { AutoStream } from './auto-stream.js';
import { CoderPool, type PoolStats } from './coder-pool.js';
import type { StartCoderThreads } from './coder-threads.js';
import { DamageRing } from './damage-ring.js';
import { LevelStream } from './level-stream.js';
import type { Emit, Packet } from './packet.js';
import { type CodedPacket, SliceCoder } from './slice-coder.js';
import type { Capture } from './source.js';

export interface PipelineOptions {
  readonly width: number;
  readonly height: number;
  /** Threads beside the calling one; 0 codes everything on the calling thread, at once. */
  readonly threads: number;
  /** Starts them: `piscinaThreads` in Node, `pageThreads` in a page. Needed where there are any. */
  readonly startThreads?: StartCoderThreads | undefined;
  readonly module: WebAssembly.Module;
  readonly clock: Clock;
  /** The last frame number already in use. */
  readonly frame?: number;
  /** Counts the time that each mode takes: costs two looks at a clock for each tile. */
  readonly timeModes?: boolean;
}

/** One committed frame. `change` holds views that are valid until the next commit. */
export interface Commit {
  readonly frame: number;
  readonly drawnAt: Micros;
  readonly change: FrameChange;
}

export interface LevelStats {
  packets: number;
  slices: number;
  tiles: number;
  bytes: number;
  /** From the packet's start to its last slice, microseconds. */
  encode: Micros;
}

export interface PipelineStats {
  readonly frames: number;
  readonly changedTiles: number;
  readonly moves: number;
  /** Comparing, finding moves and bringing the reference up to date, microseconds in all. */
  readonly commit: Micros;
  /** By stream. */
  readonly levels: readonly Readonly<LevelStats>[];
  /** What was coded in each mode, by colour level; all threads together. */
  readonly modes: readonly ModeTable[];
  readonly pool: PoolStats | undefined;
}

/** Most slots of slices: encoderLayout's limit. */
const MAX_SLOTS = 64;
const LAST_FRAME = 0xffffffff;

export class DisplayPipeline {
  /** The source writes here; it holds what was written before. */
  readonly picture: Picture;
  /** The picture as of `frame`. Not to be written. */
  readonly reference: Picture;
  readonly layout: EncoderLayout;
  readonly #encoder: FrameEncoder;
  readonly #coder: SliceCoder;
  readonly #pool: CoderPool | undefined;
  readonly #clock: Clock;
  readonly #ring: DamageRing;
  readonly #boxes: Uint32Array;
  #frame: number;
  #hasPicture = false;
  #drawnAt: Micros = 0;
  #frames = 0;
  #changedTiles = 0;
  #moves = 0;
  #commitTime: Micros = 0;
  readonly #levels: LevelStats[];
  readonly #modes: ModeCounters;

  static create(options: PipelineOptions): DisplayPipeline {
    return new DisplayPipeline(options);
  }

  private constructor(options: PipelineOptions) {
    const { width, height, threads, module, clock } = options;
    const tiles = tileColumns(width) * tileRows(height);
    const slots =
      threads === 0
        ? 1
        : Math.min(MAX_SLOTS, Math.max(4 * (threads + 1), Math.ceil(tiles / MAX_TILES_PER_SLICE)));
    this.layout = encoderLayout({ width, height, workers: threads, slots });
    const memory = createSharedMemory(this.layout.totalBytes);
    const { timeModes = false } = options;
    const now = timeModes ? () => performance.now() : undefined;
    this.#encoder = new FrameEncoder(module, this.layout, memory, now);
    this.#modes = new ModeCounters(memory, this.layout.counters, threads + 1);
    this.picture = this.#encoder.picture;
    this.reference = this.#encoder.reference;
    const { startThreads } = options;
    if (threads > 0 && startThreads === undefined) {
      throw new SightlineError('bad-argument', 'Nothing was given that starts threads.', {
        field: 'startThreads',
      });
    }
    this.#pool =
      threads > 0 && startThreads !== undefined
        ? new CoderPool(startThreads, { module, memory, layout: this.layout, timeModes })
        : undefined;
    this.#coder = new SliceCoder(this.#encoder.kernels, memory, this.layout, clock, this.#pool);
    this.#clock = clock;
    this.#ring = new DamageRing(this.layout.tiles);
    this.#boxes = new Uint32Array(this.layout.tiles);
    this.#frame = options.frame ?? 0;
    this.#levels = STREAM_NAMES.map(() => ({
      packets: 0,
      slices: 0,
      tiles: 0,
      bytes: 0,
      encode: 0,
    }));
  }

  /** Numbers up to `frame` are in use elsewhere: the next frame comes after it. */
  skipTo(frame: number): void {
    if (frame > this.#frame && frame < LAST_FRAME) this.#frame = frame;
  }

  /** The newest frame's number. */
  get frame(): number {
    return this.#frame;
  }

  /** Whether a picture has been committed. */
  get hasPicture(): boolean {
    return this.#hasPicture;
  }

  /** When the newest frame was drawn. */
  get drawnAt(): Micros {
    return this.#drawnAt;
  }

  /** What viewers of one level miss: one stream per level in use. */
  stream(level: ColourLevel): LevelStream {
    return new LevelStream(level, this.layout);
  }

  autoStream(): AutoStream {
    return new AutoStream(this.layout);
  }

  /**
   * Makes the picture that the source has written the next frame. Undefined when nothing has changed; the
   * first picture is a frame even if it is black. The frame's number is the source's own where that goes on.
   * Not while a packet is being encoded.
   */
  commit(capture: Capture): Commit | undefined {
    const started = this.#clock.now();
    const damage = this.#hasPicture ? capture.damage : undefined;
    const change = this.#encoder.commit(damage);
    this.#clock.spend?.({
      kind: 'compare',
      pixels: damage === undefined ? this.layout.width * this.layout.height : areaOf(damage),
      bytes: 0,
    });
    this.#commitTime += this.#clock.now() - started;
    if (change.changedTiles === 0 && this.#hasPicture) return undefined;
    this.#hasPicture = true;
    const wanted = capture.frame ?? 0;
    this.#frame = wanted > this.#frame && wanted <= LAST_FRAME ? wanted : this.#frame + 1;
    this.#drawnAt = capture.drawnAt;
    this.#ring.push(this.#frame, capture.drawnAt, change.changed);
    this.#frames++;
    this.#changedTiles += change.changedTiles;
    this.#moves += change.moves.length;
    return { frame: this.#frame, drawnAt: capture.drawnAt, change };
  }

  /** Codes a packet from the newest frame's pixels. The next call waits until the answer has settled. */
  encode(packet: Packet, emit: Emit): CodedPacket | Promise<CodedPacket> {
    const started = this.#clock.now();
    const coded = this.#coder.encode(packet, emit);
    return coded instanceof Promise
      ? coded.then((result) => this.#count(packet.level, result, started))
      : this.#count(packet.level, coded, started);
  }

  /**
   * What brings a viewer of `level` from frame `base` to the newest one: what has changed since, or the whole
   * picture when that is not known (`base` 0, or of before this picture). `askedAt` counts as drawing time of a whole picture:
   * it is not old because nobody watched.
   */
  refresh(level: StreamLevel, viewer: number, base: number, askedAt: Micros): Packet {
    const boxes = this.#boxes.fill(0);
    const isAuto = level === AUTO_STREAM;
    const oldest = base === 0 || base >= this.#frame ? undefined : this.#ring.since(base, boxes, isAuto);
    if (oldest === undefined) fillDamage(boxes, this.layout);
    return {
      level,
      viewer,
      frame: this.#frame,
      base: oldest === undefined ? 0 : base,
      // Without a change since (the frames since were not this stream's) it is as old as the newest.
      drawnAt: oldest === undefined ? askedAt : Math.min(oldest, this.#drawnAt),
      boxes,
      moves: [],
    };
  }

  /** The number of one more frame of the auto stream, with the newest picture. `sentLate` must follow. */
  extraFrame(): number {
    this.#frame++;
    return this.#frame;
  }

  /** What the auto stream's frame `frame`, the newest, has carried that had changed before it. */
  sentLate(frame: number, boxes: Uint32Array): void {
    this.#ring.sentLate(frame, this.#drawnAt, boxes);
  }

  stats(): PipelineStats {
    return {
      frames: this.#frames,
      changedTiles: this.#changedTiles,
      moves: this.#moves,
      commit: this.#commitTime,
      levels: this.#levels.map((level) => ({ ...level })),
      modes: Object.values(ColourLevel).map((level) => this.#modes.read(level)),
      pool: this.#pool?.stats(),
    };
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    await this.#pool?.close();
  }

  #count(level: StreamLevel, coded: CodedPacket, started: Micros): CodedPacket {
    const stats = this.#levels[level]!;
    stats.packets++;
    stats.slices += coded.slices;
    stats.tiles += coded.tiles;
    stats.bytes += coded.bytes;
    stats.encode += this.#clock.now() - started;
    return coded;
  }
}

function areaOf(rects: readonly Rect[]): number {
  return rects.reduce((sum, { width, height }) => sum + width * height, 0);
}
