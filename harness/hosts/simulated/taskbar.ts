/** The bar at the bottom of the screen: one button per window, and a clock that shows virtual time. */
import type { Rect } from '../../../codecs/index.js';
import type { Micros } from '../../../engine/index.js';
import { ink } from './ink.js';
import { rect } from './rects.js';
import type { Scene } from './scene.js';
import { DesktopWindow, type Surroundings } from './window.js';

export const TASKBAR_HEIGHT = 44;
const BACKGROUND = 0x1d2530;
const CLOCK_WIDTH = 96;
const BUTTON = 40;
const MINUTE: Micros = 60_000_000;
/** The day on which every simulated desktop begins its work, at 9:41. */
const BEGINNING_MINUTES = 9 * 60 + 41;
const DATE = '2026-03-16';

export class Taskbar implements Scene {
  readonly window: DesktopWindow;
  #minute = 0;

  constructor(around: Surroundings, screen: Rect, windows: readonly DesktopWindow[]) {
    const frame = rect(0, screen.height - TASKBAR_HEIGHT, screen.width, TASKBAR_HEIGHT);
    this.window = new DesktopWindow(around, { title: '', accent: 0, frame, bare: true });
    this.#paintButtons(windows);
    this.#paintClock();
  }

  advance(at: Micros): void {
    const minute = Math.floor(at / MINUTE);
    if (minute === this.#minute) return;
    this.#minute = minute;
    this.#paintClock();
  }

  next(at: Micros): Micros {
    return (Math.floor(at / MINUTE) + 1) * MINUTE;
  }

  #paintButtons(windows: readonly DesktopWindow[]): void {
    const { width, height } = this.window;
    const left = Math.max(8, Math.round((width - (windows.length + 1) * BUTTON) / 2));
    this.window.paint(rect(0, 0, width, height), BACKGROUND, (context) => {
      context.fillStyle = ink(0x7fb4ff);
      for (const [x, y] of [
        [0, 0],
        [11, 0],
        [0, 11],
        [11, 11],
      ] as const) {
        context.fillRect(left + 10 + x, 12 + y, 9, 9);
      }
      windows.forEach((window, index) => {
        const x = left + (index + 1) * BUTTON;
        context.fillStyle = ink(window.accent);
        context.beginPath();
        context.roundRect(x + 9, 11, 22, 22, 5);
        context.fill();
        context.fillStyle = ink(0xa9c7ff);
        context.fillRect(x + 13, height - 4, 14, 2);
      });
    });
  }

  #paintClock(): void {
    const { width, height } = this.window;
    const minutes = (BEGINNING_MINUTES + this.#minute) % (24 * 60);
    const time = `${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
    const area = rect(width - CLOCK_WIDTH, 0, CLOCK_WIDTH, height);
    this.window.paint(area, BACKGROUND, (context, text) => {
      for (const [line, y] of [
        [time, 19],
        [DATE, 36],
      ] as const) {
        const style = { size: 12, colour: 0xe8edf5 };
        text.draw(context, line, width - 14 - text.width(line, style), y, style);
      }
    });
  }
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
