import { beforeEach, expect, it } from 'vitest';
import type { Link } from '../../engine/transport/link.js';
import { SimulatedLine } from '../../harness/console/session/worker/simulated-line.js';
import { FakeClock } from '../support/clock.js';

/** The network's end of a link: what was sent, and a way to let something come. */
class Network implements Link {
  onMessage: Link['onMessage'];
  onClose: Link['onClose'];
  readonly bufferedBytes = 0;
  readonly sent: { at: number; first: number }[] = [];

  send(message: Uint8Array): void {
    this.sent.push({ at: clock.now(), first: message[0]! });
  }

  close(code = 1000, reason = ''): void {
    this.onClose?.(code, reason);
  }
}

let clock: FakeClock;
let line: SimulatedLine;
let network: Network;
let link: Link;
let received: { at: number; first: number }[];

beforeEach(async () => {
  clock = new FakeClock(0);
  line = new SimulatedLine(clock);
  network = new Network();
  link = await line.over(async () => network)();
  received = [];
  link.onMessage = (message) => received.push({ at: clock.now(), first: message[0]! });
});

function message(first: number, bytes = 1000): Uint8Array {
  const made = new Uint8Array(bytes);
  made[0] = first;
  return made;
}

it('passes everything on at once while none is simulated', () => {
  network.onMessage?.(message(1));
  link.send(message(2));
  expect(received).toEqual([{ at: 0, first: 1 }]);
  expect(network.sent).toEqual([{ at: 0, first: 2 }]);
});

it('takes a line’s time in each direction', async () => {
  line.words = 'down.rate=80kbit,down.delay=20ms,up.rate=8kbit,up.delay=50ms';
  network.onMessage?.(message(1));
  link.send(message(2));
  expect(link.bufferedBytes + line.waitingBytes).toBeGreaterThan(0);
  await clock.advance(2_000_000);
  // 1000 bytes at 10 000 bytes per second, and the delay; at 1000 bytes per second.
  expect(received).toEqual([{ at: 120_000, first: 1 }]);
  expect(network.sent).toEqual([{ at: 1_050_000, first: 2 }]);
});

it('keeps what it is given, which is valid during the call only', async () => {
  line.words = 'delay=10ms';
  const reused = message(1);
  network.onMessage?.(reused);
  reused[0] = 9;
  await clock.advance(20_000);
  expect(received.map(({ first }) => first)).toEqual([1]);
});

it('takes what was on the line before off it at once, in order', async () => {
  line.words = 'delay=100ms';
  network.onMessage?.(message(1));
  network.onMessage?.(message(2));
  link.send(message(3));
  await clock.advance(1_000);
  line.words = 'delay=5ms';
  expect(received).toEqual([1, 2].map((first) => ({ at: 1_000, first })));
  expect(network.sent).toEqual([{ at: 1_000, first: 3 }]);
  network.onMessage?.(message(4));
  line.words = 'none';
  network.onMessage?.(message(5));
  await clock.advance(1_000_000);
  expect(received.map(({ first }) => first)).toEqual([1, 2, 4, 5]);
});

it('is shared by the links of the page', async () => {
  const other = new Network();
  const lane = await line.over(async () => other)();
  line.words = 'rate=80kbit';
  link.send(message(1));
  lane.send(message(2));
  await clock.advance(1_000_000);
  expect([network.sent[0]?.at, other.sent[0]?.at]).toEqual([100_000, 200_000]);
});

it('brings nothing any more when the link is closed', async () => {
  const closes: number[] = [];
  link.onClose = (code) => closes.push(code);
  line.words = 'delay=10ms';
  network.onMessage?.(message(1));
  link.send(message(2));
  link.close(4000, 'away');
  await clock.advance(100_000);
  expect(received).toEqual([]);
  expect(network.sent).toEqual([]);
  expect(closes).toEqual([4000]);
});

it('refuses words that are no line, and keeps the one that it has', () => {
  line.words = 'modem';
  expect(() => {
    line.words = 'carrier pigeon';
  }).toThrow(expect.objectContaining({ code: 'bad-argument' }));
  expect(line.words).toBe('modem');
});
