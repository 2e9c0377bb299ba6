/** A party of a room, a host or a viewer: who it is, what it may do, and its links. */
import type { Micros } from '../clock.js';
import { withoutControls } from '../plain-text.js';
import type { Capability, Channel, Condition, LinkPurpose, RateName, Role } from '../protocol/index.js';
import type { Link } from '../transport/link.js';
import type { Buckets } from './buckets.js';
import type { GateParty, Refusal } from './gate.js';
import { matches } from './secrets.js';

/** Longest name in UTF-16 units that is passed on: 64 participants then fit into one control message. */
const MAX_NAME_UNITS = 48;

export type PartyRole = Exclude<Role, 'relay'>;

export interface PartyOptions {
  /** 0: the host; else the viewer's number. */
  readonly id: number;
  readonly role: PartyRole;
  readonly name: string;
  /** Of the protocol, as it was agreed on: what it knows. */
  readonly version: number;
  /** Whether it and the relay ignore what they do not know of each other. */
  readonly skipsUnknown: boolean;
  readonly capabilities: ReadonlySet<Capability>;
  readonly shut: ReadonlySet<Channel>;
  readonly main: Link;
  /** Opens its further links. */
  readonly linkKeyHash: Buffer;
  readonly buckets: Buckets;
}

export abstract class Party implements GateParty {
  readonly id: number;
  readonly role: PartyRole;
  readonly version: number;
  readonly skipsUnknown: boolean;
  /** What it was given; `capabilities` is what is left of that. */
  given: ReadonlySet<Capability>;
  capabilities: ReadonlySet<Capability>;
  readonly shut: ReadonlySet<Channel>;
  /** The main link is the party's life; the others come and go. */
  readonly links: { readonly main: Link; quick: Link | undefined; bulk: Link | undefined };
  /** Which of the party's links of a purpose that is, as the party counts them. */
  readonly numbers = { quick: 0, bulk: 0 };
  readonly #linkKeyHash: Buffer;
  readonly #buckets: Buckets;
  #name: string;

  constructor(options: PartyOptions) {
    this.id = options.id;
    this.role = options.role;
    this.#name = cleanName(options.name);
    this.version = options.version;
    this.skipsUnknown = options.skipsUnknown;
    this.given = options.capabilities;
    this.capabilities = options.capabilities;
    this.shut = options.shut;
    this.links = { main: options.main, quick: undefined, bulk: undefined };
    this.#linkKeyHash = options.linkKeyHash;
    this.#buckets = options.buckets;
  }

  /** What the others see. */
  get name(): string {
    return this.#name;
  }

  rename(name: string): void {
    this.#name = cleanName(name);
  }

  /** Where messages for that purpose go: the main link in the place of one that is not there. */
  linkFor(purpose: LinkPurpose): Link {
    return this.links[purpose] ?? this.links.main;
  }

  /** Bytes that all its links have accepted and not written. */
  get bufferedBytes(): number {
    const { main, quick, bulk } = this.links;
    return main.bufferedBytes + (quick?.bufferedBytes ?? 0) + (bulk?.bufferedBytes ?? 0);
  }

  /** Whether the key is the one that opens its further links. */
  opensLinks(key: string): boolean {
    return matches(key, this.#linkKeyHash);
  }

  closeLinks(code: number, reason: string): void {
    const { main, quick, bulk } = this.links;
    bulk?.close(code, reason);
    quick?.close(code, reason);
    main.close(code, reason);
  }

  takes(rate: RateName, now: Micros): boolean {
    return this.#buckets.take(rate, now);
  }

  abstract hindrance(condition: Condition): Exclude<Refusal, 'rate'> | undefined;
  /** Display bytes that its window let through and that it has not acknowledged. */
  abstract get bytesInFlight(): number;
}

/** The one who is seen. */
export class HostParty extends Party {
  /** What the customer consents to; the room's host may do no more. */
  consent: ReadonlySet<Capability> | undefined;

  override hindrance(): undefined {
    return undefined;
  }

  override get bytesInFlight(): number {
    return 0;
  }
}

/** A name as it is passed on: without what a terminal or a page could stumble over, and no character of it halved. */
export function cleanName(name: string): string {
  const cut = withoutControls(name).trim().slice(0, MAX_NAME_UNITS);
  return /[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut;
}
