/** Time that passes only when it is told to: a scene that takes a minute is drawn as fast as it can be coded. */
import type { Clock, Micros } from '../../engine/index.js';

interface Timer {
  readonly at: Micros;
  readonly run: () => void;
}

export class VirtualClock implements Clock {
  readonly #timers = new Set<Timer>();
  #now: Micros = 0;

  now(): Micros {
    return this.#now;
  }

  after(delay: Micros, run: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, delay), run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Goes to the next timer and runs it; false when there is none. */
  step(): boolean {
    let next: Timer | undefined;
    // Timers are few; of those that are due together the oldest comes first.
    for (const timer of this.#timers) if (next === undefined || timer.at < next.at) next = timer;
    if (next === undefined) return false;
    this.#timers.delete(next);
    this.#now = Math.max(this.#now, next.at);
    next.run();
    return true;
  }
}
