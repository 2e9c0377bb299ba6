/**
 * Plays a recording (`.rcrec`) or any video that ffmpeg reads as a host's screen: in real time, at a factor, or as
 * fast as the viewers take it. The time of the replay begins with the first capture, so nothing is played to nobody.
 */
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { setImmediate } from 'node:timers';
import { clipRect, type Picture, type Rect, SightlineError } from '../../../codecs/index.js';
import {
  type Capture,
  type Clock,
  type FrameSource,
  type InputEvent,
  type Micros,
  type SourceEvents,
  TIMER_SLACK,
} from '../../../engine/index.js';
import { MARKER_AREA, type Marker, paintMarker } from '../marker.js';
import { AheadReader } from './ahead.js';
import type { ReplayReader, SkippedPart } from './reader.js';
import { RecordingReader } from './recording.js';
import { VideoReader } from './video.js';

/** 1 or `realtime`: as recorded; another number: that many times as fast; `fastest`: every frame, none too early. */
export type Pace = 'realtime' | 'fastest' | number;

export interface ReplayOptions {
  readonly clock: Clock;
  readonly pace?: Pace;
  /** Starts again at the end; frame numbers go on. */
  readonly loop?: boolean;
  /** Paints a pattern for each input event that a viewer can read back: see `readMarker`. */
  readonly markers?: boolean;
  /** Told of every damaged part of a recording as it is passed over. */
  readonly onSkipped?: (part: SkippedPart) => void;
}

/**
 * A frame that is later than the time between the last two may have been overtaken, and so may one that is this late:
 * more than a frame of 30 in a second.
 */
const LATE: Micros = 35_000;
/** A capture catches up no longer than this: a decoder that is slower than the film must not hold it for ever. */
const CATCH_UP_LIMIT: Micros = 100_000;
/** Beyond so many areas the whole picture counts as changed. */
const MOST_AREAS = 4096;
/** Between the last frame and the first of the next round, when a film has one frame only. */
const SINGLE_FRAME: Micros = 40_000;

export class ReplaySource implements FrameSource {
  readonly name: string;
  readonly #reader: ReplayReader;
  readonly #clock: Clock;
  /** How many times as fast as recorded; undefined: as fast as it is taken. */
  readonly #factor: number | undefined;
  readonly #loop: boolean;
  readonly #markers: boolean;
  #events: SourceEvents | undefined;
  #isStopped = false;
  #cancelTimer: (() => void) | undefined;
  /** Recorded time of the frame that is ready to be taken. */
  #nextAt: Micros | undefined;
  /** Recorded time and number of frames at which the present round began. */
  #roundStart: Micros = 0;
  #roundFrame = 0;
  #lastAt: Micros = 0;
  #interval: Micros = SINGLE_FRAME;
  /** The clock's time that is recorded time 0. */
  #origin: Micros | undefined;
  #frame = 0;
  #last: Picture | undefined;
  /** The last event, and when the first came that no capture has shown. */
  #lastInput: Marker | undefined;
  #inputAt: Micros | undefined;
  #fault: unknown;
  #hasFailed = false;
  #waited: Micros = 0;

  /** Throws `SightlineError`: `not-found`, `missing-tool`, `bad-recording`, `bad-argument`, `too-large`. */
  static async open(path: string, options: ReplayOptions): Promise<ReplaySource> {
    const { pace = 'realtime' } = options;
    if (typeof pace === 'number' && !(pace > 0 && Number.isFinite(pace))) {
      throw new SightlineError('bad-argument', `A replay cannot run ${pace} times as fast.`, {
        field: 'pace',
      });
    }
    const reader = await openReplay(path, options.onSkipped);
    // A recording decodes ahead by itself.
    const isAhead = pace !== 'fastest' && reader instanceof VideoReader;
    return new ReplaySource(basename(path), isAhead ? new AheadReader(reader) : reader, options);
  }

  /** @param reader It is closed with the source. */
  constructor(
    name: string,
    reader: ReplayReader,
    { clock, pace = 'realtime', loop = false, markers = false }: ReplayOptions,
  ) {
    this.name = name;
    this.#reader = reader;
    this.#clock = clock;
    this.#factor = pace === 'fastest' ? undefined : pace === 'realtime' ? 1 : pace;
    this.#loop = loop;
    this.#markers = markers;
  }

  get width(): number {
    return this.#reader.width;
  }

  get height(): number {
    return this.#reader.height;
  }

  /** Frames shown or skipped so far. */
  get frame(): number {
    return this.#frame;
  }

  /** How long frames that were due have been waited for, because the file or its decoder was slower than its time. */
  get waited(): Micros {
    return this.#waited;
  }

  /** Whether the replay has ended because the file went wrong, not because it was at its end. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  start(events: SourceEvents): void {
    if (this.#events !== undefined || this.#isStopped) {
      throw new SightlineError('bad-state', 'The replay was started before.');
    }
    this.#events = events;
    void this.#prepare();
  }

  /**
   * Writes the newest frame that is due; what it shows was drawn when the first frame was due that no capture has
   * shown. Rejects when the file goes wrong: the replay then has ended.
   */
  async capture(picture: Picture): Promise<Capture | undefined> {
    this.#throwFault();
    if (picture.width !== this.width || picture.height !== this.height) return undefined;
    const fresh = this.#last?.pixels.buffer !== picture.pixels.buffer;
    const begun = this.#clock.now();
    let damage: readonly Rect[] | undefined;
    let drawnAt: Micros | undefined;
    while (this.#isDue()) {
      const due = this.#nextAt!;
      drawnAt ??= this.#timeOf(due);
      const changed = await this.#read(picture, fresh && damage === undefined);
      if (changed === undefined) break;
      this.#frame++;
      this.#nextAt = undefined;
      this.#last = picture;
      damage = damage === undefined ? changed : this.#joined(damage, changed);
      if (!this.#isBehind(due, begun)) break;
      await this.#announce();
    }
    this.#throwFault();
    if (damage !== undefined) void this.#prepare();
    else if (fresh) return this.#again(picture);
    return this.#marked(picture, drawnAt, damage);
  }

  /** What is typed into a film changes nothing but the marker. */
  input({ viewer, sequence }: InputEvent): void {
    if (!this.#markers) return;
    this.#lastInput = { viewer, sequence };
    this.#inputAt ??= this.#clock.now();
    this.#events?.changed();
  }

  stop(): void {
    // Nobody is left to be told if a file does not close.
    this.close().catch(() => undefined);
  }

  /** Stops, and waits until child processes and files are gone. */
  async close(): Promise<void> {
    this.#isStopped = true;
    this.#cancelTimer?.();
    this.#events = undefined;
    await this.#reader.close();
  }

  /** Finds the next frame and says so when it is due; says so too when there is none or the file goes wrong. */
  async #prepare(): Promise<void> {
    await this.#announce();
    const events = this.#events;
    if (events === undefined) return;
    if (this.#nextAt !== undefined) {
      this.#tellWhenDue(this.#nextAt, events);
    } else if (this.#fault !== undefined) {
      events.changed();
    } else {
      // After the capture that is under way has been taken.
      setImmediate(() => this.#events?.ended());
    }
  }

  #tellWhenDue(nextAt: Micros, events: SourceEvents): void {
    if (this.#factor === undefined || this.#origin === undefined) {
      events.changed();
      return;
    }
    const due = this.#origin + nextAt / this.#factor;
    this.#cancelTimer = this.#clock.after(due - this.#clock.now(), () => events.changed());
  }

  /** Brings `#nextAt` to the next frame's time, if there is one. */
  async #announce(): Promise<void> {
    if (this.#nextAt !== undefined || this.#isStopped) return;
    try {
      const asked = this.#clock.now();
      let at = await this.#reader.peek();
      if (at === undefined && this.#loop && this.#frame > this.#roundFrame && !this.#isStopped) {
        this.#roundStart = this.#lastAt + this.#interval;
        this.#roundFrame = this.#frame;
        await this.#reader.rewind();
        at = await this.#reader.peek();
        this.#roundStart += this.#waitFor(this.#roundStart, asked) * (this.#factor ?? 1);
      }
      if (at === undefined) return;
      this.#nextAt = this.#roundStart + at;
      this.#waited += this.#waitFor(this.#nextAt, asked);
      if (this.#nextAt > this.#lastAt) this.#interval = this.#nextAt - this.#lastAt;
      this.#lastAt = this.#nextAt;
    } catch (error) {
      this.#fault = error;
    }
  }

  /** How long the file, asked at `asked`, has kept a frame of recorded time `next` beyond its time. */
  #waitFor(next: Micros, asked: Micros): Micros {
    if (this.#factor === undefined || this.#origin === undefined) return 0;
    return Math.max(0, this.#clock.now() - Math.max(asked, this.#origin + next / this.#factor));
  }

  async #read(picture: Picture, fresh: boolean): Promise<readonly Rect[] | undefined> {
    try {
      return await this.#reader.read(picture, fresh);
    } catch (error) {
      this.#fault = error;
      this.#nextAt = undefined;
      return undefined;
    }
  }

  #isDue(): boolean {
    if (this.#nextAt === undefined || this.#isStopped) return false;
    if (this.#factor === undefined) return true;
    this.#origin ??= this.#clock.now() - this.#nextAt / this.#factor;
    return this.#origin + this.#nextAt / this.#factor <= this.#clock.now() + TIMER_SLACK;
  }

  /** When the frame of recorded time `due` was to be shown; without a timetable that is now. */
  #timeOf(due: Micros): Micros {
    const now = this.#clock.now();
    if (this.#factor === undefined || this.#origin === undefined) return now;
    return Math.min(now, this.#origin + due / this.#factor);
  }

  /** Whether the frame of recorded time `due` is so late that the next may be due as well. */
  #isBehind(due: Micros, begun: Micros): boolean {
    if (this.#factor === undefined || this.#origin === undefined) return false;
    const now = this.#clock.now();
    const late = now - (this.#origin + due / this.#factor);
    return late > Math.min(LATE, this.#interval / this.#factor) && now - begun < CATCH_UP_LIMIT;
  }

  /** The frame with the marker over it: the film may have been written over the last one. */
  #marked(
    picture: Picture,
    filmAt: Micros | undefined,
    film: readonly Rect[] | undefined,
  ): Capture | undefined {
    const inputAt = this.#last === undefined ? undefined : this.#inputAt;
    if (film === undefined && inputAt === undefined) return undefined;
    if (this.#lastInput !== undefined) paintMarker(picture, this.#lastInput);
    this.#inputAt = undefined;
    const now = this.#clock.now();
    return {
      drawnAt: Math.min(filmAt ?? now, inputAt ?? now),
      damage: inputAt === undefined ? film! : this.#joined(film ?? [], [clipRect(MARKER_AREA, picture)!]),
      frame: this.#frame,
    };
  }

  #joined(old: readonly Rect[], more: readonly Rect[]): readonly Rect[] {
    const all = [...old, ...more];
    return all.length <= MOST_AREAS ? all : [{ x: 0, y: 0, width: this.width, height: this.height }];
  }

  /** The pipeline has begun anew with other memory: shows it the last frame again. */
  #again(picture: Picture): Capture | undefined {
    const last = this.#last;
    if (last === undefined || last.stride !== picture.stride || last.height !== picture.height)
      return undefined;
    picture.pixels.set(last.pixels);
    this.#last = picture;
    if (this.#lastInput !== undefined) paintMarker(picture, this.#lastInput);
    this.#inputAt = undefined;
    return { drawnAt: this.#clock.now() };
  }

  #throwFault(): void {
    if (this.#fault === undefined) return;
    const fault = this.#fault;
    this.#fault = undefined;
    this.#hasFailed = true;
    setImmediate(() => this.#events?.ended());
    throw fault;
  }
}

/**
 * Opens a recording, or any video that ffmpeg reads.
 * @throws SightlineError `not-found`, `missing-tool`, `bad-recording`, `bad-argument`, `too-large`.
 */
export async function openReplay(
  path: string,
  onSkipped?: ReplayOptions['onSkipped'],
): Promise<ReplayReader> {
  return (await isRecording(path)) ? RecordingReader.open(path, onSkipped) : VideoReader.open(path);
}

/** The first bytes of an `.rcrec` file, after one that no text has. */
const SIGNATURE = 'RCREC';

async function isRecording(path: string): Promise<boolean> {
  try {
    if (!(await stat(path)).isFile()) {
      throw new SightlineError('bad-argument', `${path} is not a file.`, { field: 'replay' });
    }
    const file = await open(path, 'r');
    try {
      const { buffer } = await file.read(Buffer.alloc(SIGNATURE.length), 0, SIGNATURE.length, 1);
      return buffer.toString('latin1') === SIGNATURE;
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (cause instanceof SightlineError) throw cause;
    throw new SightlineError('not-found', `${path} cannot be read.`, { field: 'replay', cause });
  }
}
