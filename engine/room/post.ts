/**
 * How a session's messages go out: to its host, to one viewer, to some or to all, by the link that suits them. Counts
 * what is sent and dropped, tells the trace, and gives up on links that do not read.
 *
 * What an older version of the protocol does not know is sent with `since`, the version that brought it: parties of
 * older versions are left out, or sent what is `older` in its place. A new field of an older message needs none, since what is unknown in it is skipped.
 */
import type { Clock, Micros, WorkKind } from '../clock.js';
import {
  CATALOGUE,
  Channel,
  type ControlMessage,
  encodeControl,
  eventHeadOf,
  OLDEST_VERSION,
} from '../protocol/index.js';
import type { EventChannel, RelayTrace } from '../trace.js';
import type { Link } from '../transport/link.js';
import { Thinner } from '../transport/thinner.js';
import type { Counters, DropReason } from './counters.js';
import type { Traffic } from './events.js';
import type { RoomLimits } from './limits.js';
import type { HostParty } from './party.js';
import type { Roster } from './roster.js';
import type { SliceFields } from './slice-fields.js';
import type { RoomViewer } from './viewer.js';

export interface PostContext {
  readonly clock: Clock;
  readonly limits: RoomLimits;
  readonly counters: Counters;
  /** Told of what was sent on. */
  readonly onTrace: ((trace: RelayTrace) => void) | undefined;
}

/** More than that waits for a link: who gets positions by it is behind. A slow modem's tenth of a second. */
const BEHIND_BYTES = 512;

/** Why a link is given up: it accepts more than it reads, or sending on it throws. */
export type Trouble = 'slow' | 'broken';
/** One of a party's links is to be closed. */
export type CutOff = (link: Link, party: HostParty | RoomViewer, why: Trouble) => void;

export class Post {
  readonly #toHostThinned: Thinner;
  #host: HostParty | undefined;
  readonly #context: PostContext;
  readonly #roster: Roster;
  readonly #cutOff: CutOff;
  /** What this room has sent. */
  readonly #out: Traffic;
  /** When the message under way came, and was first sent on (0: not yet); only kept while somebody is told. */
  #receivedAt: Micros = 0;
  #sentAt: Micros = 0;

  constructor(context: PostContext, roster: Roster, out: Traffic, cutOff: CutOff) {
    this.#out = out;
    this.#context = context;
    this.#roster = roster;
    this.#cutOff = cutOff;
    this.#toHostThinned = new Thinner(context.clock, {
      isBehind: () => (this.#host?.linkFor('quick').bufferedBytes ?? 0) > BEHIND_BYTES,
      leftOut: () => this.drop('thinned'),
      send: (message, heldAt) => {
        if (this.#host === undefined) return;
        this.send(this.#host.linkFor('quick'), message, this.#host);
        this.#tellEvent(message, heldAt);
      },
    });
  }

  get host(): HostParty | undefined {
    return this.#host;
  }

  /** What was on its way to another is forgotten. */
  set host(host: HostParty | undefined) {
    this.#toHostThinned.close();
    this.#host = host;
  }

  /** A message has come; what is sent from now on is sent because of it. */
  began(message: Uint8Array): void {
    const { clock, onTrace } = this.#context;
    if (onTrace !== undefined) {
      this.#receivedAt = clock.now();
      this.#sentAt = 0;
    }
    clock.spend?.({ kind: workOf(message[0]), pixels: 0, bytes: message.byteLength });
  }

  /** Without a host a control message is forgotten, and anything else counts as dropped. */
  toHost(message: Uint8Array, since: number = OLDEST_VERSION, older?: Uint8Array): void {
    const channel = message[0];
    if (this.host === undefined) {
      if (channel !== Channel.Control) this.drop('host-away');
      return;
    }
    const known = this.host.version < since ? older : message;
    if (known === undefined) return;
    if (channel === Channel.Input || channel === Channel.Overlay) {
      this.#toHostThinned.send(known);
      return;
    }
    this.send(this.host.linkFor(isQuick(channel) ? 'quick' : 'main'), known, this.host);
    if (isEvent(channel)) this.#tellEvent(message);
  }

  /** By its quick link. */
  toViewer(id: number, message: Uint8Array, since: number = OLDEST_VERSION): void {
    const viewer = this.#roster.get(id);
    if (viewer === undefined) this.drop('unknown-viewer');
    else if (viewer.version >= since) this.send(viewer.linkFor('quick'), message, viewer);
  }

  /** What somebody does, by the quick links of all viewers but the author. */
  toOthers(message: Uint8Array, author: number, since: number = OLDEST_VERSION, older?: Uint8Array): void {
    for (const viewer of this.#roster.all()) {
      const known = viewer.version < since ? older : message;
      if (viewer.id !== author && known !== undefined) this.#positionsOf(viewer).send(known);
    }
  }

  #positionsOf(viewer: RoomViewer): Thinner {
    viewer.positions ??= new Thinner(this.#context.clock, {
      isBehind: () => viewer.linkFor('quick').bufferedBytes > BEHIND_BYTES,
      leftOut: () => this.drop('thinned'),
      send: (message) => this.send(viewer.linkFor('quick'), message, viewer),
    });
    return viewer.positions;
  }

  /** To the host, if it is there, and by the quick links of all viewers. */
  toAll(message: Uint8Array, since: number = OLDEST_VERSION): void {
    if (this.host !== undefined) this.toHost(message, since);
    for (const viewer of this.#roster.all()) {
      if (viewer.version >= since) this.send(viewer.linkFor('quick'), message, viewer);
    }
  }

  /** By the main links of all viewers, in order with their pictures. */
  toViewers(message: Uint8Array, since: number = OLDEST_VERSION): void {
    for (const viewer of this.#roster.all()) {
      if (viewer.version >= since) this.send(viewer.links.main, message, viewer);
    }
  }

  /** By the party's main link, if it knows the message. */
  say(party: HostParty | RoomViewer, message: ControlMessage): void {
    if (party.version < CATALOGUE[message.type].since) return;
    this.send(party.links.main, encodeControl(message), party);
  }

  /** By one of the party's links. */
  send(link: Link, message: Uint8Array, party: HostParty | RoomViewer): void {
    const { clock, counters, limits, onTrace } = this.#context;
    clock.spend?.({ kind: 'send', pixels: 0, bytes: message.byteLength });
    if (onTrace !== undefined && this.#sentAt === 0) this.#sentAt = clock.now();
    try {
      link.send(message);
    } catch {
      // It is this link's trouble alone, not that of the party whose message it was.
      this.#cutOff(link, party, 'broken');
      return;
    }
    counters.sent(message[0] as Channel, message.byteLength);
    this.#out.messages++;
    this.#out.bytes += message.byteLength;
    const allowed = limits.maxBufferedBytes + (party.links.main === link ? party.bytesInFlight : 0);
    if (link.bufferedBytes > allowed) this.#cutOff(link, party, 'slow');
  }

  /** A slice was for several viewers at once. */
  countShared(): void {
    this.#context.counters.sharedSlices++;
  }

  drop(reason: DropReason): void {
    this.#context.counters.dropped[reason]++;
  }

  /** A frame's last slice was sent on, to one viewer or to all. A frame that nobody was sent goes no way. */
  tellFrame({ level, frame }: SliceFields, viewer: number): void {
    const { onTrace } = this.#context;
    if (onTrace === undefined || this.#sentAt === 0) return;
    onTrace({ kind: 'frame', level, frame, viewer, ...this.#times() });
  }

  /** @param heldAt When it came, if it has waited since. */
  #tellEvent(message: Uint8Array, heldAt?: Micros): void {
    const { onTrace } = this.#context;
    if (onTrace === undefined) return;
    const channel = message[0] as EventChannel;
    const { viewer, sequence } = eventHeadOf(message);
    const times =
      heldAt === undefined ? this.#times() : { receivedAt: heldAt, sentAt: this.#context.clock.now() };
    onTrace({ kind: 'event', channel, viewer, sequence, ...times });
  }

  #times() {
    return { receivedAt: this.#receivedAt, sentAt: this.#sentAt };
  }
}

function workOf(channel: number | undefined): WorkKind {
  if (channel === Channel.Display) return 'relay-frame';
  return isEvent(channel) ? 'relay-event' : 'relay-other';
}

/** Whether what is on the channel must not wait behind anything long. */
function isQuick(channel: number | undefined): boolean {
  return isEvent(channel) || channel === Channel.Clock;
}

/** Whether the channel carries what a party does: what is traced on its way to the host. */
function isEvent(channel: number | undefined): channel is EventChannel {
  return channel === Channel.Input || channel === Channel.Overlay || channel === Channel.Chat;
}
