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
    clocks.add(4_000, 600_000, 9_000);
    expect(clocks.estimate(9_000)!.error).toBeLessThan(52);
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
