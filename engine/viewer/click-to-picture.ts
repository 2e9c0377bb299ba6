/**
 * From a press to the picture of the host's reaction. When the host has acted on the event it names the first
 * frame that can show it; that frame, or the first one after it that this viewer shows, ends the wait. The
 * answer and the frame come by different links, so frames shown before the answer are remembered.
 */
import type { Micros } from '../clock.js';

/** A press without any reaction on the screen is given up. */
const GIVE_UP: Micros = 5_000_000;
const MAX_PRESSES = 64;
const MAX_FRAMES = 32;

interface Press {
  readonly sequence: number;
  readonly createdAt: Micros;
  /** The first frame that can show it, once the host has said so. */
  frame: number | undefined;
}

interface Shown {
  readonly frame: number;
  readonly presentedAt: Micros;
}

export class ClickToPicture {
  readonly #onSample: (sequence: number, latency: Micros) => void;
  #presses: Press[] = [];
  #shown: Shown[] = [];

  constructor(onSample: (sequence: number, latency: Micros) => void) {
    this.#onSample = onSample;
  }

  /** An event was made that the host should react to. */
  pressed(sequence: number, createdAt: Micros): void {
    this.#presses = this.#presses.filter((press) => createdAt - press.createdAt < GIVE_UP);
    if (this.#presses.length === MAX_PRESSES) this.#presses.shift();
    this.#presses.push({ sequence, createdAt, frame: undefined });
  }

  /** The host acted on it; `frame` is the first that can show it. */
  applied(sequence: number, frame: number): void {
    const press = this.#presses.find((candidate) => candidate.sequence === sequence);
    if (press === undefined || press.frame !== undefined) return;
    press.frame = frame;
    const shown = this.#shown.find((candidate) => candidate.frame >= frame);
    if (shown !== undefined) this.#settle(press, shown);
  }

  /** A frame is on the screen. */
  presented(frame: number, presentedAt: Micros): void {
    const shown = { frame, presentedAt };
    if (this.#shown.length === MAX_FRAMES) this.#shown.shift();
    this.#shown.push(shown);
    for (const press of this.#presses.filter((candidate) => frame >= (candidate.frame ?? Infinity))) {
      this.#settle(press, shown);
    }
  }

  reset(): void {
    this.#presses = [];
    this.#shown = [];
  }

  #settle(press: Press, { presentedAt }: Shown): void {
    this.#presses.splice(this.#presses.indexOf(press), 1);
    this.#onSample(press.sequence, presentedAt - press.createdAt);
  }
}
