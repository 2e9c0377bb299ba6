/** Twin of the boolean coder, both ways, written from RFC 6386, section 7.3: slow and obvious. */

export class BoolDecoder {
  readonly #bytes: Uint8Array;
  #at = 0;
  #value = 0;
  #range = 255;
  #shifted = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#value = (this.#next() << 8) | this.#next();
  }

  bit(probability: number): number {
    const split = 1 + (((this.#range - 1) * probability) >> 8);
    let bit = 0;
    if (this.#value >= split << 8) {
      bit = 1;
      this.#range -= split;
      this.#value -= split << 8;
    } else {
      this.#range = split;
    }
    while (this.#range < 128) {
      this.#range <<= 1;
      this.#value <<= 1;
      if (++this.#shifted === 8) {
        this.#shifted = 0;
        this.#value |= this.#next();
      }
    }
    return bit;
  }

  flag(): boolean {
    return this.bit(128) === 1;
  }

  literal(bits: number): number {
    let value = 0;
    for (let left = bits; left > 0; left--) value = (value << 1) | this.bit(128);
    return value;
  }

  /** A magnitude and a sign, if a flag says that they follow; else 0. */
  optional(bits: number): number {
    if (!this.flag()) return 0;
    const size = this.literal(bits);
    return this.flag() ? -size : size;
  }

  /** A symbol of a tree (section 8.1): entries above 0 are further nodes, others symbols negated. */
  tree(tree: readonly number[], probabilities: ArrayLike<number>, from = 0): number {
    let node = from;
    do node = tree[node + this.bit(probabilities[node >> 1]!)]!;
    while (node > 0);
    return -node;
  }

  #next(): number {
    return this.#bytes[this.#at++] ?? 0;
  }
}
