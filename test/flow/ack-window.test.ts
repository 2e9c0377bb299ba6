import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AckWindow, RELAY_WINDOW } from '../../engine/flow/index.js';

const MS = 1000;
const SECOND = 1_000_000;

interface LinkShape {
  /** Bytes per second. */
  readonly rate: number;
  /** Both ways, microseconds. */
  readonly delay: number;
  /** What the viewer takes from the last byte's arrival to the ack. */
  readonly show?: number;
}

interface Run {
  readonly delivered: number;
  readonly acks: number;
  /** Bytes not yet delivered when a frame was sent, at most. */
  readonly mostQueued: number;
  readonly mostInFlight: number;
  /** Time that a frame waited for others ahead of it, sorted. */
  readonly waits: number[];
  readonly window: AckWindow;
}

/** A sender that always has a frame, over a link that delivers in order, for `time` microseconds. */
function run(shape: LinkShape, sizes: () => number, time: number, window = new AckWindow(), start = 0): Run {
  const { rate, delay, show = 0 } = shape;
  const acks: { frame: number; at: number }[] = [];
  let now = start;
  let busyUntil = 0;
  let frame = start;
  let delivered = 0;
  let count = 0;
  let mostQueued = 0;
  let mostInFlight = 0;
  const waits: number[] = [];
  while (now < start + time) {
    while (window.isOpen(now)) {
      const bytes = sizes();
      window.sent(++frame, bytes, now);
      waits.push(Math.max(0, busyUntil - now));
      busyUntil = Math.max(now, busyUntil) + (bytes * SECOND) / rate;
      acks.push({ frame, at: busyUntil + delay + show });
      mostQueued = Math.max(mostQueued, ((busyUntil - now) * rate) / SECOND);
      mostInFlight = Math.max(mostInFlight, window.inFlight);
      delivered += bytes;
    }
    const ack = acks.shift()!;
    now = ack.at;
    window.acked(ack.frame, now);
    count++;
  }
  return {
    delivered,
    acks: count,
    mostQueued,
    mostInFlight,
    waits: waits.slice(Math.floor(waits.length / 5)).sort((a, b) => a - b),
    window,
  };
}

const quantile = (sorted: number[], q: number) => sorted[Math.floor((sorted.length - 1) * q)]!;

describe('the window', () => {
  test('lets one frame go at first, and no second before an ack', () => {
    const window = new AckWindow();
    expect(window.isOpen(0)).toBe(true);
    window.sent(1, 10, 0);
    expect(window.isOpen(0)).toBe(false);
    expect(window.isOpen(60 * SECOND)).toBe(false);
    window.acked(1, 5 * MS);
    expect(window.isOpen(5 * MS)).toBe(true);
    expect(window.inFlight).toBe(0);
  });

  test('counts a frame that is sent in parts once, and by all its bytes', () => {
    const window = new AckWindow();
    window.sent(7, 100, 0);
    window.sent(7, 50, 10);
    expect(window.inFlight).toBe(1);
    expect(window.bytesInFlight).toBe(150);
    window.acked(7, 20);
    expect(window.bytesInFlight).toBe(0);
  });

  test('takes an ack for all frames up to its own, and none for one before', () => {
    const window = new AckWindow();
    for (const frame of [3, 5, 9]) window.sent(frame, 10, frame);
    window.acked(2, 20);
    expect(window.inFlight).toBe(3);
    window.acked(6, 30);
    expect(window.inFlight).toBe(1);
    window.acked(5, 40);
    expect(window.inFlight).toBe(1);
    window.acked(9, 50);
    expect(window.inFlight).toBe(0);
  });

  test('forgets what is in flight, and keeps what it knows of the link, on reset', () => {
    const { window } = run({ rate: 32_000, delay: 40 * MS }, () => 8000, 5 * SECOND);
    const { rate } = window;
    window.sent(1_000_000, 1000, 6 * SECOND);
    window.reset();
    expect(window.inFlight).toBe(0);
    expect(window.bytesInFlight).toBe(0);
    expect(window.rate).toBe(rate);
  });

  test('keeps one large frame at a time on 256 kbit/s, and a second to probe now and then', () => {
    const { waits, mostInFlight, window, delivered } = run(
      { rate: 32_000, delay: 40 * MS },
      () => 20_000,
      60 * SECOND,
    );
    expect(mostInFlight).toBe(2);
    // Nine frames of ten find the wire free.
    expect(quantile(waits, 0.85)).toBe(0);
    expect(delivered).toBeGreaterThan(0.9 * 32_000 * 60);
    expect(window.rate).toBeGreaterThan(0.85 * 32_000);
    expect(window.rate).toBeLessThanOrEqual(32_000);
  });

  test('lets several typed characters go on 256 kbit/s', () => {
    const { mostInFlight } = run({ rate: 32_000, delay: 40 * MS }, () => 250, 10 * SECOND);
    expect(mostInFlight).toBeGreaterThan(3);
  });

  test('fills 20 Mbit/s with a round trip of 100 ms', () => {
    const rate = 2_500_000;
    const { delivered, mostInFlight, waits } = run({ rate, delay: 100 * MS }, () => 60_000, 20 * SECOND);
    expect(delivered).toBeGreaterThan(0.9 * rate * 20);
    expect(mostInFlight).toBeGreaterThan(4);
    expect(quantile(waits, 0.9)).toBeLessThan(100 * MS);
  });

  test('lets a few frames go on a local network', () => {
    const { mostInFlight, waits } = run(
      { rate: 100_000_000, delay: MS, show: 8 * MS },
      () => 50_000,
      5 * SECOND,
    );
    expect(mostInFlight).toBeGreaterThanOrEqual(2);
    expect(quantile(waits, 0.9)).toBeLessThan(5 * MS);
  });

  test('follows a link that becomes slow', () => {
    const window = new AckWindow();
    run({ rate: 2_500_000, delay: 40 * MS }, () => 30_000, 10 * SECOND, window);
    window.reset();
    const after = run({ rate: 32_000, delay: 40 * MS }, () => 15_000, 30 * SECOND, window, 11 * SECOND);
    expect(quantile(after.waits, 0.5)).toBe(0);
  });

  test('a relay lets pass what a host may send to its only viewer', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 4, max: 8, noNaN: true }),
        // A round trip within what a relay lets wait; on a longer one a cut costs less than the way.
        fc.integer({ min: 0, max: 50 * MS }),
        fc.integer({ min: 0, max: 50 * MS }),
        fc.array(fc.integer({ min: 100, max: 200_000 }), { minLength: 1, maxLength: 20 }),
        (power, hostDelay, viewerDelay, sizes) => {
          const { sent, refused } = refusals(10 ** power, hostDelay, viewerDelay, sizes);
          expect(refused).toBeLessThanOrEqual(0.04 * sent);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('is open when nothing is in flight, and never passes its limit of frames', () => {
    const step = fc.record({
      wait: fc.integer({ min: 0, max: 3 * SECOND }),
      send: fc.boolean(),
      bytes: fc.integer({ min: 0, max: 1_000_000 }),
      ack: fc.integer({ min: -3, max: 40 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 1, max: 9 }), (steps, maxFrames) => {
        const window = new AckWindow({ maxFrames });
        let now = 0;
        let frame = 0;
        const out = new Map<number, number>();
        for (const { wait, send, bytes, ack } of steps) {
          now += wait;
          if (out.size === 0) expect(window.isOpen(now)).toBe(true);
          if (send && window.isOpen(now)) {
            window.sent(++frame, bytes, now);
            out.set(frame, bytes);
          } else {
            window.acked(ack, now);
            for (const key of [...out.keys()]) if (key <= ack) out.delete(key);
          }
          expect(window.inFlight).toBe(out.size);
          expect(window.bytesInFlight).toBe([...out.values()].reduce((sum, size) => sum + size, 0));
          expect(window.inFlight).toBeLessThanOrEqual(maxFrames);
          expect(Number.isFinite(window.rate) && window.rate >= 0).toBe(true);
          expect(Number.isFinite(window.delay) && window.delay >= 0).toBe(true);
        }
      }),
    );
  });

  test('never believes a link to be faster than it is, whatever the frames', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 4, max: 7, noNaN: true }),
        fc.integer({ min: 0, max: 200 * MS }),
        fc.array(fc.integer({ min: 100, max: 100_000 }), { minLength: 1, maxLength: 10 }),
        (power, delay, sizes) => {
          const rate = 10 ** power;
          let next = 0;
          const { window, mostQueued } = run(
            { rate, delay },
            () => sizes[next++ % sizes.length]!,
            10 * SECOND,
          );
          expect(window.rate).toBeLessThanOrEqual(rate * 1.0001);
          // What waits at most: the budget of a link whose rate is right, and the frames on either side of it.
          const largest = Math.max(...sizes);
          expect(mostQueued).toBeLessThanOrEqual(
            1.25 * rate * (Math.max(30 * MS, delay) / SECOND) + 2 * largest,
          );
        },
      ),
      { numRuns: 150 },
    );
  });
});

/** Frames that a host with a window of its own sent and a relay's window refused. */
function refusals(rate: number, hostDelay: number, viewerDelay: number, sizes: readonly number[]) {
  const host = new AckWindow();
  const relay = new AckWindow(RELAY_WINDOW);
  type Event = { at: number; kind: 'relay' | 'ack' | 'host'; frame: number; bytes: number };
  const events: Event[] = [];
  const add = (event: Event) => {
    const place = events.findIndex(({ at }) => at > event.at);
    events.splice(place === -1 ? events.length : place, 0, event);
  };
  let busyUntil = 0;
  let frame = 0;
  let refused = 0;
  const send = (now: number) => {
    while (host.isOpen(now)) {
      const bytes = sizes[frame % sizes.length]!;
      host.sent(++frame, bytes, now);
      add({ at: now + hostDelay, kind: 'relay', frame, bytes });
    }
  };
  send(0);
  for (let steps = 0; steps < 600; steps++) {
    const event = events.shift()!;
    if (event.kind === 'relay') {
      if (!relay.isOpen(event.at)) refused++;
      relay.sent(event.frame, event.bytes, event.at);
      busyUntil = Math.max(event.at, busyUntil) + (event.bytes * SECOND) / rate;
      add({ ...event, kind: 'ack', at: busyUntil + 2 * viewerDelay });
    } else if (event.kind === 'ack') {
      relay.acked(event.frame, event.at);
      add({ ...event, kind: 'host', at: event.at + hostDelay });
    } else {
      host.acked(event.frame, event.at);
      send(event.at);
    }
  }
  return { sent: frame, refused };
}

test('tells what the last ack said of the link', () => {
  const window = new AckWindow();
  expect(window.oldestSentAt).toBeUndefined();
  window.sent(1, 300, 10 * MS);
  window.sent(1, 200, 12 * MS);
  window.sent(2, 50, 15 * MS);
  expect(window.oldestSentAt).toBe(10 * MS);
  expect(window.lastAcked).toBeUndefined();
  window.acked(1, 40 * MS);
  expect(window.lastAcked).toEqual({ bytes: 500, roundTrip: 30 * MS, sinceLast: 40 * MS });
  expect(window.oldestSentAt).toBe(15 * MS);
  window.acked(2, 45 * MS);
  expect(window.lastAcked).toEqual({ bytes: 50, roundTrip: 30 * MS, sinceLast: 5 * MS });
  window.acked(2, 50 * MS);
  expect(window.lastAcked).toBeUndefined();
});
