/**
 * The relay: a switch between hosts and viewers. Pure logic over links, with an injected clock and no sockets,
 * so that whole sessions run in virtual time. A link's first message says who it is; from then on it belongs to
 * a session.
 *
 * A message is forwarded as it was received, to many links, without a copy. So the links given to a relay must
 * either leave received messages alone after the handler or copy what they cannot send at once; each transport
 * does one of the two.
 */
import { SightlineError } from '../../codecs/index.js';
import type { Clock, Micros } from '../clock.js';
import {
  agreedVersion,
  Channel,
  CloseCode,
  type Control,
  decodeControl,
  encodeControl,
  type HelloType,
  isHello,
  MAX_PARTICIPANTS,
  OLDEST_VERSION,
  PROTOCOL_VERSION,
} from '../protocol/index.js';
import { Counters } from '../room/counters.js';
import type { RoomEvent } from '../room/events.js';
import type { Room } from '../room/room.js';
import { randomKey } from '../room/secrets.js';
import type { RelayState } from '../room/state.js';
import { TicketBook, type TicketIssuer } from '../tickets/index.js';
import type { RelayTrace } from '../trace.js';
import type { Link } from '../transport/link.js';
import { HEARTBEAT, type HeartbeatTimes } from '../transport/live-link.js';
import { addressKey } from '../transport/peer-address.js';
import { AddressRates } from './address-rates.js';
import { Admission, type RoomTicket, type TicketOutcome } from './admission.js';
import { DEFAULT_RELAY_LIMITS, type RelayLimits } from './limits.js';
import { RoomKeeper } from './room-keeper.js';
import { WaitingRoom } from './waiting-room.js';

export interface RelayOptions {
  readonly clock: Clock;
  readonly limits?: Partial<RelayLimits>;
  /** When a link is taken for quiet or dead; `HEARTBEAT` by default. The parties' must be of the same order. */
  readonly heartbeat?: HeartbeatTimes;
  /** Asked of those who open rooms, when set. */
  readonly secret?: string;
  /** Makes the tickets that are shown here, and takes them back; a book in memory unless given. */
  readonly tickets?: TicketIssuer;
  /** Viewers enter with tickets alone; unless told, a session's token is enough. */
  readonly ticketsOnly?: boolean;
  /** Makes lane keys: 128 random bits as base64url by default. */
  readonly makeKey?: () => string;
  /** Told of the relay's own faults: they cost one link, not the process. Printed to stderr by default. */
  readonly onFault?: (fault: unknown) => void;
  /** What happens in the rooms. */
  readonly onRoomEvent?: (room: Room, event: RoomEvent) => void;
  /** The way of frames and events through this relay, for measurements. */
  readonly onTrace?: (trace: RelayTrace) => void;
}

type Hello = Control<HelloType>;

/** Between two tellings of a room's rates. */
const RATES_EVERY: Micros = 5_000_000;

export class Relay {
  readonly counters = new Counters();
  readonly #clock: Clock;
  readonly #limits: RelayLimits;
  readonly #admission: Admission;
  readonly #rooms: RoomKeeper;
  readonly #onFault: (fault: unknown) => void;
  readonly #refusals: AddressRates;
  readonly #waiting: WaitingRoom;
  /** The address of the link whose hello is being heard. */
  #heard = '';
  #closed = false;

  constructor(options: RelayOptions) {
    this.#clock = options.clock;
    const limits = { ...DEFAULT_RELAY_LIMITS, ...options.limits };
    // A participants message lists everybody.
    this.#limits = { ...limits, maxViewers: Math.min(limits.maxViewers, MAX_PARTICIPANTS) };
    this.#admission = new Admission(
      options.tickets ?? new TicketBook({ clock: options.clock }),
      options.secret,
      options.ticketsOnly ?? false,
    );
    this.#onFault = options.onFault ?? ((fault) => console.error('relay:', fault));
    const { onRoomEvent } = options;
    this.#rooms = new RoomKeeper(this.#limits, {
      clock: this.#clock,
      limits: this.#limits,
      counters: this.counters,
      heartbeat: options.heartbeat ?? HEARTBEAT,
      ratesEvery: onRoomEvent === undefined ? 0 : RATES_EVERY,
      makeKey: options.makeKey ?? randomKey,
      refuse: (link, error, closeCode, retry) => this.#refuse(link, error, closeCode, retry),
      onEvent: (room, event) => onRoomEvent?.(room, event),
      onTrace: options.onTrace,
    });
    this.#refusals = new AddressRates(limits.refusalRate);
    this.#waiting = new WaitingRoom(limits.maxPending, limits.maxPendingPerAddress);
  }

  /** Takes a new link, which must say hello within `helloTimeout`. `address` is its client's; '' where there is none. */
  accept(link: Link, address = ''): void {
    if (this.#closed) {
      link.close(CloseCode.GoingAway, 'The relay stops.');
      return;
    }
    const key = addressKey(address);
    const inTheWay = this.#waiting.inTheWayOf(key);
    if (inTheWay !== undefined) {
      this.#waiting.leave(inTheWay);
      this.counters.evicted++;
      this.#refuse(inTheWay, new SightlineError('refused', 'Too many links wait.'), CloseCode.TooMany, true);
    }
    const cancel = this.#clock.after(this.#limits.helloTimeout, () => {
      this.#waiting.leave(link);
      this.#refuse(link, new SightlineError('timeout', 'No hello came.'), CloseCode.Timeout, true);
    });
    this.#waiting.enter(link, key, cancel);
    link.onClose = () => this.#waiting.leave(link);
    link.onMessage = (message) => {
      this.#waiting.leave(link);
      link.onMessage = undefined;
      link.onClose = undefined;
      this.#hear(link, message, key);
    };
  }

  /** A new room for whoever knows the secret, and the ticket that opens it. Throws as `Admission.issueRoom`. */
  issueRoom(secret: string | undefined): RoomTicket {
    return this.#admission.issueRoom(secret);
  }

  /** Tickets since the start, by what became of them. */
  get tickets(): Readonly<Record<TicketOutcome, number>> {
    return this.#admission.counts;
  }

  snapshot(): RelayState {
    return {
      sessions: this.#rooms.all().map((room) => room.snapshot()),
      pendingLinks: this.#waiting.size,
    };
  }

  /** Ends the waiting links. Sessions are not ended: their parties find the relay gone and come back to it. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const link of this.#waiting.links()) {
      this.#waiting.leave(link);
      link.close(CloseCode.GoingAway, 'The relay stops.');
    }
    this.#rooms.suspend();
  }

  /** A hello, of an address that has not been refused too often of late. */
  #hear(link: Link, message: Uint8Array, key: string): void {
    if (key !== '' && !this.#refusals.has(key, this.#clock.now())) {
      this.counters.unheard++;
      const error = new SightlineError('refused', 'Too many links of this address were refused.');
      this.#refuse(link, error, CloseCode.TooMany, true);
      return;
    }
    this.#heard = key;
    try {
      this.#greet(link, this.#readHello(message));
    } catch (error) {
      this.#refuse(link, error);
    } finally {
      this.#heard = '';
    }
  }

  #readHello(message: Uint8Array): Hello {
    const hello = decodeControl(message);
    this.counters.received(Channel.Control, message.byteLength);
    if (!isHello(hello)) {
      throw new SightlineError('bad-message', 'The first message must be a hello.', { field: 'type' });
    }
    if (agreedVersion(hello) === undefined) {
      throw new SightlineError(
        'unsupported-version',
        `Version ${hello.version} is not spoken here; versions ${OLDEST_VERSION} to ${PROTOCOL_VERSION} are.`,
        { field: 'version' },
      );
    }
    return hello;
  }

  #greet(link: Link, hello: Hello): void {
    if (hello.type === 'host-hello') {
      this.#greetHost(link, hello);
      return;
    }
    const room = this.#rooms.get(hello.token);
    if (room === undefined) {
      // The host may be on its way back to a relay that was started anew.
      const error = new SightlineError('not-found', 'No such session is open.', { field: 'token' });
      this.#refuse(link, error, CloseCode.NotFound, true);
    } else if (hello.type === 'viewer-hello') {
      const { role, capabilities } = this.#admission.viewer(hello, room.remembers(hello));
      room.admit({ role, capabilities, hello }, link);
    } else room.join(hello, link);
  }

  #greetHost(link: Link, hello: Control<'host-hello'>): void {
    const { capabilities } = this.#admission.host(hello, this.#rooms.isHostOf(hello));
    const place = this.#rooms.placeFor(hello, this.#heard);
    if (place instanceof SightlineError) {
      const isAnothers = place.field === 'key';
      this.#refuse(link, place, isAnothers ? CloseCode.Conflict : CloseCode.TooMany, !isAnothers);
      return;
    }
    const { room, resumed } = place;
    if (resumed) this.counters.resumed++;
    room.admit({ role: 'host', capabilities, hello, resumed }, link);
  }

  #refuse(link: Link, fault: unknown, closeCode?: number, retry = false): void {
    this.counters.refused++;
    if (this.#heard !== '') this.#refusals.take(this.#heard, this.#clock.now());
    const error = fault instanceof SightlineError ? fault : new SightlineError('internal', 'A fault.');
    if (error !== fault) this.#onFault(fault);
    const refusal = encodeControl({
      type: 'refused',
      code: error.code,
      reason: error.message.slice(0, 400),
      retry,
    });
    try {
      link.send(refusal);
      this.counters.sent(Channel.Control, refusal.byteLength);
    } catch {
      // A link that breaks over its refusal is closed without it.
      this.counters.brokenLinks++;
    }
    link.close(closeCode ?? closeCodeOf(error), error.code);
  }
}

function closeCodeOf(error: SightlineError): number {
  switch (error.code) {
    case 'too-large':
      return CloseCode.TooLarge;
    case 'unsupported-version':
      return CloseCode.UnsupportedVersion;
    case 'refused':
      return CloseCode.TooMany;
    case 'unauthorised':
      return CloseCode.Unauthorised;
    default:
      return CloseCode.Malformed;
  }
}
