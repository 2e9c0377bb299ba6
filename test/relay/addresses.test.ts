/** What one address may cost the others. */
import { describe, expect, it } from 'vitest';
import { CloseCode } from '../../engine/index.js';
import { AddressRates } from '../../engine/relay/address-rates.js';
import { Hall } from '../room/hall.js';
import { TOKEN } from '../room/peer.js';

const HERE = '192.0.2.1';
const THERE = '198.51.100.1';

describe('silent links', () => {
  it('of one address shut nobody out: the one that is silent longest makes room', () => {
    const hall = new Hall({ limits: { maxPending: 100, maxPendingPerAddress: 20 } });
    hall.host();
    const silent = Array.from({ length: 1_000 }, () => hall.peer({}, HERE));
    hall.run();
    expect(hall.relay.snapshot().pendingLinks).toBe(20);
    expect(silent.filter((link) => link.closed === undefined)).toEqual(silent.slice(-20));
    expect(silent[0]?.last('refused')).toMatchObject({ code: 'refused', retry: true });
    expect(silent[0]?.closed?.code).toBe(CloseCode.TooMany);
    expect(hall.relay.counters.evicted).toBe(980);
    for (const address of [HERE, THERE]) {
      const technician = hall.peer({}, address);
      hall.run();
      technician.helloAsViewer();
      hall.run();
      expect(technician.last('viewer-welcome')).toBeDefined();
    }
  });

  it('of many addresses make room where most of them are', () => {
    const hall = new Hall({ limits: { maxPending: 10, maxPendingPerAddress: 8 } });
    const many = Array.from({ length: 6 }, () => hall.peer({}, HERE));
    const few = Array.from({ length: 4 }, (_, index) => hall.peer({}, `198.51.100.${index}`));
    hall.peer({}, '203.0.113.1');
    hall.peer({}, '203.0.113.2');
    hall.run();
    expect(few.every((link) => link.closed === undefined)).toBe(true);
    expect(many.map((link) => link.closed?.code)).toEqual([
      CloseCode.TooMany,
      CloseCode.TooMany,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('of one IPv6 network are those of one address', () => {
    const hall = new Hall({ limits: { maxPendingPerAddress: 3 } });
    for (let index = 0; index < 30; index++) hall.peer({}, `2001:db8:1:2::${index}`);
    hall.peer({}, '2001:db8:1:3::1');
    hall.run();
    expect(hall.relay.snapshot().pendingLinks).toBe(4);
  });

  it('that have gone leave their room', () => {
    const hall = new Hall({ limits: { maxPendingPerAddress: 2 } });
    const first = hall.peer({}, HERE);
    first.link.close();
    hall.run();
    const others = [hall.peer({}, HERE), hall.peer({}, HERE)];
    hall.run();
    expect(others.map((link) => link.closed)).toEqual([undefined, undefined]);
    hall.run(10_000_000);
    expect(hall.relay.snapshot().pendingLinks).toBe(0);
  });
});

describe('an address', () => {
  const hello = (hall: Hall, address: string, token = 'guessguessguessguessguess') => {
    const peer = hall.peer({}, address);
    peer.helloAsViewer({ token });
    hall.run();
    return peer;
  };

  it('that guesses tokens is refused unheard after a while, and heard again later', () => {
    const hall = new Hall({ limits: { refusalRate: { perSecond: 1, burst: 5 } } });
    hall.host();
    for (let guess = 0; guess < 5; guess++) expect(hello(hall, HERE).closed?.code).toBe(CloseCode.NotFound);
    const token = TOKEN;
    const unheard = hello(hall, HERE, token);
    expect(unheard.last('refused')).toMatchObject({ code: 'refused', retry: true });
    expect(unheard.closed?.code).toBe(CloseCode.TooMany);
    expect(hello(hall, THERE, token).last('viewer-welcome')).toBeDefined();
    expect(hall.relay.counters.unheard).toBe(1);
    hall.run(1_000_000);
    expect(hello(hall, HERE, token).last('viewer-welcome')).toBeDefined();
  });

  it('that guesses secrets, keys and lane keys is refused in the same way', () => {
    const hall = new Hall({ secret: 'secret', limits: { refusalRate: { perSecond: 1, burst: 3 } } });
    hall.host({ secret: 'secret' });
    const viewer = hall.viewer();
    const guesses = [
      () => hall.peer({}, HERE),
      () => hall.peer({}, HERE),
      () => hall.peer({}, HERE),
      () => hall.peer({}, HERE),
    ].map((open) => open());
    guesses[0]!.helloAsHost({ secret: 'another' });
    guesses[1]!.helloAsHost({ secret: 'secret', key: 'otherotherotherotherother' });
    guesses[2]!.helloAsLane(viewer, { laneKey: 'otherotherotherotherother' });
    hall.run();
    guesses[3]!.helloAsHost({ secret: 'another' });
    hall.run();
    expect(guesses.map((peer) => peer.closed?.code)).toEqual([
      CloseCode.Unauthorised,
      CloseCode.Conflict,
      CloseCode.Unauthorised,
      CloseCode.TooMany,
    ]);
  });

  it('may be that of a whole team: 64 who come at the same moment', () => {
    const hall = new Hall();
    hall.host();
    const mains = Array.from({ length: 64 }, () => hall.peer({}, HERE));
    hall.run();
    for (const main of mains) main.helloAsViewer();
    hall.run();
    const lanes = mains.map(() => hall.peer({}, HERE));
    hall.run();
    mains.forEach((main, index) => {
      lanes[index]!.helloAsLane(main);
    });
    hall.run();
    expect(lanes.every((lane) => lane.last('lane-welcome') !== undefined)).toBe(true);
    expect(hall.relay.counters).toMatchObject({ refused: 0, evicted: 0, unheard: 0 });
  });

  it('opens so many sessions and no more, until one has ended', () => {
    const hall = new Hall({ limits: { maxSessionsPerAddress: 2 } });
    const open = (index: number, address = HERE) => {
      const peer = hall.peer({}, address);
      peer.helloAsHost({ token: `session-session-session-${index}` });
      hall.run();
      return peer;
    };
    const first = open(1);
    open(2);
    expect(open(3).last('refused')).toMatchObject({ code: 'refused', retry: true });
    expect(open(1).last('host-welcome')).toMatchObject({ resumed: true });
    expect(open(4, THERE).last('host-welcome')).toBeDefined();
    expect(first.closed?.code).toBe(CloseCode.Conflict);
    const back = open(1);
    back.link.close(CloseCode.Normal);
    hall.run();
    expect(open(3).last('host-welcome')).toBeDefined();
  });
});

describe('rates by address', () => {
  it('are kept apart, and forgotten where there are too many', () => {
    const rates = new AddressRates({ perSecond: 1, burst: 2 });
    expect([rates.take('a', 0), rates.take('a', 0), rates.take('a', 0)]).toEqual([true, true, false]);
    expect([rates.has('a', 0), rates.has('b', 0), rates.has('a', 1e6)]).toEqual([false, true, true]);
    for (let index = 0; index < 5_000; index++) rates.take(`x${index}`, 0);
    expect(rates.has('a', 0)).toBe(true);
  });
});
