/** The right to enter a room: who gives it, and for how long. */
export { TicketBook, type TicketBookOptions } from './ticket-book.js';
export type { IssuedTicket, TicketClaims, TicketIssuer, TicketRefusal } from './tickets.js';
