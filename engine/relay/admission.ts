/** With which right somebody comes to a relay: a ticket, the relay's secret, or a session's address. */
import { SightlineError } from '../../codecs/index.js';
import type { Control } from '../protocol/index.js';
import { HOST_CAPABILITIES, VIEWER_CAPABILITIES } from '../room/gate.js';
import { hashOf, matches, randomKey } from '../room/secrets.js';
import type { IssuedTicket, TicketClaims, TicketIssuer, TicketRefusal } from '../tickets/index.js';

/** A room that nobody has opened yet, and the ticket of its host. */
export interface RoomTicket extends IssuedTicket {
  readonly room: string;
}

/** What becomes of tickets; `/metrics` counts them by these names. */
export const TICKET_OUTCOMES = [
  'issued',
  'redeemed',
  'unknown',
  'used',
  'expired',
  'other-role',
  'other-room',
] as const;
export type TicketOutcome = (typeof TICKET_OUTCOMES)[number];

export class Admission {
  /** Tickets since the start, by what became of them. */
  readonly counts = Object.fromEntries(TICKET_OUTCOMES.map((outcome) => [outcome, 0])) as Record<
    TicketOutcome,
    number
  >;
  readonly #tickets: TicketIssuer;
  readonly #ticketsOnly: boolean;
  readonly #secretHash: Buffer | undefined;

  /**
   * `secret`: asked of those who open rooms, when set. `ticketsOnly`: viewers need one each, since whoever knows a
   * room's token could otherwise come in with more than its ticket says.
   */
  constructor(tickets: TicketIssuer, secret: string | undefined, ticketsOnly: boolean) {
    this.#tickets = tickets;
    this.#ticketsOnly = ticketsOnly;
    this.#secretHash = secret === undefined ? undefined : hashOf(secret);
  }

  /** A new room for whoever knows the secret. Throws `SightlineError`: `unauthorised`, or as `TicketIssuer.issue`. */
  issueRoom(secret: string | undefined): RoomTicket {
    this.#checkSecret(secret);
    const room = randomKey();
    const issued = this.#tickets.issue(hostClaims(room));
    this.counts.issued++;
    return { room, ...issued };
  }

  /**
   * The claims of a host: those of its ticket; without one, of the room that it names, if it knows the secret or has
   * opened that room (`isKnown`) before; a secret that is shown must be the right one all the same. Throws
   * `SightlineError` (`unauthorised`; `field`: `ticket` or `secret`).
   */
  host({ token, ticket, secret }: Control<'host-hello'>, isKnown: boolean): TicketClaims {
    if (isKnown && secret === undefined) return hostClaims(token);
    if (ticket !== undefined) return this.#redeem(ticket, HOST, token);
    this.#checkSecret(secret);
    return hostClaims(token);
  }

  /**
   * The claims of a viewer: those of its ticket; without one, of the session whose address it has. One that the room
   * remembers (`isKnown`) is what it was, whatever these say. Throws as `host`.
   */
  viewer({ token, ticket }: Control<'viewer-hello'>, isKnown: boolean): ViewerTicketClaims {
    if (ticket !== undefined && !isKnown) return this.#redeem(ticket, VIEWERS, token);
    if (this.#ticketsOnly && !isKnown) {
      throw new SightlineError('unauthorised', 'A ticket is needed here.', { field: 'ticket' });
    }
    return { room: token, role: 'technician', seat: '', capabilities: VIEWER_CAPABILITIES };
  }

  #redeem<R extends TicketClaims['role']>(
    ticket: string,
    roles: readonly R[],
    room: string,
  ): TicketClaims & { readonly role: R } {
    const claims = this.#tickets.redeem(ticket, roles);
    const refusal = typeof claims === 'string' ? claims : claims.room === room ? undefined : 'other-room';
    this.counts[refusal ?? 'redeemed']++;
    if (refusal !== undefined)
      throw new SightlineError('unauthorised', REASONS[refusal], { field: 'ticket' });
    return claims as TicketClaims & { readonly role: R };
  }

  #checkSecret(secret: string | undefined): void {
    if (this.#secretHash === undefined || matches(secret ?? '', this.#secretHash)) return;
    throw new SightlineError('unauthorised', "The relay's secret is another.", { field: 'secret' });
  }
}

const HOST = ['host'] as const;
const VIEWERS = ['technician', 'customer', 'observer'] as const;
type ViewerTicketClaims = TicketClaims & { readonly role: (typeof VIEWERS)[number] };

const REASONS: Readonly<Record<TicketRefusal | 'other-room', string>> = {
  unknown: 'Nobody has issued this ticket.',
  used: 'The ticket has been used.',
  expired: "The ticket's time is over.",
  'other-role': 'The ticket is for another role.',
  'other-room': 'The ticket is for another room.',
};

function hostClaims(room: string): TicketClaims {
  return { room, role: 'host', seat: '', capabilities: HOST_CAPABILITIES };
}
