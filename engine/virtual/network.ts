/**
 * A network in virtual time: computers that dial one another over access lines of any profile. A line is shared by all
 * the connections of its party.
 */
import type { Micros } from '../clock.js';
import { Direction, type Flow, type LinkProfile, seededRandom } from '../link-model/index.js';
import type { Dial, Link } from '../transport/link.js';
import type { VirtualClock } from './clock.js';
import type { Computer } from './computer.js';

/** WebSocket's code for a connection that broke without a close message. */
const ABNORMAL = 1006;
/** Ways there and back until a WebSocket is open: TCP's handshake, and the upgrade. */
const OPENING_ROUND_TRIPS = 2;
/** A close frame's code and reason. */
const CLOSE_BYTES = 20;

export class AccessLine {
  readonly down: Direction;
  readonly up: Direction;
  /** The shortest way there and back. */
  readonly roundTrip: Micros;

  constructor(profile: LinkProfile, clock: VirtualClock, seed: number) {
    const { down, up } = profile;
    const random = seededRandom(seed);
    this.down = new Direction({ profile: down, clock, random, returnDelay: up.delay });
    this.up = new Direction({ profile: up, clock, random, returnDelay: down.delay });
    this.roundTrip = down.delay + up.delay;
  }
}

/** Who can be dialled: a relay. */
export interface Exchange {
  readonly computer: Computer;
  accept(link: Link): void;
}

export class VirtualNetwork {
  readonly #clock: VirtualClock;
  readonly #exchange: Exchange;
  readonly #links: VirtualLink[] = [];

  constructor(clock: VirtualClock, exchange: Exchange) {
    this.#clock = clock;
    this.#exchange = exchange;
  }

  /** How `caller` dials the exchange over its line. */
  dial(caller: Computer, line: AccessLine): Dial {
    return () =>
      new Promise((resolve) => {
        caller.after(OPENING_ROUND_TRIPS * line.roundTrip, () => {
          const { computer, accept } = this.#exchange;
          const near = new VirtualLink(this.#clock, caller, line.up.open(), true);
          const far = new VirtualLink(this.#clock, computer, line.down.open(), false);
          near.peer = far;
          far.peer = near;
          this.#links.push(near);
          computer.enter(() => accept(far));
          resolve(near);
        });
      });
  }

  /** Breaks every connection: what is under way is lost. */
  cutAll(): void {
    for (const link of this.#links) link.cut();
    this.#links.length = 0;
  }
}

/** One end of a connection. */
export class VirtualLink implements Link {
  onMessage: ((message: Uint8Array) => void) | undefined;
  onClose: ((code: number, reason: string) => void) | undefined;
  /** Set right after it is made. */
  peer!: VirtualLink;
  readonly #clock: VirtualClock;
  readonly #computer: Computer;
  readonly #flow: Flow;
  readonly #isMasked: boolean;
  #isClosed = false;

  /** @param isMasked Whether this end dialled: what it sends is masked (RFC 6455, 5.3). */
  constructor(clock: VirtualClock, computer: Computer, flow: Flow, isMasked: boolean) {
    this.#clock = clock;
    this.#computer = computer;
    this.#flow = flow;
    this.#isMasked = isMasked;
  }

  get bufferedBytes(): number {
    return this.#flow.waitingBytes;
  }

  send(message: Uint8Array): void {
    if (this.#isClosed) return;
    this.#transmit(frameBytes(message.byteLength, this.#isMasked), () => this.peer.#receive(message));
  }

  close(code = 1000, reason = ''): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#transmit(CLOSE_BYTES, () => this.peer.#end(code, reason));
    this.onClose?.(code, reason);
  }

  /** Breaks the connection; both sides learn it at once. */
  cut(): void {
    for (const side of [this, this.peer]) {
      side.#flow.close();
      side.#end(ABNORMAL, 'connection lost');
    }
  }

  /** Once the work that the sender has done so far has taken its time. */
  #transmit(bytes: number, arrived: () => void): void {
    const wait = this.#computer.now() - this.#clock.now();
    if (wait > 0) this.#clock.after(wait, () => this.#flow.send(bytes, arrived));
    else this.#flow.send(bytes, arrived);
  }

  #receive(message: Uint8Array): void {
    this.#computer.enter(() => {
      if (!this.#isClosed) this.onMessage?.(message);
    });
  }

  #end(code: number, reason: string): void {
    this.#computer.enter(() => {
      if (this.#isClosed) return;
      this.#isClosed = true;
      this.#flow.close();
      this.onClose?.(code, reason);
    });
  }
}

/** A message as a WebSocket frame (RFC 6455, 5.2). */
export function frameBytes(length: number, isMasked: boolean): number {
  const head = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  return head + (isMasked ? 4 : 0) + length;
}
