/**
 * Shows a recording picture by picture, as a video has them: a picture for each frame and for each change of
 * overlays, with what has changed in it as the recording knows it, so that nobody need look at whole pictures.
 */
import { FrameDecoder, SightlineError, type Size } from '../../codecs/index.js';
import { type Recording, Track } from '../../codecs/recording/index.js';
import type { Micros } from '../clock.js';
import { decodeOverlay } from '../protocol/index.js';
import { type Played, type PlayedFrame, type PlayedMessage, RecordingPlayer } from '../recording/index.js';
import { movesOf } from './moves.js';
import { OverlayLayer } from './overlay-layer.js';
import { factorOf, type Survey, sizeOf } from './survey.js';
import type { Timeline } from './timeline.js';
import type { ShownView, ShowOptions } from './types.js';
import { View } from './view.js';

/** A fading dot is drawn so often: 25 times in a second. */
const FADE_STEP: Micros = 40_000;
/** So many pictures are shown before others get a turn on this thread. */
const PICTURES_PER_TURN = 16;

export interface Receiver {
  /** A picture for each track, shown from `at` (of the video) on. The next comes when the promise has settled. */
  picture(at: Micros, views: readonly ShownView[]): Promise<void>;
  /** Told of everything that is played, in order, before it is shown. */
  played?(played: Played): Promise<void>;
  /** Recorded time up to which everything is shown. */
  progress?(done: Micros): void;
}

export interface Shown {
  /** Slices that could not be used, and why the newest could not. */
  readonly skipped: number;
  readonly fault: SightlineError | undefined;
}

/** Resolves when all of it has been shown. */
export async function showRecording(
  recording: Recording,
  survey: Survey,
  timeline: Timeline,
  options: ShowOptions,
  receiver: Receiver,
): Promise<Shown> {
  return new Show(recording, survey, timeline, options, receiver).run();
}

class Show {
  readonly #timeline: Timeline;
  readonly #options: ShowOptions;
  readonly #receiver: Receiver;
  readonly #player: RecordingPlayer;
  readonly #decoder: NotingDecoder;
  readonly #overlays: OverlayLayer | undefined;
  readonly #views: readonly View[];
  #source: Size = { width: 0, height: 0 };
  #hasPicture = false;
  /** Since when something is to be shown that was not; undefined: everything is. */
  #changedAt: Micros | undefined;
  /** Recorded time of the last change of overlays that was drawn. */
  #overlayAt: Micros = 0;
  #pictures = 0;

  constructor(
    recording: Recording,
    survey: Survey,
    timeline: Timeline,
    options: ShowOptions,
    receiver: Receiver,
  ) {
    this.#timeline = timeline;
    this.#options = options;
    this.#receiver = receiver;
    this.#decoder = new NotingDecoder(options.module);
    this.#player = new RecordingPlayer(recording, (track) =>
      track === survey.track ? this.#decoder : undefined,
    );
    const { overlays = 'burn', scale } = options;
    const factor = factorOf(survey.largest, scale);
    const size = sizeOf(survey.largest, scale);
    const isDrawn = overlays !== 'none' && survey.hasOverlays;
    this.#overlays = !isDrawn ? undefined : new OverlayLayer(options.makeCanvas);
    const plain = new View(size, factor, overlays === 'burn' ? this.#overlays : undefined);
    this.#views = overlays === 'track' ? [plain, new View(size, factor, this.#overlays)] : [plain];
  }

  async run(): Promise<Shown> {
    const { from, to } = this.#timeline;
    const before = (time: Micros) => this.#advance(time);
    for await (const played of this.#player.play({ from, to, before })) {
      await this.#receiver.played?.(played);
      if (played.kind === 'frame') await this.#frame(played);
      else if (played.track === Track.Overlay) this.#overlay(played);
    }
    await this.#advance(to);
    if (this.#changedAt !== undefined) await this.#show(this.#changedAt);
    const { skipped, fault } = this.#player;
    return { skipped, fault };
  }

  async #frame(frame: PlayedFrame): Promise<void> {
    const { width, height } = frame;
    if (width !== this.#source.width || height !== this.#source.height) {
      this.#source = { width, height };
      for (const view of this.#views) view.resize(this.#source);
      this.#overlays?.resize(this.#source);
      this.#drawOverlays(frame.time);
    }
    const moves = frame.base === 0 || frame.rebuilt ? undefined : this.#decoder.moves;
    for (const view of this.#views) view.add(frame.damage, moves);
    this.#decoder.forget();
    this.#hasPicture = true;
    this.#changedAt ??= frame.time;
    // Two frames of one moment are two pictures all the same.
    if (this.#timeline.fps === undefined) await this.#show(frame.time);
  }

  #overlay({ message, time, past }: PlayedMessage): void {
    if (this.#overlays === undefined) return;
    try {
      this.#overlays.apply(decodeOverlay(message), time);
    } catch (error) {
      if (error instanceof SightlineError) return;
      throw error;
    }
    if (!past) this.#changedAt ??= time;
  }

  /** Shows what is to be seen before `next`, when something else comes. */
  async #advance(next: Micros): Promise<void> {
    this.#options.signal?.throwIfAborted();
    for (;;) {
      const due =
        this.#changedAt === undefined ? Number.POSITIVE_INFINITY : this.#timeline.due(this.#changedAt);
      const fade = this.#nextFade();
      if (Math.min(due, fade) >= next) return;
      if (fade < due) this.#changedAt = fade;
      else await this.#show(this.#changedAt!);
    }
  }

  #nextFade(): Micros {
    if (this.#overlays === undefined || !this.#hasPicture || this.#changedAt !== undefined)
      return Number.POSITIVE_INFINITY;
    const change = this.#overlays.nextChange(this.#overlayAt) ?? Number.POSITIVE_INFINITY;
    return Math.max(change, this.#overlayAt + FADE_STEP * this.#timeline.speed);
  }

  async #show(time: Micros): Promise<void> {
    this.#changedAt = undefined;
    if (!this.#hasPicture) return;
    this.#drawOverlays(time);
    const views = this.#views.map((view) => view.take(this.#decoder.picture));
    await this.#receiver.picture(this.#timeline.place(time), views);
    this.#receiver.progress?.(time - this.#timeline.from);
    this.#pictures++;
    if (this.#pictures % PICTURES_PER_TURN === 0) await nextTurn();
  }

  #drawOverlays(time: Micros): void {
    this.#overlayAt = time;
    const area = this.#overlays?.update(time);
    if (area !== undefined) this.#views.at(-1)!.addOverlay(area);
  }
}

/** A decoder that remembers the moves of what it has decoded. */
class NotingDecoder extends FrameDecoder {
  #moves: ReturnType<typeof movesOf> = [];

  get moves(): ReturnType<typeof movesOf> {
    return this.#moves;
  }

  forget(): void {
    this.#moves = [];
  }

  override decode(...[body, level]: Parameters<FrameDecoder['decode']>) {
    const rects = super.decode(body, level);
    this.#moves.push(...movesOf(body));
    return rects;
  }
}

/** Lets whatever waits on this thread have its turn: a message that cancels, a timer. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}
