/** Frames and bytes per second over the last moments, in constant memory. */
import type { Micros } from '../clock.js';

const SLOT: Micros = 100_000;
/** Two seconds: steady enough to read, quick enough to follow. */
const SLOTS = 20;

export class RateMeter {
  readonly #bytes = new Float64Array(SLOTS);
  readonly #frames = new Float64Array(SLOTS);
  #slot = 0;
  #started: Micros | undefined;

  add(now: Micros, bytes: number, frames: number): void {
    this.#turnTo(now);
    const index = this.#slot % SLOTS;
    this.#bytes[index]! += bytes;
    this.#frames[index]! += frames;
  }

  read(now: Micros): { readonly framesPerSecond: number; readonly bytesPerSecond: number } {
    this.#turnTo(now);
    const seconds = Math.min(now - (this.#started ?? now), SLOT * (SLOTS - 1)) / 1e6;
    // A first frame has no rate yet: at least half a second is looked at.
    const span = Math.max(seconds, 0.5);
    return { framesPerSecond: sum(this.#frames) / span, bytesPerSecond: sum(this.#bytes) / span };
  }

  #turnTo(now: Micros): void {
    this.#started ??= now;
    const slot = Math.floor(now / SLOT);
    const passed = Math.min(slot - this.#slot, SLOTS);
    for (let step = 1; step <= passed; step++) {
      const index = (slot - passed + step) % SLOTS;
      this.#bytes[index] = 0;
      this.#frames[index] = 0;
    }
    if (slot > this.#slot) this.#slot = slot;
  }
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
