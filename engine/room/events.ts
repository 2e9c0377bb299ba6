/** What a room tells the outside: who is there, that something is done, said or recorded, and how much goes through it. */
import type { Clock, Micros } from '../clock.js';
import type { LinkPurpose, Message, MessageName } from '../protocol/index.js';
import type { Party, PartyRole } from './party.js';

/** A party as others know it. */
export interface PartyInfo {
  /** 0: the host. */
  readonly id: number;
  readonly role: PartyRole;
  readonly name: string;
}

export type RoomEvent =
  | { readonly kind: 'link-up'; readonly party: PartyInfo; readonly purpose: LinkPurpose }
  /** `code`: with which the link was closed. With its main link a party is gone. */
  | {
      readonly kind: 'link-down';
      readonly party: PartyInfo;
      readonly purpose: LinkPurpose;
      readonly code: number;
    }
  /** A person is doing something; at most once a second of each. */
  | { readonly kind: 'activity'; readonly party: PartyInfo; readonly message: MessageName }
  | { readonly kind: 'said'; readonly party: PartyInfo; readonly text: string }
  | { readonly kind: 'recorded'; readonly party: PartyInfo; readonly active: boolean }
  /** What came in and went out since the last of them, in messages and bytes. */
  | { readonly kind: 'rates'; readonly micros: Micros; readonly in: Traffic; readonly out: Traffic };

export interface Traffic {
  messages: number;
  bytes: number;
}

/** Between two tellings that somebody is doing something. */
const ACTIVITY_PERIOD: Micros = 1_000_000;

export class RoomEvents {
  readonly in: Traffic = { messages: 0, bytes: 0 };
  readonly out: Traffic = { messages: 0, bytes: 0 };
  readonly #clock: Clock;
  readonly #tell: (event: RoomEvent) => void;
  readonly #activeAt = new WeakMap<Party, Micros>();
  #ratesAt: Micros;
  #cancelRates = () => {};

  /** @param ratesEvery How often the rates are told; 0: never. */
  constructor(clock: Clock, tell: (event: RoomEvent) => void, ratesEvery: Micros) {
    this.#clock = clock;
    this.#tell = tell;
    this.#ratesAt = clock.now();
    if (ratesEvery > 0) this.#ratesLater(ratesEvery);
  }

  tell(event: RoomEvent): void {
    this.#tell(event);
  }

  linkUp(party: Party, purpose: LinkPurpose): void {
    this.#tell({ kind: 'link-up', party: infoOf(party), purpose });
  }

  linkDown(party: Party, purpose: LinkPurpose, code: number): void {
    this.#tell({ kind: 'link-down', party: infoOf(party), purpose, code });
  }

  /** The gate has let a party's message through. */
  passed(party: Party, row: Message, now: Micros): void {
    if (!row.event) return;
    const before = this.#activeAt.get(party);
    if (before !== undefined && now - before < ACTIVITY_PERIOD) return;
    this.#activeAt.set(party, now);
    this.#tell({ kind: 'activity', party: infoOf(party), message: row.name });
  }

  close(): void {
    this.#cancelRates();
  }

  #ratesLater(every: Micros): void {
    this.#cancelRates = this.#clock.after(every, () => {
      const now = this.#clock.now();
      const micros = now - this.#ratesAt;
      this.#ratesAt = now;
      if (this.in.messages + this.out.messages > 0) {
        this.#tell({ kind: 'rates', micros, in: { ...this.in }, out: { ...this.out } });
      }
      for (const traffic of [this.in, this.out]) Object.assign(traffic, { messages: 0, bytes: 0 });
      this.#ratesLater(every);
    });
  }
}

export function infoOf({ id, role, name }: Party): PartyInfo {
  return { id, role, name };
}
