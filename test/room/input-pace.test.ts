/** A viewer's moves beyond the rate, on their way to the host. */
import { expect, it } from 'vitest';
import type { Clock } from '../../engine/clock.js';
import { decodeInput, encodeInput } from '../../engine/protocol/index.js';
import { Counters } from '../../engine/room/counters.js';
import { InputPace } from '../../engine/room/input-pace.js';
import { TokenBucket } from '../../engine/room/token-bucket.js';
import { FakeClock } from '../support/clock.js';

it('the newest one goes on though the timer is early', () => {
  const clock = new FakeClock();
  const early: Clock = {
    now: () => clock.now(),
    after: (delay, run) => clock.after(Math.max(1, delay - 1000), run),
  };
  const places: number[] = [];
  const pace = new InputPace(1, new TokenBucket({ perSecond: 100, burst: 1 }, 0), early, new Counters(), {
    mayAct: () => true,
    toHost: (message) => {
      const event = decodeInput(message);
      if (event.kind === 'pointer') places.push(event.x);
      return true;
    },
  });
  for (const x of [1, 2, 3]) {
    const action = { kind: 'pointer', x, y: 0, buttons: 0 } as const;
    pace.receive(action, encodeInput({ viewer: 1, sequence: x, createdAt: 0, ...action }));
  }
  clock.advanceNow(1_000_000);
  expect(places).toEqual([1, 3]);
});
