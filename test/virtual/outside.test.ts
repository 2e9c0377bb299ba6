import { describe, expect, it } from 'vitest';
import { settle, VirtualClock } from '../../engine/virtual/index.js';

/** Answers after so many turns of the real loop. */
async function inTurns<T>(turns: number, answer: () => T): Promise<T> {
  for (let turn = 0; turn < turns; turn++) await settle();
  return answer();
}

describe('the world outside virtual time', () => {
  it('is waited for while time stands still', async () => {
    const clock = new VirtualClock(0);
    const seen: string[] = [];
    clock.after(10, async () => {
      seen.push(await clock.outside(inTurns(20, () => `told at ${clock.now()}`)));
      seen.push(await clock.outside(inTurns(5, () => `and again at ${clock.now()}`)));
    });
    clock.after(11, () => seen.push('next'));
    await clock.advance(100);
    expect(seen).toEqual(['told at 10', 'and again at 10', 'next']);
    expect(clock.now()).toBe(100);
  });

  it('answers in the order of the questions', async () => {
    const clock = new VirtualClock(0);
    const seen: string[] = [];
    clock.after(10, () => {
      void clock.outside(inTurns(9, () => 'slow')).then((word) => seen.push(word));
      void clock.outside(inTurns(0, () => 'quick')).then((word) => seen.push(word));
    });
    await clock.untilSettled(
      new Promise<void>((resolve) => {
        clock.after(20, resolve);
      }),
    );
    expect(seen).toEqual(['slow', 'quick']);
  });

  it('may fail, which is told to whoever asked', async () => {
    const clock = new VirtualClock(0);
    const fail = (): never => {
      throw new Error('no such file');
    };
    const failed = clock.outside(inTurns(3, fail));
    const later = clock.outside(inTurns(1, () => 'fine'));
    await expect(clock.untilSettled(failed)).rejects.toThrow('no such file');
    await expect(clock.untilSettled(later)).resolves.toBe('fine');
  });
});
