/** One recording that is open: its state for the view, and what buttons and keys do to it. */
import type { Size } from '../../../codecs/index.js';
import type { Chapter, RecordingOutline } from '../../../engine/recording/index.js';
import type { ViewMode } from '../session/view/mapping.js';
import { Watched } from '../ui/watched.js';
import type { Entry } from './library.js';
import type { FromPlayer, ReadFault, RecordingSummary, ToPlayer } from './playback/api.js';
import type { PlaybackState } from './playback/playback.js';

export type PlayerPanel = 'chapters' | 'convert' | 'help' | undefined;

export type SaidChapter = Extract<Chapter, { kind: 'chat' }>;

export interface PlayerState {
  readonly summary: RecordingSummary | undefined;
  /** Undefined until the whole file has been read once. */
  readonly outline: RecordingOutline | undefined;
  readonly playback: PlaybackState;
  readonly fault: ReadFault | undefined;
  readonly overlays: boolean;
  readonly skipIdle: boolean;
  readonly view: Extract<ViewMode, 'fit' | 'actual'>;
  readonly panel: PlayerPanel;
  /** What was said, in order; and whether it is shown. */
  readonly chat: readonly SaidChapter[];
  readonly showsChat: boolean;
  /** How many the look ahead has made so far. */
  readonly snapshots: number;
}

export const SPEEDS = [0.25, 0.5, 1, 2, 4, 8, 16] as const;

/** The part of a Worker that a player needs. */
export interface PlayerPort {
  postMessage(message: ToPlayer, transfer?: Transferable[]): void;
  terminate(): void;
}

type Answer = Extract<FromPlayer, { kind: 'screenshot' | 'hash' }>;

export class OpenPlayer extends Watched<PlayerState> {
  readonly entry: Entry;
  readonly #port: PlayerPort;
  readonly #surveyor: PlayerPort;
  readonly #answers = new Map<number, (news: Answer) => void>();
  #nextAnswer = 1;
  #jumps = 0;
  /** Where a hand on the seek bar wants to be, while a jump is under way. */
  #scrub: number | undefined;
  #state: PlayerState = {
    summary: undefined,
    outline: undefined,
    playback: {
      time: 0,
      playing: false,
      speed: 1,
      seeking: true,
      frame: 0,
      width: 0,
      height: 0,
      jump: 0,
    },
    fault: undefined,
    overlays: true,
    skipIdle: false,
    view: 'fit',
    panel: undefined,
    chat: [],
    showsChat: false,
    snapshots: 0,
  };

  /** One worker plays, another looks ahead: the news of both are to be given to `hear`. */
  constructor(entry: Entry, port: PlayerPort, surveyor: PlayerPort) {
    super();
    this.entry = entry;
    this.#port = port;
    this.#surveyor = surveyor;
  }

  get state(): PlayerState {
    return this.#state;
  }

  /** Microseconds. */
  get duration(): number {
    return this.#state.summary?.duration ?? 0;
  }

  /** The canvases are in the page: reading begins. */
  start(kernels: string, picture: OffscreenCanvas, overlay: OffscreenCanvas): void {
    const { file } = this.entry;
    this.#port.postMessage({ kind: 'open', file, kernels, picture, overlay }, [picture, overlay]);
    this.#surveyor.postMessage({ kind: 'survey', file, kernels });
  }

  hear(news: FromPlayer): void {
    switch (news.kind) {
      case 'opened':
        this.#patch({ summary: news.summary });
        return;
      case 'state':
        // Older than the newest jump: it would move the bar back for a moment.
        if (news.jumps !== this.#jumps) return;
        this.#patch({ playback: news.state });
        if (!news.state.seeking) this.#scrubOn();
        return;
      case 'outline': {
        const { outline } = news;
        this.#port.postMessage({ kind: 'surveyed', frames: outline.frames, idle: outline.idle });
        const chat = outline.chapters.filter((chapter) => chapter.kind === 'chat');
        this.#patch({ outline, chat, showsChat: chat.length > 0 });
        return;
      }
      case 'snapshot': {
        const { snapshot } = news;
        const buffers = snapshot.slices.map(({ buffer }) => buffer);
        this.#port.postMessage({ kind: 'snapshot', snapshot }, buffers);
        this.#patch({ snapshots: this.#state.snapshots + 1 });
        return;
      }
      case 'fault':
        this.#patch({ fault: news.fault });
        return;
      case 'screenshot':
      case 'hash':
        this.#answers.get(news.id)?.(news);
        this.#answers.delete(news.id);
        return;
      case 'described':
      case 'converting':
      case 'converted':
        return;
    }
  }

  close(): void {
    this.#port.terminate();
    this.#surveyor.terminate();
  }

  toggle(): void {
    this.#port.postMessage({ kind: this.#state.playback.playing ? 'pause' : 'play' });
  }

  pause(): void {
    if (this.#state.playback.playing) this.#port.postMessage({ kind: 'pause' });
  }

  play(): void {
    this.#port.postMessage({ kind: 'play' });
  }

  seek(time: number): void {
    this.#scrub = undefined;
    const clamped = Math.max(0, Math.min(this.duration, time));
    // The bar and the next key go on from here at once.
    this.#patch({ playback: { ...this.#state.playback, time: clamped, seeking: true } });
    this.#port.postMessage({ kind: 'seek', time: clamped, count: ++this.#jumps });
  }

  /** A hand on the seek bar: each jump is seen before the next begins. */
  scrub(time: number): void {
    if (this.#state.playback.seeking) this.#scrub = time;
    else this.seek(time);
  }

  move(by: number): void {
    this.seek(this.#state.playback.time + by);
  }

  step(direction: 1 | -1): void {
    this.#port.postMessage({ kind: 'step', direction });
  }

  setSpeed(speed: number): void {
    this.#port.postMessage({ kind: 'speed', speed });
  }

  /** The next speed up or down of those offered. */
  shiftSpeed(direction: 1 | -1): void {
    const at = SPEEDS.indexOf(this.#state.playback.speed as (typeof SPEEDS)[number]);
    this.setSpeed(SPEEDS[at + direction] ?? this.#state.playback.speed);
  }

  /** To the chapter behind this moment, or to the one before it. */
  shiftChapter(direction: 1 | -1): void {
    const { time } = this.#state.playback;
    const moments = this.#state.outline?.chapters.map((chapter) => chapter.time) ?? [];
    const target =
      direction === 1
        ? moments.find((moment) => moment > time)
        : (moments.findLast((moment) => moment < time - CHAPTER_GRACE) ?? 0);
    if (target !== undefined) this.seek(target);
  }

  toggleOverlays(): void {
    this.#patch({ overlays: !this.#state.overlays });
  }

  toggleIdle(): void {
    const skipIdle = !this.#state.skipIdle;
    this.#patch({ skipIdle });
    this.#port.postMessage({ kind: 'skip-idle', skip: skipIdle });
  }

  setView(view: PlayerState['view']): void {
    this.#patch({ view });
  }

  showPanel(panel: PlayerPanel): void {
    this.#patch({ panel: this.#state.panel === panel ? undefined : panel });
  }

  toggleChat(): void {
    this.#patch({ showsChat: this.#state.chat.length > 0 && !this.#state.showsChat });
  }

  showAt(scale: number, visible: boolean): void {
    this.#port.postMessage({ kind: 'view', scale, visible });
  }

  /** The picture's size; undefined while there is none. */
  get size(): Size | undefined {
    const { width, height } = this.#state.playback;
    return width === 0 ? undefined : { width, height };
  }

  /** PNG of the picture, with overlays while they are shown. */
  async screenshot(): Promise<Blob | undefined> {
    if (this.size === undefined) return undefined;
    const { overlays } = this.#state;
    const news = await this.#ask((id) => ({ kind: 'screenshot', id, overlays }));
    return news.kind === 'screenshot' ? news.png : undefined;
  }

  /** SHA-256 (hex) of the picture's RGB24 pixels, without overlays, and the number of its frame. */
  async pictureHash(): Promise<{ sha256: string; frame: number }> {
    const news = await this.#ask((id) => ({ kind: 'hash', id }));
    return news.kind === 'hash' ? news : { sha256: '', frame: 0 };
  }

  #scrubOn(): void {
    if (this.#scrub !== undefined) this.seek(this.#scrub);
  }

  #ask(question: (id: number) => ToPlayer): Promise<Answer> {
    const id = this.#nextAnswer++;
    return new Promise((resolve) => {
      this.#answers.set(id, resolve);
      this.#port.postMessage(question(id));
    });
  }

  #patch(change: Partial<PlayerState>): void {
    this.#state = { ...this.#state, ...change };
    this.changed();
  }
}

/** So long behind a chapter's beginning, "back" means that beginning: microseconds. */
const CHAPTER_GRACE = 1_500_000;
