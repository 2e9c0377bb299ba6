/**
 * A room: a host, its viewers, and what passes between them. It is told who comes (`admit`, `join`), who goes and who
 * may do what, and tells what happens. It neither makes nor ends itself. What parties say meets the gate here, at one
 * place; desks act on it, `Post` sends it, and the fan-out of display slices is each viewer's `Feed`.
 */
import { SightlineError } from '../../codecs/index.js';
import type { Micros } from '../clock.js';
import {
  BEATS_SINCE,
  CAPABILITIES_SINCE,
  type Capability,
  type Channel,
  CloseCode,
  type Control,
  encodeControl,
  isUnknown,
  type LinkPurpose,
  type Message,
  spoken,
} from '../protocol/index.js';
import type { Link } from '../transport/link.js';
import type { HeartbeatTimes } from '../transport/live-link.js';
import { Announcer } from './announcer.js';
import { AnswerDesk } from './answer-desk.js';
import { Chat } from './chat.js';
import {
  type Claims,
  type EntranceParts,
  type FurtherHello,
  furtherLink,
  type HostClaims,
  makeHost,
  makeViewer,
  type ViewerClaims,
  versionOf,
} from './entrance.js';
import { infoOf, type RoomEvent, RoomEvents } from './events.js';
import { admit } from './gate.js';
import { HostDesk } from './host-desk.js';
import { Overlays } from './overlays.js';
import type { HostParty, Party } from './party.js';
import { Post, type PostContext, type Trouble } from './post.js';
import { Rights } from './rights.js';
import { Roster } from './roster.js';
import { type KeptSeat, Seats } from './seats.js';
import { matches } from './secrets.js';
import { SizeNews } from './size-news.js';
import type { SessionState } from './state.js';
import { RoomViewer } from './viewer.js';
import { ViewerDesk } from './viewer-desk.js';
import { watched } from './watched.js';

/** The version in which viewers can come back as who they were, and hosts learn where they were. */
const RESUME_SINCE = 3;

/** Either kind of party. */
export type RoomParty = HostParty | RoomViewer;

/** What a room needs of the relay around it. */
export interface RoomContext extends PostContext {
  readonly heartbeat: HeartbeatTimes;
  /** How often the room tells of its rates; 0: never. */
  readonly ratesEvery: Micros;
  /** A new secret. */
  makeKey(): string;
  /** Tells a link why and closes it. */
  refuse(link: Link, error: unknown, closeCode?: number, retry?: boolean): void;
  onEvent(room: Room, event: RoomEvent): void;
}

export class Room {
  readonly name: string;
  readonly #context: RoomContext;
  readonly #roster = new Roster();
  readonly #post: Post;
  readonly #events: RoomEvents;
  readonly #size: SizeNews;
  readonly #overlays: Overlays;
  readonly #chat: Chat;
  readonly #announcer: Announcer;
  readonly #rights: Rights;
  readonly #viewers: ViewerDesk;
  readonly #hosts: HostDesk;
  readonly #entrance: EntranceParts;
  readonly #seats: Seats;
  /** What its host was given last, also for one that comes back. */
  #hostSet: ReadonlySet<Capability> | undefined;
  #isOver = false;

  constructor(name: string, context: RoomContext) {
    this.name = name;
    this.#context = context;
    const { clock, counters, limits } = context;
    this.#events = new RoomEvents(clock, (event) => context.onEvent(this, event), context.ratesEvery);
    const roster = this.#roster;
    const post = new Post(context, roster, this.#events.out, (...trouble) => this.#cutOff(...trouble));
    const size = new SizeNews(clock, limits, () => announcer.tellHostState('present'));
    const overlays = new Overlays(limits.maxStrokeBytes, {
      toHost: (message, since, older) => post.toHost(message, since, older),
      toOthers: (message, author, since, older) => post.toOthers(message, author, since, older),
    });
    const chat = new Chat(clock, limits, (message, author, text) => {
      post.toAll(message);
      this.#events.tell({ kind: 'said', party: infoOf(author), text });
    });
    const announcer: Announcer = new Announcer({ post, roster, chat, overlays, size });
    const recorded = (viewer: RoomViewer, active: boolean) => {
      viewer.recording = active;
      this.#events.tell({ kind: 'recorded', party: infoOf(viewer), active });
    };
    const stopRecording = (viewer: RoomViewer) => recorded(viewer, false);
    const rights = new Rights({ post, roster, overlays, announcer, stopRecording });
    const admits = (row: Message, party: Party) => this.#admits(row, party);
    this.#viewers = new ViewerDesk({
      ...{ clock, counters, roster, post, overlays, chat, announcer, rights, admits, recorded },
      laneLost: (viewer, number) => this.#giveUp(viewer, 'quick', number),
    });
    this.#hosts = new HostDesk({
      ...{ clock, counters, roster, post, size, chat, admits },
      answers: new AnswerDesk(post, roster),
      consents: (host, list) => rights.consent(host, new Set(list)),
    });
    this.#post = post;
    this.#size = size;
    this.#overlays = overlays;
    this.#chat = chat;
    this.#announcer = announcer;
    this.#rights = rights;
    this.#entrance = { context, post, shut: rights.shut };
    this.#seats = new Seats(clock, limits);
  }

  // -- commands --------------------------------------------------------------------------------------------

  /**
   * Lets a party in by its main link, whose hello is part of its claims; undefined: it was refused. A host that is there
   * already is an older link of the same.
   */
  admit(claims: Claims, link: Link): RoomParty | undefined {
    return claims.role === 'host' ? this.#admitHost(claims, link) : this.#admitViewer(claims, link);
  }

  /** Whether a viewer shows that it is one that is here, or whose place is kept. */
  remembers({ viewer: id, resumeKey }: Control<'viewer-hello'>): boolean {
    if (id === undefined || resumeKey === undefined) return false;
    const here = this.#roster.get(id);
    return (here !== undefined && matches(resumeKey, here.resumeHash)) || this.#seats.has(id, resumeKey);
  }

  /** Joins a party's further link, or refuses it. */
  join(hello: FurtherHello, raw: Link): void {
    const { party: id, key, purpose, number } = furtherLink(hello);
    const party = this.party(id);
    if (party?.opensLinks(key) !== true) {
      const error = new SightlineError('unauthorised', 'No party has that number and key.');
      this.#context.refuse(raw, error, CloseCode.Unauthorised, false);
      return;
    }
    const replaced = party.links[purpose];
    // Nothing long ever goes by a quick link: when quiet, it is dead.
    const { quiet, giveUp } = this.#context.heartbeat;
    const link = this.#watch(raw, party.version, undefined, purpose === 'quick' ? quiet : giveUp);
    party.links[purpose] = link;
    party.numbers[purpose] = number;
    this.#listen(link, party);
    link.onClose = (code) => {
      if (party.links[purpose] === link) this.#loseLink(party, purpose, code);
    };
    replaced?.close(CloseCode.Conflict, `The party has opened another ${purpose} link.`);
    const { version } = party;
    const welcome = hello.type === 'lane-hello' ? 'lane-welcome' : 'link-welcome';
    this.#post.send(
      link,
      encodeControl(
        welcome === 'lane-welcome'
          ? { type: welcome, version }
          : { type: welcome, purpose, ...spoken(version) },
      ),
      party,
    );
    this.#events.linkUp(party, purpose);
    if (purpose !== 'quick' || !(party instanceof RoomViewer)) return;
    // One that was lost may have lost what was said: everything again.
    this.#announcer.tellChat(party);
    if (replaced !== undefined) this.#announcer.tellOverlays(party);
  }

  /** Sends a party away for good. */
  remove(party: RoomParty, reason = 'Removed from the room.'): void {
    party.closeLinks(CloseCode.SessionEnded, reason);
    this.#gone(party, CloseCode.Normal);
  }

  /** What a party may do from now on, as far as the customer consents. */
  setCapabilities(party: RoomParty, set: ReadonlySet<Capability>): void {
    if (!(party instanceof RoomViewer)) this.#hostSet = set;
    this.#rights.give(party, set);
  }

  /** Nobody says anything on that channel from now on; on the display channel nobody is sent anything, either. */
  shut(channel: Channel): void {
    this.#rights.shutChannel(channel, true);
  }

  open(channel: Channel): void {
    this.#rights.shutChannel(channel, false);
  }

  /** It is over, for everybody and for good. */
  end(): void {
    if (this.#isOver) return;
    this.#announcer.tellHostState('ended');
    this.#close(CloseCode.SessionEnded, 'The session has ended.');
  }

  /** The relay stops: everybody is let go, to come back to the next one. */
  suspend(): void {
    if (!this.#isOver) this.#close(CloseCode.GoingAway, 'The relay stops.');
  }

  // -- for those who look ----------------------------------------------------------------------------------

  /** A party that is here; 0: the host. */
  party(id: number): RoomParty | undefined {
    return id === 0 ? this.#post.host : this.#roster.get(id);
  }

  snapshot(): SessionState {
    const { host } = this.#post;
    return {
      name: this.name,
      host: host === undefined ? 'away' : 'present',
      hostBufferedBytes: host?.bufferedBytes ?? 0,
      controller: this.#roster.controller,
      waiting: this.#roster.waiting,
      strokeBytes: this.#overlays.strokeBytes,
      chatBytes: this.#chat.bytes,
      viewers: this.#roster.all().map((viewer) => viewer.state()),
    };
  }

  // -- the host ------------------------------------------------------------------------------------------

  #admitHost(claims: HostClaims, raw: Link): HostParty {
    const { hello, resumed } = claims;
    const replaced = this.#post.host;
    if (replaced !== undefined) {
      this.#loseHost();
      for (const link of Object.values(replaced.links)) {
        if (link === undefined) continue;
        link.onClose = undefined;
        link.onMessage = undefined;
      }
      replaced.closeLinks(CloseCode.Conflict, 'The host has opened another link.');
    }
    const link = this.#watch(raw, versionOf(hello), (quiet) => {
      this.#announcer.hostIsQuiet = quiet;
      this.#announcer.tellHostState('present', BEATS_SINCE);
    });
    const linkKey = this.#context.makeKey();
    const capabilities = this.#hostSet ?? claims.capabilities;
    const host = makeHost(this.#entrance, { ...claims, capabilities }, link, linkKey);
    this.#post.host = host;
    this.#announcer.hostName = host.name;
    this.#size.set(hello.width, hello.height);
    this.#hosts.reset();
    this.#listen(link, host);
    link.onClose = (code) => this.#gone(host, code);
    this.#post.say(host, {
      type: 'host-welcome',
      session: this.name,
      resumed,
      ...(host.version >= RESUME_SINCE ? { frame: this.#hosts.newestFrame } : {}),
      ...(host.version >= CAPABILITIES_SINCE ? { linkKey } : {}),
      ...spoken(host.version),
    });
    if (resumed) for (const message of this.#overlays.anew()) this.#post.toHost(message);
    for (const message of this.#chat.history) this.#post.toHost(message);
    const shown = this.#roster.all().filter((viewer) => viewer.isShown);
    this.#rights.settle();
    for (const viewer of this.#roster.all()) {
      if (shown.includes(viewer)) this.#announcer.tellLevel(viewer);
      viewer.feed.hostArrived();
    }
    this.#announcer.tellHostState('present');
    this.#announcer.tellParticipants();
    this.#events.linkUp(host, 'main');
    return host;
  }

  #hostGone(host: HostParty, code: number): void {
    if (this.#post.host !== host) return;
    this.#loseHost();
    if (this.#isOver) return;
    this.#events.linkDown(host, 'main', code);
    if (!this.#isOver) this.#announcer.tellHostState('away');
  }

  #loseHost(): void {
    this.#post.host = undefined;
    this.#announcer.hostIsQuiet = false;
    this.#size.cancel();
    for (const viewer of this.#roster.all()) {
      viewer.feed.hostLost();
      viewer.input.close();
    }
  }

  // -- viewers ---------------------------------------------------------------------------------------------

  #admitViewer(claims: ViewerClaims, raw: Link): RoomViewer | undefined {
    const { limits, makeKey, refuse } = this.#context;
    const { hello } = claims;
    const seat = this.#resume(hello);
    if (this.#roster.size >= limits.maxViewers) {
      const full = new SightlineError('refused', 'The session has as many viewers as it may.');
      refuse(raw, full, CloseCode.TooMany, true);
      return undefined;
    }
    const link = this.#watch(raw, versionOf(hello));
    const id = seat?.id ?? this.#roster.nextId();
    const keys = { link: makeKey(), resume: makeKey() };
    const viewer = makeViewer(this.#entrance, id, claims, link, keys, seat);
    this.#roster.add(viewer);
    this.#listen(link, viewer);
    link.onClose = (code) => this.#gone(viewer, code);
    this.#post.say(viewer, {
      type: 'viewer-welcome',
      session: this.name,
      viewer: id,
      laneKey: keys.link,
      ...(viewer.version >= RESUME_SINCE ? { resumeKey: keys.resume } : {}),
      ...spoken(viewer.version),
    });
    this.#post.say(viewer, this.#announcer.hostState(this.#post.host === undefined ? 'away' : 'present'));
    const { quality, feed } = viewer;
    this.#post.say(viewer, { type: 'level-state', level: feed.level, quality });
    for (const message of this.#overlays.present()) this.#post.send(link, message, viewer);
    this.#rights.welcome(viewer);
    if (seat?.controls && this.#rights.of(viewer).has('control')) this.#roster.changeControl(viewer, true);
    this.#announcer.tellParticipants();
    this.#rights.show(viewer);
    if (this.#post.host !== undefined) viewer.feed.hostArrived();
    this.#events.linkUp(viewer, 'main');
    return viewer;
  }

  /** Whether who joins was here before; its old links, if they are still there, have had their time. */
  #resume({ viewer: id, resumeKey }: Control<'viewer-hello'>): KeptSeat | undefined {
    if (id === undefined || resumeKey === undefined) return undefined;
    const before = this.#roster.get(id);
    if (before !== undefined && matches(resumeKey, before.resumeHash)) {
      const { main } = before.links;
      main.onMessage = undefined;
      main.close(CloseCode.Conflict, 'The viewer has opened another link.');
      this.#gone(before, CloseCode.Conflict);
    }
    const seat = this.#seats.take(id, resumeKey);
    if (seat !== undefined) this.#context.counters.resumedViewers++;
    return seat;
  }

  /** @param code How the main link was closed: 1000 by a viewer that does not want to come back. */
  #viewerGone(viewer: RoomViewer, code: number): void {
    const controlled = this.#roster.controller === viewer.id;
    if (!this.#roster.remove(viewer)) return;
    if (viewer.version >= RESUME_SINCE && code !== CloseCode.Normal && !this.#isOver) {
      this.#seats.keep(viewer, controlled);
    }
    viewer.stop();
    const { quick, bulk } = viewer.links;
    viewer.links.quick = undefined;
    viewer.links.bulk = undefined;
    for (const link of [quick, bulk]) link?.close(CloseCode.Normal, 'The viewer has left.');
    if (this.#isOver) return;
    this.#overlays.forget(viewer);
    this.#announcer.tellLeft(viewer);
    this.#announcer.tellParticipants();
    this.#events.linkDown(viewer, 'main', code);
  }

  // -- links ---------------------------------------------------------------------------------------------

  #gone(party: RoomParty, code: number): void {
    if (party instanceof RoomViewer) this.#viewerGone(party, code);
    else this.#hostGone(party, code);
  }

  /** With a quick link, the release of a key may be lost, and what puts a drawing away. */
  #loseLink(party: RoomParty, purpose: Exclude<LinkPurpose, 'main'>, code: number): void {
    party.links[purpose] = undefined;
    if (purpose === 'quick' && party instanceof RoomViewer) {
      party.input.letGo();
      this.#announcer.tellOverlays(party);
    }
    if (!this.#isOver) this.#events.linkDown(party, purpose, code);
  }

  /** The party hears nothing by a link: what that brings from now on was sent before what the main link brings. */
  #giveUp(party: RoomParty, purpose: Exclude<LinkPurpose, 'main'>, number: number): void {
    const link = party.links[purpose];
    if (link === undefined || party.numbers[purpose] !== number) return;
    link.onMessage = undefined;
    link.close(CloseCode.Timeout, 'The viewer hears nothing by its lane.');
  }

  /** A link is closed, and its party is gone from now on: links may tell of it later. */
  #cutOff(link: Link, party: RoomParty, why: Trouble): void {
    const { counters } = this.#context;
    const code = why === 'slow' ? CloseCode.TooSlow : CloseCode.GoingAway;
    if (why === 'slow') counters.tooSlow++;
    else counters.brokenLinks++;
    link.close(code, why === 'slow' ? 'The link accepts more than it reads.' : 'The link is broken.');
    if (party.links.quick === link) this.#loseLink(party, 'quick', code);
    else if (party.links.bulk === link) this.#loseLink(party, 'bulk', code);
    else this.#gone(party, party instanceof RoomViewer ? CloseCode.TooSlow : code);
  }

  #close(code: number, reason: string): void {
    this.#isOver = true;
    this.#events.close();
    this.#seats.clear();
    for (const viewer of this.#roster.all()) {
      viewer.stop();
      viewer.closeLinks(code, reason);
    }
    this.#post.host?.closeLinks(code, reason);
  }

  #watch(link: Link, version: number, onQuiet?: (quiet: boolean) => void, giveUp?: Micros): Link {
    const { clock, heartbeat } = this.#context;
    const times = giveUp === undefined ? heartbeat : { ...heartbeat, giveUp };
    return watched(link, version, { clock, times, ...(onQuiet === undefined ? {} : { onQuiet }) });
  }

  // -- receiving -----------------------------------------------------------------------------------------

  #listen(link: Link, party: RoomParty): void {
    link.onMessage = (message) => {
      this.#post.began(message);
      this.#events.in.messages++;
      this.#events.in.bytes += message.byteLength;
      try {
        if (party instanceof RoomViewer) this.#viewers.receive(party, message);
        else this.#hosts.receive(party, message);
      } catch (error) {
        if (!this.#skips(party, error)) this.#context.refuse(link, error);
      }
    };
  }

  /** The gate: here, and nowhere else, a party's message is let through or not. */
  #admits(row: Message, party: Party): boolean {
    const { clock, counters } = this.#context;
    counters.named(row);
    const now = clock.now();
    const refusal = admit(party, row, now);
    if (refusal !== undefined) {
      counters.notAdmitted(row, refusal);
      return false;
    }
    this.#events.passed(party, row, now);
    return true;
  }

  /** What neither can know of the other, both having said so, costs no more than a wish does. */
  #skips(party: Party, error: unknown): boolean {
    const { clock, counters } = this.#context;
    if (!party.skipsUnknown || !isUnknown(error) || !party.takes('control', clock.now())) return false;
    counters.dropped.unknown++;
    return true;
  }
}
