/** What brings viewers up to date, when the link closes over it. */
import { expect, it } from 'vitest';
import { ColourLevel } from '../../codecs/index.js';
import { type Answer, Answers } from '../../engine/host/answers.js';
import type { Link } from '../../engine/transport/link.js';
import { FakeClock } from '../support/clock.js';

it.each([false, true])('nothing is left of it for the next link (at once: %s)', (isUrgent) => {
  let sent = 0;
  let done = 0;
  const link: Link = {
    bufferedBytes: 0,
    onMessage: undefined,
    onClose: undefined,
    close: () => {},
    // A link that is full closes itself, and its owner forgets what was under way.
    send: () => {
      sent++;
      answers.reset();
    },
  };
  const answers: Answers<Answer> = new Answers(new FakeClock(), {
    link: () => link,
    sent: () => {},
    done: () => {
      done++;
    },
    failed: () => {},
    wake: () => {},
  });
  const answer: Answer = {
    level: ColourLevel.High,
    frame: 1,
    base: 0,
    viewers: new Set([1]),
    address: 1,
    isAlone: true,
    isUrgent,
    slices: [new Uint8Array(2000), new Uint8Array(2000)],
    next: 0,
    isCoded: false,
  };
  answers.begin(answer);
  answers.coded(answer);
  while (answers.sendNext()) {}
  expect({ sent, done, size: answers.size, bytes: answers.bytes }).toEqual({
    sent: 1,
    done: 0,
    size: 0,
    bytes: 0,
  });
});
