/**
 * A host: a source's screen in a session of the relay.
 *
 * Everything is started by an event: the source's `changed`, an ack that opens a window, a viewer that wants to
 * be brought up to date. Each event calls `#pump`, which does one thing after the other until there is nothing
 * that may be done now: capture, code a packet, answer a refresh. Only one of them runs at a time, because
 * packets are coded from the reference picture, which the next commit changes.
 */
import { availableParallelism } from 'node:os';
import { ColourConverter, type ColourLevel, SightlineError } from '../../codecs/index.js';
import { loadKernelModule } from '../artifacts.js';
import type { Micros } from '../clock.js';
import { type Capture, type Commit, DisplayPipeline, type Packet } from '../display/index.js';
import {
  Channel,
  type Control,
  type ControlMessage,
  channelOf,
  decodeAck,
  decodeClock,
  decodeInput,
  decodeOverlay,
  encodeAck,
  encodeClock,
  NO_VIEWER,
  PROTOCOL_VERSION,
} from '../protocol/index.js';
import { Audience, type Viewer } from './audience.js';
import { HostConnection } from './connection.js';
import { Notices } from './notices.js';
import type { HostSessionOptions, HostState, HostStats } from './types.js';

/** More threads than this help no picture: its slices are few. */
const MAX_THREADS = 3;

/** What `#step` did: nothing, something, or something that is still going on. */
type Progress = boolean | Promise<unknown>;

export class HostSession {
  readonly #options: HostSessionOptions;
  readonly #connection: HostConnection;
  readonly #audience = new Audience();
  readonly #notices: Notices;
  readonly #packets: Packet[] = [];
  #module: WebAssembly.Module | undefined;
  #converter: ColourConverter | undefined;
  #pipeline: DisplayPipeline | undefined;
  #state: HostState = { kind: 'idle' };
  #isRunning = false;
  #isPumping = false;
  #sourceStarted = false;
  #sourceEnded = false;
  #isDirty = true;
  /** The pipeline is no longer to be relied on: a new one, and whole pictures for everybody. */
  #isBroken = false;
  #lastCaptureAt: Micros = Number.NEGATIVE_INFINITY;
  #cancelPacing: (() => void) | undefined;
  /** The number that the next pipeline goes on from. */
  #frame = 0;
  readonly #counts = {
    captures: 0,
    emptyCaptures: 0,
    capture: 0,
    refreshes: 0,
    wholePictures: 0,
    inputs: 0,
    overlays: 0,
    faults: 0,
    reconnects: 0,
  };

  constructor(options: HostSessionOptions) {
    this.#options = options;
    this.#notices = new Notices((notice) => this.#guard(() => options.source.notice?.(notice)));
    this.#connection = new HostConnection({
      dial: options.dial,
      clock: options.clock,
      random: options.random ?? Math.random,
      hello: () => this.#hello(),
      onState: (state) => this.#tellState(state),
      onOpen: () => {},
      onLost: () => this.#lost(),
      onMessage: (message, control) => this.#receive(message, control),
      onFault: (error) => this.#fault(error),
    });
  }

  get state(): HostState {
    return this.#state;
  }

  /** The newest frame's number; 0 before the first. */
  get frame(): number {
    return this.#pipeline?.frame ?? this.#frame;
  }

  /** Loads the kernels and connects. The source is started when the first viewer is there. */
  async start(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#module = this.#options.module ?? (await loadKernelModule());
    if (!this.#isRunning) return;
    this.#converter = new ColourConverter(this.#module);
    this.#connection.start();
  }

  /** Ends the session for everybody, and the source. */
  async stop(): Promise<void> {
    if (!this.#isRunning) return;
    this.#isRunning = false;
    this.#cancelPacing?.();
    this.#connection.stop();
    if (this.#sourceStarted) this.#guard(() => this.#options.source.stop());
    await this.#pipeline?.close();
  }

  stats(): HostStats {
    return {
      ...this.#counts,
      frame: this.frame,
      viewers: this.#audience.size,
      flow: this.#audience.flow(),
      pipeline: this.#pipeline?.stats(),
    };
  }

  // -- the work -----------------------------------------------------------------------------------------------

  #pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    for (;;) {
      let progress: Progress;
      try {
        progress = this.#step();
      } catch (error) {
        this.#fault(error);
        progress = false;
      }
      if (progress instanceof Promise) {
        progress
          .catch((error: unknown) => this.#fault(error))
          .then(() => {
            this.#isPumping = false;
            this.#pump();
          });
        return;
      }
      if (!progress) break;
    }
    this.#isPumping = false;
    this.#tellEnd();
  }

  #step(): Progress {
    if (!this.#isRunning || this.#connection.link === undefined) return false;
    const pipeline = this.#readyPipeline();
    if (pipeline === undefined) return false;
    const packet = this.#packets.shift();
    if (packet !== undefined) return this.#encode(pipeline, packet);
    if (this.#mayCapture(pipeline)) return this.#capture(pipeline);
    if (!pipeline.hasPicture) return false;
    const viewer = this.#audience.wanting();
    if (viewer !== undefined) return this.#refresh(pipeline, viewer);
    return this.#flush(pipeline);
  }

  /** The pipeline for the source's size, once there are viewers to wait for. */
  #readyPipeline(): DisplayPipeline | undefined {
    const { source, waitForViewers = 1 } = this.#options;
    const pipeline = this.#pipeline;
    if (pipeline === undefined) return undefined;
    if (!this.#sourceStarted) {
      if (this.#audience.size < waitForViewers) return undefined;
      this.#sourceStarted = true;
      source.start({
        changed: () => {
          this.#isDirty = true;
          this.#pump();
        },
        ended: () => {
          this.#sourceEnded = true;
          this.#pump();
        },
      });
    }
    if (this.#audience.size === 0) return undefined;
    const fits = pipeline.picture.width === source.width && pipeline.picture.height === source.height;
    if (fits && !this.#isBroken) return pipeline;
    this.#isBroken = false;
    this.#isDirty = true;
    this.#packets.length = 0;
    this.#frame = pipeline.frame;
    pipeline.close().catch((error: unknown) => this.#fault(error));
    const next = this.#makePipeline();
    this.#audience.startOver(next);
    return next;
  }

  #makePipeline(): DisplayPipeline {
    const { source, clock } = this.#options;
    const threads = this.#options.threads ?? Math.min(availableParallelism() - 1, MAX_THREADS);
    const { width, height } = source;
    const module = this.#module!;
    this.#pipeline = DisplayPipeline.create({ width, height, threads, module, clock, frame: this.#frame });
    return this.#pipeline;
  }

  /** Whether a new picture would be of use now. */
  #mayCapture(pipeline: DisplayPipeline): boolean {
    if (!this.#isDirty) return false;
    if (pipeline.hasPicture) {
      const now = this.#options.clock.now();
      const active = [...this.#audience.levels].filter(({ stream }) => stream.isActive);
      const isWanted = this.#audience.wanting() !== undefined;
      const wanted =
        this.#options.everyFrame === true
          ? !isWanted && active.length > 0 && active.every(({ window }) => window.isOpen(now))
          : isWanted || active.some(({ window }) => window.isOpen(now));
      if (!wanted) return false;
    }
    return this.#isPaced();
  }

  /** Whether `maxFps` lets another frame be captured; if not, it will be asked again when it does. */
  #isPaced(): boolean {
    const { maxFps, clock } = this.#options;
    if (maxFps === undefined) return true;
    const wait = this.#lastCaptureAt + 1e6 / maxFps - clock.now();
    if (wait <= 0) return true;
    this.#cancelPacing ??= clock.after(wait, () => {
      this.#cancelPacing = undefined;
      this.#pump();
    });
    return false;
  }

  #capture(pipeline: DisplayPipeline): Progress {
    const { source, clock } = this.#options;
    const started = clock.now();
    this.#isDirty = false;
    this.#lastCaptureAt = started;
    const take = (capture: Capture | undefined) => {
      this.#counts.captures++;
      this.#counts.capture += clock.now() - started;
      if (capture !== undefined) this.#commit(pipeline, capture);
      else this.#counts.emptyCaptures++;
    };
    const captured = source.capture(pipeline.picture);
    if (captured instanceof Promise) return captured.then(take);
    take(captured);
    return true;
  }

  #commit(pipeline: DisplayPipeline, capture: Capture): void {
    const commit = pipeline.commit(capture);
    if (commit === undefined) {
      this.#counts.emptyCaptures++;
      return;
    }
    this.#tellFrame(pipeline, commit);
    const now = this.#options.clock.now();
    for (const { stream, window } of this.#audience.levels) {
      if (!stream.isActive) continue;
      if (window.isOpen(now)) {
        const packet = stream.packet(commit.frame, commit.change, commit.drawnAt);
        this.#packets.push({ ...packet, viewer: NO_VIEWER });
      } else {
        stream.absorb(commit.change, commit.drawnAt);
      }
    }
  }

  /** Sends what has gathered on a level whose window has opened since. */
  #flush(pipeline: DisplayPipeline): Progress {
    const now = this.#options.clock.now();
    for (const { stream, window } of this.#audience.levels) {
      if (!stream.isActive || !stream.isPending || !window.isOpen(now)) continue;
      return this.#encode(pipeline, { ...stream.packet(pipeline.frame), viewer: NO_VIEWER });
    }
    return false;
  }

  #refresh(pipeline: DisplayPipeline, viewer: Viewer): Progress {
    const { base, askedAt } = viewer.wants!;
    const packet = pipeline.refresh(viewer.level, viewer.id, base, askedAt);
    this.#counts.refreshes++;
    if (packet.base === 0) this.#counts.wholePictures++;
    const isAlone = this.#audience.isGiven(viewer, packet.frame);
    return this.#encode(pipeline, packet, isAlone);
  }

  /** Codes and sends. `counts`: in the window of its level. */
  #encode(pipeline: DisplayPipeline, packet: Packet, counts = true): Progress {
    const { clock } = this.#options;
    const link = this.#connection.link;
    const window = counts ? this.#audience.level(packet.level)?.window : undefined;
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
      return coded instanceof Promise ? coded.catch(broken) : true;
    } catch (error) {
      return broken(error);
    }
  }

  // -- the relay's messages -----------------------------------------------------------------------------------

  #receive(message: Uint8Array, control: ControlMessage | undefined): void {
    if (control !== undefined) {
      this.#obey(control);
      return;
    }
    const { clock, source } = this.#options;
    switch (channelOf(message)) {
      case Channel.Ack: {
        const ack = decodeAck(message);
        if (ack.kind !== 'frame') throw unexpected('An applied ack comes from hosts.');
        if (ack.frame > this.frame) throw unexpected(`Frame ${ack.frame} was never sent.`);
        if (this.#audience.viewer(ack.viewer)?.level !== ack.level) return;
        this.#audience.level(ack.level)?.window.acked(ack.frame, clock.now());
        this.#pump();
        return;
      }
      case Channel.Input: {
        const event = decodeInput(message);
        this.#counts.inputs++;
        if (this.#sourceStarted) this.#guard(() => source.input?.(event));
        this.#sendApplied(Channel.Input, event.viewer, event.sequence);
        return;
      }
      case Channel.Overlay: {
        const event = decodeOverlay(message);
        this.#counts.overlays++;
        if (this.#sourceStarted) this.#guard(() => source.overlay?.(event));
        this.#sendApplied(Channel.Overlay, event.viewer, event.sequence);
        return;
      }
      case Channel.Clock: {
        const ping = decodeClock(message);
        if (ping.kind !== 'ping') throw unexpected('A pong comes from hosts.');
        this.#connection.link?.send(encodeClock({ ...ping, kind: 'pong', answeredAt: clock.now() }));
        return;
      }
      default:
        throw unexpected('A host is sent no pictures.');
    }
  }

  #obey(control: ControlMessage): void {
    switch (control.type) {
      case 'viewer-level':
        this.#audience.watches(
          control.viewer,
          control.level,
          control.name,
          this.#pipeline ?? this.#makePipeline(),
        );
        break;
      case 'viewer-left':
        this.#audience.left(control.viewer);
        break;
      case 'refresh': {
        const viewer = this.#audience.viewer(control.viewer);
        // A viewer that has just changed its level is asked for again at the new one.
        if (viewer === undefined || viewer.level !== control.level) return;
        this.#audience.wantsRefresh(viewer, control.base, this.#options.clock.now());
        break;
      }
      case 'participants':
        this.#notices.update(control);
        return;
      default:
        throw unexpected(`A host is sent no ${control.type}.`);
    }
    this.#pump();
  }

  /** An input or overlay event has been acted on; the next frame is the first that can show it. */
  #sendApplied(
    channel: typeof Channel.Input | typeof Channel.Overlay,
    viewer: number,
    sequence: number,
  ): void {
    const frame = Math.min(this.frame + 1, 0xffffffff);
    const appliedAt = this.#options.clock.now();
    this.#connection.link?.send(encodeAck({ kind: 'applied', channel, viewer, sequence, frame, appliedAt }));
  }

  #hello(): Control<'host-hello'> {
    const { token, key, name, secret, source } = this.#options;
    return {
      type: 'host-hello',
      version: PROTOCOL_VERSION,
      token,
      key,
      name,
      width: source.width,
      height: source.height,
      frame: this.frame,
      ...(secret === undefined ? {} : { secret }),
    };
  }

  #lost(): void {
    this.#counts.reconnects++;
    this.#packets.length = 0;
    this.#audience.clear();
    this.#notices.clear();
  }

  // -- telling ------------------------------------------------------------------------------------------------

  #tellState(state: HostState): void {
    this.#state = state;
    this.#options.onState?.(state);
  }

  #tellFrame(pipeline: DisplayPipeline, { frame, drawnAt }: Commit): void {
    const { onFrame } = this.#options;
    if (onFrame === undefined) return;
    const converter = this.#converter!;
    this.#guard(() =>
      onFrame({
        frame,
        drawnAt,
        picture: (level: ColourLevel) => converter.expandTo(pipeline.reference, level),
      }),
    );
  }

  /** After the source's last frame: once nobody misses anything. */
  #tellEnd(): void {
    if (!this.#sourceEnded || !this.#isRunning) return;
    if (this.#audience.wanting() !== undefined) return;
    for (const { stream, window } of this.#audience.levels) {
      if (stream.isPending || window.inFlight > 0) return;
    }
    if (this.#isDirty && this.#audience.size > 0) return;
    this.#sourceEnded = false;
    this.#options.onEnded?.();
  }

  /** Runs what belongs to somebody else: its faults are not ours. */
  #guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#fault(error);
    }
  }

  #fault(error: unknown): void {
    this.#counts.faults++;
    this.#options.onFault?.(
      error instanceof SightlineError
        ? error
        : new SightlineError('internal', error instanceof Error ? error.message : String(error), {
            cause: error,
          }),
    );
  }
}

function unexpected(message: string): SightlineError {
  return new SightlineError('bad-message', message);
}
