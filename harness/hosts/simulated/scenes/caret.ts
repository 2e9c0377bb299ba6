/** A caret that blinks while its field has the focus. */
import type { Micros } from '../../../../engine/index.js';

/** Half of a blink: the usual rate of desktops. */
const BLINK: Micros = 530_000;

export class Caret {
  readonly #repaint: () => void;
  #since: Micros | undefined;
  #visible = false;

  constructor(repaint: () => void) {
    this.#repaint = repaint;
  }

  get isVisible(): boolean {
    return this.#visible;
  }

  get hasFocus(): boolean {
    return this.#since !== undefined;
  }

  focus(focused: boolean, at: Micros): void {
    this.#since = focused ? at : undefined;
    this.#set(focused);
  }

  /** Shown, and steady for half a blink: after each typed character. The caller paints it. */
  show(at: Micros): void {
    if (this.#since === undefined) return;
    this.#since = at;
    this.#visible = true;
  }

  advance(at: Micros): void {
    if (this.#since === undefined) return;
    this.#set(Math.floor(Math.max(0, at - this.#since) / BLINK) % 2 === 0);
  }

  next(at: Micros): Micros | undefined {
    if (this.#since === undefined) return undefined;
    return this.#since + (Math.floor(Math.max(0, at - this.#since) / BLINK) + 1) * BLINK;
  }

  #set(visible: boolean): void {
    if (visible === this.#visible) return;
    this.#visible = visible;
    this.#repaint();
  }
}
