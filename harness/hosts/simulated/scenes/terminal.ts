/** A terminal in which commands are typed and their coloured output scrolls by. */

import type { Micros } from '../../../../engine/index.js';
import { type Random, randomFrom } from '../random.js';
import { rect } from '../rects.js';
import type { Scene, Stage } from '../scene.js';
import type { DesktopWindow } from '../window.js';
import { fileName, sentence } from '../words.js';
import { countUpTo } from './typing.js';

const BACKGROUND = 0x12171d;
const LINE_HEIGHT = 18;
const FONT_SIZE = 13;
const LEFT = 8;
const CYCLE_LINES = 260;
/** A listing runs past about as fast as a person can still see that it moves. */
const LISTING_LINE: Micros = 22_000;
const SEARCH_LINE: Micros = 70_000;
const THINKING: Micros = 1_600_000;

const COLOUR = {
  plain: 0xd5dbe3,
  dim: 0x7d8794,
  green: 0x7ccf8a,
  blue: 0x78aef8,
  yellow: 0xe3c66e,
  red: 0xe8827c,
};

type Run = readonly [text: string, colour: number];
interface Line {
  readonly runs: readonly Run[];
  /** When it appears, from the beginning of the cycle. */
  readonly due: Micros;
}

export function openTerminal(stage: Stage): Scene {
  const window = stage.openWindow('Terminal', 0x39d39f, [0.03, 0.63, 0.42, 0.34]);
  const cycle = writeCycle(stage.random);
  const due = cycle.map((line) => line.due);
  const length = due[due.length - 1]! + THINKING;
  const rows = Math.max(1, Math.floor(window.height / LINE_HEIGHT));
  const linesAt = (at: Micros): number => {
    const round = Math.floor(at / length);
    return 1 + round * cycle.length + countUpTo(due, at - round * length);
  };
  let shown = 1;
  window.fill(rect(0, 0, window.width, window.height), BACKGROUND);
  paintLine(window, 0, cycle[0]!);

  return {
    advance(at) {
      const count = linesAt(at);
      if (count === shown) return;
      const scrolled = Math.max(0, count - rows) - Math.max(0, shown - rows);
      const fresh = Math.min(rows, count - shown);
      shown = count;
      if (scrolled > 0 && scrolled < rows) {
        window.scroll(rect(0, 0, window.width, rows * LINE_HEIGHT), scrolled * LINE_HEIGHT);
      }
      const top = Math.max(0, count - rows);
      for (let line = count - fresh; line < count; line++) {
        paintLine(window, line - top, cycle[line % cycle.length]!);
      }
    },
    next(at) {
      const round = Math.floor(at / length);
      const index = countUpTo(due, at - round * length);
      return index < due.length ? round * length + due[index]! : (round + 1) * length;
    },
  };
}

function paintLine(window: DesktopWindow, row: number, line: Line): void {
  const y = row * LINE_HEIGHT;
  window.paint(rect(0, y, window.width, LINE_HEIGHT), BACKGROUND, (context, text) => {
    let x = LEFT;
    for (const [run, colour] of line.runs) {
      const style = { size: FONT_SIZE, colour, family: 'mono' } as const;
      text.draw(context, run, x, y + 13, style);
      x += text.width(run, style);
    }
  });
}

function writeCycle(source: Random): Line[] {
  const random = randomFrom(source.int(0, 2 ** 31));
  const lines: Line[] = [];
  let due: Micros = 0;
  const add = (wait: Micros, ...runs: Run[]): void => {
    due += wait;
    lines.push({ runs, due });
  };
  const prompt = (command: string): void => {
    add(
      THINKING,
      ['anna@office', COLOUR.green],
      [':', COLOUR.plain],
      ['~/files', COLOUR.blue],
      [`$ ${command}`, COLOUR.plain],
    );
  };
  while (lines.length < CYCLE_LINES) {
    prompt('ls -l archive');
    for (let count = random.int(40, 90); count > 0; count--) add(LISTING_LINE, ...listing(random));
    prompt(`grep -n "${random.pick(['window', 'driver', 'report'])}" letters/*.txt`);
    for (let count = random.int(8, 24); count > 0; count--) {
      add(
        SEARCH_LINE,
        [fileName(random), COLOUR.yellow],
        [`:${random.int(1, 900)}: `, COLOUR.dim],
        [sentence(random), COLOUR.plain],
      );
    }
    prompt('./check --all');
    for (let count = random.int(5, 12); count > 0; count--) {
      const good = random.next() > 0.15;
      add(
        SEARCH_LINE * 2,
        [good ? '  ok    ' : '  failed', good ? COLOUR.green : COLOUR.red],
        [` ${fileName(random)}`, COLOUR.plain],
      );
    }
  }
  return lines;
}

function listing(random: Random): Run[] {
  const folder = random.next() < 0.12;
  const size = folder ? 4096 : random.int(200, 9_000_000);
  const day = `2026-${String(random.int(1, 13)).padStart(2, '0')}-${String(random.int(1, 29)).padStart(2, '0')}`;
  const name = folder ? `${fileName(random).split('.')[0]}/` : fileName(random);
  return [
    [folder ? 'drwxr-xr-x' : '-rw-r--r--', COLOUR.dim],
    [`  anna ${String(size).padStart(9)} `, COLOUR.plain],
    [`${day} `, COLOUR.dim],
    [name, folder ? COLOUR.blue : name.endsWith('.zip') ? COLOUR.red : COLOUR.plain],
  ];
}
