/**
 * A network in virtual time: pairs of linked `Link`s with a rate and a delay in each direction. A message is
 * put on the wire when those before it are (first in, first out, at the rate), and arrives a delay later. A link can
 * be frozen, in one direction or both: nothing passes and nothing closes, as when a network goes away without a word.
 */
import { SightlineError } from '../../codecs/index.js';
import type { Clock, Micros } from '../../engine/clock.js';
import type { Dial, Link } from '../../engine/transport/link.js';

export interface Direction {
  /** Bytes per second; absent: any amount at once. */
  readonly bytesPerSecond?: number;
  /** From the last byte on the wire to its arrival, microseconds. */
  readonly delay?: Micros;
  /** Bytes that the operating system takes at once and `bufferedBytes` therefore does not count. */
  readonly socketBytes?: number;
}

export interface NetworkOptions extends Direction {
  /** From the first link to the second; what it leaves out comes from the options for both. */
  readonly forward?: Direction;
  /** From the second link to the first. */
  readonly backward?: Direction;
  /**
   * Delivers a copy and overwrites it after the handler, so that a receiver that keeps the message without
   * copying it is found out.
   */
  readonly poison?: boolean;
}

/** WebSocket's code for a connection that broke without a close message. */
const ABNORMAL = 1006;

export class VirtualLink implements Link {
  onMessage: ((message: Uint8Array) => void) | undefined;
  onClose: ((code: number, reason: string) => void) | undefined;
  /** Totals of what this side sent. */
  sentMessages = 0;
  sentBytes = 0;
  /** The most that `bufferedBytes` has been. */
  maxBufferedBytes = 0;
  /** Called with what this side sends, at once. */
  onSend: ((message: Uint8Array) => void) | undefined;

  readonly #clock: Clock;
  readonly #rate: number;
  readonly #delay: Micros;
  readonly #socketBytes: number;
  readonly #poison: boolean;
  #peer: VirtualLink | undefined;
  #busyUntil: Micros = 0;
  /** While it is frozen: what would have arrived at the peer, in order. */
  #held: (() => void)[] | undefined;
  #heldBytes = 0;
  #closed = false;
  #told = false;

  constructor(clock: Clock, direction: Direction, poison: boolean) {
    this.#clock = clock;
    this.#rate = direction.bytesPerSecond ?? Number.POSITIVE_INFINITY;
    this.#delay = direction.delay ?? 0;
    this.#socketBytes = direction.socketBytes ?? 0;
    this.#poison = poison;
  }

  static pair(clock: Clock, options: NetworkOptions): [VirtualLink, VirtualLink] {
    const { forward, backward, poison = false, ...both } = options;
    const first = new VirtualLink(clock, { ...both, ...forward }, poison);
    const second = new VirtualLink(clock, { ...both, ...backward }, poison);
    first.#peer = second;
    second.#peer = first;
    return [first, second];
  }

  get closed(): boolean {
    return this.#closed;
  }

  get bufferedBytes(): number {
    const waiting = this.#busyUntil - this.#clock.now();
    const onTheWay = waiting <= 0 ? 0 : Math.ceil((waiting * this.#rate) / 1e6);
    return Math.max(0, onTheWay + this.#heldBytes - this.#socketBytes);
  }

  /** Nothing passes from here on, and nothing closes: both ways, or only from this end or to it. */
  freeze(way: 'both' | 'from' | 'to' = 'both'): void {
    if (way !== 'to') this.#held ??= [];
    if (way !== 'from') this.#peer!.freeze('from');
  }

  /** All passes again, first what was held. */
  thaw(way: 'both' | 'from' | 'to' = 'both'): void {
    if (way !== 'to') {
      const held = this.#held ?? [];
      this.#held = undefined;
      this.#heldBytes = 0;
      for (const arrive of held) arrive();
    }
    if (way !== 'from') this.#peer!.thaw('from');
  }

  send(message: Uint8Array): void {
    if (this.#closed) return;
    this.sentMessages++;
    this.sentBytes += message.byteLength;
    this.onSend?.(message);
    this.#transmit(message.byteLength, () => this.#peer!.#receive(message));
    this.maxBufferedBytes = Math.max(this.maxBufferedBytes, this.bufferedBytes);
  }

  close(code = 1000, reason = ''): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#transmit(0, () => this.#peer!.#closedByPeer(code, reason));
    this.#clock.after(0, () => this.#tell(code, reason));
  }

  /** Breaks the connection as a lost network does: what is under way is lost, both sides learn it at once. */
  cut(): void {
    for (const side of [this, this.#peer]) {
      if (side === undefined || side.#told) continue;
      side.#closed = true;
      side.#told = true;
      this.#clock.after(0, () => side.onClose?.(ABNORMAL, 'connection lost'));
    }
  }

  #transmit(bytes: number, arrive: () => void): void {
    const now = this.#clock.now();
    this.#busyUntil = Math.max(now, this.#busyUntil) + (bytes * 1e6) / this.#rate;
    this.#clock.after(this.#busyUntil - now + this.#delay, () => {
      if (this.#held === undefined) arrive();
      else {
        this.#held.push(arrive);
        this.#heldBytes += bytes;
      }
    });
  }

  #receive(message: Uint8Array): void {
    if (this.#closed) return;
    if (!this.#poison) {
      this.onMessage?.(message);
      return;
    }
    const copy = message.slice();
    this.onMessage?.(copy);
    copy.fill(0xdd);
  }

  #closedByPeer(code: number, reason: string): void {
    this.#closed = true;
    this.#tell(code, reason);
  }

  #tell(code: number, reason: string): void {
    if (this.#told) return;
    this.#told = true;
    this.onClose?.(code, reason);
  }
}

/** Two ends of one connection. */
export function virtualPair(clock: Clock, options: NetworkOptions = {}): [VirtualLink, VirtualLink] {
  return VirtualLink.pair(clock, options);
}

/** A place that can be dialled: the near ends go to those who dial, the far ends to `accept`. */
export class VirtualNetwork {
  /** Who takes new connections (a relay's `accept`); undefined: they are refused, as by a machine that is down. */
  accept: ((link: Link) => void) | undefined;
  /** Near ends of every connection made so far, in order. */
  readonly links: VirtualLink[] = [];
  dials = 0;
  /** While it is frozen: the dials that wait. */
  #dialling: (() => void)[] | undefined;

  constructor(
    private readonly clock: Clock,
    accept?: (link: Link) => void,
  ) {
    this.accept = accept;
  }

  /** A `Dial` over a connection of that shape; `forward` is from the one who dials. Takes one round trip. */
  dial(options: NetworkOptions = {}): Dial {
    return () =>
      new Promise((resolve, reject) => {
        this.dials++;
        const roundTrip =
          (options.forward?.delay ?? options.delay ?? 0) + (options.backward?.delay ?? options.delay ?? 0);
        const arrive = () => {
          if (this.#dialling !== undefined) {
            this.#dialling.push(arrive);
            return;
          }
          if (this.accept === undefined) {
            reject(new SightlineError('closed', 'Nobody listens there.'));
            return;
          }
          const [near, far] = virtualPair(this.clock, options);
          this.links.push(near);
          this.accept(far);
          resolve(near);
        };
        this.clock.after(roundTrip, arrive);
      });
  }

  /** Freezes every connection, and whoever dials hears nothing. */
  freeze(): void {
    this.#dialling ??= [];
    for (const link of this.links) link.freeze();
  }

  thaw(): void {
    const dialling = this.#dialling ?? [];
    this.#dialling = undefined;
    for (const arrive of dialling) this.clock.after(0, arrive);
    for (const link of this.links) link.thaw();
  }

  /** Breaks every connection. */
  cutAll(): void {
    for (const link of this.links) link.cut();
  }
}
