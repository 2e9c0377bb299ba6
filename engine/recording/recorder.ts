/**
 * The recorder: a tap on a viewer session. It takes every message that the viewer receives or sends, keeps what
 * belongs into a recording, and never disturbs the session: it throws nothing, and when its target fails or is
 * too slow it ends the recording and says so. Runs in Node and in a page's worker.
 */
import { SightlineError, type StreamLevel } from '../../codecs/index.js';
import {
  type ByteSink,
  type Checksum,
  EndReason,
  encodeNotice,
  type FileRange,
  type NewHash,
  type RecordingMetadata,
  type RecordingNotice,
  RecordingWriter,
  Track,
} from '../../codecs/recording/index.js';
import type { Clock, Micros } from '../clock.js';
import {
  Channel,
  type Control,
  channelOf,
  decodeChat,
  decodeControl,
  decodeOverlay,
  NO_VIEWER,
  readSliceHeader,
} from '../protocol/index.js';
import { inputMark, stamped } from './input-marks.js';
import { isStateMessage } from './live.js';
import { OverlayTrack } from './overlay-track.js';
import { asError, endReasonOf, isMessageFault } from './recorder-faults.js';
import { SessionMemory } from './session-memory.js';
import { Shown } from './shown.js';
import { STANDARD_TRACKS } from './tracks.js';
import { WritingPace } from './writing-pace.js';

/** Recorded time between checkpoints: what is played over to reach a moment between two of them. */
export const CHECKPOINT_INTERVAL: Micros = 2_000_000;
/** A whole picture is asked for at most once in this time, */
export const REFRESH_INTERVAL: Micros = 30_000_000;
/** and only when what came since the last is so many times its bytes, so that a slow link is left alone, */
const REFRESH_FACTOR = 4;
/** and takes longer to decode than a person notices. */
const REFRESH_BYTES = 1024 * 1024;

/** Longest reason in a notice, characters. */
const MAX_REASON = 400;

/** So long the target may take for what still waits when a recording ends. */
const CLOSE_LIMIT: Micros = 30_000_000;

export interface RecorderOptions {
  readonly sink: ByteSink;
  readonly clock: Clock;
  /** The rest is found in the session's messages. `startedAt` is the caller's: ms since 1970. */
  readonly metadata: Pick<RecordingMetadata, 'session' | 'host' | 'program' | 'startedAt'> & {
    readonly participants?: RecordingMetadata['participants'];
    readonly continues?: RecordingMetadata['continues'];
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
  /** A SHA-256 that is faster than the portable one, */
  readonly newHash?: NewHash;
  /** and a CRC-32C. */
  readonly checksum?: Checksum;
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
  /** SHA-256 by which any later change of the file can be found; absent when it was not ended well. */
  readonly fingerprint?: string;
  /** Why the recording ended before it was stopped. */
  readonly error?: SightlineError;
}

export class Recorder {
  readonly #options: RecorderOptions;
  #viewer: number;
  readonly #shown = new Shown();
  readonly #overlays = new OverlayTrack(this.#shown, (message, at) =>
    this.#append(Track.Overlay, message, at),
  );
  #writer: RecordingWriter | undefined;
  #memory: SessionMemory | undefined = new SessionMemory();
  /** What was noticed before the first picture. */
  readonly #notices: RecordingNotice[] = [];
  /** Set so far. */
  #markers = 0;
  /** Everyone has been told that this viewer records. */
  #told = false;
  #origin: Micros = 0;
  #wholeBytes = 0;
  #wholeAt = 0;
  #checkpointAt = 0;
  #frames = 0;
  #messages = 0;
  #dropped = 0;
  #error: SightlineError | undefined;
  #pace: WritingPace | undefined;
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

  /** Recorded time so far: up to now, or to its end. */
  get duration(): Micros {
    if (this.#writer === undefined) return 0;
    return this.active ? this.#timeOf(this.#options.clock.now()) : this.#writer.time;
  }

  /**
   * Takes one message, received or sent by the viewer at `at` on its clock. The bytes need only be valid during
   * the call. Never throws.
   */
  message(message: Uint8Array, at: Micros): void {
    if (this.#ended !== undefined) return;
    try {
      this.#take(message, at);
      this.#pace?.appended();
    } catch (error) {
      if (error instanceof SightlineError && isMessageFault(error)) this.#dropped++;
      else this.#fail(error);
    }
  }

  /** Records what somebody was told, or agreed to, at `at`. Never throws. */
  notice(notice: RecordingNotice, at: Micros): void {
    if (this.#ended !== undefined) return;
    try {
      if (this.#writer === undefined) this.#notices.push(notice);
      else this.#append(Track.Notice, encodeNotice(notice), at);
      this.#pace?.appended();
    } catch (error) {
      if (error instanceof SightlineError && error.code === 'bad-argument') this.#dropped++;
      else this.#fail(error);
    }
  }

  /** Records a marker that was set at `at`; without a text it has its number alone. Never throws. */
  marker(text: string, at: Micros): void {
    const set = this.#writer === undefined ? 0 : Math.max(0, Math.round(at - this.#origin));
    const named = text === '' ? {} : { text };
    this.notice({ kind: 'marker', number: ++this.#markers, at: set, ...named }, at);
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
    const place = this.#shown.place(Track.Display, header);
    if (place === 'misfit') {
      this.#dropped++;
      this.#shown.lose(Track.Display);
      return;
    }
    if (place === 'whole' && this.#writer === undefined) this.#begin(header, at);
    const { offset } = this.#append(Track.Display, message, at);
    if (!this.#shown.paint(Track.Display, header, place, offset)) return;
    this.#frames++;
    if (header.base !== 0) {
      this.#refreshIfUseful();
      return;
    }
    this.#wholeBytes = this.#writer!.position - this.#shown.pictureStart(Track.Display);
    this.#wholeAt = this.#writer!.time;
    this.#checkpoint();
  }

  #overlay(message: Uint8Array, at: Micros): void {
    if (this.#writer === undefined) {
      this.#memory?.message(message);
      return;
    }
    const event = decodeOverlay(message);
    // An erasure of everything has no author when a lost connection has made it.
    const own = event.viewer === NO_VIEWER && !(event.kind === 'erase' && event.scope === 'all');
    this.#overlays.take(
      own ? { ...event, viewer: this.#viewer } : event,
      own ? stamped(message, this.#viewer) : message,
      at,
    );
  }

  /** What was said before the recording began does not belong to it. */
  #chat(message: Uint8Array, at: Micros): void {
    if (this.#writer === undefined) return;
    // The viewer's own comes back from the relay, with its author's name and its time.
    if (decodeChat(message).sentAt === 0) return;
    this.#shown.chat(this.#append(Track.Chat, message, at));
  }

  /** Only how things stand: what opens links (tokens, keys) must not get into a file. */
  #control(message: Uint8Array, at: Micros): void {
    const control = decodeControl(message);
    if (control.type === 'viewer-welcome') this.#viewer = control.viewer;
    if (!isStateMessage(control)) return;
    if (this.#writer === undefined) {
      this.#memory?.message(message);
      return;
    }
    this.#shown.state(control, this.#append(Track.State, message, at));
    if (control.type === 'participants') this.#noticeTold(control, at);
  }

  /** The relay tells the host and the viewers the same: once this viewer hears that it records, all have. */
  #noticeTold({ list }: Control<'participants'>, at: Micros): void {
    const told = list.some(({ viewer, recording }) => viewer === this.#viewer && recording);
    if (told && !this.#told) this.notice({ kind: 'told', viewer: this.#viewer }, at);
    this.#told = told;
  }

  /** The first whole picture is here: time starts. */
  #begin(picture: { width: number; height: number; level: StreamLevel }, at: Micros): void {
    const { sink, clock, metadata, pendingLimit, newHash, checksum } = this.#options;
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
        tracks: [...STANDARD_TRACKS],
        ...(metadata.continues === undefined ? {} : { continues: metadata.continues }),
      },
      {
        ...(pendingLimit === undefined ? {} : { pendingLimit }),
        ...(newHash === undefined ? {} : { newHash }),
        ...(checksum === undefined ? {} : { checksum }),
      },
    );
    this.#pace = new WritingPace(this.#writer, clock, (error) => this.#fail(error));
    for (const notice of this.#notices.splice(0)) this.notice(notice, at);
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
    if (writer === undefined) return;
    if (writer.time - this.#checkpointAt >= CHECKPOINT_INTERVAL) this.#checkpoint();
  }

  #checkpoint(): void {
    const writer = this.#writer!;
    const checkpoint = this.#shown.checkpoint(writer.position);
    if (checkpoint === undefined) return;
    writer.checkpoint(writer.time, checkpoint);
    this.#checkpointAt = writer.time;
  }

  #refreshIfUseful(): void {
    const writer = this.#writer!;
    if (writer.time - this.#wholeAt < REFRESH_INTERVAL) return;
    const since = writer.position - this.#shown.pictureStart(Track.Display);
    if (since < Math.max(REFRESH_BYTES, this.#wholeBytes * REFRESH_FACTOR)) return;
    this.#wholeAt = writer.time;
    this.#options.wantRefresh?.();
  }

  #fail(cause: unknown): void {
    if (this.#ended !== undefined) return;
    this.#error = asError(cause, 'The recorder failed.');
    this.#ended = this.#finish(endReasonOf(this.#error));
  }

  async #finish(reason: EndReason): Promise<RecordingSummary> {
    this.#pace?.stop();
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
    else await writer.close(this.#timeOf(this.#options.clock.now()), reason, this.#lastWords());
  }

  /** Why it ended by itself. */
  #lastWords(): { track: number; message: Uint8Array } | undefined {
    if (this.#error === undefined) return undefined;
    const text = this.#error.message.slice(0, MAX_REASON);
    return { track: Track.Notice, message: encodeNotice({ kind: 'ended', text }) };
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
      ...(writer?.fingerprint === undefined ? {} : { fingerprint: writer.fingerprint }),
      ...(this.#error === undefined ? {} : { error: this.#error }),
    };
  }
}
