/** An editor in which a program is typed, with the pauses of a person. */
import type { Micros } from '../../../../engine/index.js';
import { randomFrom } from '../random.js';
import type { Scene, Stage } from '../scene.js';
import { program } from '../words.js';
import { Editor } from './editor.js';

const SCRIPT_LINES = 90;
const FASTEST: Micros = 55_000;
const SLOWEST: Micros = 190_000;
const PAUSE: Micros = 650_000;
/** After a long sleep at most so many characters are typed at once. */
const MOST_AT_ONCE = 2000;

export function openTyping(stage: Stage): Scene {
  const random = stage.random;
  const window = stage.openWindow('totals.ts - Editor', 0x2f7de1, [0.46, 0.03, 0.29, 0.44]);
  const editor = new Editor(stage, window, `${program(randomFrom(random.int(0, 2 ** 31)), 9)}\n`);
  const script = `${program(random, SCRIPT_LINES)}\n`;
  const due = Array.from({ length: script.length }, () => 0);
  let end = 0;
  for (let index = 0; index < script.length; index++) {
    end += random.int(FASTEST, SLOWEST) + (script[index] === '\n' ? PAUSE : 0);
    due[index] = end;
  }
  let typed = 0;
  const dueAt = (index: number): Micros =>
    Math.floor(index / script.length) * end + due[index % script.length]!;
  const typedAt = (at: Micros): number => {
    const round = Math.floor(at / end);
    return round * script.length + countUpTo(due, at - round * end);
  };
  return {
    advance(at) {
      const target = typedAt(at);
      typed = Math.max(typed, target - MOST_AT_ONCE);
      let text = '';
      while (typed < target) text += script[typed++ % script.length];
      if (text !== '') editor.type(text);
      editor.caret.advance(at);
    },
    next: (at) => Math.min(dueAt(typed), editor.next(at) ?? Number.POSITIVE_INFINITY),
  };
}

/** How many of the rising `times` are at or before `at`. */
export function countUpTo(times: readonly number[], at: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}
