/** A host: a source's screen in a session of the relay. */
import { SightlineError } from '../../codecs/index.js';
import { ChatLog } from '../chat/index.js';
import type { Micros } from '../clock.js';
import type { AutoRecord } from '../flow/index.js';
import {
  type AppliedAck,
  CAPABILITIES,
  CAPABILITIES_SINCE,
  type Capability,
  Channel,
  type ChatMessage,
  type Control,
  type ControlMessage,
  dispatch,
  type EventHead,
  encodeAck,
  encodeClock,
  encodeControl,
  type Handlers,
  type InputEvent,
  type Message,
  type MessagesTo,
  NO_VIEWER,
  type OverlayEvent,
  spoken,
  type WelcomeType,
} from '../protocol/index.js';
import { HostConnection } from './connection.js';
import { Feeder } from './feeder.js';
import { HeldInput } from './held-input.js';
import { Notices } from './notices.js';
import { HostRights } from './rights.js';
import type { FeederStats, HostSessionOptions, HostState, HostStats } from './types.js';

/** What comes after the welcome; the rest is heard by the connection and its link. */
type ToHosts = Exclude<MessagesTo<'host'>, WelcomeType | 'refused' | 'clock-beat'>;

export class HostSession {
  /** What is said in the session, and how to say something. Outlives the connection. */
  readonly chat: ChatLog;
  readonly #options: HostSessionOptions;
  readonly #connection: HostConnection;
  readonly #notices: Notices;
  readonly #held: HeldInput;
  readonly #rights = new HostRights();
  #feeder: Feeder | undefined;
  #state: HostState = { kind: 'idle' };
  /** Until it is shown. */
  #ticket: string | undefined;
  #isRunning = false;
  readonly #counts = { inputs: 0, overlays: 0, chats: 0, refused: 0, faults: 0, reconnects: 0 };

  constructor(options: HostSessionOptions) {
    this.#options = options;
    this.#ticket = options.ticket;
    this.#notices = new Notices((notice) => this.#guard(() => options.source.notice?.(notice)));
    this.#held = new HeldInput((event) => this.#guard(() => options.source.input?.(event)));
    this.chat = new ChatLog({
      clock: options.clock,
      self: () => NO_VIEWER,
      send: (message) => this.#sendText(message),
      changed: (entry) => this.#guard(() => options.onChat?.(entry)),
    });
    this.#connection = new HostConnection({
      dial: options.dial,
      clock: options.clock,
      random: options.random ?? Math.random,
      times: options.heartbeat,
      hello: (version) => this.#hello(version),
      onState: (state) => this.#tellState(state),
      onOpen: ({ frame, version }) => {
        if (version >= CAPABILITIES_SINCE && this.#rights.consent.size < CAPABILITIES.length)
          this.#tellConsent();
        this.#feeder?.goOnAfter(frame ?? 0);
        this.#feeder?.pump();
      },
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
    return this.#feeder?.frame ?? 0;
  }

  /** Loads the kernels and connects. The source is started when the first viewer is there. */
  async start(): Promise<void> {
    if (this.#isRunning || this.#feeder !== undefined) return;
    const { module: given } = this.#options;
    if (given === undefined) {
      throw new SightlineError('bad-argument', 'A host needs the compiled kernels.', { field: 'module' });
    }
    this.#isRunning = true;
    const module = typeof given === 'function' ? await given() : given;
    if (!this.#isRunning) return;
    this.#feeder = new Feeder(this.#options, module, {
      link: () => (this.#rights.may('view') ? this.#connection.link : undefined),
      fault: (error) => this.#fault(error),
    });
    this.#connection.start();
  }

  /** Ends the session for everybody, and the source. For good: another one takes another session. */
  async stop(): Promise<void> {
    if (!this.#isRunning) return;
    this.#isRunning = false;
    this.#connection.stop();
    await this.#feeder?.stop();
  }

  /** The network may have changed: a dead link is found soon, and a lost one dialled at once. */
  lookNow(): void {
    if (this.#isRunning) this.#connection.lookNow();
  }

  /**
   * What the customer consents to from now on, of what the relay allows; everything, until this is called. It holds at
   * once: without `view` nothing of the screen is sent any more, and with it again the first frame is whole.
   */
  setConsent(list: Iterable<Capability>): void {
    const couldBeSeen = this.#rights.may('view');
    this.#change(() => this.#rights.consents(list));
    if (this.#connection.version >= CAPABILITIES_SINCE) this.#tellConsent();
    // An older relay knows nothing of consent: it asks for whole pictures of a host that has come back.
    else if (!couldBeSeen && this.#rights.may('view') && this.#connection.link !== undefined)
      this.#connection.start();
  }

  stats(): HostStats {
    return { ...NOTHING_DONE, ...this.#feeder?.stats(), ...this.#counts, unknown: this.#connection.unknown };
  }

  /** The newest records of how the auto stream was decided, oldest first; they can be replayed. */
  autoLog(): readonly AutoRecord[] {
    return this.#feeder?.autoLog() ?? [];
  }

  // -- the relay's messages -----------------------------------------------------------------------------------

  #receive(message: Uint8Array, control: ControlMessage | undefined): void {
    dispatch(message, control, this.#handlers, undefined, this.#admits);
  }

  readonly #admits = (row: Message): boolean => {
    const isAdmitted = this.#rights.admits(row);
    if (!isAdmitted) this.#counts.refused++;
    return isAdmitted;
  };

  readonly #handlers: Handlers<ToHosts> = {
    'ack-frame': (ack) => {
      if (ack.frame > this.frame) throw unexpected(`Frame ${ack.frame} was never sent.`);
      this.#feeder?.acked(ack);
    },
    'input-pointer': (event) => this.#input(event),
    'input-wheel': (event) => this.#input(event),
    'input-key': (event) => this.#input(event),
    'input-text': (event) => this.#input(event),
    'overlay-stroke': (event) => this.#overlay(event),
    'overlay-erase': (event) => this.#overlay(event),
    'overlay-laser': (event) => this.#overlay(event),
    'chat-said': (message) => this.#hear(message),
    'chat-earlier': (message) => this.#hear(message),
    'clock-ping': (ping) => {
      const answeredAt = this.#options.clock.now();
      this.#connection.link?.send(encodeClock({ ...ping, kind: 'pong', answeredAt }));
    },
    capabilities: ({ list }) => this.#change(() => this.#rights.told(list)),
    'viewer-level': ({ viewer, level }) => {
      if (this.#rights.may('view')) this.#feeder?.watches(viewer, level);
    },
    'viewer-left': ({ viewer }) => {
      this.#letGo((held) => held.release(viewer));
      this.#feeder?.left(viewer);
    },
    refresh: ({ viewer, level, base, again }) => {
      if (this.#rights.may('view')) this.#feeder?.wantsRefresh(viewer, level, base, again);
    },
    received: ({ slices }) => this.#feeder?.received(slices),
    participants: (control) => {
      this.#letGo((held) => held.update(control));
      this.#notices.update(control);
    },
  };

  /** Something may be done, or may no longer; what is held or shown by whom it concerned is let go. */
  #change(change: () => void): void {
    const could = { view: this.#rights.may('view'), control: this.#rights.may('control') };
    change();
    if (could.view && !this.#rights.may('view')) this.#feeder?.lost();
    if (could.control && !this.#rights.may('control')) this.#letGo((held) => held.releaseAll());
  }

  #tellConsent(): void {
    const list = [...this.#rights.consent];
    this.#connection.link?.send(encodeControl({ type: 'consent', list }));
  }

  #input(event: InputEvent): void {
    const { clock, source } = this.#options;
    const receivedAt = clock.now();
    this.#counts.inputs++;
    if (event.kind === 'pointer' || event.kind === 'wheel') this.#feeder?.pointsAt(event);
    this.#act(Channel.Input, event, receivedAt, () => {
      this.#held.acted(event);
      source.input?.(event);
    });
  }

  #overlay(event: OverlayEvent): void {
    const { clock, source } = this.#options;
    const receivedAt = clock.now();
    this.#counts.overlays++;
    if (event.kind === 'laser' && event.visible) this.#feeder?.pointsAt(event);
    if (event.kind === 'stroke') this.#feeder?.pointsAt(event.points.at(-1)!);
    this.#act(Channel.Overlay, event, receivedAt, () => source.overlay?.(event));
  }

  /** A technician's words are shown to the customer, once, and answered as any event is. */
  #hear(message: ChatMessage): void {
    if (!this.chat.receive(message) || message.viewer === NO_VIEWER) return;
    this.#counts.chats++;
    // What was said while the host was away is no measure of the way here: number 0 is not answered.
    const head = message.earlier ? { ...message, sequence: 0 } : message;
    this.#act(Channel.Chat, head, this.#options.clock.now(), () => this.#options.source.chat?.(message));
  }

  #sendText(message: Uint8Array): boolean {
    const { link } = this.#connection;
    link?.send(message);
    return link !== undefined;
  }

  /** Lets the source act on a technician's event, says so, and only then looks at what that has changed. */
  #act(
    channel: AppliedAck['channel'],
    { viewer, sequence }: EventHead,
    receivedAt: Micros,
    act: () => void,
  ): void {
    const feeder = this.#feeder;
    if (feeder === undefined) return;
    feeder.after(() => {
      this.#options.clock.spend?.({ kind: 'apply', pixels: 0, bytes: 0 });
      if (feeder.sourceStarted) this.#guard(act);
      const frame = Math.min(feeder.frame + 1, 0xffffffff);
      const appliedAt = this.#options.clock.now();
      const ack = encodeAck({ kind: 'applied', channel, viewer, sequence, frame, appliedAt });
      this.#connection.link?.send(ack);
      const { onTrace } = this.#options;
      if (onTrace === undefined) return;
      this.#guard(() => onTrace({ kind: 'applied', channel, viewer, sequence, receivedAt, appliedAt }));
    });
  }

  /** Lets go of keys and buttons, and only then looks at what that has changed. */
  #letGo(release: (held: HeldInput) => void): void {
    if (this.#feeder === undefined) release(this.#held);
    else this.#feeder.after(() => release(this.#held));
  }

  #hello(version: number): Control<'host-hello'> {
    const { token, key, name, secret, source } = this.#options;
    const ticket = this.#ticket;
    this.#ticket = undefined;
    return {
      type: 'host-hello',
      ...spoken(version),
      token,
      key,
      name,
      width: source.width,
      height: source.height,
      frame: this.frame,
      ...(secret === undefined ? {} : { secret }),
      ...(ticket === undefined ? {} : { ticket }),
    };
  }

  #lost(): void {
    this.#counts.reconnects++;
    this.#rights.forget();
    this.#letGo((held) => held.releaseAll());
    this.#feeder?.lost();
    this.#notices.clear();
  }

  // -- telling ------------------------------------------------------------------------------------------------

  #tellState(state: HostState): void {
    this.#state = state;
    this.#options.onState?.(state);
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

const NOTHING_DONE: FeederStats = {
  frame: 0,
  viewers: 0,
  captures: 0,
  emptyCaptures: 0,
  capture: 0,
  refreshes: 0,
  wholePictures: 0,
  sharedPictures: 0,
  failedRefreshes: 0,
  refreshing: 0,
  refreshBytes: 0,
  flow: [],
  pipeline: undefined,
  auto: undefined,
};

function unexpected(message: string): SightlineError {
  return new SightlineError('bad-message', message);
}
