import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/index.js';
import { estimateRatio, interval } from '../../harness/reports/statistics/bootstrap.js';
import { holmLevels } from '../../harness/reports/statistics/holm.js';
import { twoSidedChance, twoSidedQuantile } from '../../harness/reports/statistics/student.js';
import { rateUnits } from '../../harness/reports/statistics/units.js';
import { normal } from './synthetic.js';

describe("Student's distribution", () => {
  it.each([
    // Two-sided, as tables print them.
    [0.05, 1, 12.706],
    [0.05, 4, 2.776],
    [0.05, 10, 2.228],
    [0.01, 10, 3.169],
    [0.001, 5, 6.869],
    [0.05, 1000, 1.962],
  ])('is exceeded with chance %f at %i degrees beyond %f', (chance, freedom, t) => {
    expect(twoSidedQuantile(chance, freedom)).toBeCloseTo(t, 3);
    expect(twoSidedChance(t, freedom)).toBeCloseTo(chance, 4);
  });

  it('is certain at nothing and impossible without end', () => {
    expect(twoSidedChance(0, 7)).toBe(1);
    expect(twoSidedChance(Number.POSITIVE_INFINITY, 7)).toBe(0);
  });
});

describe("Holm's procedure", () => {
  it('rejects step by step, and nothing after the first that it cannot', () => {
    const levels = holmLevels([0.04, 0.001, 0.02, 0.3], 0.06);
    expect(levels[1]).toBeCloseTo(0.015);
    expect(levels[2]).toBeCloseTo(0.02);
    // 0.04 is above 0.06 / 2: it is not rejected, and 0.3 is held to the same level.
    expect(levels[0]).toBeCloseTo(0.03);
    expect(levels[3]).toBeCloseTo(0.03);
  });

  it('lets nothing pass after a failure, however small its own step', () => {
    const p = [0.03, 0.03, 0.03];
    const levels = holmLevels(p, 0.05);
    for (const [index, level] of levels.entries()) expect(p[index]).toBeGreaterThan(level);
  });
});

describe('the interval of a ratio', () => {
  const options = { paired: false, resolution: 0 };

  it('holds the true ratio as often as it says', () => {
    const random = seededRandom(5);
    const draw = (count: number, mean: number): number[] =>
      Array.from({ length: count }, () => mean * Math.exp(0.1 * normal(random)));
    const rounds = 300;
    let held = 0;
    for (let round = 0; round < rounds; round++) {
      const [a, b] = [draw(5, 10), draw(7, 12)];
      const units = [a, b].map((values) =>
        rateUnits(
          values,
          values.map(() => 1),
          1,
        ),
      );
      const estimate = estimateRatio(units[0]!, units[1]!, { ...options, random })!;
      const [low, high] = interval(estimate, 0.1);
      if (low <= 1.2 && 1.2 <= high) held++;
    }
    // 90 % are stated; four standard deviations of a count of 300 are 7 %.
    expect(held / rounds).toBeGreaterThan(0.83);
    expect(held / rounds).toBeLessThan(0.97);
  });

  it('says nothing of a single unit', () => {
    const one = rateUnits([1], [1], 1);
    expect(estimateRatio(one, one, { ...options, random: seededRandom(1) })).toBeUndefined();
  });

  it('is narrow where what is alike is compared pair by pair', () => {
    const random = seededRandom(2);
    const a = Array.from({ length: 20 }, () => 10 * Math.exp(normal(random)));
    const b = a.map((value) => value * 1.02);
    const ones = a.map(() => 1);
    const compare = (paired: boolean) =>
      estimateRatio(rateUnits(a, ones, 1), rateUnits(b, ones, 1), { ...options, paired, random })!;
    expect(interval(compare(true), 0.05)[0]).toBeGreaterThan(1.015);
    expect(interval(compare(false), 0.05)[0]).toBeLessThan(1);
  });
});
