/**
 * One viewer's place in the fan-out.
 *
 * A viewer is *live* while it holds the frame before the next one; live viewers get what the host broadcasts on
 * their level. Whether one gets a frame is decided at the frame's first slice and holds for the whole frame: it
 * must hold the frame's base, and its window must be open. If not, it is *cut*: it gets nothing more until it
 * has acknowledged all that it was sent, and then the host is asked to bring it from the frame that it holds to
 * the newest one. The answer's last slice makes it live again; when frames of the level went by meanwhile, what it
 * missed is asked for once more.
 *
 * Nothing that was asked is waited for without end: when nothing of an answer has come for `ANSWER_LIMIT`, the host is
 * asked again. A whole picture that is broadcast answers, too.
 *
 * So nothing is ever queued here: a frame is forwarded at once or not at all, and what a viewer can have under
 * way is one window. A viewer that stops acknowledging stays cut and costs nothing.
 */
import type { StreamLevel } from '../../codecs/index.js';
import type { Micros } from '../clock.js';
import type { AckWindow } from '../flow/index.js';
import type { SliceFields } from './slice-fields.js';
import type { TokenBucket } from './token-bucket.js';

/**
 * After so long without a slice of the answer the host is asked again. A modem takes 24 s for the 100 kB that a slice
 * of a photograph may have.
 */
export const ANSWER_LIMIT: Micros = 30_000_000;
/** A viewer that wants the whole picture once more so soon after the host was asked means the same one. */
const SAME_WISH: Micros = 1_000_000;

export interface FeedPort {
  /**
   * Asks the host to bring the viewer from `base` to the newest frame of its level. `again`: it was asked before, and
   * may be at it.
   */
  askRefresh(base: number, again: boolean): void;
  /** The host has begun no answer, or has not gone on with it, for too long. */
  overdue(): void;
  /** The viewer is cut from the fan-out. */
  cut(): void;
  /** Calls `run` once, later; the answer cancels it. */
  after(delay: Micros, run: () => void): () => void;
  now(): Micros;
}

/** What the fan-out asks of a window. */
export type FlowWindow = Pick<
  AckWindow,
  'sent' | 'acked' | 'isOpen' | 'reset' | 'inFlight' | 'bytesInFlight'
>;

/** What the frame being forwarded is. */
type Kind = 'none' | 'broadcast' | 'addressed';

export class Feed {
  #level: StreamLevel;
  readonly #window: FlowWindow;
  readonly #refreshes: TokenBucket;
  readonly #port: FeedPort;

  /** The last frame that was forwarded whole; 0: nothing that a delta could build on. */
  #holds = 0;
  #live = false;
  #hostPresent = false;
  #isShut = false;
  /** The frame of which slices are being forwarded. */
  #frame = 0;
  #kind: Kind = 'none';
  /** The base of the refresh that the host was asked for; undefined when none is outstanding. */
  #asked: number | undefined;
  #askedAt: Micros = 0;
  /** Whether the next question is one that the host has not answered. */
  #isAgain = false;
  #repeats = 0;
  #cancelLimit: (() => void) | undefined;
  /** The newest frame number that the viewer has been sent. */
  #newest = 0;
  /** The newest frame of the level that was broadcast, whoever got it. */
  #passed = 0;
  #cancelWait: (() => void) | undefined;

  constructor(level: StreamLevel, window: FlowWindow, refreshes: TokenBucket, port: FeedPort) {
    this.#level = level;
    this.#window = window;
    this.#refreshes = refreshes;
    this.#port = port;
  }

  get level(): StreamLevel {
    return this.#level;
  }
  get live(): boolean {
    return this.#live;
  }
  get holds(): number {
    return this.#holds;
  }
  /** Frames sent, in whole or in part, and not yet acknowledged. */
  get inFlight(): number {
    return this.#window.inFlight;
  }
  get bytesInFlight(): number {
    return this.#window.bytesInFlight;
  }
  get refreshing(): boolean {
    return this.#asked !== undefined;
  }
  /** How often the host had to be asked again. */
  get repeats(): number {
    return this.#repeats;
  }

  /** Whether a broadcast slice of this viewer's level is for it. */
  takesBroadcast(slice: SliceFields, bytes: number, now: Micros): boolean {
    if (this.#isShut) return false;
    if (slice.first) {
      this.#passed = slice.frame;
      this.#beginBroadcast(slice, now);
    }
    if (this.#kind !== 'broadcast' || this.#frame !== slice.frame) return false;
    this.#forwarded(slice, bytes, now);
    return true;
  }

  /** Whether a slice addressed to this viewer is the answer that it waits for. */
  takesAddressed(slice: SliceFields, bytes: number, now: Micros): boolean {
    if (this.#isShut || this.#asked === undefined || slice.level !== this.#level) return false;
    if (slice.first) {
      if (slice.base !== 0 && slice.base !== this.#asked) return false;
      // What came of an answer that begins anew is void, and never acknowledged.
      if (this.#kind !== 'none') this.#window.reset();
      this.#frame = slice.frame;
      this.#kind = 'addressed';
    }
    if (this.#kind !== 'addressed' || this.#frame !== slice.frame) return false;
    if (slice.last) {
      this.#answered();
      this.#live = true;
    } else this.#waitForAnswer();
    this.#forwarded(slice, bytes, now);
    return true;
  }

  /** A slice of an answer, of frame `frame`, has come without the one before: nothing can be made of that answer. */
  brokeOff(frame: number): void {
    if (this.#kind === 'addressed' && this.#frame === frame) this.#startOver();
  }

  /** The viewer says that it shows `frame`: whether that is news, an old story, or not true. */
  acknowledged(frame: number, now: Micros): 'new' | 'old' | 'never-sent' {
    if (frame > this.#newest) return 'never-sent';
    const before = this.#window.inFlight;
    this.#window.acked(frame, now);
    if (this.#window.inFlight === before) return 'old';
    // Frames went by while the answer came, and nothing may follow them that shows the viewer what it missed.
    if (this.#kind === 'none' && this.#holds < this.#passed && this.#window.inFlight === 0)
      this.#live = false;
    this.#askIfDue();
    return 'new';
  }

  /** `announce` tells the host of the new level, before it is asked for a picture of it. */
  changeLevel(level: StreamLevel, announce: () => void): void {
    this.#level = level;
    this.#passed = 0;
    announce();
    this.#startOver();
  }

  /** The viewer could not use what it was sent, or wants the whole picture: nothing in flight counts any more. */
  wantWhole(): void {
    const isAsked = this.#asked === 0 && this.#kind === 'none';
    this.#window.reset();
    if (!isAsked) this.#startOver();
    else if (this.#port.now() - this.#askedAt >= SAME_WISH) this.#askAgain();
  }

  /** It may be sent pictures from now on: the first is whole. */
  open(): void {
    this.#isShut = false;
    this.#beginAnew();
  }

  /** It is sent nothing from now on, also of what was asked before: who is seen does not consent, or nobody looks. */
  shut(): void {
    this.#isShut = true;
    this.#startOver();
  }

  hostArrived(): void {
    this.#hostPresent = true;
    this.#beginAnew();
  }

  hostLost(): void {
    this.#hostPresent = false;
    this.#startOver();
  }

  close(): void {
    this.hostLost();
    this.#cancelWait?.();
  }

  #beginBroadcast(slice: SliceFields, now: Micros): void {
    // A number that was there before would count as a part of that frame, in a window that cannot shut.
    const isNew = slice.frame > this.#newest;
    if (slice.base === 0 && isNew) {
      // It replaces whatever is half done. Half a frame is never acknowledged.
      if (this.#kind !== 'none') this.#window.reset();
      if (this.#window.isOpen(now)) {
        this.#answered();
        this.#take(slice);
        return;
      }
    }
    // A frame that never ended leaves the viewer with half of it: only a whole picture is safe.
    if (this.#kind === 'broadcast') this.#startOver();
    if (this.#asked !== undefined) return;
    const applies = this.#live && slice.base === this.#holds && isNew;
    if (applies && this.#window.isOpen(now)) this.#take(slice);
    else if (this.#live) {
      this.#live = false;
      this.#port.cut();
      this.#askIfDue();
    }
  }

  #take({ frame }: SliceFields): void {
    this.#live = true;
    this.#frame = frame;
    this.#kind = 'broadcast';
  }

  #forwarded(slice: SliceFields, bytes: number, now: Micros): void {
    this.#window.sent(slice.frame, bytes, now);
    if (!slice.last) return;
    this.#holds = slice.frame;
    this.#newest = slice.frame;
    this.#frame = 0;
    this.#kind = 'none';
  }

  #beginAnew(): void {
    this.#newest = 0;
    this.#passed = 0;
    this.#window.reset();
    this.#startOver();
  }

  /** From here on only a whole picture will do. */
  #startOver(): void {
    // Half a frame is never acknowledged.
    if (this.#kind !== 'none') this.#window.reset();
    this.#holds = 0;
    this.#live = false;
    this.#frame = 0;
    this.#kind = 'none';
    this.#answered();
    this.#askIfDue();
  }

  /** Nothing is asked any more. */
  #answered(): void {
    this.#asked = undefined;
    this.#isAgain = false;
    this.#cancelLimit?.();
    this.#cancelLimit = undefined;
  }

  #waitForAnswer(): void {
    this.#cancelLimit?.();
    this.#cancelLimit = this.#port.after(ANSWER_LIMIT, () => {
      this.#cancelLimit = undefined;
      this.#port.overdue();
      this.#askAgain();
    });
  }

  /** What was asked does not come. */
  #askAgain(): void {
    this.#repeats++;
    // Half an answer has changed the viewer's picture.
    if (this.#kind !== 'none') {
      this.#startOver();
      return;
    }
    this.#answered();
    this.#isAgain = true;
    this.#askIfDue();
  }

  #askIfDue(): void {
    if (!this.#hostPresent || this.#isShut || this.#live || this.#asked !== undefined) return;
    if (this.#kind !== 'none' || this.#window.inFlight > 0) return;
    // Whole pictures are dear: a viewer that asks for one after the other waits its turn.
    if (this.#holds === 0) {
      const now = this.#port.now();
      if (!this.#refreshes.take(now)) {
        this.#cancelWait ??= this.#port.after(this.#refreshes.wait(now), () => {
          this.#cancelWait = undefined;
          this.#askIfDue();
        });
        return;
      }
    }
    this.#asked = this.#holds;
    this.#askedAt = this.#port.now();
    this.#waitForAnswer();
    this.#port.askRefresh(this.#holds, this.#isAgain);
  }
}
