/** Brings the technician's pointer to windows: who is under it, who holds it, who has the focus; title bars drag. */
import type { Rect } from '../../../codecs/index.js';
import { holdsPoint } from './rects.js';
import { type DesktopWindow, TITLE_HEIGHT } from './window.js';

const PRIMARY = 1;

export class PointerRouter {
  readonly #windows: DesktopWindow[];
  readonly #damaged: (area: Rect) => void;
  #buttons = 0;
  #hovered: DesktopWindow | undefined;
  #focused: DesktopWindow | undefined;
  /** The window that was pressed holds the pointer until the release. */
  #held: DesktopWindow | undefined;
  /** Set while a window is dragged by its title bar: from its corner to the pointer. */
  #grip: { x: number; y: number } | undefined;

  /** `windows` is ordered from back to front, and reordered here when one is raised; its last one stays in front. */
  constructor(windows: DesktopWindow[], damaged: (area: Rect) => void) {
    this.#windows = windows;
    this.#damaged = damaged;
    this.#focus([...windows].reverse().find((window) => window.handler.text !== undefined));
  }

  /** The window that keys and text go to. */
  get focused(): DesktopWindow | undefined {
    return this.#focused;
  }

  pointer(x: number, y: number, buttons: number): void {
    const pressed = (buttons & PRIMARY) !== 0 && (this.#buttons & PRIMARY) === 0;
    const released = (buttons & PRIMARY) === 0 && (this.#buttons & PRIMARY) !== 0;
    this.#buttons = buttons;
    const under = this.#held ?? this.#windowAt(x, y);
    if (under !== this.#hovered) {
      this.#hovered?.handler.leave?.();
      this.#hovered = under;
    }
    if (pressed && under !== undefined) this.#press(under, x, y);
    if (this.#grip !== undefined && this.#held !== undefined) {
      this.#held.moveTo(x - this.#grip.x, y - this.#grip.y);
    } else {
      under?.handler.pointer?.(...inside(under, x, y), pressed ? 'press' : released ? 'release' : 'move');
    }
    if (released) {
      this.#held = undefined;
      this.#grip = undefined;
    }
  }

  wheel(x: number, y: number, dx: number, dy: number): void {
    this.#windowAt(x, y)?.handler.wheel?.(dx, dy);
  }

  #press(window: DesktopWindow, x: number, y: number): void {
    this.#held = window;
    if (window.bare) return;
    this.#raise(window);
    this.#focus(window);
    const { frame } = window;
    if (y < frame.y + TITLE_HEIGHT) {
      this.#grip = { x: x - frame.x, y: y - frame.y };
      window.handler.grabbed?.();
    }
  }

  #raise(window: DesktopWindow): void {
    const from = this.#windows.indexOf(window);
    const to = this.#windows.length - 2;
    if (from === to) return;
    this.#windows.splice(from, 1);
    this.#windows.splice(to, 0, window);
    this.#damaged(window.extent);
  }

  #focus(window: DesktopWindow | undefined): void {
    if (window === this.#focused) return;
    this.#focused?.handler.focus?.(false);
    this.#focused = window;
    window?.handler.focus?.(true);
  }

  #windowAt(x: number, y: number): DesktopWindow | undefined {
    for (let index = this.#windows.length - 1; index >= 0; index--) {
      const window = this.#windows[index]!;
      if (holdsPoint(window.frame, x, y)) return window;
    }
    return undefined;
  }
}

function inside(window: DesktopWindow, x: number, y: number): [number, number] {
  const content = window.toScreen({ x: 0, y: 0, width: 0, height: 0 });
  return [x - content.x, y - content.y];
}
