/** Keeps captures apart where a host is to make no more than so many frames in a second. */
import type { Clock, Micros } from '../clock.js';

export class CapturePace {
  readonly #clock: Clock;
  readonly #interval: Micros;
  readonly #wake: () => void;
  #lastAt: Micros = Number.NEGATIVE_INFINITY;
  #cancel: (() => void) | undefined;

  /**
   * @param maxFps No limit when undefined.
   * @param wake Is called when a capture that was not allowed is.
   */
  constructor(clock: Clock, maxFps: number | undefined, wake: () => void) {
    this.#clock = clock;
    this.#interval = maxFps === undefined ? 0 : 1e6 / maxFps;
    this.#wake = wake;
  }

  /** Whether another frame may be captured now; if not, `wake` tells when. */
  allows(): boolean {
    const wait = this.#lastAt + this.#interval - this.#clock.now();
    if (this.#interval === 0 || wait <= 0) return true;
    this.#cancel ??= this.#clock.after(wait, () => {
      this.#cancel = undefined;
      this.#wake();
    });
    return false;
  }

  /** A frame is being captured. */
  captured(): void {
    this.#lastAt = this.#clock.now();
  }

  close(): void {
    this.#cancel?.();
  }
}
