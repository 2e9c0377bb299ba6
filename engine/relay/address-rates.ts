/** A rate limit for each address (engine/transport/peer-address.ts). Remembers the addresses that came last. */
import type { Micros } from '../clock.js';
import type { Rate } from '../protocol/index.js';
import { TokenBucket } from '../room/token-bucket.js';

/** More addresses than these at one time are no longer somebody's: the one heard of longest ago is forgotten. */
const MAX_ADDRESSES = 4096;

export class AddressRates {
  readonly #rate: Rate;
  /** The one heard of longest ago first. */
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  /** Takes one of the address's tokens if there is one. */
  take(key: string, now: Micros): boolean {
    return this.#bucket(key, now).take(now);
  }

  /** Whether the address has tokens left. */
  has(key: string, now: Micros): boolean {
    const bucket = this.#buckets.get(key);
    return bucket === undefined || bucket.wait(now) === 0;
  }

  #bucket(key: string, now: Micros): TokenBucket {
    const bucket = this.#buckets.get(key) ?? new TokenBucket(this.#rate, now);
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > MAX_ADDRESSES) {
      const [oldest] = this.#buckets.keys();
      this.#buckets.delete(oldest!);
    }
    return bucket;
  }
}
