import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DIRECT,
  Direction,
  type DirectionProfile,
  LINK_NAMES,
  LINK_PRESETS,
  seededRandom,
} from '../../engine/link-model/index.js';
import { FakeClock } from '../support/clock.js';

function directionOf(profile: Partial<DirectionProfile>, returnDelay = 0, seed = 1) {
  const clock = new FakeClock(0);
  const direction = new Direction({
    profile: { ...DIRECT.down, ...profile },
    clock,
    random: seededRandom(seed),
    returnDelay,
  });
  return { clock, direction };
}

/** Sends messages of `bytes`, as fast as the link takes them; answers when each arrived. */
function fill(profile: Partial<DirectionProfile>, bytes: number, count: number, returnDelay = 0): number[] {
  const { clock, direction } = directionOf(profile, returnDelay);
  const flow = direction.open();
  const arrivals: number[] = [];
  for (let message = 0; message < count; message++) flow.send(bytes, () => arrivals.push(clock.now()));
  clock.advanceNow(1e9);
  return arrivals;
}

const within = (value: number, wanted: number, part: number) => {
  expect(value).toBeGreaterThanOrEqual(wanted * (1 - part));
  expect(value).toBeLessThanOrEqual(wanted * (1 + part));
};

describe('a direction of a link', () => {
  it.each([4_000, 31_250, 250_000, 2_000_000, 125_000_000])('keeps a rate of %i bytes per second', (rate) => {
    const arrivals = fill({ bytesPerSecond: rate, delay: 20_000 }, 10_000, 200);
    expect(arrivals).toHaveLength(200);
    const seconds = (arrivals.at(-1)! - arrivals[0]!) / 1e6;
    within((199 * 10_000) / seconds, rate, 0.001);
  });

  it.each(LINK_NAMES)('is as the preset %s says, in both directions', (name) => {
    for (const profile of Object.values(LINK_PRESETS[name])) {
      const { clock, direction } = directionOf({ ...profile, loss: 0 });
      const flow = direction.open();
      const delays: number[] = [];
      // One small message at a time: nothing waits.
      for (let message = 0; message < 500; message++) {
        const sentAt = clock.now();
        flow.send(1, () => delays.push(clock.now() - sentAt));
        clock.advanceNow(1_000_000);
      }
      const mean = delays.reduce((sum, delay) => sum + delay, 0) / delays.length;
      const wanted = profile.delay + profile.jitter / 2 + 1e6 / profile.bytesPerSecond;
      expect(Math.abs(mean - wanted)).toBeLessThan(Math.max(1000, 0.02 * wanted));
      expect(Math.min(...delays)).toBeGreaterThanOrEqual(profile.delay);
    }
  });

  it('delivers in order, everything once, whatever is lost or late', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 40 }),
        fc.double({ min: 0, max: 0.4, noNaN: true }),
        fc.integer({ min: 0, max: 50_000 }),
        fc.integer({ min: 1500, max: 50_000 }),
        fc.integer(),
        (sizes, loss, jitter, buffer, seed) => {
          const profile = { bytesPerSecond: 100_000, delay: 10_000, jitter, loss, buffer };
          const { clock, direction } = directionOf(profile, 10_000, seed);
          const flows = [direction.open(), direction.open()];
          const seen: number[][] = [[], []];
          sizes.forEach((size, index) => {
            const side = index % 2;
            flows[side]!.send(size, () => seen[side]!.push(index));
          });
          clock.advanceNow(4e9);
          const indices = sizes.map((_, index) => index);
          expect(seen[0]).toEqual(indices.filter((index) => index % 2 === 0));
          expect(seen[1]).toEqual(indices.filter((index) => index % 2 === 1));
          expect(direction.queuedBytes).toBe(0);
          expect(flows[0]!.waitingBytes + flows[1]!.waitingBytes).toBe(0);
          expect(clock.pending).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('holds no more than its buffer; what has no room waits in the socket', () => {
    const { clock, direction } = directionOf({ bytesPerSecond: 100_000, buffer: 20_000 });
    const flow = direction.open();
    flow.send(100_000, () => {});
    expect(direction.queuedBytes).toBeGreaterThan(18_000);
    expect(direction.queuedBytes).toBeLessThanOrEqual(20_000);
    expect(flow.waitingBytes).toBe(100_000 - direction.queuedBytes);
    clock.advanceNow(500_000);
    expect(direction.counts.mostQueued).toBeLessThanOrEqual(20_000);
    expect(direction.counts.bytes).toBeGreaterThan(48_000);
    expect(direction.counts.bytes).toBeLessThanOrEqual(50_000);
  });

  it.each([
    ['shallow', 8_000],
    ['deep', 100_000],
  ])('lets a small message of another connection wait for the %s buffer', (_, buffer) => {
    const { clock, direction } = directionOf({ bytesPerSecond: 100_000, buffer });
    const [bulk, small] = [direction.open(), direction.open()];
    bulk.send(1_000_000, () => {});
    clock.advanceNow(50_000);
    const sentAt = clock.now();
    let took = 0;
    small.send(20, () => {
      took = clock.now() - sentAt;
    });
    clock.advanceNow(5_000_000);
    within(took, (buffer / 100_000) * 1e6, 0.2);
  });

  it('gives connections that are always busy equal shares', () => {
    const { clock, direction } = directionOf({ bytesPerSecond: 100_000, buffer: 8_000 });
    const counts = [0, 0, 0];
    counts.forEach((_, index) => {
      const flow = direction.open();
      for (let message = 0; message < 200; message++) {
        flow.send(1000, () => {
          counts[index]!++;
        });
      }
    });
    clock.advanceNow(3_000_000);
    for (const count of counts) within(count, 100, 0.06);
  });

  describe('with losses', () => {
    /** Loses the packets of these numbers, counted over all that is sent. */
    function losing(lost: readonly number[]) {
      const clock = new FakeClock(0);
      let packet = 0;
      const random = () => (lost.includes(packet++) ? 0 : 0.99);
      const profile = { ...DIRECT.down, bytesPerSecond: 1_460_000, delay: 20_000, loss: 0.1 };
      const direction = new Direction({ profile, clock, random, returnDelay: 30_000 });
      return { clock, direction, flow: direction.open() };
    }

    it('stalls for about one round trip while more follows', () => {
      const { clock, direction, flow } = losing([2]);
      const arrivals: number[] = [];
      for (let message = 0; message < 20; message++) flow.send(1460, () => arrivals.push(clock.now()));
      clock.advanceNow(1e6);
      expect(arrivals.slice(0, 2)).toEqual([21_000, 22_000]);
      // The third of those after it leaves at 6 ms and arrives at 26 ms; the news at 56 ms; then the packet waits
      // for nothing, leaves at 57 ms and arrives at 77 ms, and with it all that came meanwhile.
      expect(arrivals.slice(2)).toEqual(Array.from({ length: 18 }, () => 77_000));
      expect(direction.counts.losses).toBe(1);
    });

    it('stalls for its timer when nothing follows, and for twice as long when that is lost, too', () => {
      const { clock, flow } = losing([0, 1]);
      const arrivals: number[] = [];
      flow.send(1460, () => arrivals.push(clock.now()));
      clock.advanceNow(5e6);
      // Leaves at 1 ms, would be there at 21 ms; timer at 251 ms; again at 252 + 20 + 30 + 400 ms; there 21 ms later.
      expect(arrivals).toEqual([723_000]);
    });

    it('loses as many as it says, and gets along without them', () => {
      const { clock, direction } = directionOf({ bytesPerSecond: 1e6, delay: 10_000, loss: 0.02 }, 10_000);
      const flow = direction.open();
      let arrived = 0;
      for (let message = 0; message < 2000; message++) {
        flow.send(1460, () => {
          arrived++;
        });
      }
      clock.advanceNow(20e6);
      expect(arrived).toBe(2000);
      within(direction.counts.losses / direction.counts.packets, 0.02, 0.3);
    });

    it('forgets a connection that is closed', () => {
      const { clock, flow } = losing([0, 1, 2]);
      flow.send(10_000, () => expect.unreachable());
      clock.advanceNow(2_000);
      flow.close();
      flow.send(10, () => expect.unreachable());
      clock.advanceNow(5e6);
      expect(clock.pending).toBe(0);
    });
  });

  it('is the same every time for one seed, and another for another', () => {
    const run = (seed: number) => {
      const { clock, direction } = directionOf(
        { bytesPerSecond: 50_000, delay: 10_000, jitter: 9_000, loss: 0.05 },
        10_000,
        seed,
      );
      const flow = direction.open();
      const arrivals: number[] = [];
      for (let message = 0; message < 50; message++) flow.send(1460, () => arrivals.push(clock.now()));
      clock.advanceNow(10e6);
      return arrivals;
    };
    expect(run(3)).toEqual(run(3));
    expect(run(3)).not.toEqual(run(4));
  });
});
