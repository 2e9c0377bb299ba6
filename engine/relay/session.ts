/**
 * One session: a host, its viewers, and what passes between them. The session decides who may say what; the
 * fan-out of display slices is each viewer's `Feed`.
 */
import { AUTO_STREAM, SightlineError } from '../../codecs/index.js';
import type { Clock, Micros, WorkKind } from '../clock.js';
import { AckWindow, RELAY_WINDOW } from '../flow/index.js';
import {
  Channel,
  CloseCode,
  type Control,
  type ControlMessage,
  channelOf,
  decodeAck,
  decodeClock,
  decodeControl,
  encodeControl,
  eventHeadOf,
  NO_VIEWER,
  PROTOCOL_VERSION,
} from '../protocol/index.js';
import type { EventChannel, RelayTrace } from '../trace.js';
import type { Link } from '../transport/link.js';
import { Chat } from './chat.js';
import type { Counters } from './counters.js';
import { Feed } from './feed.js';
import { levelFor } from './levels.js';
import type { RelayLimits } from './limits.js';
import { Overlays } from './overlays.js';
import { RelayViewer, shorten } from './relay-viewer.js';
import { Roster } from './roster.js';
import { hashOf, matches, sessionName } from './secrets.js';
import { emptySliceFields, readSliceFields, type SliceFields } from './slice-fields.js';
import type { HostPresence, SessionState } from './state.js';
import { TokenBucket } from './token-bucket.js';
import { notAllowed, ViewerDesk } from './viewer-desk.js';

/** What a session needs of the relay around it. */
export interface SessionContext {
  readonly clock: Clock;
  readonly limits: RelayLimits;
  readonly counters: Counters;
  /** A new secret. */
  makeKey(): string;
  /** Tells a link why and closes it. */
  refuse(link: Link, error: unknown, closeCode?: number, retry?: boolean): void;
  /** The session is over: forget it. */
  ended(session: Session): void;
  /** Told of what was sent on. */
  readonly onTrace: ((trace: RelayTrace) => void) | undefined;
}

export class Session {
  readonly token: string;
  readonly name: string;
  readonly #context: SessionContext;
  readonly #keyHash: Buffer;
  readonly #roster = new Roster();
  readonly #slice = emptySliceFields();
  readonly #overlays: Overlays;
  readonly #chat: Chat;
  readonly #desk: ViewerDesk;
  readonly #autoStates: TokenBucket;
  readonly #hostChats: TokenBucket;
  #host: Link | undefined;
  #hostName = '';
  #width = 0;
  #height = 0;
  #cancelGrace: (() => void) | undefined;
  #ended = false;
  /** When the message under way came, and was first sent on (0: not yet); only kept while somebody is told. */
  #receivedAt: Micros = 0;
  #sentAt: Micros = 0;

  constructor(hello: Control<'host-hello'>, context: SessionContext) {
    this.token = hello.token;
    this.name = sessionName(hello.token);
    this.#keyHash = hashOf(hello.key);
    this.#context = context;
    this.#autoStates = new TokenBucket(context.limits.controlRate, context.clock.now());
    this.#overlays = new Overlays(context.limits.maxStrokeBytes, context.counters, {
      toHost: (message) => this.#toHost(message),
      toOthers: (message, author) => this.#toOthers(message, author),
    });
    this.#hostChats = new TokenBucket(context.limits.chatRate, context.clock.now());
    this.#chat = new Chat(context.clock, context.limits, context.counters, (message) => this.#toAll(message));
    this.#desk = new ViewerDesk(context.clock, context.counters, this.#roster, this.#overlays, this.#chat, {
      toHost: (message) => this.#toHost(message),
      say: (viewer, message) => this.#say(viewer, message),
      announceLevel: (viewer) => this.#announceLevel(viewer),
      tellChat: (viewer) => this.#tellChat(viewer),
      tellParticipants: () => this.#tellParticipants(),
    });
  }

  get hostPresent(): boolean {
    return this.#host !== undefined;
  }

  get viewerCount(): number {
    return this.#roster.size;
  }

  /** Whether `key` is the one that the session was opened with. */
  isKey(key: string): boolean {
    return matches(key, this.#keyHash);
  }

  // -- the host ------------------------------------------------------------------------------------------

  /** A host that has shown the key takes its place; one that is still there is an older link of the same. */
  joinHost(link: Link, hello: Control<'host-hello'>, resumed: boolean): void {
    const replaced = this.#host;
    if (replaced !== undefined) {
      this.#loseHost();
      replaced.onClose = undefined;
      replaced.onMessage = undefined;
      replaced.close(CloseCode.Conflict, 'The host has opened another link.');
    }
    this.#cancelGrace?.();
    this.#cancelGrace = undefined;
    this.#host = link;
    this.#hostName = shorten(hello.name);
    this.#width = hello.width;
    this.#height = hello.height;
    link.onMessage = (message) => this.#guard(link, message, this.#fromHost);
    link.onClose = (code) => this.#hostClosed(link, code);
    this.#toHost(
      encodeControl({ type: 'host-welcome', version: PROTOCOL_VERSION, session: this.name, resumed }),
    );
    if (resumed) this.#overlays.replayToHost();
    for (const message of this.#chat.history) this.#toHost(message);
    for (const viewer of this.#roster.all()) {
      this.#announceLevel(viewer);
      viewer.feed.hostArrived();
    }
    this.#tellHostState('present');
    this.#tellParticipants();
  }

  #hostClosed(link: Link, code: number): void {
    if (this.#host !== link) return;
    this.#loseHost();
    if (this.#ended) return;
    if (code === CloseCode.Normal) {
      this.end();
      return;
    }
    this.#tellHostState('away');
    this.#cancelGrace = this.#context.clock.after(this.#context.limits.grace, () => this.end());
  }

  #loseHost(): void {
    this.#host = undefined;
    for (const viewer of this.#roster.all()) viewer.feed.hostLost();
  }

  /** The session is over for everybody. */
  end(): void {
    if (this.#ended) return;
    this.#tellHostState('ended');
    this.#ended = true;
    this.#cancelGrace?.();
    for (const viewer of this.#roster.all()) {
      viewer.feed.close();
      viewer.lane?.close(CloseCode.SessionEnded, 'The session has ended.');
      viewer.main.close(CloseCode.SessionEnded, 'The session has ended.');
    }
    this.#host?.close(CloseCode.SessionEnded, 'The session has ended.');
    this.#context.ended(this);
  }

  /** The relay stops: everybody is let go, to come back to the next one. */
  suspend(): void {
    this.#ended = true;
    this.#cancelGrace?.();
    const reason = 'The relay stops.';
    this.#host?.close(CloseCode.GoingAway, reason);
    for (const viewer of this.#roster.all()) {
      viewer.feed.close();
      viewer.lane?.close(CloseCode.GoingAway, reason);
      viewer.main.close(CloseCode.GoingAway, reason);
    }
  }

  readonly #fromHost = (message: Uint8Array): void => {
    const channel = message[0];
    if (channel === Channel.Display) {
      readSliceFields(message, this.#slice);
      this.#context.counters.received(Channel.Display, message.byteLength);
      this.#forwardSlice(message);
      return;
    }
    switch (this.#receive(message)) {
      case Channel.Ack: {
        const ack = decodeAck(message);
        if (ack.kind !== 'applied') throw notAllowed('ack', 'A host does not acknowledge frames.');
        // What the relay sent on a viewer's behalf is numbered 0, and nobody waits for its ack.
        if (ack.sequence !== 0) this.#toViewer(ack.viewer, message);
        return;
      }
      case Channel.Clock: {
        const pong = decodeClock(message);
        if (pong.kind !== 'pong') throw notAllowed('clock', 'A host does not ask for the time.');
        this.#toViewer(pong.viewer, message);
        return;
      }
      case Channel.Chat:
        this.#chat.receive({ id: NO_VIEWER, name: this.#hostName, chats: this.#hostChats }, message);
        return;
      case Channel.Control:
        this.#hostSays(message);
        return;
      default:
        throw notAllowed('channel', `A host sends nothing on channel ${message[0]}.`);
    }
  };

  /** A host says one thing beside its pictures: how the auto stream is coded, which its viewers are told. */
  #hostSays(message: Uint8Array): void {
    const said = decodeControl(message);
    if (said.type !== 'auto-state') throw notAllowed('type', `A host does not send ${said.type}.`);
    if (!this.#autoStates.take(this.#context.clock.now())) {
      this.#drop('rate');
      return;
    }
    for (const viewer of this.#roster.audience(AUTO_STREAM)) this.#send(viewer.main, message, viewer);
  }

  #forwardSlice(message: Uint8Array): void {
    const slice = this.#slice;
    const bytes = message.byteLength;
    const now = this.#context.clock.now();
    if (slice.first && (slice.width !== this.#width || slice.height !== this.#height)) {
      this.#width = slice.width;
      this.#height = slice.height;
      this.#tellHostState('present');
    }
    if (slice.viewer !== NO_VIEWER) {
      const viewer = this.#roster.get(slice.viewer);
      if (viewer?.feed.takesAddressed(slice, bytes, now)) {
        this.#send(viewer.main, message, viewer);
        if (slice.last) this.#tellFrame(slice);
      } else this.#context.counters.dropped[viewer === undefined ? 'unknown-viewer' : 'stale-slice']++;
      return;
    }
    for (const viewer of this.#roster.audience(slice.level)) {
      if (viewer.feed.takesBroadcast(slice, bytes, now)) this.#send(viewer.main, message, viewer);
    }
    if (slice.last) this.#tellFrame(slice);
  }

  // -- viewers ---------------------------------------------------------------------------------------------

  joinViewer(link: Link, hello: Control<'viewer-hello'>): void {
    const { clock, limits, counters } = this.#context;
    if (this.#roster.size >= limits.maxViewers) {
      const full = new SightlineError('refused', 'The session has as many viewers as it may.');
      this.#context.refuse(link, full, CloseCode.TooMany, true);
      return;
    }
    const id = this.#roster.nextId();
    const laneKey = this.#context.makeKey();
    const now = clock.now();
    const feed = new Feed(
      levelFor(hello.quality),
      new AckWindow(RELAY_WINDOW),
      new TokenBucket(limits.refreshRate, now),
      {
        now: () => clock.now(),
        after: (delay, run) => clock.after(delay, run),
        cut: () => {
          counters.cuts++;
        },
        askRefresh: (base) => {
          counters.refreshes++;
          this.#toHost(encodeControl({ type: 'refresh', viewer: id, level: feed.level, base }));
        },
      },
    );
    const viewer = new RelayViewer({
      id,
      name: hello.name,
      quality: hello.quality,
      laneKeyHash: hashOf(laneKey),
      main: link,
      feed,
      limits,
      now,
    });
    this.#roster.add(viewer);
    link.onMessage = (message) => this.#guard(link, message, (bytes) => this.#desk.receive(viewer, bytes));
    link.onClose = () => this.#leave(viewer);
    this.#say(viewer, {
      type: 'viewer-welcome',
      version: PROTOCOL_VERSION,
      session: this.name,
      viewer: id,
      laneKey,
    });
    this.#say(viewer, this.#hostState(this.hostPresent ? 'present' : 'away'));
    this.#say(viewer, { type: 'level-state', level: feed.level, quality: viewer.quality });
    for (const message of this.#overlays.present()) this.#send(link, message, viewer);
    this.#tellParticipants();
    if (this.hostPresent) {
      this.#announceLevel(viewer);
      feed.hostArrived();
    }
  }

  /** Joins a viewer's second link, or refuses it. */
  joinLane(link: Link, hello: Control<'lane-hello'>): void {
    const viewer = this.#roster.get(hello.viewer);
    if (viewer === undefined || !matches(hello.laneKey, viewer.laneKeyHash)) {
      const error = new SightlineError('unauthorised', 'No viewer has that number and lane key.');
      this.#context.refuse(link, error, CloseCode.Unauthorised, false);
      return;
    }
    const replaced = viewer.lane;
    viewer.lane = link;
    link.onMessage = (message) => this.#guard(link, message, (bytes) => this.#desk.receive(viewer, bytes));
    link.onClose = () => {
      if (viewer.lane === link) viewer.lane = undefined;
    };
    replaced?.close(CloseCode.Conflict, 'The viewer has opened another lane.');
    this.#send(link, encodeControl({ type: 'lane-welcome', version: PROTOCOL_VERSION }), viewer);
    // A lane that was lost may have lost what was said: everything again.
    this.#tellChat(viewer);
  }

  #leave(viewer: RelayViewer): void {
    if (!this.#roster.remove(viewer)) return;
    viewer.feed.close();
    const lane = viewer.lane;
    viewer.lane = undefined;
    lane?.close(CloseCode.Normal, 'The viewer has left.');
    if (this.#ended) return;
    this.#overlays.forget(viewer);
    this.#toHost(encodeControl({ type: 'viewer-left', viewer: viewer.id }));
    this.#tellParticipants();
  }

  // -- saying --------------------------------------------------------------------------------------------

  #announceLevel(viewer: RelayViewer): void {
    const { level } = viewer.feed;
    this.#toHost(encodeControl({ type: 'viewer-level', viewer: viewer.id, level, name: viewer.name }));
  }

  #hostState(state: HostPresence): Control<'host-state'> {
    return { type: 'host-state', state, name: this.#hostName, width: this.#width, height: this.#height };
  }

  #tellHostState(state: HostPresence): void {
    const message = encodeControl(this.#hostState(state));
    for (const viewer of this.#roster.all()) this.#send(viewer.main, message, viewer);
  }

  #tellParticipants(): void {
    const message = encodeControl(this.#roster.participants());
    this.#toHost(message);
    for (const viewer of this.#roster.all()) this.#send(viewer.main, message, viewer);
  }

  /** What was said before the viewer came, or while it was away. */
  #tellChat(viewer: RelayViewer): void {
    viewer.caughtUp = true;
    for (const message of this.#chat.history) this.#send(viewer.quick, message, viewer);
  }

  #say(viewer: RelayViewer, message: ControlMessage): void {
    this.#send(viewer.main, encodeControl(message), viewer);
  }

  #toHost(message: Uint8Array): void {
    if (this.#host === undefined) {
      if (message[0] !== Channel.Control) this.#drop('host-away');
      return;
    }
    this.#send(this.#host, message, undefined);
    const channel = message[0];
    if (isEvent(channel)) this.#tellEvent(channel, message);
  }

  #toViewer(id: number, message: Uint8Array): void {
    const viewer = this.#roster.get(id);
    if (viewer === undefined) this.#drop('unknown-viewer');
    else this.#send(viewer.quick, message, viewer);
  }

  #toOthers(message: Uint8Array, author: number): void {
    for (const viewer of this.#roster.all()) {
      if (viewer.id !== author) this.#send(viewer.quick, message, viewer);
    }
  }

  #toAll(message: Uint8Array): void {
    if (this.#host !== undefined) this.#toHost(message);
    for (const viewer of this.#roster.all()) this.#send(viewer.quick, message, viewer);
  }

  #send(link: Link, message: Uint8Array, viewer: RelayViewer | undefined): void {
    const { clock, counters, limits, onTrace } = this.#context;
    clock.spend?.({ kind: 'send', pixels: 0, bytes: message.byteLength });
    if (onTrace !== undefined && this.#sentAt === 0) this.#sentAt = clock.now();
    link.send(message);
    counters.sent(message[0] as Channel, message.byteLength);
    const allowed = limits.maxBufferedBytes + (viewer?.main === link ? viewer.feed.bytesInFlight : 0);
    if (link.bufferedBytes > allowed) this.#cutOff(link, viewer);
  }

  /** A link that does not read is closed, and its party is gone from now on: links may tell of it later. */
  #cutOff(link: Link, viewer: RelayViewer | undefined): void {
    this.#context.counters.tooSlow++;
    link.close(CloseCode.TooSlow, 'The link accepts more than it reads.');
    if (viewer === undefined) this.#hostClosed(link, CloseCode.TooSlow);
    else if (viewer.lane === link) viewer.lane = undefined;
    else this.#leave(viewer);
  }

  // -- receiving -----------------------------------------------------------------------------------------

  #receive(message: Uint8Array): Channel {
    const channel = channelOf(message);
    this.#context.counters.received(channel, message.byteLength);
    return channel;
  }

  #drop(reason: keyof Counters['dropped']): void {
    this.#context.counters.dropped[reason]++;
  }

  #guard(link: Link, message: Uint8Array, handle: (message: Uint8Array) => void): void {
    const { onTrace, clock } = this.#context;
    if (onTrace !== undefined) {
      this.#receivedAt = clock.now();
      this.#sentAt = 0;
    }
    clock.spend?.({ kind: workOf(message[0]), pixels: 0, bytes: message.byteLength });
    try {
      handle(message);
    } catch (error) {
      this.#context.refuse(link, error);
    }
  }

  // -- tracing -------------------------------------------------------------------------------------------

  /** A frame that nobody was sent goes no way. */
  #tellFrame({ level, frame, viewer }: SliceFields): void {
    const { onTrace } = this.#context;
    if (onTrace === undefined || this.#sentAt === 0) return;
    onTrace({ kind: 'frame', level, frame, viewer, ...this.#times() });
  }

  #tellEvent(channel: EventChannel, message: Uint8Array): void {
    const { onTrace } = this.#context;
    if (onTrace === undefined) return;
    const { viewer, sequence } = eventHeadOf(message);
    onTrace({ kind: 'event', channel, viewer, sequence, ...this.#times() });
  }

  #times() {
    return { receivedAt: this.#receivedAt, sentAt: this.#sentAt };
  }

  // -- for those who look ----------------------------------------------------------------------------------

  snapshot(): SessionState {
    return {
      name: this.name,
      host: this.hostPresent ? 'present' : 'away',
      hostBufferedBytes: this.#host?.bufferedBytes ?? 0,
      controller: this.#roster.controller,
      strokeBytes: this.#overlays.strokeBytes,
      chatBytes: this.#chat.bytes,
      viewers: this.#roster.all().map((viewer) => viewer.state()),
    };
  }
}

function workOf(channel: number | undefined): WorkKind {
  if (channel === Channel.Display) return 'relay-frame';
  return isEvent(channel) ? 'relay-event' : 'relay-other';
}

function isEvent(channel: number | undefined): channel is EventChannel {
  return channel === Channel.Input || channel === Channel.Overlay || channel === Channel.Chat;
}
