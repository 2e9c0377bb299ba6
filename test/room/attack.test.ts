/**
 * Every message, said by every role with every capability missing: the catalogue itself says what must happen. And rooms
 * in which rights come and go at random: nothing is passed on that its sender was not allowed to say at that moment.
 */
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import {
  CAPABILITIES,
  type Capability,
  Channel,
  encodeAck,
  encodeInput,
  encodeOverlay,
  eventHeadOf,
  isHello,
  MESSAGES,
  type Message,
  rowOf,
} from '../../engine/protocol/index.js';
import { Counters } from '../../engine/room/counters.js';
import { DEFAULT_ROOM_LIMITS } from '../../engine/room/limits.js';
import type { PartyRole } from '../../engine/room/party.js';
import { Room, type RoomParty } from '../../engine/room/room.js';
import { randomKey } from '../../engine/room/secrets.js';
import { HEARTBEAT } from '../../engine/transport/live-link.js';
import { samples } from '../protocol/samples.js';
import { FakeClock } from '../support/clock.js';
import { virtualPair } from '../support/network.js';
import { HOST_HELLO, Peer, sliceMessage, VIEWER_HELLO } from './peer.js';

const ALL: ReadonlySet<Capability> = new Set(CAPABILITIES);
const PARTIES = ['host', 'technician', 'customer', 'observer'] as const;

interface Guest {
  readonly peer: Peer;
  readonly party: RoomParty;
}

/** A room without a relay: it is told who comes, and refuses by closing. */
class Stage {
  readonly clock = new FakeClock();
  readonly counters = new Counters();
  readonly refused: unknown[] = [];
  readonly room: Room;

  constructor() {
    this.room = new Room('attack', {
      clock: this.clock,
      limits: DEFAULT_ROOM_LIMITS,
      counters: this.counters,
      heartbeat: HEARTBEAT,
      ratesEvery: 0,
      makeKey: randomKey,
      refuse: (link, error) => {
        this.refused.push(error);
        link.close(4400, 'refused');
      },
      onEvent: () => {},
      onTrace: undefined,
    });
  }

  enter(role: PartyRole, capabilities = ALL): Guest {
    const [near, far] = virtualPair(this.clock, {});
    const peer = new Peer(near);
    const party = this.room.admit(
      role === 'host'
        ? { role, capabilities, hello: HOST_HELLO, resumed: false }
        : { role, capabilities, hello: VIEWER_HELLO },
      far,
    );
    this.run();
    return { peer, party: party! };
  }

  run(): void {
    this.clock.advanceNow(0);
  }
}

let stage: Stage;
afterEach(() => stage.room.end());

const without = (missing: Capability | undefined) => new Set(CAPABILITIES.filter((one) => one !== missing));

/** Nothing, what the message needs, and one that it does not: each is left out for some of the messages. */
function missingFor(row: Message): readonly (Capability | undefined)[] {
  const others = CAPABILITIES.filter((one) => one !== row.needs);
  const other = others[row.index % others.length];
  return row.needs === undefined ? [undefined, other] : [undefined, row.needs, other];
}

/** Makes the sender meet what its message asks of it besides, where its role can. */
function prepare(sender: Guest, row: Message): void {
  if (row.while === undefined || !row.from.includes(sender.party.role)) return;
  sender.peer.say({
    type: 'wishes',
    revision: 1,
    name: 'Bruno',
    quality: 'high',
    tool: row.while === 'controls' ? 'none' : row.while,
    control: true,
    recording: false,
    watching: true,
  });
  stage.run();
}

/** Whether it is what was said: passed on as it is, or with what the relay writes into it. */
function isOf(message: Uint8Array, said: Uint8Array, row: Message): boolean {
  if (row.channel !== Channel.Control) return rowOf(message) === row;
  return Buffer.compare(message, said) === 0;
}

describe.each(PARTIES)('of what a party says as %s', (role) => {
  it.each(samples.map(({ name, bytes }) => [name, bytes] as const))(
    '%s is let through, dropped or refused as its row says',
    (_, bytes) => {
      const row = rowOf(bytes);
      for (const missing of missingFor(row)) {
        stage = new Stage();
        const host = role === 'host' ? undefined : stage.enter('host');
        // The first to come where it can be: what the relay tells of the sender is about number 2, samples about 1.
        const early = role === 'host' ? undefined : stage.enter('technician');
        const sender = stage.enter(role);
        const other = early ?? stage.enter('technician');
        const others = [host, other].filter((one) => one !== undefined);
        prepare(sender, row);
        stage.room.setCapabilities(sender.party, without(missing));
        stage.run();
        const { counters } = stage;
        const before = others.map(({ peer }) => peer.received.length);
        const counted = { all: counters.messages[row.index]!, not: counters.refusedMessages[row.index]! };
        const dropped = counters.dropped['not-allowed'];

        sender.peer.link.send(bytes.slice());
        stage.run();

        const heard = others.flatMap(({ peer }, i) =>
          peer.received.slice(before[i]).filter((message) => isOf(message, bytes, row)),
        );
        const why = `${row.name} without ${missing}`;
        if (row.name === 'clock-beat') {
          // Links hear it, nobody else does.
          expect([stage.refused, heard], why).toEqual([[], []]);
        } else if (!row.from.includes(role) || isHello({ type: row.name })) {
          expect(stage.refused, why).toEqual([expect.objectContaining({ code: 'bad-message' })]);
          expect(heard, why).toEqual([]);
        } else if (row.needs !== undefined && row.needs === missing) {
          expect(stage.refused, why).toEqual([]);
          expect(counters.messages[row.index], why).toBe(counted.all + 1);
          expect(counters.refusedMessages[row.index], why).toBe(counted.not + 1);
          expect(counters.dropped['not-allowed'], why).toBe(dropped + 1);
          expect(heard, why).toEqual([]);
        } else {
          expect(counters.messages[row.index], why).toBe(counted.all + 1);
          expect(counters.dropped['not-allowed'], why).toBe(dropped);
          // Without the right to take it up, no tool is on and nobody controls.
          if (row.while === undefined || missing === undefined) {
            expect(counters.refusedMessages[row.index], why).toBe(counted.not);
          }
        }
      }
    },
  );
});

describe('the expectations', () => {
  it('are about messages that are let through as well: input, drawings, pointing and talk arrive', () => {
    for (const name of ['input-key', 'overlay-stroke', 'overlay-laser', 'chat-said'] as const) {
      stage = new Stage();
      const host = stage.enter('host');
      const sender = stage.enter('technician');
      const { bytes } = samples.find((one) => one.name === name)!;
      prepare(sender, rowOf(bytes));
      sender.peer.link.send(bytes.slice());
      stage.run();
      expect(
        host.peer.received.map((message) => rowOf(message).name),
        name,
      ).toContain(name);
    }
  });

  it('cover every role that says anything', () => {
    const saying = new Set(MESSAGES.flatMap((row) => row.from));
    expect([...saying].filter((role) => role !== 'relay').sort()).toEqual([...PARTIES].sort());
  });
});

// -- rights that come and go ---------------------------------------------------------------------------------

const SOME = ['view', 'control', 'draw', 'point', 'chat'] as const satisfies Capability[];
const set = fc.subarray([...SOME]).map((list) => new Set<Capability>(list));
const SHUTTABLE = [Channel.Display, Channel.Input, Channel.Overlay, Channel.Chat] as const;

const step = fc.oneof(
  fc.record({ kind: fc.constant('give' as const), who: fc.integer({ min: 0, max: 2 }), set }),
  fc.record({ kind: fc.constant('consent' as const), set }),
  fc.record({
    kind: fc.constantFrom('shut' as const, 'open' as const),
    channel: fc.constantFrom(...SHUTTABLE),
  }),
  fc.record({
    kind: fc.constant('wish' as const),
    who: fc.integer({ min: 1, max: 2 }),
    tool: fc.constantFrom('none' as const, 'whiteboard' as const, 'laser' as const),
    control: fc.boolean(),
  }),
  fc.record({
    kind: fc.constantFrom('key' as const, 'stroke' as const, 'dot' as const, 'talk' as const),
    who: fc.integer({ min: 1, max: 2 }),
  }),
  fc.record({ kind: fc.constant('frame' as const) }),
);

describe('rights that come and go', () => {
  it('let nothing through that its sender may not say, or its receiver not see', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => {
        stage?.room.end();
        stage = new Stage();
        const guests = [stage.enter('host'), stage.enter('technician'), stage.enter('technician')];
        const given = [ALL, ALL, ALL];
        let consent: ReadonlySet<Capability> = ALL;
        const shut = new Set<Channel>();
        const may = (who: number, what: Capability, channel: Channel) =>
          given[who]!.has(what) && consent.has(what) && !shut.has(channel);
        let revision = 0;
        let sequence = 0;
        let frame = 0;
        for (const one of steps) {
          const from = guests.map(({ peer }) => peer.received.length);
          const head = () => ({ viewer: 0, sequence: ++sequence, createdAt: 1 });
          switch (one.kind) {
            case 'give':
              given[one.who] = one.set;
              stage.room.setCapabilities(guests[one.who]!.party, one.set);
              break;
            case 'consent':
              consent = one.set;
              guests[0]!.peer.say({ type: 'consent', list: [...one.set] });
              break;
            case 'shut':
              shut.add(one.channel);
              stage.room.shut(one.channel);
              break;
            case 'open':
              shut.delete(one.channel);
              stage.room.open(one.channel);
              break;
            case 'wish': {
              const { tool, control } = one;
              const rest = { name: 'Bruno', quality: 'high', recording: false, watching: true } as const;
              guests[one.who]!.peer.say({ type: 'wishes', revision: ++revision, tool, control, ...rest });
              break;
            }
            case 'key':
              guests[one.who]!.peer.link.send(
                encodeInput({ ...head(), kind: 'key', code: 'KeyA', down: true }),
              );
              break;
            case 'stroke':
              guests[one.who]!.peer.overlay({
                kind: 'stroke',
                stroke: ++sequence,
                begin: true,
                end: true,
                points: [{ x: 1, y: 1 }],
              });
              break;
            case 'dot':
              guests[one.who]!.peer.link.send(
                encodeOverlay({ ...head(), kind: 'laser', visible: true, x: 4, y: 4 }),
              );
              break;
            case 'talk':
              guests[one.who]!.peer.chat('Hello');
              break;
            case 'frame':
              frame++;
              guests[0]!.peer.link.send(sliceMessage({ frame, base: 0 }));
              stage.run();
              for (const viewer of [1, 2]) {
                guests[viewer]!.peer.link.send(
                  encodeAck({
                    kind: 'frame',
                    level: 3,
                    queued: 0,
                    frame,
                    viewer: 0,
                    receivedAt: 1,
                    presentedAt: 1,
                    decode: 1,
                  }),
                );
              }
              break;
          }
          stage.run();
          for (const [to, { peer }] of guests.entries()) {
            for (const message of peer.received.slice(from[to])) {
              const row = rowOf(message);
              if (row.channel === Channel.Display) {
                expect(may(0, 'view', row.channel) && may(to, 'view', row.channel)).toBe(true);
                continue;
              }
              if (row.channel !== Channel.Input && row.channel !== Channel.Overlay) continue;
              const { viewer, sequence: number } = eventHeadOf(message);
              // What puts drawings away is the relay's own.
              if (number === 0) continue;
              expect(row.needs !== undefined && may(viewer, row.needs, row.channel), row.name).toBe(true);
            }
          }
          expect(stage.refused).toEqual([]);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('show a whole picture first, once it may be seen again', () => {
    stage = new Stage();
    const host = stage.enter('host');
    const viewer = stage.enter('technician');
    const bases = () => host.peer.controls('refresh').map(({ base }) => base);
    host.peer.link.send(sliceMessage({ frame: 1, base: 0 }));
    stage.run();
    expect(viewer.peer.frames()).toEqual([1]);
    host.peer.say({ type: 'consent', list: CAPABILITIES.filter((one) => one !== 'view') });
    stage.run();
    host.peer.link.send(sliceMessage({ frame: 2, base: 1 }));
    stage.run();
    expect(viewer.peer.frames()).toEqual([1]);
    expect(host.peer.last('viewer-left')).toMatchObject({ viewer: 1 });
    host.peer.say({ type: 'consent', list: [...CAPABILITIES] });
    stage.run();
    expect(bases().at(-1)).toBe(0);
    host.peer.link.send(sliceMessage({ frame: 3, base: 2 }));
    stage.run();
    expect(viewer.peer.frames()).toEqual([1]);
    host.peer.link.send(sliceMessage({ frame: 3, base: 0, viewer: 1 }));
    stage.run();
    expect(viewer.peer.frames()).toEqual([1, 3]);
  });
});
