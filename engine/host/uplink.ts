/**
 * How much of what brings viewers up to date may be on its way to the relay.
 *
 * A whole picture of a photograph has a megabyte, which takes eight seconds on a line of 1 Mbit/s. Sent at once it
 * would stand there in front of every frame of the viewers who are up to date. So it goes in slices of a few
 * milliseconds each, no more of them at a time than keep the line busy, and frames go between them. The relay says
 * what has come, so that what the operating system has taken and not yet sent is counted, too.
 */
import type { Clock, Micros } from '../clock.js';
import { UplinkWindow } from '../flow/index.js';

/** The time that one slice should take on the line. */
const SLICE_TIME: Micros = 20_000;
/** Smaller slices cost more in coding than they save in waiting: one or two tiles of writing. */
const LEAST_SLICE_BYTES = 1_500;
/** After so long without a word what is on its way counts as lost: a modem takes two seconds for a tile of a photograph. */
const LOST_AFTER: Micros = 15_000_000;

export class Uplink {
  readonly #clock: Clock;
  readonly #wake: () => void;
  readonly #window = new UplinkWindow();
  #cancelLimit: (() => void) | undefined;

  /** @param wake Is called when another slice may be sent that had to wait, and nothing else tells of it. */
  constructor(clock: Clock, wake: () => void) {
    this.#clock = clock;
    this.#wake = wake;
  }

  get bytesInFlight(): number {
    return this.#window.bytesInFlight;
  }

  /** Whether another slice may be sent now. */
  isOpen(): boolean {
    if (this.#window.isOpen) return true;
    this.#cancelLimit ??= this.#clock.after(LOST_AFTER, () => {
      this.#cancelLimit = undefined;
      this.#window.forget();
      this.#wake();
    });
    return false;
  }

  /** Bytes that a slice should have. @param rate Of the line, as far as others know it: bytes per second. */
  sliceBytes(rate: number): number {
    return Math.max(LEAST_SLICE_BYTES, (Math.max(this.#window.rate, rate) * SLICE_TIME) / 1e6);
  }

  /** @param isPaced Whether it waited until another slice might be sent. */
  sent(bytes: number, isPaced: boolean): void {
    this.#window.sent(bytes, this.#clock.now(), isPaced);
  }

  /** The relay has so many slices of this link. */
  received(slices: number): void {
    this.#stopWaiting();
    this.#window.received(slices, this.#clock.now());
  }

  /** The link is lost: the next one counts anew. */
  reset(): void {
    this.#stopWaiting();
    this.#window.reset();
  }

  #stopWaiting(): void {
    this.#cancelLimit?.();
    this.#cancelLimit = undefined;
  }
}
