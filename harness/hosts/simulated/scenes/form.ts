/**
 * A form that reacts to the technician: buttons with hover and pressed looks and a count of clicks, a check box, a
 * text field with focus, caret and typed text.
 */

import type { Rect } from '../../../../codecs/index.js';
import type { SKRSContext2D } from '../../../../engine/canvas.js';
import type { Micros } from '../../../../engine/index.js';
import { ink } from '../ink.js';
import { holdsPoint, rect } from '../rects.js';
import type { Scene, Stage } from '../scene.js';
import type { TextPainter, TextStyle } from '../text.js';
import type { DesktopWindow } from '../window.js';
import { Caret } from './caret.js';

const BACKGROUND = 0xf7f8fa;
const LABEL: TextStyle = { size: 14, colour: 0x2a313b };
const FIELD_TEXT: TextStyle = { size: 15, colour: 0x10151c };
const LONGEST_TEXT = 200;

type Part = 'field' | 'check' | 'button' | 'clear';
type Look = 'plain' | 'hover' | 'pressed';

export function openForm(stage: Stage): Scene {
  return new Form(stage, stage.openWindow('Settings', 0x2fb5a8, [0.76, 0.4, 0.22, 0.56]));
}

class Form implements Scene {
  readonly #window: DesktopWindow;
  readonly #stage: Stage;
  readonly #caret: Caret;
  readonly #areas: Readonly<Record<Part, Rect>>;
  readonly #status: Rect;
  #hovered: Part | undefined;
  #pressed: Part | undefined;
  #typed = '';
  #fieldFocused = true;
  #checked = false;
  #clicks = 0;

  constructor(stage: Stage, window: DesktopWindow) {
    this.#stage = stage;
    this.#window = window;
    this.#caret = new Caret(() => this.#paint('field'));
    const wide = Math.max(60, window.width - 48);
    const half = Math.floor((wide - 16) / 2);
    this.#areas = {
      field: rect(24, 52, wide, 38),
      check: rect(24, 112, wide, 30),
      button: rect(24, 166, half, 42),
      clear: rect(24 + half + 16, 166, half, 42),
    };
    this.#status = rect(24, 228, wide, 30);
    window.fill(rect(0, 0, window.width, window.height), BACKGROUND);
    window.paint(rect(24, 20, wide, 28), BACKGROUND, (context, text) => {
      text.draw(context, 'Name of the printer', 24, 40, LABEL);
    });
    for (const part of PARTS) {
      this.#paint(part);
      stage.name(`form.${part}`, window, this.#areas[part]);
    }
    this.#paintStatus();
    stage.name('form.status', window, this.#status);
    window.handler = {
      pointer: (x, y, change) => this.#pointer(x, y, change),
      leave: () => this.#hover(undefined),
      text: (text) => this.#type(text),
      key: (code) => this.#key(code),
      focus: (focused) => this.#focusField(focused && this.#fieldFocused),
    };
  }

  advance(at: Micros): void {
    this.#caret.advance(at);
  }

  next(at: Micros): Micros | undefined {
    return this.#caret.next(at);
  }

  #pointer(x: number, y: number, change: 'move' | 'press' | 'release'): void {
    const part = PARTS.find((name) => holdsPoint(this.#areas[name], x, y));
    this.#hover(part);
    if (change === 'press') {
      this.#pressed = part;
      this.#fieldFocused = part === 'field';
      this.#focusField(this.#fieldFocused);
      if (part !== undefined) this.#paint(part);
    } else if (change === 'release') {
      const pressed = this.#pressed;
      this.#pressed = undefined;
      if (pressed !== undefined && pressed === part) this.#act(pressed);
      if (pressed !== undefined) this.#paint(pressed);
    }
  }

  #hover(part: Part | undefined): void {
    const old = this.#hovered;
    if (old === part) return;
    this.#hovered = part;
    if (old !== undefined) this.#paint(old);
    if (part !== undefined) this.#paint(part);
  }

  #act(part: Part): void {
    if (part === 'check') {
      this.#checked = !this.#checked;
    } else if (part === 'button') {
      this.#clicks++;
      this.#paintStatus();
    } else if (part === 'clear') {
      this.#clicks = 0;
      this.#typed = '';
      this.#paint('field');
      this.#paintStatus();
    }
  }

  #type(text: string): void {
    if (!this.#fieldFocused) return;
    this.#typed = (this.#typed + text.replace(/\p{Cc}/gu, '')).slice(0, LONGEST_TEXT);
    this.#caret.show(this.#stage.now());
    this.#paint('field');
    this.#stage.rescheduled();
  }

  #key(code: string): void {
    if (code === 'Backspace' && this.#fieldFocused) {
      this.#typed = [...this.#typed].slice(0, -1).join('');
      this.#type('');
    } else if (code === 'Enter' || code === 'NumpadEnter') {
      this.#act('button');
    } else if (code === 'Space' && !this.#fieldFocused) {
      this.#act('check');
      this.#paint('check');
    } else if (code === 'Tab') {
      this.#fieldFocused = !this.#fieldFocused;
      this.#focusField(this.#fieldFocused);
    }
  }

  #focusField(focused: boolean): void {
    this.#caret.focus(focused, this.#stage.now());
    this.#paint('field');
    this.#stage.rescheduled();
  }

  #paint(part: Part): void {
    const area = this.#areas[part];
    this.#window.paint(area, BACKGROUND, (context, text) => {
      if (part === 'field') this.#drawField(context, text, area);
      else if (part === 'check') this.#drawCheck(context, text, area);
      else
        drawButton(
          context,
          text,
          area,
          part === 'button' ? 'Apply' : 'Clear',
          this.#look(part),
          part === 'button',
        );
    });
  }

  #look(part: Part): Look {
    if (this.#pressed === part) return 'pressed';
    return this.#hovered === part ? 'hover' : 'plain';
  }

  #drawField(context: SKRSContext2D, text: TextPainter, { x, y, width, height }: Rect): void {
    context.fillStyle = ink(0xffffff);
    context.strokeStyle = ink(
      this.#caret.hasFocus ? 0x2a6fdb : this.#look('field') === 'hover' ? 0x8d97a5 : 0xc3c9d2,
    );
    context.lineWidth = this.#caret.hasFocus ? 2 : 1;
    context.beginPath();
    context.roundRect(x + 1.5, y + 1.5, width - 3, height - 3, 6);
    context.fill();
    context.stroke();
    // Long text is pushed to the left, so that the caret stays in sight.
    const end = text.width(this.#typed, FIELD_TEXT);
    const left = Math.min(x + 12, x + width - 14 - end);
    context.save();
    context.beginPath();
    context.rect(x + 10, y + 3, width - 20, height - 6);
    context.clip();
    text.draw(context, this.#typed, left, y + 25, FIELD_TEXT);
    context.restore();
    if (!this.#caret.isVisible) return;
    context.fillStyle = ink(0x10151c);
    context.fillRect(Math.round(left + end) + 1, y + 9, 2, height - 18);
  }

  #drawCheck(context: SKRSContext2D, text: TextPainter, { x, y }: Rect): void {
    const look = this.#look('check');
    context.fillStyle = ink(this.#checked ? 0x2a6fdb : look === 'pressed' ? 0xd9dee6 : 0xffffff);
    context.strokeStyle = ink(look === 'plain' ? 0x8d97a5 : 0x2a6fdb);
    context.lineWidth = 1.5;
    context.beginPath();
    context.roundRect(x + 2, y + 5, 19, 19, 4);
    context.fill();
    context.stroke();
    if (this.#checked) {
      context.strokeStyle = ink(0xffffff);
      context.lineWidth = 2.5;
      context.beginPath();
      context.moveTo(x + 6, y + 15);
      context.lineTo(x + 10, y + 19);
      context.lineTo(x + 17, y + 10);
      context.stroke();
    }
    text.draw(context, 'Use it for every document', x + 32, y + 20, LABEL);
  }

  #paintStatus(): void {
    const { x, y } = this.#status;
    const times = this.#clicks === 1 ? 'once' : `${this.#clicks} times`;
    const words = this.#clicks === 0 ? 'Nothing applied yet' : `Applied ${times}`;
    this.#window.paint(this.#status, BACKGROUND, (context, text) => {
      text.draw(context, words, x, y + 20, { ...LABEL, colour: this.#clicks === 0 ? 0x77818e : 0x1d7d4f });
    });
  }
}

const PARTS: readonly Part[] = ['field', 'check', 'button', 'clear'];

function drawButton(
  context: SKRSContext2D,
  text: TextPainter,
  { x, y, width, height }: Rect,
  words: string,
  look: Look,
  primary: boolean,
): void {
  const fills = primary
    ? { plain: 0x2a6fdb, hover: 0x3c80ea, pressed: 0x1c55ad }
    : { plain: 0xffffff, hover: 0xeef3fb, pressed: 0xd6e0ef };
  const style: TextStyle = { size: 14, colour: primary ? 0xffffff : 0x2a313b, bold: primary };
  context.fillStyle = ink(fills[look]);
  context.strokeStyle = ink(primary ? fills[look] : 0xb4bcc7);
  context.lineWidth = 1;
  context.beginPath();
  context.roundRect(x + 0.5, y + 0.5, width - 1, height - 1, 7);
  context.fill();
  context.stroke();
  text.draw(
    context,
    words,
    x + (width - text.width(words, style)) / 2,
    y + 26 + (look === 'pressed' ? 1 : 0),
    style,
  );
}
