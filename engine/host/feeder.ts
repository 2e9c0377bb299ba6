/**
 * What a host does for its viewers: captures the source's picture, sends each colour level what has changed, and
 * brings those up to date who were cut.
 *
 * Everything is started by an event: the source's `changed`, an ack that opens a window, a viewer that wants to
 * be brought up to date. Each event calls `pump`, which does one thing after the other until there is nothing
 * that may be done now. Only one of them runs at a time, because packets are coded from the reference picture,
 * which the next commit changes.
 */
import { availableParallelism } from 'node:os';
import { AUTO_STREAM, ColourConverter, type ColourLevel, type StreamLevel } from '../../codecs/index.js';

import type { Micros } from '../clock.js';
import { type Capture, type CodedPacket, DisplayPipeline, type Packet } from '../display/index.js';
import type { AutoRecord } from '../flow/index.js';
import { encodeControl, type FrameAck, type Point } from '../protocol/index.js';
import type { Link } from '../transport/link.js';
import { Audience, type Viewer } from './audience.js';
import { AutoLevel } from './auto-level.js';
import { AutoNews } from './auto-news.js';
import { CapturePace } from './capture-pace.js';
import type { FeederStats, HostSessionOptions } from './types.js';

/** More threads than this help no picture: its slices are few. */
const MAX_THREADS = 3;

/** What a step did: nothing, something, or something that is still going on. */
type Progress = boolean | Promise<unknown>;

export interface FeederPort {
  /** The open link; undefined while there is none. */
  link(): Link | undefined;
  /** Something went wrong that is not the feeder's own: it goes on. */
  fault(error: unknown): void;
}

export class Feeder {
  readonly #options: HostSessionOptions;
  readonly #module: WebAssembly.Module;
  readonly #port: FeederPort;
  readonly #audience: Audience;
  readonly #news: AutoNews;
  readonly #converter: ColourConverter;
  readonly #packets: Packet[] = [];
  #pipeline: DisplayPipeline;
  #isPumping = false;
  #isStopped = false;
  #sourceStarted = false;
  #sourceEnded = false;
  #isDirty = true;
  /** The pipeline is no longer to be relied on: a new one, and whole pictures for everybody. */
  #isBroken = false;
  readonly #pace: CapturePace;
  /** When the newest picture was captured and compared. */
  readonly #newest = { captureAt: 0, capturedAt: 0, committedAt: 0 };
  readonly #counts = {
    captures: 0,
    emptyCaptures: 0,
    capture: 0,
    refreshes: 0,
    wholePictures: 0,
  };

  constructor(options: HostSessionOptions, module: WebAssembly.Module, port: FeederPort) {
    this.#options = options;
    this.#module = module;
    this.#port = port;
    this.#converter = new ColourConverter(module);
    this.#audience = new Audience((pipeline) => this.#makeAuto(pipeline));
    this.#pace = new CapturePace(options.clock, options.maxFps, () => this.pump());
    this.#news = new AutoNews(options.clock, (state) => port.link()?.send(encodeControl(state)));
    this.#pipeline = this.#makePipeline(0);
  }

  /** The newest frame's number; 0 before the first. */
  get frame(): number {
    return this.#pipeline.frame;
  }

  /** Whether the source has been started: when the first viewers were there. */
  get sourceStarted(): boolean {
    return this.#sourceStarted;
  }

  stats(): FeederStats {
    return {
      ...this.#counts,
      frame: this.frame,
      viewers: this.#audience.size,
      flow: this.#audience.flow(),
      pipeline: this.#pipeline.stats(),
      auto: this.#audience.auto?.control.log.newest,
    };
  }

  /** The newest records of how the auto stream was decided, while somebody watches it. */
  autoLog(): readonly AutoRecord[] {
    return this.#audience.auto?.control.log.records ?? [];
  }

  /** A viewer watches `level` from now on, and has nothing of it. */
  watches(viewer: number, level: StreamLevel): void {
    this.#audience.watches(viewer, level, this.#pipeline);
    if (level === AUTO_STREAM) this.#news.again();
    this.pump();
  }

  left(viewer: number): void {
    this.#audience.left(viewer);
    this.pump();
  }

  /** A viewer wants to be brought up to date from frame `base`. */
  wantsRefresh(id: number, level: StreamLevel, base: number): void {
    const viewer = this.#audience.viewer(id);
    // One that has just changed its level is asked for again at the new one.
    if (viewer === undefined || viewer.level !== level) return;
    this.#audience.wantsRefresh(viewer, base, this.#options.clock.now());
    this.pump();
  }

  /** A viewer shows a frame. */
  acked(ack: FrameAck): void {
    const { viewer, level, frame } = ack;
    if (this.#audience.viewer(viewer)?.level !== level) return;
    this.#audience.level(level)?.window.acked(frame, this.#options.clock.now());
    if (level === AUTO_STREAM) this.#audience.auto?.acked(ack);
    this.pump();
  }

  /** A technician points there. */
  pointsAt(point: Point): void {
    this.#audience.auto?.pointsAt(point);
  }

  /** The link is lost, and everybody with it. */
  lost(): void {
    this.#packets.length = 0;
    this.#audience.clear();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#pace.close();
    this.#news.close();
    this.#audience.clear();
    if (this.#sourceStarted) this.#guard(() => this.#options.source.stop());
    await this.#pipeline.close();
  }

  /** Runs `act`, which may change the picture, and looks only then for what there is to do. */
  after(act: () => void): void {
    const isPumping = this.#isPumping;
    this.#isPumping = true;
    try {
      act();
    } finally {
      this.#isPumping = isPumping;
    }
    this.pump();
  }

  /** Does whatever may be done now. */
  pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    for (;;) {
      let progress: Progress;
      try {
        progress = this.#step();
      } catch (error) {
        this.#port.fault(error);
        progress = false;
      }
      if (progress instanceof Promise) {
        progress
          .catch((error: unknown) => this.#port.fault(error))
          .then(() => {
            this.#isPumping = false;
            this.pump();
          });
        return;
      }
      if (!progress) break;
    }
    this.#isPumping = false;
    this.#tellEnd();
  }

  #step(): Progress {
    if (this.#isStopped || this.#port.link() === undefined) return false;
    const pipeline = this.#readyPipeline();
    if (pipeline === undefined) return false;
    const packet = this.#packets.shift();
    if (packet !== undefined) return this.#encode(pipeline, packet);
    if (this.#audience.auto?.isOverdue(this.#options.clock.now())) return this.#refine(pipeline, true);
    if (this.#mayCapture(pipeline)) return this.#capture(pipeline);
    if (!pipeline.hasPicture) return false;
    const viewer = this.#audience.wanting();
    if (viewer !== undefined) return this.#refresh(pipeline, viewer);
    return this.#flush(pipeline) || (!this.#isDirty && this.#refine(pipeline));
  }

  /** The pipeline for the source's size, once there are viewers; the source is started for the first ones. */
  #readyPipeline(): DisplayPipeline | undefined {
    const { waitForViewers = 1 } = this.#options;
    const { size } = this.#audience;
    if (size < Math.min(waitForViewers, 1) || (!this.#sourceStarted && size < waitForViewers))
      return undefined;
    if (!this.#sourceStarted) this.#startSource();
    const pipeline = this.#pipeline;
    const fits = this.#fits(pipeline);
    if (fits && !this.#isBroken) return pipeline;
    this.#packets.length = 0;
    const next = this.#makePipeline(pipeline.frame);
    this.#pipeline = next;
    this.#audience.startOver(next);
    this.#isBroken = false;
    if (fits && pipeline.hasPicture) {
      // The source need not know, and may have nothing new to write.
      next.picture.pixels.set(pipeline.picture.pixels);
      this.#commit(next, { drawnAt: this.#options.clock.now() });
    } else {
      this.#isDirty = true;
    }
    pipeline.close().catch((error: unknown) => this.#port.fault(error));
    return next;
  }

  #fits({ picture }: DisplayPipeline): boolean {
    const { source } = this.#options;
    return picture.width === source.width && picture.height === source.height;
  }

  #startSource(): void {
    this.#sourceStarted = true;
    this.#options.source.start({
      changed: () => {
        this.#isDirty = true;
        this.#audience.auto?.sourceChanged();
        this.pump();
      },
      ended: () => {
        this.#sourceEnded = true;
        this.pump();
      },
    });
  }

  /** @param frame The last frame number already in use. */
  #makePipeline(frame: number): DisplayPipeline {
    const { source, clock } = this.#options;
    const threads = this.#options.threads ?? Math.min(availableParallelism() - 1, MAX_THREADS);
    const { width, height } = source;
    return DisplayPipeline.create({ width, height, threads, module: this.#module, clock, frame });
  }

  /** Whether a new picture would be of use now. */
  #mayCapture(pipeline: DisplayPipeline): boolean {
    if (!this.#isDirty) return false;
    if (pipeline.hasPicture) {
      const now = this.#options.clock.now();
      const active = [...this.#audience.levels].filter(({ stream }) => stream.isActive);
      const isWanted = this.#audience.wanting() !== undefined;
      const wanted =
        this.#audience.size === 0 ||
        (this.#options.everyFrame === true
          ? !isWanted && active.length > 0 && active.every((level) => level.isReady(now))
          : isWanted || active.some((level) => level.isReady(now)));
      if (!wanted) return false;
    }
    return this.#pace.allows();
  }

  #capture(pipeline: DisplayPipeline): Progress {
    const { source, clock } = this.#options;
    const started = clock.now();
    this.#isDirty = false;
    this.#pace.captured();
    const take = (capture: Capture | undefined) => {
      clock.spend?.({ kind: 'capture', pixels: this.#areaOf(pipeline, capture), bytes: 0 });
      this.#counts.captures++;
      this.#counts.capture += clock.now() - started;
      this.#newest.captureAt = started;
      this.#newest.capturedAt = clock.now();
      // A source that changed its size meanwhile is asked again, for a picture of that size.
      if (!this.#fits(pipeline)) return;
      if (capture !== undefined) this.#commit(pipeline, capture);
      else this.#counts.emptyCaptures++;
    };
    const captured = source.capture(pipeline.picture);
    if (captured instanceof Promise) return captured.then(take);
    take(captured);
    return true;
  }

  /** Pixels that the source has written, as far as it says. */
  #areaOf({ picture }: DisplayPipeline, capture: Capture | undefined): number {
    if (capture === undefined) return 0;
    const { damage = [picture] } = capture;
    return damage.reduce((sum, { width, height }) => sum + width * height, 0);
  }

  #commit(pipeline: DisplayPipeline, capture: Capture): void {
    const commit = pipeline.commit(capture);
    this.#newest.committedAt = this.#options.clock.now();
    if (commit === undefined) {
      this.#counts.emptyCaptures++;
      return;
    }
    this.#tellFrame(pipeline);
    const now = this.#options.clock.now();
    this.#audience.auto?.committed(commit);
    for (const level of this.#audience.levels) {
      if (!level.stream.isActive) continue;
      const packet = level.isReady(now) ? level.packet(pipeline, commit) : undefined;
      if (packet !== undefined) this.#packets.push(packet);
      else level.stream.absorb(commit.change, commit.drawnAt);
    }
  }

  /** Sends what has gathered on a level whose window has opened since. */
  #flush(pipeline: DisplayPipeline): Progress {
    const now = this.#options.clock.now();
    for (const level of this.#audience.levels) {
      if (!level.stream.isActive || !level.stream.isPending || !level.isReady(now)) continue;
      const progress = this.#encodeExtra(pipeline, () => level.packet(pipeline));
      if (progress !== false) return progress;
    }
    return false;
  }

  /** Sharpens what the auto stream's viewers hold not exactly; `anyway`: although something new waits. */
  #refine(pipeline: DisplayPipeline, anyway = false): Progress {
    return this.#encodeExtra(pipeline, () => this.#audience.auto?.refinement(pipeline, anyway));
  }

  /** Codes what may be a frame of its own, which the newest picture goes with once more. */
  #encodeExtra(pipeline: DisplayPipeline, make: () => Packet | undefined): Progress {
    const { frame } = pipeline;
    const packet = make();
    if (packet === undefined) return false;
    if (pipeline.frame !== frame) this.#tellFrame(pipeline, true);
    return this.#encode(pipeline, packet);
  }

  #refresh(pipeline: DisplayPipeline, viewer: Viewer): Progress {
    const { base, askedAt } = viewer.wants!;
    const beside = this.#audience.hasOthersInStream(viewer);
    const auto = viewer.level === AUTO_STREAM ? this.#audience.auto : undefined;
    const packet =
      auto?.refresh(pipeline, viewer.id, base, askedAt, beside) ??
      pipeline.refresh(viewer.level, viewer.id, base, askedAt);
    this.#counts.refreshes++;
    if (packet.base === 0) this.#counts.wholePictures++;
    const isAlone = this.#audience.isGiven(viewer, packet.frame);
    return this.#encode(pipeline, packet, isAlone);
  }

  /** Codes and sends. `counts`: in the window of its level. */
  #encode(pipeline: DisplayPipeline, packet: Packet, counts = true): Progress {
    const { clock } = this.#options;
    const link = this.#port.link();
    const window = counts ? this.#audience.level(packet.level)?.window : undefined;
    const encodeAt = clock.now();
    const sent = (coded: CodedPacket) => {
      this.#tellTrace(packet, coded, encodeAt);
      const { auto } = this.#audience;
      if (packet.level !== AUTO_STREAM || auto === undefined) return;
      auto.sent(pipeline, packet, coded);
      this.#news.update(auto.state);
    };
    const broken = (error: unknown) => {
      // The viewers have a part of the frame at best.
      this.#isBroken = true;
      throw error;
    };
    try {
      const coded = pipeline.encode(packet, (message) => {
        window?.sent(packet.frame, message.byteLength, clock.now());
        link?.send(message);
      });
      if (coded instanceof Promise) return coded.then(sent).catch(broken);
      sent(coded);
      return true;
    } catch (error) {
      return broken(error);
    }
  }

  #tellTrace(packet: Packet, { bytes, slices }: CodedPacket, encodeAt: Micros): void {
    const { onTrace, clock } = this.#options;
    if (onTrace === undefined) return;
    const { level, frame, viewer, drawnAt, refinement = false } = packet;
    const bufferedBytes = this.#port.link()?.bufferedBytes ?? 0;
    const inFlight = this.#audience.level(level)?.window.inFlight ?? 0;
    const sentAt = clock.now();
    const head = { kind: 'packet', level, frame, viewer, refinement, drawnAt } as const;
    const rest = { encodeAt, sentAt, bytes, slices, bufferedBytes, inFlight };
    this.#guard(() => onTrace({ ...head, ...this.#newest, ...rest }));
  }

  #tellFrame(pipeline: DisplayPipeline, again = false): void {
    const { frame, drawnAt } = pipeline;
    const { onFrame } = this.#options;
    if (onFrame === undefined) return;
    const picture = (level: ColourLevel) => this.#converter.expandTo(pipeline.reference, level);
    this.#guard(() => onFrame({ frame, drawnAt, again, picture }));
  }

  /** After the source's last frame: once nobody misses anything. */
  #tellEnd(): void {
    if (!this.#sourceEnded || this.#isStopped) return;
    // Without a picture (a film that cannot be read) what viewers want will never come.
    if (this.#pipeline.hasPicture && this.#audience.wanting() !== undefined) return;
    for (const { stream, window } of this.#audience.levels) {
      if (stream.isPending || window.inFlight > 0) return;
    }
    if (this.#isDirty && this.#audience.size > 0) return;
    if (this.#audience.auto?.isSettled === false) return;
    this.#sourceEnded = false;
    this.#options.onEnded?.();
  }

  #makeAuto(pipeline: DisplayPipeline): AutoLevel {
    const { clock, autoControl, onAutoRecord } = this.#options;
    const auto = new AutoLevel(pipeline.autoStream(), clock, () => this.pump(), autoControl);
    if (onAutoRecord !== undefined) {
      auto.control.log.onRecord = (record) => this.#guard(() => onAutoRecord(record));
    }
    return auto;
  }

  /** Runs what belongs to somebody else: its faults are not ours. */
  #guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#port.fault(error);
    }
  }
}
