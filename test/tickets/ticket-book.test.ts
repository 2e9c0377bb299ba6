/** Tickets in any order of issuing, using and waiting, beside a model that remembers everything. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TicketBook, type TicketClaims } from '../../engine/tickets/index.js';
import { FakeClock } from '../support/clock.js';

const LIFETIME = 1000;
const MOST = 5;

const claimsFor = (room: number, role: TicketClaims['role']): TicketClaims => ({
  room: `room-${room}`,
  role,
  seat: `seat-${room}`,
  capabilities: new Set(role === 'host' ? ['view', 'control'] : ['view']),
});

const role = fc.constantFrom<TicketClaims['role']>('host', 'technician');
const step = fc.oneof(
  fc.record({ do: fc.constant('issue' as const), room: fc.nat(9), role }),
  fc.record({ do: fc.constant('redeem' as const), which: fc.nat(20), role }),
  fc.record({ do: fc.constant('guess' as const), text: fc.string({ maxLength: 30 }), role }),
  fc.record({ do: fc.constant('wait' as const), time: fc.integer({ min: 1, max: LIFETIME }) }),
);

describe('a book of tickets', () => {
  it('gives each ticket its own claims, once, in time, and to its role alone', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const clock = new FakeClock();
        const book = new TicketBook({ clock, lifetime: LIFETIME, maxTickets: MOST });
        const issued: { ticket: string; claims: TicketClaims; until: number; used: boolean }[] = [];
        const open = () => issued.filter(({ until, used }) => !used && until > clock.now());
        for (const one of steps) {
          if (one.do === 'wait') clock.advanceNow(one.time);
          else if (one.do === 'guess') expect(book.redeem(one.text, [one.role])).toBe('unknown');
          else if (one.do === 'issue') {
            const claims = claimsFor(one.room, one.role);
            if (open().length >= MOST) {
              expect(() => book.issue(claims)).toThrow(expect.objectContaining({ code: 'refused' }));
              continue;
            }
            const { ticket, expiresAt } = book.issue(claims);
            expect(expiresAt).toBe(clock.now() + LIFETIME);
            expect(issued.some((other) => other.ticket === ticket)).toBe(false);
            issued.push({ ticket, claims, until: expiresAt, used: false });
          } else if (issued.length > 0) {
            const known = issued[one.which % issued.length]!;
            const answer = book.redeem(known.ticket, [one.role]);
            if (known.used) expect(['used', 'unknown']).toContain(answer);
            else if (known.until <= clock.now()) expect(['expired', 'unknown']).toContain(answer);
            else if (known.claims.role !== one.role) expect(answer).toBe('other-role');
            else {
              expect(answer).toEqual(known.claims);
              known.used = true;
            }
          }
          expect(book.size).toBe(open().length);
        }
      }),
    );
  });

  it('says why a ticket gives nothing, as long as it remembers', () => {
    const clock = new FakeClock();
    const book = new TicketBook({ clock, lifetime: LIFETIME, maxTickets: 1 });
    const first = book.issue(claimsFor(1, 'host')).ticket;
    expect(book.redeem(first, ['technician', 'observer'])).toBe('other-role');
    expect(book.redeem(first, ['host'])).toMatchObject({ room: 'room-1' });
    expect(book.redeem(first, ['host'])).toBe('used');
    const second = book.issue(claimsFor(2, 'host')).ticket;
    clock.advanceNow(LIFETIME);
    expect(book.redeem(second, ['technician', 'host'])).toBe('expired');
    expect(book.redeem(first, ['host'])).toBe('unknown');
    expect(second).toMatch(/^[A-Za-z0-9_-]{22}$/);
  });
});
