/**
 * What happens when in a recording, found in one pass over the file without decoding a pixel: where frames are,
 * what a person would look for, where nothing moves, and what is missing. Memory is bounded whatever the file holds.
 */
import { SightlineError } from '../../codecs/index.js';
import { type Block, type Recording, Track } from '../../codecs/recording/index.js';
import type { Micros } from '../clock.js';
import { decodeOverlay } from '../protocol/index.js';
import { FrameAssembler } from './frame-assembler.js';
import { type SessionEvent, SessionEvents } from './session-events.js';

/** A stretch of recorded time. */
export interface Span {
  readonly from: Micros;
  readonly to: Micros;
}

/** A moment that a person may look for. */
export type Chapter = { readonly time: Micros } & ChapterEvent;
export type ChapterEvent =
  | Exclude<SessionEvent, { kind: 'records' | 'notice' | 'chat' | 'marker' }>
  | { readonly kind: 'chat'; readonly name: string; readonly text: string }
  | { readonly kind: 'marker'; readonly number: number; readonly text: string }
  | { readonly kind: 'size'; readonly width: number; readonly height: number };

/** What is damaged or missing in one place. */
export interface Gap extends Span {
  /** Bytes that belong to no whole block. */
  readonly bytes: number;
  /** Blocks known to be missing; undefined at the end of the file, where nobody can know. */
  readonly blocks: number | undefined;
}

export interface RecordingOutline {
  /** When frames of the first screen became whole, ascending. */
  readonly frames: Float64Array;
  readonly chapters: readonly Chapter[];
  /** Where nothing moves for long, less a little at both ends: what a player may skip. */
  readonly idle: readonly Span[];
  readonly gaps: readonly Gap[];
  /** Slices that are whole but follow on nothing, because something before them is missing. */
  readonly lostSlices: number;
}

/** Rest shorter than this is the rhythm of work, not a pause. */
export const IDLE_AFTER: Micros = 4_000_000;
/** The pause is seen to begin, */
const IDLE_LEAD_IN: Micros = 1_000_000;
/** and what ends it is seen coming. */
const IDLE_LEAD_OUT: Micros = 500_000;
/** A frame of no more bytes than this is a blinking caret or a clock, not work. */
const STILL_FRAME_BYTES = 320;

/** Bounds of what is kept: 37 hours at 30 frames a second, and more events than anyone can use. */
const MAX_FRAMES = 4_000_000;
const MAX_CHAPTERS = 10_000;
const MAX_GAPS = 1_000;
const MAX_IDLE = 10_000;

export interface OutlineOptions {
  /** The pass ends early, with what it has found so far. */
  readonly signal?: AbortSignal;
}

/** Rejects only with what the recording's source throws. */
export async function outlineRecording(
  recording: Recording,
  options: OutlineOptions = {},
): Promise<RecordingOutline> {
  const outline = new Outline(recording);
  const onDamage = outline.damage.bind(outline);
  for await (const block of recording.messages({ onDamage })) {
    if (options.signal?.aborted) break;
    outline.message(block);
  }
  return outline.finish();
}

class Outline {
  readonly #duration: Micros;
  /** Tracks of pictures; those of the first screen are what is shown. */
  readonly #displays: readonly number[];
  readonly #assembler = new FrameAssembler();
  readonly #frames = new Times();
  readonly #chapters: Chapter[] = [];
  readonly #idle: Span[] = [];
  readonly #gaps: Gap[] = [];
  /** Found damage that waits for the next whole block to say when it ends. */
  #open: { from: Micros; bytes: number; blocks: number | undefined } | undefined;
  #time: Micros = 0;
  #activeAt: Micros = 0;
  #size = '';
  readonly #events: SessionEvents;

  constructor(recording: Recording) {
    this.#duration = recording.duration;
    this.#displays = recording.displays;
    const { width, height, startedAt } = recording.metadata;
    this.#events = new SessionEvents(startedAt);
    this.#size = `${width}x${height}`;
  }

  message({ track, time, payload }: Block): void {
    this.#closeGap(time);
    this.#time = time;
    if (track === this.#displays[0]) this.#display(time, payload);
    else if (this.#displays.includes(track)) this.#otherScreen(time, payload);
    else if (track === Track.State || track === Track.Chat || track === Track.Notice) {
      this.#session(track, time, payload);
    } else this.#event(track, time, payload);
  }

  damage({ start, end, lost }: { start: number; end: number; lost: number | undefined }): void {
    this.#open ??= { from: this.#time, bytes: 0, blocks: 0 };
    this.#open.bytes += end - start;
    if (lost === undefined || this.#open.blocks === undefined) this.#open.blocks = undefined;
    else this.#open.blocks += lost;
  }

  finish(): RecordingOutline {
    this.#closeGap(this.#duration);
    this.#active(this.#duration);
    return {
      frames: this.#frames.values(),
      chapters: this.#chapters,
      idle: this.#idle,
      gaps: this.#gaps,
      lostSlices: this.#assembler.skipped,
    };
  }

  #display(time: Micros, payload: Uint8Array): void {
    const frame = this.#assembler.push(payload);
    if (frame === undefined) return;
    this.#frames.add(time);
    if (frame.bytes > STILL_FRAME_BYTES) this.#active(time);
    const size = `${frame.width}x${frame.height}`;
    if (size === this.#size) return;
    this.#size = size;
    this.#chapter({ kind: 'size', time, width: frame.width, height: frame.height });
  }

  #otherScreen(time: Micros, payload: Uint8Array): void {
    if (payload.length > STILL_FRAME_BYTES) this.#active(time);
  }

  #event(track: number, time: Micros, payload: Uint8Array): void {
    // A dot that is repeated to those who join later moves nothing.
    if (track === Track.Overlay && ignoring(() => decodeOverlay(payload)) === undefined) return;
    this.#active(time);
  }

  #session(track: number, time: Micros, payload: Uint8Array): void {
    for (const event of this.#events.of(track, payload, time)) {
      this.#active(time);
      if (event.kind === 'chat') {
        const { kind, name, text } = event;
        this.#insert({ kind, time: Math.max(0, event.at), name, text });
      } else if (event.kind === 'marker') {
        const { kind, number, text } = event;
        this.#insert({ kind, time: event.at, number, text });
      } else if (event.kind !== 'records' && event.kind !== 'notice') this.#chapter({ ...event, time });
    }
  }

  /** What is told late stands where it was said or set, behind what was before it. */
  #insert(chapter: Chapter): void {
    if (this.#chapters.length === MAX_CHAPTERS) return;
    const place = this.#chapters.findLastIndex(({ time }) => time <= chapter.time) + 1;
    this.#chapters.splice(place, 0, chapter);
  }

  #chapter(chapter: Chapter): void {
    if (this.#chapters.length < MAX_CHAPTERS) this.#chapters.push(chapter);
    this.#active(chapter.time);
  }

  /** Something happens: what was before it may have been a pause. */
  #active(time: Micros): void {
    const rested = time - this.#activeAt >= IDLE_AFTER;
    if (rested && this.#idle.length < MAX_IDLE) {
      this.#idle.push({ from: this.#activeAt + IDLE_LEAD_IN, to: time - IDLE_LEAD_OUT });
    }
    this.#activeAt = time;
  }

  #closeGap(to: Micros): void {
    const open = this.#open;
    this.#open = undefined;
    if (open !== undefined && this.#gaps.length < MAX_GAPS) this.#gaps.push({ ...open, to });
  }
}

/** A growing list of times, eight bytes each. */
class Times {
  #values = new Float64Array(1024);
  #count = 0;

  add(time: Micros): void {
    if (this.#count === MAX_FRAMES || time === this.#values[this.#count - 1]) return;
    if (this.#count === this.#values.length) {
      const larger = new Float64Array(this.#count * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#count++] = time;
  }

  values(): Float64Array {
    return this.#values.slice(0, this.#count);
  }
}

/** What `decode` gives; undefined for a malformed message: it tells nothing, and the rest does. */
function ignoring<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch (error) {
    if (error instanceof SightlineError) return undefined;
    throw error;
  }
}
