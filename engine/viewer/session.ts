/**
 * One technician's view of a session: joins, decodes, acknowledges, measures, sends what the technician does,
 * and finds its way back after a loss. Knows links, a clock and a decoder only, so that the same code runs in
 * a page's worker, in Node, and in virtual time.
 */
import type { QualityName } from '../../codecs/index.js';
import { ChatLog } from '../chat/index.js';
import type { Micros } from '../clock.js';
import { clearingMessages, OverlayModel } from '../overlay/index.js';
import {
  type Capability,
  Channel,
  type Control,
  type ControlMessage,
  decodeOverlay,
  encodeAck,
  encodeControl,
  encodeOverlay,
  type InputAction,
  NO_VIEWER,
  type OverlayAction,
  spoken,
  type Tool,
} from '../protocol/index.js';
import type { OffsetEstimate } from './clock-offset.js';
import { ClockSync } from './clock-sync.js';
import { ViewerConnection } from './connection.js';
import { EventSender } from './event-sender.js';
import { type CompleteFrame, FrameReceiver } from './frame-receiver.js';
import { HandlerCaller } from './handler-caller.js';
import type { LatencyHistogram } from './histogram.js';
import { Inbox } from './inbox.js';
import { INITIAL_STATE } from './initial-state.js';
import { Measurements } from './measurements.js';
import { StatisticsKeeper, type ViewerStatistics } from './statistics.js';
import type { LatencyChannel, LatencySample, ViewerHandlers, ViewerOptions, ViewerState } from './types.js';
import { type Wished, Wishes } from './wishes.js';

/**
 * Who comes back no later than this has the control again, or waits for it again, without asking anew: so long after a
 * loss that was seen the relay keeps it (its `controlHold`), and a link that died without a word is found out in 16 s.
 * After that others count on the control being free.
 */
const CONTROL_KEPT: Micros = 10_000_000;
const CONTROL_KEPT_SILENT: Micros = CONTROL_KEPT + 16_000_000;

/**
 * Sees every message received from the welcome on (of the chat: what is new), our own input and overlay events, and, as
 * overlay messages, whatever else changes what is drawn: a tool that is put away, a connection that is lost. In order:
 * an `OverlayModel` that is given all of them shows what `overlay` does.
 */
export type MessageTap = (message: Uint8Array, at: Micros) => void;

export class ViewerSession {
  /** Strokes and laser dots over the picture, our own included. */
  readonly overlay = new OverlayModel();
  /** What is said in the session, and how to say something. Outlives the connection. */
  readonly chat: ChatLog;
  readonly #options: ViewerOptions;
  #name: string;
  readonly #handlers: ViewerHandlers;
  readonly #caller: HandlerCaller;
  readonly #connection: ViewerConnection;
  readonly #receiver: FrameReceiver;
  readonly #sync: ClockSync;
  readonly #sender: EventSender;
  readonly #measurements: Measurements;
  readonly #statistics: StatisticsKeeper;
  readonly #inbox: Inbox;
  readonly #wishes: Wishes;
  readonly #taps = new Set<MessageTap>();
  #state: ViewerState;
  /** Grows with every join: an acknowledgement of an older one is not sent. */
  #joins = 0;
  /** When the relay last passed something on to us. */
  #heardAt: Micros = 0;
  /** When the last connection was seen to be lost. */
  #lostAt: Micros = 0;
  /** Who gets the control that we have given up. */
  #handTo: number | undefined;
  /** Shows the relay who we were before a loss. */
  #resume: { readonly viewer: number; readonly resumeKey: string } | undefined;

  constructor(options: ViewerOptions) {
    const { clock, random, decoder, dialMain, dialLane, token, quality, handlers = {} } = options;
    this.#options = options;
    this.#name = options.name;
    this.#handlers = handlers;
    this.#caller = new HandlerCaller(handlers.onProblem);
    this.#state = { ...INITIAL_STATE, quality };
    this.#statistics = new StatisticsKeeper(clock);
    this.#connection = new ViewerConnection({
      dialMain,
      dialLane,
      clock,
      random,
      token,
      times: options.heartbeat,
      looksAgain: options.looksAgain ?? false,
      hello: (version) => this.#hello(version),
      events: {
        onConnection: (connection) => this.#update({ connection }),
        onJoined: (welcome) => this.#onJoined(welcome),
        onLost: () => this.#onLost(),
        onLane: (open) => this.#onLane(open),
        onQuiet: (quiet) => this.#update({ link: quiet ? 'quiet' : 'alive' }),
        onMessage: (message, control) => this.#onMessage(message, control),
        onProblem: (error) => this.#caller.problem(error),
      },
    });
    this.#receiver = new FrameReceiver(decoder, clock, {
      onResize: (width, height) => this.#caller.call(() => handlers.onResize?.(width, height)),
      onFrame: (frame) => this.#onFrame(frame),
      onProblem: (error) => this.#caller.problem(error),
      onWantRefresh: () => this.#sendWantRefresh(),
    });
    this.#sync = new ClockSync(clock, (message) => this.#connection.sendFast(message));
    this.#sender = new EventSender(clock, {
      send: (message) => this.#connection.sendFast(message),
      bufferedBytes: () => this.#connection.fastBufferedBytes,
    });
    this.chat = new ChatLog({
      clock,
      self: () => this.#state.viewer,
      send: (message) => this.#sendText(message),
      changed: (entry) => this.#caller.call(() => handlers.onChat?.(entry)),
    });
    this.#wishes = new Wishes(clock, {
      wished: () => this.#wished(),
      send: (wishes, link) => {
        const message = encodeControl(wishes);
        this.#sender.flush();
        if (link === 'fast') this.#connection.sendFast(message);
        else this.#connection.send(message);
      },
    });
    this.#measurements = new Measurements(
      () => this.clockOffset(),
      (sample) => this.#onSample(sample),
    );
    this.#inbox = new Inbox({
      chat: this.chat,
      receiver: this.#receiver,
      sync: this.#sync,
      sender: this.#sender,
      measurements: this.#measurements,
      caller: this.#caller,
      state: () => this.#state,
      update: (change) => this.#update(change),
      takeOverlay: (message) => this.#takeOverlay(message),
      newText: (message) => this.#show(message),
      seen: (revision) => this.#wishes.seen(revision),
      controlIs: (place) => this.#controlIs(place),
    });
  }

  get state(): ViewerState {
    return this.#state;
  }

  /** The frame that the picture holds whole; 0: none of this connection yet. */
  get frame(): number {
    return this.#receiver.held;
  }

  /** Connects, and connects again when the connection is lost. A session that ended can be started again. */
  start(): void {
    const { kind } = this.#state.connection;
    if (kind === 'idle' || kind === 'ended') this.#connection.start();
  }

  /** Leaves the session and stays away. */
  close(): void {
    this.#resume = undefined;
    this.#connection.close();
  }

  /** The network may have changed: dead links are found within seconds, and lost ones are dialled at once. */
  lookNow(): void {
    this.#connection.lookNow();
  }

  /** Shows every message to `tap` until the answer is called. A message is valid only during the call. */
  tap(tap: MessageTap): () => void {
    this.#taps.add(tap);
    return () => this.#taps.delete(tap);
  }

  /**
   * Sends a pointer, wheel, key or text event. The answer is its sequence; undefined when it was not sent,
   * because we do not control the host, have a tool on, or are not connected. `createdAt` is when the technician
   * made it, on the session's clock: now, unless it was made elsewhere.
   * @throws SightlineError `bad-argument` when the action does not fit a message.
   */
  sendInput(action: InputAction, createdAt?: Micros): number | undefined {
    if (!this.#mayControl()) return undefined;
    const event = this.#sender.input(this.#state.viewer, action, createdAt);
    this.#sender.send(event);
    this.#measurements.sent(event);
    this.#show(event.message);
    return event.sequence;
  }

  /**
   * Sends a stroke, an erasure or a laser movement, and puts it into our own model at once. The answer is its
   * sequence; undefined when it was not sent, because the tool is off or we are not connected. `createdAt` as in
   * `sendInput`.
   * @throws SightlineError `bad-argument` when the action does not fit a message.
   */
  sendOverlay(action: OverlayAction, createdAt?: Micros): number | undefined {
    const tool: Tool = action.kind === 'laser' ? 'laser' : 'whiteboard';
    const needs = tool === 'laser' ? 'point' : 'draw';
    if (!this.#connection.joined || this.#state.tool !== tool || !this.#may(needs)) return undefined;
    const event = this.#sender.overlay(this.#state.viewer, action, createdAt);
    this.#sender.send(event);
    this.#draw(event.message);
    return event.sequence;
  }

  setQuality(quality: QualityName): void {
    if (quality === this.#state.quality) return;
    this.#update({ quality });
    this.#wishes.changed();
  }

  /** What the others see from now on, also after joining anew. */
  setName(name: string): void {
    if (name === this.#name) return;
    this.#name = name;
    this.#wishes.changed();
  }

  /** Asks for, or gives up, the control of the host; `state.controller` says who has it. */
  setControl(wanted: boolean): void {
    this.#changeControl(wanted);
  }

  /** Gives the control up to another viewer; without one, to the one who has waited longest. */
  handOver(to?: number): void {
    this.#changeControl(false, to);
  }

  /** Whether pictures are wanted; a page that nobody sees needs none, and gets the newest when it is seen again. */
  setWatching(watching: boolean): void {
    if (watching === this.#state.watching) return;
    this.#update({ watching });
    this.#wishes.changed();
  }

  /** Turning a tool off takes away what was drawn or shown with it. */
  setTool(tool: Tool): void {
    const { tool: before } = this.#state;
    if (tool === before) return;
    this.#clearOwn(before);
    this.#update({ tool });
    this.#wishes.changed();
  }

  setRecording(active: boolean): void {
    if (active === this.#state.recording) return;
    this.#update({ recording: active });
    this.#wishes.changed();
  }

  /** Asks for the whole picture again: a recording starts. */
  wantRefresh(): void {
    this.#receiver.wantRefresh();
  }

  /** Viewer's clock minus the host's, with its error bound; undefined while unknown. */
  clockOffset(): OffsetEstimate | undefined {
    return this.#sync.estimate();
  }

  statistics(): ViewerStatistics {
    return this.#statistics.snapshot(this.clockOffset(), this.#caller.problems);
  }

  histogram(channel: LatencyChannel): LatencyHistogram {
    return this.#statistics.histogram(channel);
  }

  // -- connection -------------------------------------------------------------------------------------------

  #hello(version: number): Control<'viewer-hello'> {
    const { token } = this.#options;
    const name = this.#name;
    const { quality } = this.#state;
    return { type: 'viewer-hello', ...spoken(version), token, name, quality, ...this.#resume };
  }

  #onJoined(welcome: Control<'viewer-welcome'>): void {
    const now = this.#options.clock.now();
    const wasAwayLong = now - this.#lostAt > CONTROL_KEPT || now - this.#heardAt > CONTROL_KEPT_SILENT;
    const { viewer, session, resumeKey } = welcome;
    this.#resume = resumeKey === undefined ? undefined : { viewer, resumeKey };
    this.#joins++;
    this.#statistics.connections++;
    this.#heardAt = now;
    if (this.#joins > 1 && wasAwayLong && this.#state.controlWanted)
      this.#update({ controlWanted: false, controlLapsed: true });
    this.#receiver.reset();
    this.#clearOverlay();
    this.#update({ viewer, session, host: 'unknown', stale: false });
    this.#show(encodeControl(welcome));
    this.#wishes.joined();
    this.chat.repeat();
    this.#sync.start();
  }

  #onLost(): void {
    this.#sync.stop();
    this.#wishes.lost();
    this.#lostAt = this.#options.clock.now();
    this.#handTo = undefined;
    this.#sender.reset();
    this.#measurements.reset();
    this.#receiver.reset();
    this.#clearOverlay();
    // A tool is not taken up again by itself: what was drawn is gone, and the technician should see that.
    this.#update({
      viewer: NO_VIEWER,
      participants: [],
      controller: NO_VIEWER,
      capabilities: undefined,
      tool: 'none',
      lane: false,
      link: 'alive',
    });
  }

  #onLane(lane: boolean): void {
    this.#update({ lane });
    this.#wishes.laneChanged();
    // The lane's round trips do not wait behind the first picture: the clocks are compared better.
    if (lane) this.#sync.burst();
    else this.chat.repeat();
  }

  #tell(message: ControlMessage): void {
    this.#connection.send(encodeControl(message));
  }

  // -- what comes in ------------------------------------------------------------------------------------------

  #onMessage(message: Uint8Array, control: ControlMessage | undefined): void {
    this.#heardAt = this.#options.clock.now();
    this.#statistics.received(message.byteLength);
    if (message[0] !== Channel.Chat) this.#show(message);
    this.#inbox.receive(message, control);
  }

  #sendText(message: Uint8Array): boolean {
    if (!this.#connection.joined) return false;
    this.#connection.sendFast(message);
    return true;
  }

  /** Takes an overlay message that nobody has sent us. */
  #draw(message: Uint8Array): void {
    this.#show(message);
    this.#takeOverlay(message);
  }

  #clearOverlay(): void {
    for (const message of [...clearingMessages(this.overlay)]) this.#draw(message);
  }

  #takeOverlay(message: Uint8Array): void {
    const event = decodeOverlay(message);
    const now = this.#options.clock.now();
    this.overlay.apply(event, now);
    this.#caller.call(() => this.#handlers.onOverlay?.(event, now));
  }

  // -- frames -------------------------------------------------------------------------------------------------

  #onFrame(complete: CompleteFrame): void {
    const { header, ...rest } = complete;
    const { frame, level, base, drawnAt, refinement } = header;
    const join = this.#joins;
    let acknowledged = false;
    const presented = (at: Micros = this.#options.clock.now()) => {
      if (acknowledged) return;
      acknowledged = true;
      if (join === this.#joins) this.#acknowledge(complete, at);
    };
    this.#connection.proven();
    this.#statistics.shown(complete);
    const { width, height } = header;
    this.#update({ width, height, stale: false });
    const onFrame = this.#handlers.onFrame;
    if (onFrame === undefined) presented();
    else this.#caller.call(() => onFrame({ frame, level, base, drawnAt, refinement, ...rest, presented }));
  }

  #acknowledge({ header, receivedAt, decode }: CompleteFrame, presentedAt: Micros): void {
    const { frame, level } = header;
    this.#connection.send(
      encodeAck({
        kind: 'frame',
        level,
        queued: 0,
        frame,
        viewer: this.#state.viewer,
        receivedAt,
        presentedAt,
        decode: Math.round(decode),
      }),
    );
    this.#measurements.presented(header, presentedAt);
  }

  #sendWantRefresh(): void {
    this.#statistics.refreshesAsked++;
    this.#tell({ type: 'want-refresh' });
  }

  // -- tools ----------------------------------------------------------------------------------------------------

  /** As far as we know: the relay has the last word, and our wish may be on its way to it. */
  #mayControl(): boolean {
    const { controlWanted, controller, tool, viewer } = this.#state;
    const free = controller === NO_VIEWER || controller === viewer;
    return this.#connection.joined && controlWanted && free && tool === 'none' && this.#may('control');
  }

  /** As far as the relay has said. */
  #may(capability: Capability): boolean {
    return this.#state.capabilities?.includes(capability) !== false;
  }

  #wished(): Wished {
    const { quality, tool, controlWanted, recording, watching } = this.#state;
    const to = this.#handTo === undefined ? {} : { to: this.#handTo };
    return { name: this.#name, quality, tool, control: controlWanted, ...to, recording, watching };
  }

  #changeControl(controlWanted: boolean, to?: number): void {
    this.#handTo = to;
    this.#update({ controlWanted, controlLapsed: false });
    this.#wishes.changed();
  }

  /** Whether the relay has us in control, waiting for it, or neither; it may have decided so itself. */
  #controlIs(place: 'ours' | 'waiting' | 'none'): void {
    const { controlWanted } = this.#state;
    // Until it has acted on our own wish it tells of the one before.
    if (!this.#wishes.areSeen || controlWanted === (place !== 'none')) return;
    this.#handTo = undefined;
    this.#update({ controlWanted: !controlWanted, controlLapsed: controlWanted });
    this.#wishes.changed();
  }

  /** What the relay does for the others when a tool goes off. */
  #clearOwn(tool: Tool): void {
    if (tool === 'none') return;
    const head = { viewer: this.#state.viewer, sequence: 0, createdAt: this.#options.clock.now() };
    const action: OverlayAction =
      tool === 'whiteboard'
        ? { kind: 'erase', scope: 'mine' }
        : { kind: 'laser', visible: false, x: 0, y: 0 };
    this.#draw(encodeOverlay({ ...head, ...action }));
  }

  // -- telling ------------------------------------------------------------------------------------------------

  #update(change: Partial<ViewerState>): void {
    const keys = Object.keys(change) as (keyof ViewerState)[];
    if (keys.every((key) => this.#state[key] === change[key])) return;
    this.#state = { ...this.#state, ...change };
    this.#caller.call(() => this.#handlers.onState?.(this.#state));
  }

  #onSample(sample: LatencySample): void {
    this.#statistics.latency(sample.channel, sample.latency);
    this.#caller.call(() => this.#handlers.onSample?.(sample));
  }

  #show(message: Uint8Array): void {
    const now = this.#options.clock.now();
    for (const tap of this.#taps) this.#caller.call(() => tap(message, now));
  }
}
