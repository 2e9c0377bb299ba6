import { describe, expect, it } from 'vitest';
import { runTimetable } from '../../harness/measure/timetable.js';
import { FakeClock } from '../support/clock.js';

describe('a timetable', () => {
  it('makes every event at its time, and none after the end', async () => {
    const clock = new FakeClock();
    const start = clock.now();
    const events: number[] = [];
    const done = runTimetable({
      clock,
      rate: 20,
      duration: 200_000,
      event: (_index, late) => {
        events.push(clock.now() - start);
        expect(late).toBe(0);
      },
    });
    clock.advance(500_000);
    await done;
    expect(events).toEqual([0, 50_000, 100_000, 150_000]);
  });

  it('makes up for a stall at once, and says how late each event is', async () => {
    const clock = new FakeClock();
    let now = 0;
    // The stalled clock stands for a process that could not run: its timers come when it can again.
    const stalled = { now: () => now, after: clock.after.bind(clock) };
    const late: number[] = [];
    const done = runTimetable({
      clock: stalled,
      rate: 10,
      duration: 400_000,
      event: (index, by) => {
        late.push(by);
        if (index === 0) now = 310_000;
      },
    });
    clock.advance(1_000_000);
    await done;
    expect(late).toEqual([0, 210_000, 110_000, 10_000]);
  });
});
