/**
 * What a host does for its viewers: captures the source's picture, sends each colour level what has changed, and
 * brings those up to date who were cut.
 *
 * Everything is started by an event: the source's `changed`, an ack that opens a window, a viewer that wants to
 * be brought up to date. Each event calls `pump`, which does one thing after the other until there is nothing
 * that may be done now. Only one of them runs at a time, because packets are coded from the reference picture,
 * which the next commit changes.
 */
import { AUTO_STREAM, ColourConverter, type ColourLevel, type StreamLevel } from '../../codecs/index.js';

import type { Micros } from '../clock.js';
import type { CodedPacket, Commit, DisplayPipeline, Packet } from '../display/index.js';
import type { AutoRecord } from '../flow/index.js';
import { encodeControl, type FrameAck, type Point } from '../protocol/index.js';
import type { Link } from '../transport/link.js';
import { Audience, type LevelInUse } from './audience.js';
import { AutoLevel } from './auto-level.js';
import { AutoNews } from './auto-news.js';
import { Refresher } from './refresher.js';
import { Screen } from './screen.js';
import type { FeederStats, HostSessionOptions } from './types.js';

/** Wait after a frame that could not be sent whole. */
const RETRY_AFTER: Micros = 250_000;

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
  readonly #port: FeederPort;
  readonly #audience: Audience;
  readonly #screen: Screen;
  readonly #news: AutoNews;
  readonly #converter: ColourConverter;
  readonly #packets: Packet[] = [];
  #isPumping = false;
  #isStopped = false;
  /** The pipeline is no longer to be relied on: a new one, and whole pictures for everybody. */
  #isBroken = false;
  #cancelRetry: (() => void) | undefined;
  readonly #refresher: Refresher;

  constructor(options: HostSessionOptions, module: WebAssembly.Module, port: FeederPort) {
    this.#options = options;
    this.#port = port;
    this.#converter = new ColourConverter(module);
    this.#audience = new Audience((pipeline) => this.#makeAuto(pipeline));
    this.#refresher = new Refresher(options.clock, this.#audience, {
      link: () => port.link(),
      wake: () => this.pump(),
      coded: (packet, coded, viewers) => this.#tellAuto(packet, coded, viewers),
      sent: (packet, coded, encodeAt, viewers) => {
        for (const viewer of viewers) this.#tellTrace({ ...packet, viewer }, coded, encodeAt);
      },
      broken: () => {
        this.#isBroken = true;
      },
    });
    this.#news = new AutoNews(options.clock, (state) => port.link()?.send(encodeControl(state)));
    this.#screen = new Screen(options, module, {
      changed: () => {
        this.#audience.auto?.sourceChanged();
        this.pump();
      },
      wake: () => this.pump(),
      fault: (error) => port.fault(error),
    });
  }

  /** Viewers of this session may know frames of another process of this host: ours are numbered after `frame`. */
  goOnAfter(frame: number): void {
    this.#screen.pipeline.skipTo(frame);
  }

  /** The newest frame's number; 0 before the first. */
  get frame(): number {
    return this.#screen.pipeline.frame;
  }

  /** Whether the source has been started: when the first viewers were there. */
  get sourceStarted(): boolean {
    return this.#screen.isStarted;
  }

  stats(): FeederStats {
    return {
      ...this.#screen.counts,
      ...this.#refresher.counts,
      refreshing: this.#refresher.size,
      refreshBytes: this.#refresher.bytes,
      frame: this.frame,
      viewers: this.#audience.size,
      flow: this.#audience.flow(),
      pipeline: this.#screen.pipeline.stats(),
      auto: this.#audience.auto?.control.log.newest,
    };
  }

  /** The newest records of how the auto stream was decided, while somebody watches it. */
  autoLog(): readonly AutoRecord[] {
    return this.#audience.auto?.control.log.records ?? [];
  }

  /** A viewer watches `level` from now on, and has nothing of it. */
  watches(viewer: number, level: StreamLevel): void {
    this.#refresher.leave(viewer);
    this.#audience.watches(viewer, level, this.#screen.pipeline);
    if (level === AUTO_STREAM) this.#news.again();
    this.pump();
  }

  left(viewer: number): void {
    this.#refresher.leave(viewer);
    this.#audience.left(viewer);
    this.pump();
  }

  /** A viewer wants to be brought up to date from frame `base`. @param again It has said so before. */
  wantsRefresh(id: number, level: StreamLevel, base: number, again = false): void {
    const viewer = this.#audience.viewer(id);
    // One that has just changed its level is asked for again at the new one.
    if (viewer === undefined || viewer.level !== level) return;
    this.#refresher.wants(viewer, base, again);
    this.pump();
  }

  /** The relay has so many slices of this link that brought viewers up to date. */
  received(slices: number): void {
    this.#refresher.received(slices);
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
    this.#refresher.reset();
    this.#audience.clear();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#news.close();
    this.#refresher.reset();
    this.#cancelRetry?.();
    this.#audience.clear();
    if (this.#screen.isStarted) this.#guard(() => this.#options.source.stop());
    await this.#screen.close();
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
    const isHeld = this.#refresher.isAnswering(AUTO_STREAM);
    if (!isHeld && this.#audience.auto?.isOverdue(this.#options.clock.now()))
      return this.#refine(pipeline, true);
    if (this.#mayCapture(pipeline)) return this.#capture();
    if (!pipeline.hasPicture) return false;
    return (
      this.#flush(pipeline) ||
      this.#refresher.step(pipeline) ||
      (!this.#screen.isDirty && !this.#refresher.isAnswering(AUTO_STREAM) && this.#refine(pipeline))
    );
  }

  /** The pipeline for the source's size, once there are viewers; the source is started for the first ones. */
  #readyPipeline(): DisplayPipeline | undefined {
    const { waitForViewers = 1 } = this.#options;
    const { size } = this.#audience;
    const screen = this.#screen;
    if (size < Math.min(waitForViewers, 1) || (!screen.isStarted && size < waitForViewers)) return undefined;
    if (!screen.isStarted) screen.start();
    if (screen.fits && !this.#isBroken) return screen.pipeline;
    this.#packets.length = 0;
    this.#refresher.startOver();
    const commit = screen.renew();
    this.#audience.startOver(screen.pipeline);
    this.#isBroken = false;
    this.#share(commit);
    return screen.pipeline;
  }

  /** Whether a new picture would be of use now. */
  #mayCapture(pipeline: DisplayPipeline): boolean {
    if (!this.#screen.isDirty) return false;
    if (pipeline.hasPicture) {
      const now = this.#options.clock.now();
      const active = [...this.#audience.levels].filter(({ stream }) => stream.isActive);
      const isWanted = this.#refresher.mayBegin;
      const isBusy = this.#refresher.size > 0 || this.#audience.isAnyoneWanting;
      const wanted =
        this.#audience.size === 0 ||
        (this.#options.everyFrame === true
          ? !isBusy && active.length > 0 && active.every((level) => this.#isReady(level, now))
          : isWanted || active.some((level) => this.#isReady(level, now)));
      if (!wanted) return false;
    }
    return this.#screen.mayCapture();
  }

  #capture(): Progress {
    const commit = this.#screen.capture();
    if (commit instanceof Promise) return commit.then((done) => this.#share(done));
    this.#share(commit);
    return true;
  }

  /** A new frame goes to the levels that can take it; the others keep it for later. */
  #share(commit: Commit | undefined): void {
    if (commit === undefined) return;
    const { pipeline } = this.#screen;
    this.#tellFrame(pipeline);
    const now = this.#options.clock.now();
    this.#audience.auto?.committed(commit);
    for (const level of this.#audience.levels) {
      if (!level.stream.isActive) continue;
      const packet = this.#isReady(level, now) ? level.packet(pipeline, commit) : undefined;
      if (packet !== undefined) this.#packets.push(packet);
      else level.stream.absorb(commit.change, commit.drawnAt);
    }
  }

  /** Sends what has gathered on a level whose window has opened since. */
  #flush(pipeline: DisplayPipeline): Progress {
    const now = this.#options.clock.now();
    for (const level of this.#audience.levels) {
      if (!level.stream.isActive || !level.stream.isPending || !this.#isReady(level, now)) continue;
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

  /** Codes and sends a frame of a stream. */
  #encode(pipeline: DisplayPipeline, packet: Packet): Progress {
    const { clock } = this.#options;
    const link = this.#port.link();
    const window = this.#audience.level(packet.level)?.window;
    const encodeAt = clock.now();
    const sent = (coded: CodedPacket) => {
      if (packet.base === 0) this.#audience.isBroadcast(packet.level);
      this.#tellTrace(packet, coded, encodeAt);
      this.#tellAuto(packet, coded);
    };
    const broken = (error: unknown) => {
      // The viewers have a part of the frame at best.
      this.#isBroken = true;
      this.#retry();
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

  /** Nothing may happen that would make the source or a viewer ask again. */
  #retry(): void {
    this.#cancelRetry ??= this.#options.clock.after(RETRY_AFTER, () => {
      this.#cancelRetry = undefined;
      this.pump();
    });
  }

  /** Whether new damage of a level may be sent now. */
  #isReady(level: LevelInUse, now: Micros): boolean {
    return !this.#refresher.holds(level.level) && level.isReady(now);
  }

  #tellAuto(packet: Packet, coded: CodedPacket, viewers: Iterable<number> = []): void {
    const { auto } = this.#audience;
    if (packet.level !== AUTO_STREAM || auto === undefined) return;
    auto.sent(this.#screen.pipeline, packet, coded, viewers);
    this.#news.update(auto.state);
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
    this.#guard(() => onTrace({ ...head, ...this.#screen.newest, ...rest }));
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
    if (!this.#screen.hasEnded || this.#isStopped) return;
    // Without a picture (a film that cannot be read) what viewers want will never come.
    if (this.#screen.pipeline.hasPicture && this.#audience.isAnyoneWanting) return;
    if (this.#refresher.size > 0) return;
    for (const { stream, window } of this.#audience.levels) {
      if (stream.isPending || window.inFlight > 0) return;
    }
    if (this.#screen.isDirty && this.#audience.size > 0) return;
    if (this.#audience.auto?.isSettled === false) return;
    this.#screen.forgetEnd();
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
