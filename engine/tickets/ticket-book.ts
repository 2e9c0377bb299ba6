/** Tickets in one process's memory, as hashes: who reads the memory, or a dump of it, cannot enter with them. */
import { createHash, randomBytes } from 'node:crypto';
import { SightlineError } from '../../codecs/index.js';
import type { Clock, Micros } from '../clock.js';
import type { IssuedTicket, TicketClaims, TicketIssuer, TicketRefusal } from './tickets.js';

export interface TicketBookOptions {
  readonly clock: Clock;
  /** How long a ticket can be used; a minute unless told: whoever gets one is on the way already. */
  readonly lifetime?: Micros;
  /** Tickets open at one time, and as many past ones that are remembered; 10,000 unless told (4 MB). */
  readonly maxTickets?: number;
}

interface Open {
  readonly claims: TicketClaims;
  readonly expiresAt: Micros;
}

const LIFETIME: Micros = 60_000_000;
const MAX_TICKETS = 10_000;

export class TicketBook implements TicketIssuer {
  readonly #clock: Clock;
  readonly #lifetime: Micros;
  readonly #maxTickets: number;
  /** By hash, in the order in which they were issued, which is that in which they expire. */
  readonly #open = new Map<string, Open>();
  /** What became of others, the longest past first: only to say why, so the oldest may be forgotten. */
  readonly #past = new Map<string, 'used' | 'expired'>();

  constructor({ clock, lifetime = LIFETIME, maxTickets = MAX_TICKETS }: TicketBookOptions) {
    this.#clock = clock;
    this.#lifetime = lifetime;
    this.#maxTickets = maxTickets;
  }

  /** Tickets that can be used. */
  get size(): number {
    this.#expire();
    return this.#open.size;
  }

  issue(claims: TicketClaims): IssuedTicket {
    this.#expire();
    if (this.#open.size >= this.#maxTickets) {
      throw new SightlineError('refused', 'Too many tickets are open.', { field: 'ticket' });
    }
    const ticket = randomBytes(16).toString('base64url');
    const expiresAt = this.#clock.now() + this.#lifetime;
    this.#open.set(hashOf(ticket), { claims, expiresAt });
    return { ticket, expiresAt };
  }

  redeem(ticket: string, roles: readonly TicketClaims['role'][]): TicketClaims | TicketRefusal {
    this.#expire();
    const hash = hashOf(ticket);
    const open = this.#open.get(hash);
    if (open === undefined) return this.#past.get(hash) ?? 'unknown';
    if (!roles.includes(open.claims.role)) return 'other-role';
    this.#leave(hash, 'used');
    return open.claims;
  }

  #expire(): void {
    const now = this.#clock.now();
    for (const [hash, { expiresAt }] of this.#open) {
      if (expiresAt > now) return;
      this.#leave(hash, 'expired');
    }
  }

  #leave(hash: string, why: 'used' | 'expired'): void {
    this.#open.delete(hash);
    this.#past.set(hash, why);
    if (this.#past.size <= this.#maxTickets) return;
    const [oldest] = this.#past.keys();
    this.#past.delete(oldest!);
  }
}

function hashOf(ticket: string): string {
  return createHash('sha256').update(`ticket ${ticket}`).digest('base64url');
}
