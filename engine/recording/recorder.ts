/**
 * The recorder: a tap on a viewer session. It takes every message that the viewer receives or sends, keeps what
 * belongs into a recording, and never disturbs the session: it throws nothing, and when its target fails or is
 * too slow it ends the recording and says so. Runs in Node and in a page's worker.
 */
import { type ErrorCode, SightlineError, type StreamLevel } from '../../codecs/index.js';
import {
  type ByteSink,
  EndReason,
  type FileRange,
  type RecordingMetadata,
  RecordingWriter,
  Track,
} from '../../codecs/recording/index.js';
import type { Clock, Micros } from '../clock.js';
import {
  Channel,
  channelOf,
  decodeChat,
  decodeControl,
  decodeInput,
  decodeOverlay,
  encodeInput,
  NO_VIEWER,
  readSliceHeader,
  stampEventViewer,
} from '../protocol/index.js';
import { FrameChain } from './frame-chain.js';
import { isStateMessage, LiveMessages, liveRanges } from './live.js';
import { SessionMemory } from './session-memory.js';

/** What was appended reaches the target within this time, so that a killed recorder loses less than a second. */
export const FLUSH_INTERVAL: Micros = 500_000;
/** From so many bytes on they are handed over at the next opportunity instead. */
const FLUSH_BYTES = 128 * 1024;
/** Recorded time between checkpoints: what is played over to reach a moment between two of them. */
export const CHECKPOINT_INTERVAL: Micros = 2_000_000;
/** A whole picture is asked for at most once in this time, */
export const REFRESH_INTERVAL: Micros = 30_000_000;
/** and only when what came since the last is so many times its bytes, so that a slow link is left alone, */
const REFRESH_FACTOR = 4;
/** and takes longer to decode than a person notices. */
const REFRESH_BYTES = 1024 * 1024;

/** So long the target may take for what still waits when a recording ends. */
const CLOSE_LIMIT: Micros = 30_000_000;

export interface RecorderOptions {
  readonly sink: ByteSink;
  readonly clock: Clock;
  /** The rest is found in the session's messages. `startedAt` is the caller's: ms since 1970. */
  readonly metadata: Pick<RecordingMetadata, 'session' | 'host' | 'program' | 'startedAt'> & {
    readonly participants?: RecordingMetadata['participants'];
  };
  /** The viewer's own id, if it is known already: its own events carry it in the recording. */
  readonly viewer?: number;
  /** Messages that say how things stand as the recording starts: see `SessionMemory`. */
  readonly before?: Iterable<Uint8Array>;
  /** Asks the session for a whole picture: at the start, and now and then to keep seeking quick. */
  readonly wantRefresh?: () => void;
  /** Called once, when the recording has ended, for whatever reason. */
  readonly onEnd?: (summary: RecordingSummary) => void;
  /** Bytes that may wait for the sink before the recording is ended. */
  readonly pendingLimit?: number;
  /** The recording ends when it has so many bytes. */
  readonly maxBytes?: number;
}

export interface RecordingSummary {
  /** Bytes that the target has taken; 0 when no whole picture came and nothing was written. */
  readonly bytes: number;
  /** Microseconds. */
  readonly duration: Micros;
  readonly frames: number;
  readonly messages: number;
  /** Messages that belonged but were malformed or did not follow. */
  readonly dropped: number;
  /** Why the recording ended before it was stopped. */
  readonly error?: SightlineError;
}

export class Recorder {
  readonly #options: RecorderOptions;
  #viewer: number;
  readonly #chain = new FrameChain();
  readonly #live = new LiveMessages<FileRange>();
  #writer: RecordingWriter | undefined;
  #memory: SessionMemory | undefined = new SessionMemory();
  #origin: Micros = 0;
  #pictureStart = 0;
  #wholeBytes = 0;
  #wholeAt = 0;
  #checkpointAt = 0;
  #frames = 0;
  #messages = 0;
  #dropped = 0;
  #error: SightlineError | undefined;
  #cancelFlush: (() => void) | undefined;
  #soon = false;
  #ended: Promise<RecordingSummary> | undefined;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#viewer = options.viewer ?? NO_VIEWER;
    for (const message of options.before ?? []) this.#memory!.message(message);
    options.wantRefresh?.();
  }

  /** Whether messages are still taken. */
  get active(): boolean {
    return this.#ended === undefined;
  }

  get bytes(): number {
    return this.#writer?.position ?? 0;
  }

  /**
   * Takes one message, received or sent by the viewer at `at` on its clock. The bytes need only be valid during
   * the call. Never throws.
   */
  message(message: Uint8Array, at: Micros): void {
    if (this.#ended !== undefined) return;
    try {
      this.#take(message, at);
      this.#scheduleFlush();
    } catch (error) {
      if (error instanceof SightlineError && isMessageFault(error)) this.#dropped++;
      else this.#fail(error);
    }
  }

  /** Ends the recording; resolves when the target has everything. Never rejects: see the summary's `error`. */
  stop(): Promise<RecordingSummary> {
    this.#ended ??= this.#finish(EndReason.Stopped);
    return this.#ended;
  }

  #take(message: Uint8Array, at: Micros): void {
    switch (channelOf(message)) {
      case Channel.Display:
        this.#display(message, at);
        break;
      case Channel.Overlay:
        this.#overlay(message, at);
        break;
      case Channel.Input:
        if (this.#writer !== undefined) this.#append(Track.Input, inputMark(message, this.#viewer), at);
        break;
      case Channel.Chat:
        this.#chat(message, at);
        break;
      case Channel.Control:
        this.#control(message, at);
        break;
      default:
        return;
    }
    this.#checkpointIfDue();
  }

  #display(message: Uint8Array, at: Micros): void {
    const header = readSliceHeader(message);
    const place = this.#chain.place(header);
    if (place === 'misfit') {
      this.#dropped++;
      this.#chain.lose();
      return;
    }
    if (place === 'whole' && this.#writer === undefined) this.#begin(header, at);
    const { offset } = this.#append(Track.Display, message, at);
    if (place === 'whole') this.#pictureStart = offset;
    if (!header.last) return;
    this.#chain.complete();
    this.#frames++;
    if (header.base !== 0) {
      this.#refreshIfUseful();
      return;
    }
    this.#wholeBytes = this.#writer!.position - this.#pictureStart;
    this.#wholeAt = this.#writer!.time;
    this.#checkpoint();
  }

  #overlay(message: Uint8Array, at: Micros): void {
    if (this.#writer === undefined) {
      this.#memory?.message(message);
      return;
    }
    const event = decodeOverlay(message);
    const own = event.viewer === NO_VIEWER;
    const kept = own ? stamped(message, this.#viewer) : message;
    this.#live.overlay(
      own ? { ...event, viewer: this.#viewer } : event,
      this.#append(Track.Overlay, kept, at),
    );
  }

  /** What was said before the recording began does not belong to it. */
  #chat(message: Uint8Array, at: Micros): void {
    if (this.#writer === undefined) return;
    decodeChat(message);
    this.#live.chat(this.#append(Track.Chat, message, at));
  }

  /** Only how things stand: what opens links (tokens, keys) must not get into a file. */
  #control(message: Uint8Array, at: Micros): void {
    const control = decodeControl(message);
    if (control.type === 'viewer-welcome') this.#viewer = control.viewer;
    if (!isStateMessage(control)) return;
    if (this.#writer === undefined) this.#memory?.message(message);
    else this.#live.state(control, this.#append(Track.State, message, at));
  }

  /** The first whole picture is here: time starts. */
  #begin(picture: { width: number; height: number; level: StreamLevel }, at: Micros): void {
    const { sink, metadata, pendingLimit } = this.#options;
    const memory = this.#memory!;
    this.#memory = undefined;
    this.#origin = at;
    this.#writer = new RecordingWriter(
      sink,
      {
        session: metadata.session,
        host: metadata.host,
        width: picture.width,
        height: picture.height,
        level: picture.level,
        program: metadata.program,
        startedAt: metadata.startedAt,
        participants: metadata.participants ?? memory.participants,
        tracks: [
          { track: Track.Display, kind: 'display' },
          { track: Track.Overlay, kind: 'overlay' },
          { track: Track.Input, kind: 'input' },
          { track: Track.State, kind: 'state' },
          { track: Track.Chat, kind: 'chat' },
        ],
      },
      pendingLimit === undefined ? {} : { pendingLimit },
    );
    for (const earlier of memory.messages()) {
      if (channelOf(earlier) === Channel.Overlay) this.#overlay(earlier, at);
      else this.#control(earlier, at);
    }
  }

  #append(track: number, message: Uint8Array, at: Micros): FileRange {
    const writer = this.#writer!;
    const { maxBytes } = this.#options;
    if (maxBytes !== undefined && writer.position + message.length > maxBytes) {
      throw new SightlineError('too-large', `The recording has reached its limit of ${maxBytes} bytes.`, {
        field: 'maxBytes',
      });
    }
    const range = writer.append(track, this.#timeOf(at), message);
    this.#messages++;
    return range;
  }

  /** Microseconds since the start, whole, never before what is written already. */
  #timeOf(at: Micros): number {
    return Math.max(this.#writer!.time, Math.round(at - this.#origin));
  }

  #checkpointIfDue(): void {
    const writer = this.#writer;
    if (writer === undefined || this.#chain.open || this.#chain.held === 0) return;
    if (writer.time - this.#checkpointAt >= CHECKPOINT_INTERVAL) this.#checkpoint();
  }

  #checkpoint(): void {
    const writer = this.#writer!;
    const { held: frame, level, width, height } = this.#chain;
    writer.checkpoint(writer.time, {
      pictures: [{ track: Track.Display, level, width, height, frame }],
      live: liveRanges(this.#live.values(), this.#pictureStart, writer.position),
    });
    this.#checkpointAt = writer.time;
  }

  #refreshIfUseful(): void {
    const writer = this.#writer!;
    if (writer.time - this.#wholeAt < REFRESH_INTERVAL) return;
    const since = writer.position - this.#pictureStart;
    if (since < Math.max(REFRESH_BYTES, this.#wholeBytes * REFRESH_FACTOR)) return;
    this.#wholeAt = writer.time;
    this.#options.wantRefresh?.();
  }

  #scheduleFlush(): void {
    const writer = this.#writer;
    if (writer === undefined || writer.pendingBytes === 0) return;
    const soon = writer.pendingBytes >= FLUSH_BYTES;
    if (this.#cancelFlush !== undefined) {
      if (!soon || this.#soon) return;
      this.#cancelFlush();
    }
    this.#soon = soon;
    this.#cancelFlush = this.#options.clock.after(soon ? 0 : FLUSH_INTERVAL, () => {
      writer.flush().then(
        () => {
          this.#cancelFlush = undefined;
          if (this.#ended === undefined) this.#scheduleFlush();
        },
        (error: unknown) => this.#fail(error),
      );
    });
  }

  #fail(cause: unknown): void {
    if (this.#ended !== undefined) return;
    this.#error = asError(cause, 'The recorder failed.');
    this.#ended = this.#finish(END_REASONS[this.#error.code] ?? EndReason.Failed);
  }

  async #finish(reason: EndReason): Promise<RecordingSummary> {
    this.#cancelFlush?.();
    try {
      await this.#withinLimit(this.#close(reason));
    } catch (cause) {
      this.#error ??= asError(cause, 'The recording could not be ended.');
    }
    try {
      this.#options.onEnd?.(this.#summary());
    } catch (cause) {
      this.#error ??= asError(cause, 'The handler of the end of the recording failed.');
    }
    return this.#summary();
  }

  async #close(reason: EndReason): Promise<void> {
    const writer = this.#writer;
    if (writer === undefined) await this.#options.sink.close();
    else await writer.close(this.#timeOf(this.#options.clock.now()), reason);
  }

  /** A target that does not answer any more must not leave everyone believing that it records. */
  async #withinLimit(closing: Promise<void>): Promise<void> {
    let cancel = () => {};
    const limit = new Promise<never>((_resolve, reject) => {
      cancel = this.#options.clock.after(CLOSE_LIMIT, () => {
        reject(
          new SightlineError('timeout', "The recording's target does not take its end.", { field: 'sink' }),
        );
      });
    });
    try {
      await Promise.race([closing, limit]);
    } finally {
      cancel();
    }
  }

  #summary(): RecordingSummary {
    const writer = this.#writer;
    return {
      bytes: writer?.writtenBytes ?? 0,
      duration: writer?.time ?? 0,
      frames: this.#frames,
      messages: this.#messages,
      dropped: this.#dropped,
      ...(this.#error === undefined ? {} : { error: this.#error }),
    };
  }
}

function asError(cause: unknown, message: string): SightlineError {
  return cause instanceof SightlineError ? cause : new SightlineError('internal', message, { cause });
}

/**
 * What a recording keeps of an input event: who, when, where, and that a key was used, but not which: what a
 * technician types may be a password.
 */
function inputMark(message: Uint8Array, viewer: number): Uint8Array {
  const event = decodeInput(message);
  const head = event.viewer === NO_VIEWER ? { ...event, viewer } : event;
  if (head.kind === 'key') return encodeInput({ ...head, code: 'Unidentified' });
  if (head.kind === 'text') return encodeInput({ ...head, text: '*' });
  return event.viewer === NO_VIEWER ? stamped(message, viewer) : message;
}

function stamped(message: Uint8Array, viewer: number): Uint8Array {
  const copy = message.slice();
  stampEventViewer(copy, viewer);
  return copy;
}

const END_REASONS: Partial<Record<ErrorCode, EndReason>> = {
  timeout: EndReason.TooSlow,
  'too-large': EndReason.Limit,
};

/** A fault of the message, not of the recording. */
function isMessageFault(error: SightlineError): boolean {
  return (
    error.code === 'bad-message' ||
    error.code === 'bad-slice' ||
    error.code === 'truncated' ||
    error.code === 'unknown-type' ||
    error.code === 'unknown-channel' ||
    (error.code === 'too-large' && error.field === 'length')
  );
}
