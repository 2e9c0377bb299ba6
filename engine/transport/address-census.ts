/** How many of a kind are open, in all and by address. */
import { addressKey } from './peer-address.js';

export class AddressCensus {
  readonly #byAddress = new Map<string, number>();
  #total = 0;

  get total(): number {
    return this.#total;
  }

  /** Those of an address, or of its network where that counts as one. */
  of(address: string): number {
    return this.#byAddress.get(addressKey(address)) ?? 0;
  }

  /** One more is open; the answer is to be called when it has closed, and counts once. */
  opened(address: string): () => void {
    const key = addressKey(address);
    this.#total++;
    this.#byAddress.set(key, (this.#byAddress.get(key) ?? 0) + 1);
    let isOpen = true;
    return () => {
      if (!isOpen) return;
      isOpen = false;
      this.#total--;
      const left = this.#byAddress.get(key)! - 1;
      if (left === 0) this.#byAddress.delete(key);
      else this.#byAddress.set(key, left);
    };
  }
}
