/** A rate limit: `burst` at once, then `perSecond`. Pure: the caller says what time it is. */
import type { Micros } from '../clock.js';
import type { Rate } from '../protocol/index.js';

export class TokenBucket {
  readonly #rate: Rate;
  #tokens: number;
  #filledAt: Micros;

  constructor(rate: Rate, now: Micros) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#filledAt = now;
  }

  /** Takes one token if there is one. */
  take(now: Micros): boolean {
    this.#fill(now);
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  /** Microseconds until the next token; 0 when there is one. */
  wait(now: Micros): Micros {
    this.#fill(now);
    return this.#tokens >= 1 ? 0 : Math.ceil(((1 - this.#tokens) / this.#rate.perSecond) * 1e6);
  }

  #fill(now: Micros): void {
    const passed = Math.max(0, now - this.#filledAt);
    this.#filledAt = now;
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + (passed * this.#rate.perSecond) / 1e6);
  }
}
