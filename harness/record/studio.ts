/**
 * Records a film without a session: each of its pictures becomes a frame of the recording, coded as a host codes it,
 * at the film's own time. Nothing is left out, however fast or slow the machine is. Node only.
 */
import { availableParallelism } from 'node:os';
import { type ColourLevel, kernelChecksum, LEVEL_NAMES } from '../../codecs/index.js';
import type { ByteSink, RecordingMetadata } from '../../codecs/recording/index.js';
import {
  type Clock,
  DisplayPipeline,
  encodeControl,
  type LevelStream,
  type Micros,
  nodeSha256,
  piscinaThreads,
  Recorder,
  type RecordingSummary,
  systemClock,
} from '../../engine/index.js';
import type { ReplayReader } from '../hosts/index.js';

/** Bytes that may wait for the file before the film is held. */
const WAITING_LIMIT = 4 * 1024 * 1024;
/** How long the last picture is shown when there is only one. */
const SINGLE_PICTURE: Micros = 40_000;
const MAX_THREADS = 3;

export interface StudioOptions {
  readonly reader: ReplayReader;
  readonly sink: ByteSink;
  readonly module: WebAssembly.Module;
  readonly level: ColourLevel;
  readonly metadata: Pick<RecordingMetadata, 'session' | 'host' | 'program' | 'startedAt'>;
  /** Stops with the first picture at or after this time of the film. */
  readonly until?: Micros;
  /** As many times as fast as the film; as fast as can be unless told. */
  readonly factor?: number;
  /** Threads that help to code. */
  readonly threads?: number;
  /** Ends the recording, which is whole then. */
  readonly signal?: AbortSignal;
  readonly onFrame?: (frames: number, time: Micros, bytes: number) => void;
}

/** Resolves when the sink has everything. @throws what the reader throws; the recording is ended properly even so. */
export async function recordFilm(options: StudioOptions): Promise<RecordingSummary> {
  return new Studio(options).run();
}

class Studio {
  readonly #options: StudioOptions;
  readonly #sink: WatchedSink;
  readonly #recorder: Recorder;
  #pipeline: DisplayPipeline | undefined;
  #stream: LevelStream | undefined;
  #wantsWhole = false;
  #frames = 0;
  /** Of the film: the newest picture's time, and how long the one before it was shown. */
  #time: Micros = 0;
  #interval: Micros = SINGLE_PICTURE;

  constructor(options: StudioOptions) {
    const { sink, metadata, level, reader, module } = options;
    this.#options = options;
    this.#sink = new WatchedSink(sink);
    const { width, height } = reader;
    this.#recorder = new Recorder({
      sink: this.#sink,
      // The film's time is the recording's; only the writing to the file goes by the machine's.
      clock: { now: () => this.#time, after: systemClock.after } satisfies Clock,
      metadata: { ...metadata, participants: [] },
      newHash: nodeSha256,
      checksum: kernelChecksum(module),
      before: [
        encodeControl({ type: 'host-state', state: 'present', name: metadata.host, width, height }),
        encodeControl({ type: 'level-state', level, quality: LEVEL_NAMES[level] }),
      ],
      wantRefresh: () => {
        this.#wantsWhole = true;
      },
    });
  }

  async run(): Promise<RecordingSummary> {
    const { reader, until = Number.POSITIVE_INFINITY, signal } = this.#options;
    try {
      for (;;) {
        const at = await reader.peek();
        if (at === undefined || at >= until || signal?.aborted === true || !this.#recorder.active) break;
        await this.#pace(at);
        await this.#take(at);
      }
      this.#time = Math.min(until, this.#time + this.#interval);
    } finally {
      await this.#pipeline?.close();
      await this.#recorder.stop();
    }
    return this.#recorder.stop();
  }

  async #take(at: Micros): Promise<void> {
    const { reader, level, onFrame } = this.#options;
    const isFresh = await this.#fit();
    const pipeline = this.#pipeline!;
    const stream = this.#stream!;
    const damage = await reader.read(pipeline.picture, isFresh);
    if (damage === undefined) return;
    if (at > this.#time) this.#interval = at - this.#time;
    this.#time = at;
    const commit = pipeline.commit({ drawnAt: at, damage });
    if (commit === undefined) return;
    if (this.#wantsWhole) stream.startOver();
    this.#wantsWhole = false;
    const packet = stream.packet(commit.frame, commit.change, at);
    await pipeline.encode({ ...packet, level, viewer: 0 }, (message) => this.#recorder.message(message, at));
    this.#frames++;
    onFrame?.(this.#frames, at, this.#recorder.bytes);
    await this.#sink.until(() => this.#recorder.bytes - this.#sink.written <= WAITING_LIMIT);
  }

  /** A pipeline of the film's size; whether it is a new one. */
  async #fit(): Promise<boolean> {
    const {
      reader,
      module,
      level,
      threads = Math.min(availableParallelism() - 1, MAX_THREADS),
    } = this.#options;
    const { width, height } = reader;
    const old = this.#pipeline;
    if (old?.picture.width === width && old.picture.height === height) return false;
    const clock = systemClock;
    this.#pipeline = DisplayPipeline.create({
      width,
      height,
      threads,
      startThreads: piscinaThreads,
      module,
      clock,
      frame: old?.frame ?? 0,
    });
    this.#stream = this.#pipeline.stream(level);
    this.#stream.startOver();
    await old?.close();
    return true;
  }

  /** Waits until it is time for a picture. */
  async #pace(at: Micros): Promise<void> {
    const { factor, signal } = this.#options;
    if (factor === undefined) return;
    this.#begunAt ??= systemClock.now() - at / factor;
    const delay = this.#begunAt + at / factor - systemClock.now();
    if (delay <= 0) return;
    await new Promise<void>((resolve) => {
      const cancel = systemClock.after(delay, resolve);
      signal?.addEventListener(
        'abort',
        () => {
          cancel();
          resolve();
        },
        { once: true },
      );
    });
  }

  #begunAt: Micros | undefined;
}

/** A sink that can be waited for. */
class WatchedSink implements ByteSink {
  written = 0;
  readonly #sink: ByteSink;
  #isOver = false;
  #wake: () => void = () => {};

  constructor(sink: ByteSink) {
    this.#sink = sink;
  }

  async write(bytes: Uint8Array): Promise<void> {
    try {
      await this.#sink.write(bytes);
      this.written += bytes.length;
    } catch (error) {
      this.#isOver = true;
      throw error;
    } finally {
      this.#wake();
    }
  }

  async close(): Promise<void> {
    this.#isOver = true;
    this.#wake();
    await this.#sink.close();
  }

  /** Resolves when `holds` does, or nothing more will be written. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds() && !this.#isOver) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
