/**
 * A computer in virtual time, with one thread: while it works it does nothing else. What happens to it meanwhile (a
 * message, a timer) waits until it is done, in order. Its clock is its own: it has gone on by the time that the work
 * under way has taken so far. So code that measures itself by the clock that it is given measures what the work is
 * said to take, the same every time.
 */
import type { Clock, Micros, Work } from '../clock.js';
import type { VirtualClock } from './clock.js';

/** What a piece of work takes. */
export type WorkCost = (work: Work) => Micros;

export class Computer implements Clock {
  readonly #clock: VirtualClock;
  readonly #cost: WorkCost;
  #freeAt: Micros = 0;
  #worked: Micros = 0;
  /** What waits for the computer to be free. */
  readonly #waiting: (() => void)[] = [];

  constructor(clock: VirtualClock, cost: WorkCost = () => 0) {
    this.#clock = clock;
    this.#cost = cost;
  }

  /** All work so far. */
  get worked(): Micros {
    return this.#worked;
  }

  now(): Micros {
    return Math.max(this.#clock.now(), this.#freeAt);
  }

  after(delay: Micros, run: () => void): () => void {
    let isCancelled = false;
    const cancel = this.#clock.after(this.now() - this.#clock.now() + Math.max(0, delay), () =>
      this.enter(() => {
        if (!isCancelled) run();
      }),
    );
    return () => {
      isCancelled = true;
      cancel();
    };
  }

  spend(work: Work): void {
    const cost = this.#cost(work);
    this.#worked += cost;
    this.holdUp(cost);
  }

  /** It is kept busy for so long by something that is no work of ours. */
  holdUp(time: Micros): void {
    this.#freeAt = this.now() + time;
  }

  /** Something happens to the computer: now, or when it is free. */
  enter(run: () => void): void {
    if (this.#waiting.length === 0 && this.#freeAt <= this.#clock.now()) {
      run();
      return;
    }
    this.#waiting.push(run);
    if (this.#waiting.length === 1) this.#drainLater();
  }

  #drainLater(): void {
    this.#clock.after(this.#freeAt - this.#clock.now(), () => {
      // One at a time: promises settle before the next, as they do between a real loop's events.
      if (this.#freeAt <= this.#clock.now()) this.#waiting.shift()!();
      if (this.#waiting.length > 0) this.#drainLater();
    });
  }
}
