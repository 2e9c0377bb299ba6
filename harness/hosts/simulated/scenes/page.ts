/**
 * A long page in a browser. It is scrolled by the technician's wheel and keys, and by itself in short strokes with a
 * pause between them, as a person reads.
 */
import type { SKRSContext2D } from '../../../../engine/canvas.js';
import type { Micros } from '../../../../engine/index.js';
import { ink } from '../ink.js';
import type { Layer } from '../layer.js';
import { photo } from '../photo.js';
import { rect } from '../rects.js';
import type { Scene, Stage } from '../scene.js';
import type { TextPainter, TextStyle } from '../text.js';
import type { DesktopWindow } from '../window.js';
import { prose, sentence, wrap } from '../words.js';

const TOOLBAR = 42;
const MARGIN = 36;
const SCROLLBAR = 12;
const STROKE: Micros = 350_000;
const STROKE_PIXELS = 300;
const READING: Micros = 1_900_000;
/** After the technician has scrolled, the page waits so long before it moves by itself again. */
const PATIENCE: Micros = 6_000_000;
const LINE_KEYS: Readonly<Record<string, number>> = {
  ArrowDown: 40,
  ArrowUp: -40,
  PageDown: 400,
  PageUp: -400,
};
const BODY: TextStyle = { size: 15, colour: 0x2a313b };
const HEADING: TextStyle = { size: 23, colour: 0x10233f, bold: true };
const CODE: TextStyle = { size: 13, colour: 0x7a2f56, family: 'mono' };

interface Block {
  readonly y: number;
  readonly height: number;
  draw(context: SKRSContext2D, text: TextPainter, y: number): void;
  readonly picture?: Layer;
}

export function openPage(stage: Stage): Scene {
  return new Page(
    stage,
    stage.openWindow('The handbook of remote help - Browser', 0xf0803c, [0.02, 0.03, 0.43, 0.58]),
  );
}

class Page implements Scene {
  readonly #window: DesktopWindow;
  readonly #stage: Stage;
  readonly #blocks: readonly Block[];
  readonly #length: number;
  #offset = 0;
  /** The stroke under way, or the one that comes next. */
  #stroke: { begins: Micros; from: number; to: number };
  #direction = 1;

  constructor(stage: Stage, window: DesktopWindow) {
    this.#stage = stage;
    this.#window = window;
    this.#blocks = writePage(stage, window);
    const last = this.#blocks[this.#blocks.length - 1]!;
    this.#length = last.y + last.height + MARGIN;
    this.#stroke = { begins: READING, from: 0, to: 0 };
    this.#planStroke(READING);
    this.#paintToolbar();
    this.#paintRows(TOOLBAR, this.#window.height);
    this.#paintScrollbar();
    window.handler = {
      wheel: (_dx, dy) => this.#scrolledByHand(dy),
      key: (code) => {
        const by = LINE_KEYS[code];
        if (by !== undefined) this.#scrolledByHand(by);
      },
    };
    stage.name('page.text', window, rect(0, TOOLBAR, window.width - SCROLLBAR, window.height - TOOLBAR));
  }

  advance(at: Micros): void {
    const { begins, from, to } = this.#stroke;
    if (at < begins) return;
    const part = Math.min(1, (at - begins) / STROKE);
    this.#scrollTo(Math.round(from + (to - from) * (1 - (1 - part) ** 3)));
    if (part === 1) this.#planStroke(at + READING);
  }

  next(at: Micros): Micros | undefined {
    if (this.#most === 0) return undefined;
    return Math.max(at + 1, this.#stroke.begins);
  }

  get #most(): number {
    return Math.max(0, this.#length - (this.#window.height - TOOLBAR));
  }

  #planStroke(begins: Micros): void {
    if (this.#offset >= this.#most) this.#direction = -1;
    else if (this.#offset <= 0) this.#direction = 1;
    this.#stroke = { begins, from: this.#offset, to: this.#offset + this.#direction * STROKE_PIXELS };
  }

  #scrolledByHand(by: number): void {
    this.#scrollTo(this.#offset + by);
    this.#planStroke(this.#stage.now() + PATIENCE);
    this.#stage.rescheduled();
  }

  #scrollTo(wanted: number): void {
    const offset = Math.max(0, Math.min(this.#most, wanted));
    const by = offset - this.#offset;
    if (by === 0) return;
    this.#offset = offset;
    const { width, height } = this.#window;
    const view = height - TOOLBAR;
    if (Math.abs(by) >= view) {
      this.#paintRows(TOOLBAR, height);
    } else {
      this.#window.scroll(rect(0, TOOLBAR, width - SCROLLBAR, view), by);
      if (by > 0) this.#paintRows(height - by, height);
      else this.#paintRows(TOOLBAR, TOOLBAR - by);
    }
    this.#paintScrollbar();
  }

  /** Paints the page between two rows of the window. */
  #paintRows(top: number, bottom: number): void {
    const shift = TOOLBAR - this.#offset;
    const area = rect(0, top, this.#window.width - SCROLLBAR, bottom - top);
    const seen = this.#blocks.filter(
      (block) => block.y + shift < bottom && block.y + block.height + shift > top,
    );
    this.#window.paint(area, 0xffffff, (context, text) => {
      for (const block of seen) block.draw(context, text, block.y + shift);
    });
    for (const { picture, y } of seen) {
      if (picture !== undefined) this.#window.put(picture, picture.bounds, MARGIN, y + shift, area);
    }
  }

  #paintScrollbar(): void {
    const { width, height } = this.#window;
    const view = Math.max(1, height - TOOLBAR);
    const thumb = Math.max(24, Math.round((view * view) / this.#length));
    const top = TOOLBAR + Math.round(((view - thumb) * this.#offset) / Math.max(1, this.#most));
    this.#window.fill(rect(width - SCROLLBAR, TOOLBAR, SCROLLBAR, view), 0xf1f2f4);
    this.#window.fill(rect(width - SCROLLBAR + 3, top, SCROLLBAR - 6, thumb), 0xa7adb6);
  }

  #paintToolbar(): void {
    const { width } = this.#window;
    this.#window.paint(rect(0, 0, width, TOOLBAR), 0xf6f7f9, (context, text) => {
      context.fillStyle = ink(0xffffff);
      context.strokeStyle = ink(0xd3d8df);
      context.beginPath();
      context.roundRect(92.5, 7.5, Math.max(40, width - 110), 27, 13);
      context.fill();
      context.stroke();
      text.draw(context, 'handbook.example/remote-help', 110, 26, { size: 13, colour: 0x56606d });
      context.strokeStyle = ink(0x4d5663);
      context.lineWidth = 2;
      context.beginPath();
      context.moveTo(28, 14);
      context.lineTo(20, 21);
      context.lineTo(28, 28);
      context.moveTo(50, 14);
      context.lineTo(58, 21);
      context.lineTo(50, 28);
      context.stroke();
      context.fillStyle = ink(0xd3d8df);
      context.fillRect(0, TOOLBAR - 1, width, 1);
    });
  }
}

const SECTIONS = 14;

function writePage({ random }: Stage, window: DesktopWindow): Block[] {
  const width = Math.max(60, window.width - SCROLLBAR - 2 * MARGIN);
  const blocks: Block[] = [];
  let y = 22;
  const add = (height: number, gap: number, draw: Block['draw'], picture?: Layer): void => {
    blocks.push({ y, height, draw, ...(picture === undefined ? {} : { picture }) });
    y += height + gap;
  };
  for (let section = 1; section <= SECTIONS; section++) {
    const title = wrap(`${section}. ${sentence(random).replace('.', '')}`, width, (line) =>
      window.text.width(line, HEADING),
    );
    add(title.length * 32, 8, (context, text, top) => {
      title.forEach((line, index) => {
        text.draw(context, line, MARGIN, top + 24 + index * 32, HEADING);
      });
    });
    for (let paragraph = random.int(1, 4); paragraph > 0; paragraph--) {
      const lines = wrap(prose(random, random.int(220, 620)), width, (line) => window.text.width(line, BODY));
      add(lines.length * 23, 12, (context, text, top) => {
        lines.forEach((line, index) => {
          text.draw(context, line, MARGIN, top + 17 + index * 23, BODY);
        });
      });
    }
    if (section % 3 === 1) {
      const picture = photo(Math.min(width, 520), 210, random.int(0, 10_000));
      add(picture.height, 18, () => undefined, picture);
    } else if (section % 3 === 2) {
      const code = [`support --session ${random.int(1000, 9999)}`, `support --quality high --record`];
      add(58, 18, (context, text, top) => {
        context.fillStyle = ink(0xf6f1f4);
        context.fillRect(MARGIN, top, width, 58);
        code.forEach((line, index) => {
          text.draw(context, line, MARGIN + 14, top + 24 + index * 20, CODE);
        });
      });
    }
  }
  return blocks;
}
