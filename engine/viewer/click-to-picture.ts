/**
 * From a press to the picture of the host's reaction. The host says when it had acted on the event; the first
 * frame shown that was drawn then holds the reaction. Sources draw while they act, so a frame counts when it
 * was drawn up to `REACTION` before the host said so; and since the answer and the frame come by different
 * links, frames shown before the answer are remembered.
 */
import type { Micros } from '../clock.js';

/** Longest that a source takes from drawing its reaction to saying that it has acted. */
const REACTION: Micros = 20_000;
/** A press without any reaction on the screen is given up. */
const GIVE_UP: Micros = 5_000_000;
const MAX_PRESSES = 64;
const MAX_FRAMES = 32;

interface Press {
  readonly sequence: number;
  readonly createdAt: Micros;
  appliedAt: Micros | undefined;
}

interface Shown {
  readonly drawnAt: Micros;
  readonly presentedAt: Micros;
}

export class ClickToPicture {
  readonly #onSample: (sequence: number, latency: Micros) => void;
  #presses: Press[] = [];
  #shown: Shown[] = [];

  constructor(onSample: (sequence: number, latency: Micros) => void) {
    this.#onSample = onSample;
  }

  /** An event was made that the host should react to. Viewer's clock. */
  pressed(sequence: number, createdAt: Micros): void {
    this.#presses = this.#presses.filter((press) => createdAt - press.createdAt < GIVE_UP);
    if (this.#presses.length === MAX_PRESSES) this.#presses.shift();
    this.#presses.push({ sequence, createdAt, appliedAt: undefined });
  }

  /** The host acted on it. Host's clock. */
  applied(sequence: number, appliedAt: Micros): void {
    const press = this.#presses.find((candidate) => candidate.sequence === sequence);
    if (press === undefined || press.appliedAt !== undefined) return;
    press.appliedAt = appliedAt;
    const frame = this.#shown.find((shown) => reacts(press, shown));
    if (frame !== undefined) this.#settle(press, frame);
  }

  /** A frame is on the screen. `drawnAt` by the host's clock, `presentedAt` by the viewer's. */
  presented(drawnAt: Micros, presentedAt: Micros): void {
    const shown = { drawnAt, presentedAt };
    if (this.#shown.length === MAX_FRAMES) this.#shown.shift();
    this.#shown.push(shown);
    for (const press of this.#presses.filter((candidate) => reacts(candidate, shown))) {
      this.#settle(press, shown);
    }
  }

  reset(): void {
    this.#presses = [];
    this.#shown = [];
  }

  #settle(press: Press, frame: Shown): void {
    this.#presses.splice(this.#presses.indexOf(press), 1);
    this.#onSample(press.sequence, frame.presentedAt - press.createdAt);
  }
}

function reacts(press: Press, frame: Shown): boolean {
  return (
    press.appliedAt !== undefined &&
    frame.presentedAt >= press.createdAt &&
    frame.drawnAt + REACTION >= press.appliedAt
  );
}
