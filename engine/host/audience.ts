/** Who watches what: viewers by colour level, with each level's stream and window. */
import { AUTO_STREAM, type ColourLevel, coloursOf, type StreamLevel } from '../../codecs/index.js';
import type { Micros } from '../clock.js';
import type { Commit, DisplayPipeline, LevelStream, Packet } from '../display/index.js';
import { AckWindow } from '../flow/index.js';
import { MAX_PARTICIPANTS, NO_VIEWER } from '../protocol/index.js';
import { AutoLevel } from './auto-level.js';
import type { LevelFlow } from './types.js';

/** More than any relay lets in; a relay that announces more is not believed. */
export const MAX_VIEWERS = 1024;

export interface Viewer {
  readonly id: number;
  level: StreamLevel;
  /** Whether it was given a picture, and is kept up to date by the level's stream. */
  inStream: boolean;
  /** The frame that it wants to be brought up to date from; undefined when it has not asked. */
  wants: { readonly base: number; readonly askedAt: Micros } | undefined;
  /** Answers in a row during which frames of its level went by: it is not up to date yet. */
  behind: number;
}

export interface LevelInUse {
  readonly level: StreamLevel;
  /** Follows the fastest viewer: the first ack of a frame counts. */
  readonly window: AckWindow;
  stream: LevelStream;
  /** Whether new damage may be sent now. */
  isReady(now: Micros): boolean;
  /** Everything that its viewers miss: what is pending, and what `commit` has just brought. Undefined: not now. */
  packet(pipeline: DisplayPipeline, commit?: Commit): Packet | undefined;
}

/** A level whose frames are exact. */
class ExactLevel implements LevelInUse {
  readonly window = new AckWindow();

  constructor(
    readonly level: ColourLevel,
    public stream: LevelStream,
  ) {}

  isReady(now: Micros): boolean {
    return this.window.isOpen(now);
  }

  packet(pipeline: DisplayPipeline, commit?: Commit): Packet {
    const packet = this.stream.packet(pipeline.frame, commit?.change, commit?.drawnAt);
    return { ...packet, viewer: NO_VIEWER };
  }
}

export class Audience {
  readonly #viewers = new Map<number, Viewer>();
  readonly #levels = new Map<StreamLevel, LevelInUse>();
  readonly #makeAuto: (pipeline: DisplayPipeline) => AutoLevel;
  #auto: AutoLevel | undefined;

  constructor(makeAuto: (pipeline: DisplayPipeline) => AutoLevel) {
    this.#makeAuto = makeAuto;
  }

  /** The auto stream, while somebody watches it. */
  get auto(): AutoLevel | undefined {
    return this.#auto;
  }

  get size(): number {
    return this.#viewers.size;
  }

  get levels(): Iterable<LevelInUse> {
    return this.#levels.values();
  }

  viewer(id: number): Viewer | undefined {
    return this.#viewers.get(id);
  }

  level(level: StreamLevel): LevelInUse | undefined {
    return this.#levels.get(level);
  }

  /** A viewer watches `level` from now on, and has nothing of it. */
  watches(id: number, level: StreamLevel, pipeline: DisplayPipeline): void {
    let viewer = this.#viewers.get(id);
    if (viewer === undefined) {
      if (this.#viewers.size >= MAX_VIEWERS) return;
      viewer = { id, level, inStream: false, wants: undefined, behind: 0 };
      this.#viewers.set(id, viewer);
    }
    const before = viewer.level;
    viewer.level = level;
    viewer.inStream = false;
    viewer.wants = undefined;
    viewer.behind = 0;
    this.#use(level, pipeline);
    this.#tidy(before);
    this.#tidy(level);
  }

  /** The relay asks that a viewer be brought up to date: it was sent nothing, or was cut, and has nothing in flight. */
  wantsRefresh(viewer: Viewer, base: number, askedAt: Micros): void {
    viewer.wants = { base, askedAt };
    viewer.inStream = false;
    if (this.hasOthersInStream(viewer)) return;
    const level = this.#levels.get(viewer.level);
    level?.stream.stop();
    // Frames that went to nobody would never be acknowledged.
    level?.window.reset();
  }

  /**
   * Those who can be brought up to date together: they watch one level and want the same. Who has waited longest comes
   * first. @param mayBeWhole Whether it may be a whole picture.
   */
  nextGroup(mayBeWhole: boolean): [Viewer, ...Viewer[]] | undefined {
    let first: Viewer | undefined;
    for (const viewer of this.#viewers.values()) {
      const { wants } = viewer;
      if (wants === undefined || (wants.base === 0 && !mayBeWhole)) continue;
      if (first === undefined || wants.askedAt < first.wants!.askedAt) first = viewer;
    }
    if (first === undefined) return undefined;
    const { level } = first;
    const { base } = first.wants!;
    const group: [Viewer, ...Viewer[]] = [first];
    for (const viewer of this.#viewers.values()) {
      if (viewer !== first && viewer.level === level && viewer.wants?.base === base) group.push(viewer);
      if (group.length === MAX_PARTICIPANTS) break;
    }
    return group;
  }

  /** These are being given frame `frame`: they are in the stream from then on. @param isAlone Whether nobody else is. */
  isGiven(viewers: readonly Viewer[], frame: number, isAlone: boolean): void {
    for (const viewer of viewers) {
      viewer.wants = undefined;
      viewer.inStream = true;
    }
    if (isAlone) this.#levels.get(viewers[0]!.level)?.stream.startAt(frame);
  }

  /** They were not: they want it still. */
  isNotGiven(viewers: readonly Viewer[], base: number, askedAt: Micros): void {
    const lost = viewers.filter(({ wants }) => wants === undefined);
    for (const viewer of lost) viewer.inStream = false;
    for (const viewer of lost) this.wantsRefresh(viewer, base, askedAt);
  }

  /** A whole picture goes to all of a level: also to who has asked for one. */
  isBroadcast(level: StreamLevel): void {
    for (const viewer of this.#viewers.values()) {
      if (viewer.level !== level || viewer.wants === undefined) continue;
      viewer.wants = undefined;
      viewer.inStream = true;
    }
  }

  /** The most that a stream's acknowledgements tell of the host's line, bytes per second; 0: nothing. */
  get bestRate(): number {
    let best = 0;
    for (const { window } of this.#levels.values()) best = Math.max(best, window.rate);
    return best;
  }

  /** Whether somebody is kept up to date: has frames that could be held up. */
  get isAnyoneInStream(): boolean {
    for (const viewer of this.#viewers.values()) if (viewer.inStream) return true;
    return false;
  }

  left(id: number): void {
    const viewer = this.#viewers.get(id);
    if (viewer === undefined) return;
    this.#viewers.delete(id);
    this.#auto?.left(id);
    this.#tidy(viewer.level);
  }

  /** The viewers of the new picture have nothing of it: all of it is sent to those that had the old one. */
  startOver(pipeline: DisplayPipeline): void {
    for (const level of this.#levels.values()) {
      const wasActive = level.stream.isActive;
      // What was under way may never be acknowledged.
      level.window.reset();
      if (level instanceof AutoLevel) level.stream = pipeline.autoStream();
      else level.stream = pipeline.stream(coloursOf(level.level));
      if (wasActive) level.stream.startOver();
    }
  }

  clear(): void {
    this.#viewers.clear();
    this.#levels.clear();
    this.#closeAuto();
  }

  /** Whether a viewer has asked to be brought up to date, and was not given anything yet. */
  get isAnyoneWanting(): boolean {
    for (const viewer of this.#viewers.values()) if (viewer.wants !== undefined) return true;
    return false;
  }

  /** Whether somebody else of the viewer's level is kept up to date by its stream. */
  hasOthersInStream(viewer: Viewer): boolean {
    for (const other of this.#viewers.values()) {
      if (other !== viewer && other.level === viewer.level && other.inStream) return true;
    }
    return false;
  }

  flow(): LevelFlow[] {
    return [...this.#levels.values()].map(({ level, window }) => ({
      level,
      viewers: [...this.#viewers.values()].filter((viewer) => viewer.level === level).length,
      inFlight: window.inFlight,
      bytesInFlight: window.bytesInFlight,
      rate: window.rate,
      delay: window.delay,
    }));
  }

  /** A level that nobody watches costs nothing; one that nobody has a picture of starts with the next refresh. */
  #tidy(level: StreamLevel): void {
    let watched = false;
    for (const viewer of this.#viewers.values()) {
      if (viewer.level !== level) continue;
      if (viewer.inStream) return;
      watched = true;
    }
    if (watched) this.#levels.get(level)?.stream.stop();
    else {
      this.#levels.delete(level);
      if (level === AUTO_STREAM) this.#closeAuto();
    }
  }

  #use(level: StreamLevel, pipeline: DisplayPipeline): void {
    if (this.#levels.has(level)) return;
    if (level === AUTO_STREAM) {
      this.#auto = this.#makeAuto(pipeline);
      this.#levels.set(level, this.#auto);
    } else {
      this.#levels.set(level, new ExactLevel(level, pipeline.stream(level)));
    }
  }

  #closeAuto(): void {
    this.#auto?.close();
    this.#auto = undefined;
  }
}
