/** A text editor in a window: lines, a caret that blinks while it has the focus, typing at the caret. */
import type { Micros } from '../../../../engine/index.js';
import { ink } from '../ink.js';
import { rect } from '../rects.js';
import type { Stage } from '../scene.js';
import type { TextStyle } from '../text.js';
import type { DesktopWindow } from '../window.js';
import { Caret } from './caret.js';

const LINE_HEIGHT = 20;
/** Where the text begins, right of the line numbers. */
export const EDITOR_GUTTER = 48;
const TOP = 8;
const BACKGROUND = 0xfdfdfb;
const GUTTER_COLOUR = 0xf0f1ee;
export const EDITOR_TEXT: TextStyle = { size: 14, colour: 0x22303f, family: 'mono' };
const COMMENT: TextStyle = { ...EDITOR_TEXT, colour: 0x5f8a5a };
const NUMBER: TextStyle = { size: 12, colour: 0xa0a8b2, family: 'mono' };
/** Older lines are forgotten: an editor that types for days stays small. */
const MAX_LINES = 400;

export class Editor {
  readonly caret: Caret;
  readonly #window: DesktopWindow;
  readonly #stage: Stage;
  #lines = [''];
  /** Number of the first line kept, for the gutter. */
  #dropped = 0;
  /** Line at the top of the window. */
  #top = 0;

  constructor(stage: Stage, window: DesktopWindow, text: string) {
    this.#stage = stage;
    this.#window = window;
    this.caret = new Caret(() => this.#paintCaretLine());
    this.#lines = text.split('\n');
    this.#top = this.#topForCaret();
    this.#paintAll();
    window.handler = {
      text: (typed) => this.type(typed),
      key: (code) => this.#key(code),
      focus: (focused) => {
        this.caret.focus(focused, this.#stage.now());
        this.#stage.rescheduled();
      },
    };
  }

  /** Inserts text at the end of the document, where the caret is. */
  type(text: string): void {
    for (const character of text) {
      if (character === '\n') this.#lines.push('');
      else this.#lines[this.#lines.length - 1] += character;
    }
    this.#forget();
    this.caret.show(this.#stage.now());
    if (text.includes('\n')) this.#follow(text.split('\n').length);
    else this.#paintLine(this.#lines.length - 1);
  }

  #key(code: string): void {
    if (code === 'Enter' || code === 'NumpadEnter') this.type('\n');
    else if (code === 'Backspace') this.#deleteBackwards();
  }

  #deleteBackwards(): void {
    const last = this.#lines.length - 1;
    if (this.#lines[last] !== '') this.#lines[last] = this.#lines[last]!.slice(0, -1);
    else if (last > 0) this.#lines.pop();
    this.caret.show(this.#stage.now());
    this.#follow(2);
  }

  get #rows(): number {
    return Math.max(1, Math.floor((this.#window.height - TOP) / LINE_HEIGHT));
  }

  #topForCaret(): number {
    return Math.max(0, this.#lines.length - this.#rows);
  }

  #forget(): void {
    const excess = this.#lines.length - MAX_LINES;
    if (excess <= 0) return;
    this.#lines.splice(0, excess);
    this.#dropped += excess;
    this.#top = Math.max(0, this.#top - excess);
  }

  /** Scrolls so that the caret is seen and paints the last `changed` lines and what came into sight. */
  #follow(changed: number): void {
    const top = this.#topForCaret();
    const by = top - this.#top;
    this.#top = top;
    if (Math.abs(by) >= this.#rows) {
      this.#paintAll();
      return;
    }
    if (by !== 0) {
      this.#window.scroll(rect(0, TOP, this.#window.width, this.#rows * LINE_HEIGHT), by * LINE_HEIGHT);
    }
    for (let row = 0; row < Math.max(by, -by, changed); row++) {
      const fromEnd = this.#lines.length - 1 - row;
      if (fromEnd >= this.#top) this.#paintLine(fromEnd);
      if (by < 0 && row < -by) this.#paintLine(this.#top + row);
    }
    // A removed line leaves its place empty.
    this.#paintLine(this.#lines.length);
  }

  #paintAll(): void {
    this.#window.fill(rect(0, 0, this.#window.width, this.#window.height), BACKGROUND);
    this.#window.fill(rect(0, 0, EDITOR_GUTTER - 8, this.#window.height), GUTTER_COLOUR);
    for (let row = 0; row < this.#rows; row++) this.#paintLine(this.#top + row);
  }

  #paintCaretLine(): void {
    this.#paintLine(this.#lines.length - 1);
  }

  #paintLine(line: number): void {
    const row = line - this.#top;
    if (row < 0 || row >= this.#rows) return;
    const y = TOP + row * LINE_HEIGHT;
    const source = this.#lines[line];
    this.#window.paint(rect(0, y, this.#window.width, LINE_HEIGHT), BACKGROUND, (context, text) => {
      context.fillStyle = ink(GUTTER_COLOUR);
      context.fillRect(0, y, EDITOR_GUTTER - 8, LINE_HEIGHT);
      if (source === undefined) return;
      text.draw(context, String(line + this.#dropped + 1).padStart(4), 2, y + 14, NUMBER);
      const style = source.trimStart().startsWith('//') ? COMMENT : EDITOR_TEXT;
      text.draw(context, source, EDITOR_GUTTER, y + 15, style);
      if (line !== this.#lines.length - 1 || !this.caret.isVisible) return;
      context.fillStyle = ink(0x1259c3);
      context.fillRect(Math.round(EDITOR_GUTTER + text.width(source, style)) + 1, y + 2, 2, LINE_HEIGHT - 4);
    });
  }

  next(at: Micros): Micros | undefined {
    return this.caret.next(at);
  }
}
