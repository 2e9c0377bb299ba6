/** One party's token buckets, by the names of the catalogue's rates. A bucket is made when it is first asked. */
import type { Micros } from '../clock.js';
import { RATES, type Rate, type RateName } from '../protocol/index.js';
import { TokenBucket } from './token-bucket.js';

/** Rates that differ from the catalogue's. */
export type OtherRates = Readonly<Partial<Record<RateName, Rate>>>;

export class Buckets {
  readonly #rates: OtherRates;
  readonly #buckets = new Map<RateName, TokenBucket>();

  constructor(rates: OtherRates) {
    this.#rates = rates;
  }

  /** Takes one token if there is one. */
  take(name: RateName, now: Micros): boolean {
    return this.of(name, now).take(now);
  }

  of(name: RateName, now: Micros): TokenBucket {
    let bucket = this.#buckets.get(name);
    if (bucket === undefined) {
      bucket = new TokenBucket(this.#rates[name] ?? RATES[name], now);
      this.#buckets.set(name, bucket);
    }
    return bucket;
  }
}
