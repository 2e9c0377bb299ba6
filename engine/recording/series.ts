/**
 * A recording that goes on in another file where that helps: one file has reached its limit, or cannot be written
 * any more. Each file is a recording of its own, which begins with a whole picture and with how things stand; what
 * comes between the end of one and the first picture of the next is lost.
 */
import { SightlineError } from '../../codecs/index.js';
import type { ByteSink, RecordingMetadata, RecordingNotice } from '../../codecs/recording/index.js';
import type { Micros } from '../clock.js';
import { Recorder, type RecorderOptions, type RecordingSummary } from './recorder.js';
import type { SessionMemory } from './session-memory.js';

export interface SeriesOptions extends Omit<RecorderOptions, 'sink' | 'onEnd' | 'before'> {
  /** The first file. */
  readonly sink: ByteSink;
  /** Everything the session said so far. */
  readonly memory: SessionMemory;
  /**
   * Opens the file for part 2, 3 and so on, when the one before ended for the reason given; undefined, or a
   * rejection: the recording ends.
   */
  readonly next: (part: number, cause: SightlineError) => Promise<ByteSink | undefined>;
  /** A file has ended and another goes on. */
  readonly onPart?: (summary: RecordingSummary) => void;
  /** Called once, when no file goes on. */
  readonly onEnd?: (summary: SeriesSummary) => void;
}

export interface SeriesSummary extends RecordingSummary {
  /** Of every file, the first first; the other figures are those of all of them together. */
  readonly parts: readonly RecordingSummary[];
}

export class RecordingSeries {
  readonly #options: SeriesOptions;
  readonly #parts: RecordingSummary[] = [];
  readonly #memory: SessionMemory;
  readonly #startedAt: Micros;
  /** Ends that are not followed up yet. */
  #opening: Promise<void> | undefined;
  #recorder: Recorder;
  #isStopped = false;
  #error: SightlineError | undefined;

  constructor(options: SeriesOptions) {
    this.#options = options;
    this.#memory = options.memory;
    this.#startedAt = options.clock.now();
    this.#recorder = this.#record(options.sink, undefined);
  }

  /** Bytes of the present file. */
  get bytes(): number {
    return this.#recorder.bytes;
  }

  /** Takes one message, as `Recorder.message` does. Never throws. */
  message(message: Uint8Array, at: Micros): void {
    this.#memory.message(message);
    this.#recorder.message(message, at);
  }

  notice(notice: RecordingNotice, at: Micros): void {
    this.#recorder.notice(notice, at);
  }

  /** Ends the recording; resolves when every file has everything. Never rejects. */
  async stop(): Promise<SeriesSummary> {
    this.#isStopped = true;
    await this.#opening;
    await this.#recorder.stop();
    await this.#opening;
    return this.#summary();
  }

  #record(sink: ByteSink, continues: RecordingMetadata['continues']): Recorder {
    const { memory, next: _next, onPart: _onPart, metadata, ...options } = this.#options;
    const startedAt = metadata.startedAt + Math.round((this.#options.clock.now() - this.#startedAt) / 1000);
    return new Recorder({
      ...options,
      sink,
      metadata: { ...metadata, startedAt, ...(continues === undefined ? {} : { continues }) },
      ...(memory.viewer === undefined ? {} : { viewer: memory.viewer }),
      before: memory.messages(),
      onEnd: (summary) => {
        this.#parts.push(summary);
        this.#opening = this.#follow(summary);
      },
    });
  }

  async #follow(summary: RecordingSummary): Promise<void> {
    const sink = await this.#openNext(summary);
    this.#opening = undefined;
    if (sink === undefined || this.#isStopped) {
      await sink?.close();
      this.#options.onEnd?.(this.#summary());
      return;
    }
    const part = this.#parts.length + 1;
    const { fingerprint, error } = summary;
    this.#recorder = this.#record(sink, {
      part,
      reason: error?.message.slice(0, 400) ?? '',
      ...(fingerprint === undefined ? {} : { fingerprint }),
    });
    this.#options.onPart?.(summary);
  }

  /** A target that took nothing will not take more the next time. */
  async #openNext({ error, bytes }: RecordingSummary): Promise<ByteSink | undefined> {
    this.#error = error;
    if (this.#isStopped) {
      // Whoever stops a recording that would have gone on has lost nothing.
      if (error?.code === 'too-large') this.#error = undefined;
      return undefined;
    }
    if (error === undefined || bytes === 0) return undefined;
    try {
      const sink = await this.#options.next(this.#parts.length + 1, error);
      if (sink !== undefined) this.#error = undefined;
      return sink;
    } catch (cause) {
      if (cause instanceof SightlineError) this.#error = cause;
      return undefined;
    }
  }

  #summary(): SeriesSummary {
    const sum = (key: 'bytes' | 'duration' | 'frames' | 'messages' | 'dropped') =>
      this.#parts.reduce((total, part) => total + part[key], 0);
    const last = this.#parts.at(-1);
    return {
      bytes: sum('bytes'),
      duration: sum('duration'),
      frames: sum('frames'),
      messages: sum('messages'),
      dropped: sum('dropped'),
      ...(last?.fingerprint === undefined ? {} : { fingerprint: last.fingerprint }),
      ...(this.#error === undefined ? {} : { error: this.#error }),
      parts: this.#parts,
    };
  }
}
