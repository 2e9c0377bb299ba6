/**
 * One session: a host, its viewers, and what passes between them. The session decides who may say what; `Post` sends
 * it, and the fan-out of display slices is each viewer's `Feed`.
 */
import { AUTO_STREAM, SightlineError, STREAM_NAMES } from '../../codecs/index.js';
import { AckWindow, RELAY_WINDOW } from '../flow/index.js';
import {
  BEATS_SINCE,
  Channel,
  type ChatMessage,
  CloseCode,
  type Control,
  channelOf,
  dispatch,
  encodeControl,
  type Handlers,
  type Message,
  type MessagesFrom,
  messageNamed,
  NO_VIEWER,
} from '../protocol/index.js';
import type { Link } from '../transport/link.js';
import type { HeartbeatTimes } from '../transport/live-link.js';
import { AnswerDesk } from './answer-desk.js';
import { Buckets } from './buckets.js';
import { Chat } from './chat.js';
import { Feed } from './feed.js';
import { FrameCheck } from './frame-check.js';
import { admit, type GateParty, HOST_CAPABILITIES, refusalOf } from './gate.js';
import { InputPace } from './input-pace.js';
import { levelFor } from './levels.js';
import { Overlays } from './overlays.js';
import { Post, type PostContext, type Trouble } from './post.js';
import { Roster } from './roster.js';
import { Seats } from './seats.js';
import { hashOf, matches, sessionName } from './secrets.js';
import { SizeNews } from './size-news.js';
import { emptySliceFields, readSliceFields } from './slice-fields.js';
import type { HostPresence, SessionState } from './state.js';
import { TokenBucket } from './token-bucket.js';
import { cleanName, RoomViewer } from './viewer.js';
import { ViewerDesk } from './viewer-desk.js';
import { watched } from './watched.js';

/** The version in which viewers can come back as who they were, and hosts learn where they were. */
const RESUME_SINCE = 3;

const SLICE = messageNamed('display-slice');
const MOVE = messageNamed('input-pointer');

/** What a host says beside its pictures; beats are heard by its link. */
type FromHosts = Exclude<MessagesFrom<'host'>, 'host-hello' | 'clock-beat' | 'display-slice'>;

/** What a session needs of the relay around it. */
export interface RoomContext extends PostContext {
  readonly heartbeat: HeartbeatTimes;
  /** A new secret. */
  makeKey(): string;
  /** Tells a link why and closes it. */
  refuse(link: Link, error: unknown, closeCode?: number, retry?: boolean): void;
  /** The session is over: forget it. */
  ended(room: Room): void;
}

export class Room {
  readonly token: string;
  readonly name: string;
  readonly #context: RoomContext;
  readonly #keyHash: Buffer;
  readonly #roster = new Roster();
  readonly #post: Post;
  readonly #slice = emptySliceFields();
  /** What the host sends to all of a level, by level. */
  readonly #broadcasts = STREAM_NAMES.map(() => new FrameCheck());
  readonly #answers: AnswerDesk;
  readonly #size: SizeNews;
  readonly #overlays: Overlays;
  readonly #chat: Chat;
  readonly #desk: ViewerDesk;
  readonly #seats: Seats;
  readonly #hostParty: GateParty;
  #hostName = '';
  /** Of all hosts of this session: one that was started anew goes on after it. */
  #newestFrame = 0;
  #hostIsQuiet = false;
  #cancelGrace: (() => void) | undefined;
  #ended = false;

  constructor(hello: Control<'host-hello'>, context: RoomContext) {
    this.token = hello.token;
    this.name = sessionName(hello.token);
    this.#keyHash = hashOf(hello.key);
    this.#context = context;
    this.#post = new Post(context, this.#roster, (link, viewer, why) => this.#cutOff(link, viewer, why));
    this.#answers = new AnswerDesk(this.#post, this.#roster);
    this.#size = new SizeNews(context.clock, context.limits, () => this.#tellHostState('present'));
    const hostBuckets = new Buckets(context.limits.rates);
    this.#hostParty = {
      role: 'host',
      capabilities: HOST_CAPABILITIES,
      shut: new Set(),
      tool: 'none',
      controls: false,
      takes: (rate, now) => hostBuckets.take(rate, now),
    };
    this.#overlays = new Overlays(context.limits.maxStrokeBytes, {
      toHost: (message, since, older) => this.#post.toHost(message, since, older),
      toOthers: (message, author, since, older) => this.#post.toOthers(message, author, since, older),
    });
    this.#seats = new Seats(context.clock, context.limits);
    this.#chat = new Chat(context.clock, context.limits, (message) => this.#post.toAll(message));
    this.#desk = new ViewerDesk(context.clock, context.counters, this.#roster, this.#overlays, this.#chat, {
      toHost: (message) => this.#post.toHost(message),
      say: (viewer, message) => this.#post.say(viewer, message),
      answer: (viewer, message) => this.#post.send(viewer.quick, message, viewer),
      announceLevel: (viewer) => this.#announceLevel(viewer),
      tellChat: (viewer) => this.#tellChat(viewer),
      changeWatching: (viewer, watching) => this.#changeWatching(viewer, watching),
      tellParticipants: () => this.#tellParticipants(),
      laneLost: (viewer, lane) => this.#giveLaneUp(viewer, lane),
    });
  }

  get hostPresent(): boolean {
    return this.#post.host !== undefined;
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
  joinHost(raw: Link, hello: Control<'host-hello'>, resumed: boolean): void {
    const replaced = this.#post.host;
    if (replaced !== undefined) {
      this.#loseHost();
      replaced.link.onClose = undefined;
      replaced.link.onMessage = undefined;
      replaced.link.close(CloseCode.Conflict, 'The host has opened another link.');
    }
    this.#cancelGrace?.();
    this.#cancelGrace = undefined;
    const link = this.#watch(raw, hello.version, (quiet) => {
      this.#hostIsQuiet = quiet;
      this.#tellHostState('present', BEATS_SINCE);
    });
    this.#post.host = { link, version: hello.version };
    this.#hostName = cleanName(hello.name);
    this.#size.set(hello.width, hello.height);
    for (const check of this.#broadcasts) check.reset();
    this.#answers.reset();
    link.onMessage = (message) => this.#guard(link, message, this.#fromHost);
    link.onClose = (code) => this.#hostClosed(link, code);
    this.#post.toHost(
      encodeControl({
        type: 'host-welcome',
        version: hello.version,
        session: this.name,
        resumed,
        ...(hello.version >= RESUME_SINCE ? { frame: this.#newestFrame } : {}),
      }),
    );
    if (resumed) for (const message of this.#overlays.anew()) this.#post.toHost(message);
    for (const message of this.#chat.history) this.#post.toHost(message);
    for (const viewer of this.#roster.all()) this.#beginFeed(viewer);
    this.#tellHostState('present');
    this.#tellParticipants();
  }

  #hostClosed(link: Link, code: number): void {
    if (this.#post.host?.link !== link) return;
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
    this.#post.host = undefined;
    this.#hostIsQuiet = false;
    this.#size.cancel();
    for (const viewer of this.#roster.all()) {
      viewer.feed.hostLost();
      viewer.input.close();
    }
  }

  /** The session is over for everybody. */
  end(): void {
    if (this.#ended) return;
    this.#tellHostState('ended');
    this.#ended = true;
    this.#cancelGrace?.();
    this.#letGo(CloseCode.SessionEnded, 'The session has ended.');
    this.#context.ended(this);
  }

  /** The relay stops: everybody is let go, to come back to the next one. */
  suspend(): void {
    this.#ended = true;
    this.#cancelGrace?.();
    this.#letGo(CloseCode.GoingAway, 'The relay stops.');
  }

  #letGo(code: number, reason: string): void {
    this.#seats.clear();
    for (const viewer of this.#roster.all()) {
      viewer.feed.close();
      viewer.input.close();
      viewer.positions?.close();
      viewer.lane?.close(code, reason);
      viewer.main.close(code, reason);
    }
    this.#post.host?.link.close(code, reason);
  }

  readonly #fromHost = (message: Uint8Array): void => {
    const channel = message[0];
    if (channel === Channel.Display) {
      readSliceFields(message, this.#slice);
      this.#context.counters.received(Channel.Display, message.byteLength);
      if (!this.#hostAdmits(SLICE, this.#hostParty)) return;
      this.#forwardSlice(message);
      return;
    }
    this.#context.counters.received(channelOf(message), message.byteLength);
    dispatch(message, undefined, this.#hostHandlers, this.#hostParty, this.#hostAdmits);
  };

  readonly #hostAdmits = (row: Message, host: GateParty): boolean => {
    const { clock, counters } = this.#context;
    counters.named(row);
    const refusal = admit(host, row, clock.now());
    if (refusal !== undefined) counters.notAdmitted(row, refusal);
    return refusal === undefined;
  };

  readonly #hostHandlers: Handlers<FromHosts, GateParty> = {
    'ack-applied': (ack, message) => {
      // What the relay sent on a viewer's behalf is numbered 0, and nobody waits for its ack.
      if (ack.sequence !== 0) this.#post.toViewer(ack.viewer, message);
    },
    'clock-pong': (pong, message) => this.#post.toViewer(pong.viewer, message),
    'chat-said': (said) => this.#hostSays(said),
    'chat-earlier': (said) => this.#hostSays(said),
    /** Whom its next answer is for. */
    answer: (answer) => this.#answers.name(answer),
    /** How the auto stream is coded, which that stream's viewers are told. */
    'auto-state': (_, message) => {
      for (const viewer of this.#roster.audience(AUTO_STREAM)) this.#post.send(viewer.main, message, viewer);
    },
  };

  #hostSays(said: ChatMessage): void {
    this.#chat.receive({ id: NO_VIEWER, name: this.#hostName }, said, (known) => this.#post.toHost(known));
  }

  #forwardSlice(message: Uint8Array): void {
    const slice = this.#slice;
    const bytes = message.byteLength;
    const now = this.#context.clock.now();
    if (slice.viewer === NO_VIEWER) this.#broadcasts[slice.level]!.take(slice, bytes, true);
    if (slice.first) {
      this.#size.saw(slice.width, slice.height);
      this.#newestFrame = Math.max(this.#newestFrame, slice.frame);
    }
    if (slice.viewer !== NO_VIEWER) {
      this.#answers.forward(message, slice, now);
      return;
    }
    for (const viewer of this.#roster.audience(slice.level)) {
      if (viewer.feed.takesBroadcast(slice, bytes, now)) this.#post.send(viewer.main, message, viewer);
    }
    if (slice.last) this.#post.tellFrame(slice, NO_VIEWER);
  }

  // -- viewers ---------------------------------------------------------------------------------------------

  joinViewer(raw: Link, hello: Control<'viewer-hello'>): void {
    const { clock, limits, counters } = this.#context;
    const seat = this.#resume(hello);
    if (this.#roster.size >= limits.maxViewers) {
      const full = new SightlineError('refused', 'The session has as many viewers as it may.');
      this.#context.refuse(raw, full, CloseCode.TooMany, true);
      return;
    }
    const link = this.#watch(raw, hello.version);
    const id = seat?.id ?? this.#roster.nextId();
    const laneKey = this.#context.makeKey();
    const resumeKey = this.#context.makeKey();
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
        overdue: () => {
          counters.overdueRefreshes++;
        },
        askRefresh: (base, again) => {
          counters.refreshes++;
          if (again) counters.repeatedRefreshes++;
          const asked = { type: 'refresh', viewer: id, level: feed.level, base } as const;
          this.#post.toHost(encodeControl(again ? { ...asked, again } : asked));
        },
      },
    );
    const buckets = new Buckets(limits.rates);
    const input = new InputPace(id, buckets.of('input', now), clock, counters, {
      mayAct: () => refusalOf(viewer, MOVE) === undefined,
      toHost: (message) => {
        this.#post.toHost(message);
        return this.hostPresent;
      },
    });
    const viewer: RoomViewer = new RoomViewer({
      id,
      name: hello.name,
      version: hello.version,
      quality: hello.quality,
      laneKeyHash: hashOf(laneKey),
      resumeHash: hashOf(resumeKey),
      main: link,
      feed,
      input,
      buckets,
    });
    this.#roster.add(viewer);
    if (seat?.controls) this.#roster.changeControl(viewer, true);
    link.onMessage = (message) => this.#guard(link, message, (bytes) => this.#desk.receive(viewer, bytes));
    link.onClose = (code) => this.#leave(viewer, code);
    this.#post.say(viewer, {
      type: 'viewer-welcome',
      version: viewer.version,
      session: this.name,
      viewer: id,
      laneKey,
      ...(viewer.version >= RESUME_SINCE ? { resumeKey } : {}),
    });
    this.#post.say(viewer, this.#hostState(this.hostPresent ? 'present' : 'away'));
    this.#post.say(viewer, { type: 'level-state', level: feed.level, quality: viewer.quality });
    for (const message of this.#overlays.present()) this.#post.send(link, message, viewer);
    this.#tellParticipants();
    if (this.hostPresent) this.#beginFeed(viewer);
  }

  /** The host is told of the viewer, and then asked for a picture. */
  #beginFeed(viewer: RoomViewer): void {
    if (!viewer.watching) return;
    this.#announceLevel(viewer);
    viewer.feed.hostArrived();
  }

  /** To the host a viewer that does not watch has left; the relay has it still. */
  #changeWatching(viewer: RoomViewer, watching: boolean): void {
    this.#roster.changeWatching(viewer, watching);
    if (watching && this.hostPresent) this.#beginFeed(viewer);
    if (watching) return;
    viewer.feed.hostLost();
    this.#post.toHost(encodeControl({ type: 'viewer-left', viewer: viewer.id }));
  }

  /** Joins a viewer's second link, or refuses it. */
  joinLane(raw: Link, hello: Control<'lane-hello'>): void {
    const viewer = this.#roster.get(hello.viewer);
    if (viewer === undefined || !matches(hello.laneKey, viewer.laneKeyHash)) {
      const error = new SightlineError('unauthorised', 'No viewer has that number and lane key.');
      this.#context.refuse(raw, error, CloseCode.Unauthorised, false);
      return;
    }
    const replaced = viewer.lane;
    // Nothing long ever goes by it: what is quiet is dead.
    const { quiet } = this.#context.heartbeat;
    const link = this.#watch(raw, viewer.version, undefined, { giveUp: quiet });
    viewer.lane = link;
    viewer.laneNumber = hello.lane ?? 0;
    link.onMessage = (message) => this.#guard(link, message, (bytes) => this.#desk.receive(viewer, bytes));
    link.onClose = () => {
      if (viewer.lane === link) this.#loseLane(viewer);
    };
    replaced?.close(CloseCode.Conflict, 'The viewer has opened another lane.');
    this.#post.send(link, encodeControl({ type: 'lane-welcome', version: viewer.version }), viewer);
    // A lane that was lost may have lost what was said: everything again.
    this.#tellChat(viewer);
    if (replaced !== undefined) this.#tellOverlays(viewer);
  }

  /** With a lane, the release of a key may be lost, and what puts a drawing away. */
  #loseLane(viewer: RoomViewer): void {
    viewer.lane = undefined;
    viewer.input.letGo();
    this.#tellOverlays(viewer);
  }

  /** The viewer hears nothing by its lane: what it brings from now on was sent before what the main link brings. */
  #giveLaneUp(viewer: RoomViewer, lane: number): void {
    const link = viewer.lane;
    if (link === undefined || viewer.laneNumber !== lane) return;
    link.onMessage = undefined;
    link.close(CloseCode.Timeout, 'The viewer hears nothing by its lane.');
  }

  /** Whether who joins was here before; its old links, if they are still there, have had their time. */
  #resume({
    viewer: id,
    resumeKey,
  }: Control<'viewer-hello'>): { readonly id: number; readonly controls: boolean } | undefined {
    if (id === undefined || resumeKey === undefined) return undefined;
    const before = this.#roster.get(id);
    if (before !== undefined && matches(resumeKey, before.resumeHash)) {
      before.main.onMessage = undefined;
      before.main.close(CloseCode.Conflict, 'The viewer has opened another link.');
      this.#leave(before, CloseCode.Conflict);
    }
    const seat = this.#seats.take(id, resumeKey);
    if (seat === undefined) return undefined;
    this.#context.counters.resumedViewers++;
    return { id, ...seat };
  }

  /** @param code How the main link was closed: 1000 by a viewer that does not want to come back. */
  #leave(viewer: RoomViewer, code: number): void {
    const controlled = this.#roster.controller === viewer.id;
    if (!this.#roster.remove(viewer)) return;
    if (viewer.version >= RESUME_SINCE && code !== CloseCode.Normal && !this.#ended) {
      this.#seats.keep(viewer, controlled);
    }
    viewer.feed.close();
    viewer.positions?.close();
    viewer.input.close();
    const lane = viewer.lane;
    viewer.lane = undefined;
    lane?.close(CloseCode.Normal, 'The viewer has left.');
    if (this.#ended) return;
    this.#overlays.forget(viewer);
    this.#post.toHost(encodeControl({ type: 'viewer-left', viewer: viewer.id }));
    this.#tellParticipants();
  }

  // -- saying --------------------------------------------------------------------------------------------

  #announceLevel(viewer: RoomViewer): void {
    if (!viewer.watching) return;
    const { level } = viewer.feed;
    this.#post.toHost(encodeControl({ type: 'viewer-level', viewer: viewer.id, level, name: viewer.name }));
  }

  #hostState(state: HostPresence): Control<'host-state'> {
    return {
      type: 'host-state',
      state,
      name: this.#hostName,
      width: this.#size.width,
      height: this.#size.height,
      ...(this.#hostIsQuiet ? { quiet: true } : {}),
    };
  }

  #tellHostState(state: HostPresence, since?: number): void {
    this.#post.toViewers(encodeControl(this.#hostState(state)), since);
  }

  #tellParticipants(): void {
    const message = encodeControl(this.#roster.participants());
    this.#post.toHost(message);
    this.#post.toViewers(message);
  }

  /** What was said before the viewer came, or while it was away. */
  #tellChat(viewer: RoomViewer): void {
    viewer.caughtUp = true;
    for (const message of this.#chat.history) this.#post.send(viewer.quick, message, viewer);
  }

  /** What is drawn, once more: with a lane that is lost an erasure may be lost. */
  #tellOverlays(viewer: RoomViewer): void {
    viewer.positions?.close();
    for (const message of this.#overlays.anew(viewer.id)) this.#post.send(viewer.quick, message, viewer);
  }

  /** A link is closed, and its party is gone from now on: links may tell of it later. */
  #cutOff(link: Link, viewer: RoomViewer | undefined, why: Trouble): void {
    const { counters } = this.#context;
    const code = why === 'slow' ? CloseCode.TooSlow : CloseCode.GoingAway;
    if (why === 'slow') counters.tooSlow++;
    else counters.brokenLinks++;
    link.close(code, why === 'slow' ? 'The link accepts more than it reads.' : 'The link is broken.');
    if (viewer === undefined) this.#hostClosed(link, code);
    else if (viewer.lane === link) this.#loseLane(viewer);
    else this.#leave(viewer, CloseCode.TooSlow);
  }

  #watch(
    link: Link,
    version: number,
    onQuiet?: (quiet: boolean) => void,
    times?: Partial<HeartbeatTimes>,
  ): Link {
    const { clock, heartbeat } = this.#context;
    return watched(link, version, {
      clock,
      times: { ...heartbeat, ...times },
      ...(onQuiet === undefined ? {} : { onQuiet }),
    });
  }

  // -- receiving -----------------------------------------------------------------------------------------

  #guard(link: Link, message: Uint8Array, handle: (message: Uint8Array) => void): void {
    this.#post.began(message);
    try {
      handle(message);
    } catch (error) {
      this.#context.refuse(link, error);
    }
  }

  // -- for those who look ----------------------------------------------------------------------------------

  snapshot(): SessionState {
    return {
      name: this.name,
      host: this.hostPresent ? 'present' : 'away',
      hostBufferedBytes: this.#post.host?.link.bufferedBytes ?? 0,
      controller: this.#roster.controller,
      waiting: this.#roster.waiting,
      strokeBytes: this.#overlays.strokeBytes,
      chatBytes: this.#chat.bytes,
      viewers: this.#roster.all().map((viewer) => viewer.state()),
    };
  }
}
