/** The conversation as one party keeps it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHAT_TIMEOUT, type ChatEntry, ChatLog } from '../../engine/chat/index.js';
import { type ChatMessage, decodeChat } from '../../engine/protocol/index.js';
import { FakeClock } from '../support/clock.js';

/** Viewer 3's log, a relay that does what a test says, and what the log tells of changes. */
function log() {
  const clock = new FakeClock();
  const sent: ChatMessage[] = [];
  const changes: ChatEntry[] = [];
  const link = { open: true };
  const chat = new ChatLog({
    clock,
    self: () => 3,
    send: (message) => {
      if (link.open) sent.push(decodeChat(message));
      return link.open;
    },
    changed: (entry) => changes.push(entry),
  });
  const texts = () => chat.entries.map(({ text, state }) => `${text} ${state}`);
  return { clock, sent, changes, link, chat, texts };
}

const told = (text: string, sentAt: number, change: Partial<ChatMessage> = {}): ChatMessage => ({
  viewer: 1,
  sequence: sentAt,
  createdAt: 1,
  name: 'Ann',
  earlier: false,
  text,
  sentAt,
  ...change,
});

describe('what is said here', () => {
  it('is numbered, timed and tidied, stands at the end, and is sent when the relay sends it back', () => {
    const { clock, sent, changes, chat, texts } = log();
    expect(chat.send(' one\r\ntwo ')).toMatchObject({ own: true, state: 'sending', sentAt: 0 });
    chat.send('three', 77);
    expect(sent).toMatchObject([
      { viewer: 3, sequence: 1, createdAt: clock.now(), text: 'one\ntwo', name: '', sentAt: 0 },
      { viewer: 3, sequence: 2, createdAt: 77, text: 'three' },
    ]);
    expect(chat.receive(told('meanwhile', 10))).toBe(true);
    expect(texts()).toEqual(['meanwhile sent', 'one\ntwo sending', 'three sending']);
    chat.receive({ ...sent[0]!, name: 'We', sentAt: 11 });
    chat.receive({ ...sent[1]!, name: 'We', sentAt: 12 });
    expect(texts()).toEqual(['meanwhile sent', 'one\ntwo sent', 'three sent']);
    expect(chat.entries[1]).toMatchObject({ id: 1, own: true, name: 'We', sentAt: 11 });
    expect(changes.map(({ id, state }) => [id, state])).toEqual([
      [1, 'sending'],
      [2, 'sending'],
      [3, 'sent'],
      [1, 'sent'],
      [2, 'sent'],
    ]);
  });

  it('is nothing without words, and not too long', () => {
    const { sent, chat } = log();
    expect(chat.send(' \n\u0007 ')).toBeUndefined();
    expect(() => chat.send('x'.repeat(4_001))).toThrow(expect.objectContaining({ code: 'bad-argument' }));
    expect(chat.entries).toEqual([]);
    chat.send('hello');
    expect(sent).toMatchObject([{ sequence: 1 }]);
  });

  it('fails at once without a connection', () => {
    const { clock, link, sent, chat, texts } = log();
    link.open = false;
    expect(chat.send('hello')).toMatchObject({ state: 'failed' });
    expect(clock.pending).toBe(0);
    link.open = true;
    chat.resend(1);
    expect(sent).toMatchObject([{ text: 'hello' }]);
    expect(texts()).toEqual(['hello sending']);
  });

  it('is not delivered when nothing comes back, can be said again, and is not given up twice', async () => {
    const { clock, sent, chat, texts, changes, link } = log();
    chat.send('lost');
    await clock.advance(CHAT_TIMEOUT - 1);
    expect(texts()).toEqual(['lost sending']);
    await clock.advance(1);
    expect(texts()).toEqual(['lost failed']);
    chat.receive(told('meanwhile', 10));
    link.open = false;
    expect(texts()).toEqual(['lost failed', 'meanwhile sent']);
    chat.resend(1);
    expect(texts()).toEqual(['meanwhile sent', 'lost failed']);
    link.open = true;
    expect(chat.resend(1)).toMatchObject({ id: 1, sequence: 3, state: 'sending' });
    expect(chat.resend(1)).toBeUndefined();
    expect(texts()).toEqual(['meanwhile sent', 'lost sending']);
    chat.receive({ ...sent[1]!, sentAt: 11 });
    await clock.advance(CHAT_TIMEOUT);
    expect(texts()).toEqual(['meanwhile sent', 'lost sent']);
    expect(changes).toHaveLength(6);
  });

  it('turns out to be delivered when the relay tells it late, after a new join under another number', async () => {
    const { clock, sent, chat } = log();
    chat.send('late');
    await clock.advance(CHAT_TIMEOUT);
    expect(chat.receive({ ...sent[0]!, viewer: 3, sentAt: 9, earlier: true })).toBe(true);
    expect(chat.entries).toMatchObject([{ text: 'late', own: true, state: 'sent' }]);
  });

  it('is timed once, from its writing to the answer', () => {
    const { chat } = log();
    chat.send('hello', 40);
    expect(chat.answered(2)).toBeUndefined();
    expect(chat.answered(1)).toBe(40);
    expect(chat.answered(1)).toBeUndefined();
  });
});

describe('what others say', () => {
  it('stands in the order of the relay’s times, each once, however it comes', () => {
    const said = fc.uniqueArray(fc.integer({ min: 1, max: 1_000 }), { maxLength: 40 });
    fc.assert(
      fc.property(said, fc.infiniteStream(fc.nat()), (times, picks) => {
        const { chat } = log();
        for (const time of times) expect(chat.receive(told(`at ${time}`, time))).toBe(true);
        for (const time of times) {
          const again = { ...told(`at ${time}`, time), earlier: (picks.next().value ?? 0) % 2 === 0 };
          expect(chat.receive(again)).toBe(false);
        }
        expect(chat.entries.map(({ sentAt }) => sentAt)).toEqual(times.toSorted((a, b) => a - b));
      }),
    );
  });

  it('is forgotten from its beginning when it becomes too much', () => {
    const { chat } = log();
    for (let time = 1; time <= 510; time++) chat.receive(told('x', time));
    expect(chat.entries).toHaveLength(500);
    expect(chat.entries[0]?.sentAt).toBe(11);
  });
});
