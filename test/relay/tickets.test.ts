/** Rooms that are entered with tickets. */
import { afterEach, describe, expect, it } from 'vitest';
import { CloseCode } from '../../engine/protocol/index.js';
import { type RunningRelay, type StartRelayOptions, startRelay } from '../../engine/relay/index.js';
import { TicketBook, type TicketClaims } from '../../engine/tickets/index.js';
import { Hall } from '../room/hall.js';
import { KEY, type Peer, TOKEN } from '../room/peer.js';
import { FakeClock } from '../support/clock.js';
import { describeOverTransports } from '../support/transports.js';

const SECRET = 'open sesame';

function hallWithTickets(options: { ticketsOnly?: boolean } = {}) {
  const clock = new FakeClock();
  const tickets = new TicketBook({ clock });
  const hall = new Hall({ clock, tickets, secret: SECRET, ...options });
  const ticketFor = (claims: Partial<TicketClaims> = {}) =>
    tickets.issue({ room: TOKEN, role: 'technician', seat: '', capabilities: new Set(['view']), ...claims })
      .ticket;
  return { hall, tickets, ticketFor };
}

const refusalOf = (party: Peer) => ({
  code: party.last('refused')?.code,
  reason: party.last('refused')?.reason,
  retry: party.last('refused')?.retry,
  closed: party.closed?.code,
});
const refused = (reason: string) => ({
  code: 'unauthorised',
  reason,
  retry: false,
  closed: CloseCode.Unauthorised,
});

describe('a ticket', () => {
  it('opens the room that the relay has chosen, without the secret, and once', () => {
    const { hall } = hallWithTickets();
    expect(() => hall.relay.issueRoom('open barley')).toThrow(
      expect.objectContaining({ code: 'unauthorised', field: 'secret' }),
    );
    const { room, ticket } = hall.relay.issueRoom(SECRET);
    const host = hall.host({ token: room, ticket });
    expect(host.last('host-welcome')).toMatchObject({ resumed: false });
    const thief = hall.host({ token: room, ticket, key: `${KEY}other` });
    expect(refusalOf(thief)).toEqual(refused('The ticket has been used.'));
    expect(hall.viewer({ token: room }).last('viewer-welcome')).toBeDefined();
    expect(host.closed).toBeUndefined();
  });

  it('is not needed by a host that comes back with its key', () => {
    const { hall } = hallWithTickets();
    const { room, ticket } = hall.relay.issueRoom(SECRET);
    const first = hall.host({ token: room, ticket });
    first.cut();
    hall.run();
    expect(hall.host({ token: room }).last('host-welcome')).toMatchObject({ resumed: true });
    expect(refusalOf(hall.host({ token: room, key: `${KEY}other` }))).toEqual(
      refused("The relay's secret is another."),
    );
  });

  it('lets a viewer in, for its room, its role and its time', () => {
    const { hall, ticketFor } = hallWithTickets();
    hall.host({ secret: SECRET });
    const ticket = ticketFor();
    expect(hall.viewer({ ticket }).last('viewer-welcome')).toBeDefined();
    expect(refusalOf(hall.viewer({ ticket }))).toEqual(refused('The ticket has been used.'));
    expect(refusalOf(hall.viewer({ ticket: ticketFor({ role: 'host' }) }))).toEqual(
      refused('The ticket is for another role.'),
    );
    expect(refusalOf(hall.viewer({ ticket: ticketFor({ room: 'anotheranotheranother00' }) }))).toEqual(
      refused('The ticket is for another room.'),
    );
    const late = ticketFor();
    hall.run(60_000_000);
    expect(refusalOf(hall.viewer({ ticket: late }))).toEqual(refused("The ticket's time is over."));
    expect(refusalOf(hall.viewer({ ticket: 'x'.repeat(22) }))).toEqual(
      refused('Nobody has issued this ticket.'),
    );
    expect(hall.relay.tickets).toEqual({
      issued: 0,
      redeemed: 1,
      unknown: 1,
      used: 1,
      expired: 1,
      'other-role': 1,
      'other-room': 1,
    });
  });

  it('lets its bearer do what it says, also after a lost link, and no more', () => {
    const { hall, ticketFor } = hallWithTickets({ ticketsOnly: true });
    const host = hall.host({ secret: SECRET });
    expect(refusalOf(hall.viewer())).toEqual(refused('A ticket is needed here.'));
    const ticket = ticketFor({ role: 'observer', capabilities: new Set(['view']) });
    const viewer = hall.viewer({ ticket });
    const { viewer: id, resumeKey } = viewer.last('viewer-welcome')!;
    const mayControl = (party: Peer) => {
      party.say({ type: 'set-control', wanted: true });
      hall.run();
      return party.last('participants')?.controller === id;
    };
    expect(mayControl(viewer)).toBe(false);
    viewer.cut();
    hall.run();
    const back = hall.viewer({ viewer: id, resumeKey });
    expect(back.last('viewer-welcome')).toMatchObject({ viewer: id });
    expect(mayControl(back)).toBe(false);
    expect(refusalOf(hall.viewer({ viewer: id, resumeKey: 'x'.repeat(22) }))).toEqual(
      refused('A ticket is needed here.'),
    );
    const technician = hall.viewer({ ticket: ticketFor({ capabilities: new Set(['view', 'control']) }) });
    technician.say({ type: 'set-control', wanted: true });
    hall.run();
    expect(host.last('participants')?.controller).toBe(technician.last('viewer-welcome')?.viewer);
  });

  it('is guessed by no address for long', () => {
    const clock = new FakeClock();
    const tickets = new TicketBook({ clock });
    const hall = new Hall({ clock, tickets, limits: { refusalRate: { perSecond: 1, burst: 3 } } });
    hall.host();
    const reasons = Array.from({ length: 5 }, (_, index) => {
      const guess = hall.peer({}, '192.0.2.1');
      guess.helloAsViewer({ ticket: `${'guess'.repeat(4)}-${index}` });
      hall.run();
      return guess.last('refused')?.code;
    });
    expect(reasons).toEqual(['unauthorised', 'unauthorised', 'unauthorised', 'refused', 'refused']);
    expect(hall.viewer().last('viewer-welcome')).toBeDefined();
  });
});

describeOverTransports('tickets asked for over', (transport) => {
  let relay: RunningRelay;
  afterEach(() => relay.close());
  const start = async (options: StartRelayOptions) => {
    relay = await startRelay({ transport, clock: new FakeClock(), ...options });
  };
  const ask = (body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
    fetch(`${relay.address}/tickets`, { method: 'POST', headers, body });

  it('are for those who know the secret, and ask as they should', async () => {
    await start({ secret: SECRET });
    const answer = await ask(JSON.stringify({ secret: SECRET }));
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const issued = (await answer.json()) as { room: string; ticket: string; seconds: number };
    expect(issued).toEqual({
      room: expect.stringMatching(/^[\w-]{22}$/),
      ticket: expect.stringMatching(/^[\w-]{22}$/),
      seconds: 60,
    });
    expect((await ask('{}')).status).toBe(401);
    expect((await ask('{"secret":"open barley"}')).status).toBe(401);
    for (const body of ['', 'nonsense', 'null', '{"secret":1}']) expect((await ask(body)).status).toBe(400);
    expect((await ask('x'.repeat(70_000))).status).toBe(413);
    // A form of another site needs no consent of the relay to be sent.
    const form = { 'content-type': 'text/plain', origin: 'https://evil.example' };
    expect((await ask('{}', form)).status).toBe(403);
    expect((await fetch(`${relay.address}/tickets`)).status).toBe(404);
  });

  it('are asked for by one address so often', async () => {
    await start({ limits: { refusalRate: { perSecond: 0.001, burst: 2 } } });
    expect((await ask('{}')).status).toBe(200);
    expect((await ask('nonsense')).status).toBe(400);
    expect((await ask('{}')).status).toBe(429);
  });
});
