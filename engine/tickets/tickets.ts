/** Tickets: short-lived rights to enter a room once. */
import type { Micros } from '../clock.js';
import type { Capability, Role } from '../protocol/index.js';

/** What a party may come in with. */
export interface TicketClaims {
  /** The room's token, which its addresses have in their fragment. */
  readonly room: string;
  readonly role: Exclude<Role, 'relay'>;
  /** Whose place it is, where places belong to somebody; '' otherwise. */
  readonly seat: string;
  readonly capabilities: ReadonlySet<Capability>;
}

export interface IssuedTicket {
  /** 128 random bits as base64url. It is told to its bearer, and kept nowhere. */
  readonly ticket: string;
  /** By the issuer's clock. */
  readonly expiresAt: Micros;
}

/**
 * Why a ticket gives no right: nobody has issued it (or that is long ago), it was used, its time is over, or it is
 * another role's.
 */
export type TicketRefusal = 'unknown' | 'used' | 'expired' | 'other-role';

/** Makes tickets and takes them back; a store that several relays share can stand behind it. */
export interface TicketIssuer {
  /** Throws `SightlineError` (`refused`) when too many are open. */
  issue(claims: TicketClaims): IssuedTicket;
  /**
   * The claims of a ticket for one of the roles, which is then used; or why it gives none. A ticket for another role
   * stays as it is.
   */
  redeem(ticket: string, roles: readonly TicketClaims['role'][]): TicketClaims | TicketRefusal;
}
