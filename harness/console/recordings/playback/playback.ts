/**
 * Plays a recording on a screen at the pace of a clock: play, pause, speed, jumps, single frames. Knows no canvas
 * and no page, so that it runs in a worker and in virtual time alike.
 *
 * One loop does everything. It takes the newest wish first (a jump overtakes a jump), then pulls the recording's next
 * message or frame, waits until that is due and gives it to the screen. Frames are decoded one ahead, so that what
 * is due can be shown at once; the decoder holds what is shown until the next is pulled.
 */
import { type Rect, SightlineError } from '../../../../codecs/index.js';
import { Track } from '../../../../codecs/recording/index.js';
import type { Clock, Micros } from '../../../../engine/clock.js';
import type { OverlayModel } from '../../../../engine/overlay/index.js';
import { decodeControl, decodeOverlay } from '../../../../engine/protocol/index.js';
import {
  type Played,
  type PlayedFrame,
  type RecordingPlayer,
  SnapshotShelf,
  type Span,
} from '../../../../engine/recording/index.js';
import { indexAfter, spanAt } from './moments.js';
import { PlaybackClock } from './playback-clock.js';

/** What shows the picture. All is called with the decoder's picture as it is to be shown. */
export interface PlaybackScreen {
  frame(frame: PlayedFrame, damage: readonly Rect[]): void;
  /** There is no picture at this moment: the recording has lost it. */
  blank(): void;
  /** The overlays have changed, or the clock that they fade by. */
  overlays(): void;
}

export interface PlaybackState {
  readonly time: Micros;
  readonly playing: boolean;
  readonly speed: number;
  /** A jump is under way. */
  readonly seeking: boolean;
  /** Number of the frame on the screen; 0: none. */
  readonly frame: number;
  readonly width: number;
  readonly height: number;
  /** Wall time that the newest jump took until its picture was decoded. */
  readonly jump: Micros;
}

export interface PlaybackOptions {
  readonly player: RecordingPlayer;
  readonly clock: Clock;
  readonly screen: PlaybackScreen;
  readonly overlay: OverlayModel;
  /** Called about 25 times a second while it plays, and on every change. */
  readonly onState: (state: PlaybackState) => void;
  /** The recording cannot be read any further: its file has changed or gone. */
  readonly onFault: (fault: unknown) => void;
}

/** How often the position is told while it plays. */
const TELL_INTERVAL: Micros = 40_000;
/** After so much work in one go others (a press of pause) get their turn. */
const WORK_SLICE: Micros = 12_000;
/** The first picture counts as there from the start when its last part came within this time. */
const FIRST_PICTURE: Micros = 1_000_000;
/** Where decoding cannot keep up by so much of wall time, playing becomes slower instead of jumping. */
const MAX_LAG: Micros = 250_000;

export class Playback {
  /** Who is there, by number. */
  #names: ReadonlyMap<number, string> = new Map();
  /** Recorded time. */
  readonly position: PlaybackClock;
  /** Ascending times of all frames, once they are known: steps backwards need them. */
  frames: Float64Array = new Float64Array(0);
  idle: readonly Span[] = [];
  /** Jumps go on from the nearest of them. */
  readonly snapshots = new SnapshotShelf();
  #skipIdle = false;
  readonly #player: RecordingPlayer;
  readonly #wall: Clock;
  readonly #screen: PlaybackScreen;
  readonly #overlay: OverlayModel;
  readonly #onState: PlaybackOptions['onState'];
  readonly #duration: Micros;
  #run: AsyncGenerator<Played, void, undefined> | undefined;
  /** Pulled and not yet due. */
  #next: Played | undefined;
  #isAtEnd = false;
  /** Where to jump, and since when that is wished. */
  #wish: { readonly time: Micros; readonly since: Micros } | undefined;
  /** Single frames that are still to be shown. */
  #steps = 0;
  #shown: PlayedFrame | undefined;
  #jump: Micros = 0;
  #toldAt = Number.NEGATIVE_INFINITY;
  #wake: () => void = () => {};
  #isClosed = false;
  readonly #done: Promise<void>;

  /** Shows the first picture, and waits. */
  constructor(options: PlaybackOptions) {
    this.#player = options.player;
    this.#wall = options.clock;
    this.#screen = options.screen;
    this.#overlay = options.overlay;
    this.#onState = options.onState;
    this.#duration = options.player.recording.duration;
    this.position = new PlaybackClock(options.clock, this.#duration);
    this.#wish = { time: 0, since: options.clock.now() };
    this.#done = this.#loop().catch((fault) => {
      if (!this.#isClosed) options.onFault(fault);
    });
  }

  get state(): PlaybackState {
    return {
      time: this.#wish?.time ?? this.position.now(),
      playing: this.position.running,
      speed: this.position.speed,
      seeking: this.#wish !== undefined,
      frame: this.#shown?.frame ?? 0,
      width: this.#shown?.width ?? 0,
      height: this.#shown?.height ?? 0,
      jump: this.#jump,
    };
  }

  /** From the beginning when it is at the end. */
  play(): void {
    if (this.state.time >= this.#duration) this.seek(0);
    this.position.start();
    this.#changed();
  }

  pause(): void {
    this.position.stop();
    this.#changed();
  }

  setSpeed(speed: number): void {
    this.position.setSpeed(speed);
    this.#changed();
  }

  set skipIdle(skips: boolean) {
    this.#skipIdle = skips;
    this.#wake();
  }

  /**
   * A jump under way is finished first, so that a hand on the seek bar sees pictures pass; of the wishes that came
   * meanwhile the newest counts.
   */
  seek(time: Micros): void {
    this.#steps = 0;
    this.#wish = { time: Math.max(0, Math.min(this.#duration, time)), since: this.#wall.now() };
    this.#changed();
  }

  /** Shows the next frame, or the one before; stops playing. */
  step(direction: 1 | -1): void {
    this.position.stop();
    if (direction === 1) this.#steps++;
    else {
      const at = indexAfter(this.frames, this.state.time) - 1;
      const before = this.frames[at - 1];
      if (before !== undefined) this.seek(before);
    }
    this.#changed();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#wake();
    await this.#done;
    await this.#run?.return();
  }

  async #loop(): Promise<void> {
    let workedSince = this.#wall.now();
    while (!this.#isClosed) {
      if (this.#wish !== undefined) {
        await this.#jumpTo(this.#wish);
        continue;
      }
      if (this.#skipPause()) continue;
      this.#tellNowAndThen();
      this.#next ??= await this.#pull();
      if (this.#isClosed || this.#wish !== undefined) continue;
      const wait = this.#timeToNext();
      if (wait > 0) {
        await this.#sleep(wait);
        workedSince = this.#wall.now();
        continue;
      }
      this.#take();
      if (this.#wall.now() - workedSince < WORK_SLICE) continue;
      await this.#sleep(0);
      workedSince = this.#wall.now();
    }
  }

  /** Wall time until there is something to do. */
  #timeToNext(): Micros {
    if (this.#next === undefined) {
      this.#steps = 0;
      if (this.position.running && this.position.now() >= this.#duration) {
        this.position.stop();
        this.#changed();
      }
      return this.position.until(this.#duration) || Number.POSITIVE_INFINITY;
    }
    return this.#steps > 0 ? 0 : this.position.until(this.#next.time);
  }

  /** Gives what is due to the screen. */
  #take(): void {
    const next = this.#next!;
    this.#next = undefined;
    if (next.kind === 'message') {
      this.#message(next.track, next.message, next.time);
      return;
    }
    this.#show(next);
    if (this.#steps > 0) {
      this.#steps--;
      this.position.moveTo(next.time);
      this.#changed();
    } else if (this.position.running && this.#lag(next.time) > MAX_LAG) this.position.moveTo(next.time);
  }

  /** Wall time by which what is shown is late. */
  #lag(time: Micros): Micros {
    return (this.position.now() - time) / this.position.speed;
  }

  async #pull(): Promise<Played | undefined> {
    if (this.#isAtEnd || this.#run === undefined) return undefined;
    const { value } = await this.#run.next();
    if (value === undefined) this.#isAtEnd = true;
    return value ?? undefined;
  }

  async #jumpTo(wish: { readonly time: Micros; readonly since: Micros }): Promise<void> {
    await this.#run?.return();
    this.#next = undefined;
    this.#isAtEnd = false;
    this.#overlay.clear();
    const snapshot = this.snapshots.at(wish.time);
    this.#run = this.#player.play({ from: wish.time, snapshot });
    let shown: PlayedFrame | undefined;
    // Everything up to the moment; what comes after it waits until it is due.
    for (;;) {
      const next = await this.#pull();
      if (this.#isClosed) return;
      if (next === undefined) break;
      const isFirst = wish.time === 0 && shown === undefined && next.time <= FIRST_PICTURE;
      if (next.time > wish.time && !isFirst) {
        this.#next = next;
        break;
      }
      if (next.kind === 'message') this.#message(next.track, next.message, next.time);
      else {
        shown = next;
        this.#show(next);
      }
    }
    if (shown === undefined) {
      this.#shown = undefined;
      this.#screen.blank();
    }
    if (this.#wish === wish) this.#wish = undefined;
    this.#jump = this.#wall.now() - wish.since;
    this.position.moveTo(wish.time);
    this.#changed();
  }

  #show(frame: PlayedFrame): void {
    const isNew =
      this.#shown === undefined || this.#shown.width !== frame.width || this.#shown.height !== frame.height;
    this.#shown = frame;
    const { width, height } = frame;
    this.#screen.frame(frame, isNew ? [{ x: 0, y: 0, width, height }] : frame.damage);
  }

  /** What a viewer is called who is there at this moment. */
  nameOf(viewer: number): string | undefined {
    return this.#names.get(viewer);
  }

  #message(track: number, message: Uint8Array, time: Micros): void {
    if (track !== Track.Overlay && track !== Track.State) return;
    try {
      if (track === Track.State) {
        const control = decodeControl(message);
        if (control.type !== 'participants') return;
        this.#names = new Map(control.list.map(({ viewer, name }) => [viewer, name]));
        return;
      }
      this.#overlay.apply(decodeOverlay(message), time);
      this.#screen.overlays();
    } catch (error) {
      // Nothing that this version knows: the others are shown.
      if (!(error instanceof SightlineError)) throw error;
    }
  }

  /** True when playing has come upon a pause that is to be skipped. */
  #skipPause(): boolean {
    if (!this.#skipIdle || !this.position.running) return false;
    const pause = spanAt(this.idle, this.position.now());
    if (pause === undefined) return false;
    this.seek(pause.to);
    return true;
  }

  #tellNowAndThen(): void {
    if (this.position.running && this.#wall.now() - this.#toldAt >= TELL_INTERVAL) this.#tell();
  }

  #tell(): void {
    this.#toldAt = this.#wall.now();
    this.#onState(this.state);
  }

  #changed(): void {
    this.#screen.overlays();
    this.#tell();
    this.#wake();
  }

  /** Until the time has passed, or something has been asked for. */
  #sleep(wait: Micros): Promise<void> {
    const limit = this.position.running ? Math.min(wait, TELL_INTERVAL) : wait;
    return new Promise((resolve) => {
      const cancel = Number.isFinite(limit) ? this.#wall.after(limit, () => this.#wake()) : () => {};
      this.#wake = () => {
        this.#wake = () => {};
        cancel();
        resolve();
      };
    });
  }
}
