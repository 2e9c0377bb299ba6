/** Twin of the range decoder, written from docs/CODEC.md. */

/** Probability of a 0 out of 65536, and how often it was asked, to 15. */
export interface Model {
  zero: number;
  asked: number;
}

export function models(count: number): Model[] {
  return Array.from({ length: count }, () => ({ zero: 32768, asked: 0 }));
}

export class RangeDecoder {
  #at: number;
  #range = 0xffffffff;
  #value = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
    for (let index = 0; index < 4; index++) this.#shift();
  }

  /** Where the stream ended; after the end of the bytes when it was cut off. */
  get end(): number {
    return this.#at - 2;
  }

  bit(model: Model): number {
    const bound = Math.floor(this.#range / 65536) * model.zero;
    const bit = this.#value < bound ? 0 : 1;
    if (bit === 0) this.#range = bound;
    else {
      this.#value -= bound;
      this.#range -= bound;
    }
    const shift = Math.floor(Math.log2(model.asked + 1)) + 1;
    if (bit === 0) model.zero += (65536 - model.zero) >> shift;
    else model.zero -= model.zero >> shift;
    model.asked = Math.min(15, model.asked + 1);
    while (this.#range < 2 ** 24) {
      this.#range *= 256;
      this.#shift();
    }
    return bit;
  }

  /** One of `count` numbers by no model. */
  oneOf(count: number): number {
    this.#range = Math.floor(this.#range / count);
    const number = Math.min(count - 1, Math.floor(this.#value / this.#range));
    this.#value -= number * this.#range;
    while (this.#range < 2 ** 24) {
      this.#range *= 256;
      this.#shift();
    }
    return number;
  }

  tree(tree: readonly Model[], bits: number): number {
    let node = 1;
    for (let index = 0; index < bits; index++) node = node * 2 + this.bit(tree[node]!);
    return node - 2 ** bits;
  }

  #shift(): void {
    this.#value = (this.#value * 256 + (this.#bytes[this.#at++] ?? 0)) % 2 ** 32;
  }
}
