/** What the relay does with the conversation: stamps, order, memory, limits. */
import { describe, expect, it } from 'vitest';
import { Channel } from '../../engine/index.js';
import { FakeClock } from '../support/clock.js';
import { Hall } from './hall.js';

const words = (peer: { chats(): { text: string }[] }) => peer.chats().map(({ text }) => text);

describe('a chat message', () => {
  it('goes to everybody, its author included, with who wrote it and when', () => {
    const hall = new Hall();
    const host = hall.host({ name: 'Reception' });
    const anna = hall.viewer({ name: 'Anna' });
    const bruno = hall.viewer({ name: 'Bruno' });
    // Who pretends to be somebody else, or to have spoken before, does not.
    anna.chat('hello', { viewer: 2, name: 'Bruno', sentAt: 9e9, earlier: true });
    host.chat('good day', { viewer: 1 });
    hall.run();
    const now = hall.clock.now();
    for (const peer of [host, anna, bruno]) {
      expect(peer.chats()).toEqual([
        { viewer: 1, sequence: 1, createdAt: 5, sentAt: now, earlier: false, name: 'Anna', text: 'hello' },
        // Never at one time.
        {
          viewer: 0,
          sequence: 1,
          createdAt: 5,
          sentAt: now + 1,
          earlier: false,
          name: 'Reception',
          text: 'good day',
        },
      ]);
    }
  });

  it('bears the time of day at the relay, in the order in which it was said', () => {
    let wall = 1_790_000_000_000_000;
    const clock = Object.assign(new FakeClock(), { wall: () => wall });
    const hall = new Hall({ clock });
    const host = hall.host();
    const viewer = hall.viewer();
    viewer.chat('first');
    hall.run();
    // The relay's machine slept for an hour, and then somebody set its clock back by two.
    wall += 3_600_000_000;
    viewer.chat('second');
    hall.run();
    wall -= 7_200_000_000;
    viewer.chat('third');
    hall.run();
    expect(host.chats().map((chat) => chat.sentAt)).toEqual([
      1_790_000_000_000_000, 1_790_003_600_000_000, 1_790_003_600_000_001,
    ]);
  });

  it('is taken once when its author repeats it, who is told again that it was', () => {
    const hall = new Hall();
    const host = hall.host();
    const viewer = hall.viewer();
    const other = hall.viewer();
    for (let n = 0; n < 3; n++) viewer.chat('once', { sequence: 7 });
    hall.run();
    expect([host.chats().length, other.chats().length]).toEqual([1, 1]);
    expect(new Set(viewer.chats().map((chat) => chat.sentAt)).size).toBe(1);
    expect(viewer.chats()).toHaveLength(3);
    viewer.chat('twice', { sequence: 8 });
    hall.run();
    expect(host.chats().map((chat) => chat.text)).toEqual(['once', 'twice']);
  });

  it('goes by the lane where there is one', () => {
    const hall = new Hall();
    hall.host();
    const anna = hall.viewer();
    const lane = hall.lane(anna);
    lane.chat('hello');
    hall.run();
    expect(words(lane)).toEqual(['hello']);
    expect(anna.on(Channel.Chat)).toEqual([]);
  });

  it('is limited in number, for hosts and viewers alike, and costs the others nothing', () => {
    const hall = new Hall();
    const host = hall.host();
    const anna = hall.viewer();
    const bruno = hall.viewer();
    for (let index = 0; index < 50; index++) anna.chat(`a${index}`);
    for (let index = 0; index < 50; index++) host.chat(`h${index}`);
    bruno.chat('and I');
    hall.run();
    expect(bruno.chats()).toHaveLength(41);
    expect(hall.relay.counters.dropped.rate).toBe(60);
    hall.run(1_000_000);
    for (let index = 0; index < 9; index++) anna.chat('again');
    hall.run();
    expect(bruno.chats()).toHaveLength(46);
    expect(anna.closed).toBeUndefined();
  });
});

describe('what was said before', () => {
  it('is told by the lane of who joins later, and again by each that it opens', () => {
    const hall = new Hall();
    hall.host();
    const anna = hall.viewer();
    anna.chat('one');
    anna.chat('two');
    hall.run();
    const late = hall.viewer();
    expect(late.on(Channel.Chat)).toEqual([]);
    const lane = hall.lane(late);
    expect(lane.chats()).toMatchObject([
      { text: 'one', viewer: 1, name: 'Bruno', earlier: true },
      { text: 'two', earlier: true },
    ]);
    anna.chat('three');
    hall.run();
    expect(lane.chats().at(-1)).toMatchObject({ text: 'three', earlier: false });
    expect(words(hall.lane(late))).toEqual(['one', 'two', 'three']);
  });

  it('waits for the first picture where there is no lane, and is told once', () => {
    const hall = new Hall();
    const host = hall.host();
    host.chat('one');
    hall.run();
    const late = hall.viewer();
    host.slice({ frame: 1, base: 0, viewer: 1 });
    hall.run();
    expect(late.frames()).toEqual([1]);
    expect(words(late)).toEqual([]);
    late.ack(1);
    host.slice({ frame: 2 });
    hall.run();
    expect(words(late)).toEqual(['one']);
    late.ack(2);
    hall.run();
    expect(words(late)).toEqual(['one']);
  });

  it('is told to a host that returns, with what was said while it was away', () => {
    const hall = new Hall();
    const host = hall.host();
    const anna = hall.viewer();
    anna.chat('are you there?');
    hall.run();
    host.cut();
    hall.run();
    anna.chat('hello?');
    hall.run();
    expect(words(anna)).toEqual(['are you there?', 'hello?']);
    const returned = hall.host();
    expect(returned.chats()).toMatchObject([
      { text: 'are you there?', earlier: true },
      { text: 'hello?', earlier: true },
    ]);
  });

  it('is bounded in messages and in bytes', () => {
    const hall = new Hall({
      limits: { maxChatMessages: 3, maxChatBytes: 200, rates: { chat: { perSecond: 1, burst: 100 } } },
    });
    hall.host();
    const anna = hall.viewer();
    for (const text of ['a', 'b', 'c', 'd']) anna.chat(text);
    hall.run();
    expect(words(hall.lane(anna))).toEqual(['b', 'c', 'd']);
    anna.chat('e'.repeat(120));
    hall.run();
    expect(words(hall.lane(anna))).toEqual(['d', 'e'.repeat(120)]);
    expect(hall.relay.snapshot().sessions[0]!.chatBytes).toBe(2 * (32 + 'Bruno'.length) + 121);
    anna.chat('f'.repeat(200));
    hall.run();
    expect(words(hall.lane(anna))).toEqual([]);
    expect(hall.relay.snapshot().sessions[0]!.chatBytes).toBe(0);
  });
});
