/** Whether what a technician does arrives as fast as it is made. */
import { expect, it } from 'vitest';
import { Channel } from '../../engine/protocol/index.js';
import { EventPace } from '../../engine/viewer/event-pace.js';

/** An overlay event that the host answers after 10 ms. */
function draws(pace: EventPace, sequence: number, at: number): void {
  pace.sent(Channel.Overlay, sequence, at);
  pace.answered({ channel: Channel.Overlay, sequence }, at + 10_000);
}

it('an event that was lost on the way is not waited for while those of another channel arrive', () => {
  const pace = new EventPace();
  draws(pace, 1, 0);
  // The control is somebody else's by the time that the relay has it.
  pace.sent(Channel.Input, 1, 20_000);
  for (let sequence = 2; sequence < 100; sequence++) draws(pace, sequence, sequence * 20_000);
  expect(pace.isLate(2_000_000)).toBe(false);
});

it('one that another has only overtaken is', () => {
  const pace = new EventPace();
  draws(pace, 1, 0);
  pace.sent(Channel.Input, 1, 20_000);
  draws(pace, 2, 300_000);
  expect(pace.isLate(320_000)).toBe(true);
});
