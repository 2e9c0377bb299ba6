/** The clock of the process, over timers that a test lets fire. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../engine/clock.js';

interface Timer {
  readonly fire: () => void;
  readonly wait: number;
}

let now: number;
let timers: Timer[];

beforeEach(() => {
  now = 1000;
  timers = [];
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  vi.stubGlobal('setTimeout', (fire: () => void, wait: number) => timers.push({ fire, wait }));
  vi.stubGlobal('clearTimeout', (id: number) => timers.splice(id - 1, 1));
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

test('a timer that comes too early is set again for the rest', () => {
  const run = vi.fn();
  systemClock.after(20_000, run);
  expect(timers[0]!.wait).toBe(20);
  now += 18.25;
  timers[0]!.fire();
  expect(run).not.toHaveBeenCalled();
  expect(timers[1]!.wait).toBeCloseTo(1.75);
  now += 1;
  timers[1]!.fire();
  expect(run).toHaveBeenCalledTimes(1);
  expect(timers).toHaveLength(2);
});

test('a timer that was set again can be cancelled', () => {
  const cancel = systemClock.after(20_000, () => {});
  now += 10;
  timers[0]!.fire();
  expect(timers).toHaveLength(2);
  cancel();
  expect(timers).toHaveLength(1);
});

test('a delay longer than any timer is waited for in parts', () => {
  const run = vi.fn();
  systemClock.after(2 ** 32 * 1000, run);
  now += timers[0]!.wait;
  timers[0]!.fire();
  expect(run).not.toHaveBeenCalled();
  now += timers[1]!.wait;
  timers[1]!.fire();
  now += timers[2]!.wait;
  timers[2]!.fire();
  expect(run).toHaveBeenCalledTimes(1);
});
