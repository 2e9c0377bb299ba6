import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClockOffset } from '../../engine/viewer/index.js';

describe('the comparison of two clocks', () => {
  it('takes the middle of the shortest round trip', () => {
    const clocks = new ClockOffset();
    expect(clocks.estimate(0)).toBeUndefined();
    clocks.add(1_000, 501_500, 2_000);
    expect(clocks.estimate(1_000)).toEqual({ offset: -500_000, error: 500 });
    clocks.add(3_000, 503_050, 3_100);
    expect(clocks.estimate(3_000)).toEqual({ offset: -500_000, error: 50 });
    clocks.add(4_000, 504_100, 9_000);
    expect(clocks.estimate(9_000)!.error).toBeLessThan(52);
  });

  it.each([20_000_000, -20_000_000, 3_600_000_000])(
    'is right again with the first exchange after a clock has jumped by %d',
    (jump) => {
      const clocks = new ClockOffset();
      const base = 1_000_000_000;
      let theirs = 5_000_000_000;
      const exchange = (offset: number, roundTrip: number) => {
        theirs += 3_000_000;
        clocks.add(theirs + offset, theirs + roundTrip / 2, theirs + offset + roundTrip);
        const estimate = clocks.estimate(theirs + offset + roundTrip)!;
        return { wrong: Math.abs(estimate.offset - offset), error: estimate.error };
      };
      for (let n = 0; n < 40; n++) exchange(base, 2_000 + (n % 3) * 500);
      for (let n = 0; n < 40; n++) {
        const { wrong, error } = exchange(base + jump, 4_000 + (n % 3) * 500);
        expect(wrong).toBeLessThanOrEqual(error);
        expect(error).toBeLessThan(6_000);
      }
    },
  );

  it('is never wrong by more than it says once an exchange was made after a jump', () => {
    const way = fc.integer({ min: 0, max: 400_000 });
    const exchanges = fc.array(fc.record({ there: way, back: way }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(
        exchanges,
        exchanges,
        fc.integer({ min: 2_000_000, max: 1e10 }),
        fc.boolean(),
        (before, after, size, forward) => {
          const clocks = new ClockOffset();
          let theirs = 1e9;
          const run = (list: typeof before, offset: number) => {
            for (const { there, back } of list) {
              theirs += 3_000_000;
              const asked = theirs + offset;
              clocks.add(asked, theirs + there, asked + there + back);
              const { offset: told, error } = clocks.estimate(asked + there + back)!;
              expect(Math.abs(told - offset)).toBeLessThanOrEqual(error + 1e-3);
            }
          };
          run(before, 5e9);
          run(after, 5e9 + (forward ? size : -size));
        },
      ),
    );
  });

  it('keeps its error bound whatever the ways there and back take, and while the clocks drift', () => {
    const delay = fc.integer({ min: 0, max: 400_000 });
    fc.assert(
      fc.property(
        fc.array(fc.record({ there: delay, back: delay, pause: fc.integer({ min: 0, max: 20_000_000 }) }), {
          minLength: 1,
          maxLength: 60,
        }),
        fc.double({ min: -1e12, max: 1e12, noNaN: true }),
        fc.double({ min: -200e-6, max: 200e-6, noNaN: true }),
        (exchanges, ahead, drift) => {
          // What the other clock reads when ours reads `now`.
          const theirs = (now: number) => now + ahead + now * drift;
          const clocks = new ClockOffset();
          let now = 0;
          for (const { there, back, pause } of exchanges) {
            now += pause;
            clocks.add(now, theirs(now + there), now + there + back);
            now += there + back;
            const estimate = clocks.estimate(now)!;
            const truth = now - theirs(now);
            // Doubles hold microseconds of 1e12 to a thousandth.
            expect(Math.abs(estimate.offset - truth)).toBeLessThanOrEqual(estimate.error + 0.01);
          }
        },
      ),
    );
  });

  it('grows less sure with time, and does not believe an answer from before its question', () => {
    const clocks = new ClockOffset();
    clocks.add(100, 100, 50);
    clocks.add(Number.NaN, 1, 2);
    expect(clocks.estimate(0)).toBeUndefined();
    clocks.add(0, 0, 10);
    const early = clocks.estimate(10)!.error;
    expect(clocks.estimate(1_000_000)!.error).toBeGreaterThan(early + 100);
    clocks.reset();
    expect(clocks.estimate(0)).toBeUndefined();
  });
});
