/** Twin of the decoder of symbols of sixteen values, written from docs/CODEC.md. */

/** Below which of 32768 each value begins, and how often the model was asked, to 64. */
export interface RansModel {
  readonly bounds: number[];
  asked: number;
}

export function ransModels(count: number): RansModel[] {
  return Array.from({ length: count }, () => ({
    bounds: Array.from({ length: 17 }, (_, value) => value * 2048),
    asked: 0,
  }));
}

export class RansDecoder {
  #state: number;
  #at: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#state = new DataView(bytes.buffer, bytes.byteOffset + at).getUint32(0, true);
    this.#at = at + 4;
  }

  /** False for a state that no encoder leaves. */
  get sound(): boolean {
    return this.#state >= 65536;
  }

  /** Where the stream ended; undefined when it did not end well. */
  get end(): number | undefined {
    return this.#state === 65536 && this.#at <= this.#bytes.length ? this.#at : undefined;
  }

  next(model: RansModel): number {
    const { bounds } = model;
    const slot = this.#state % 32768;
    let symbol = 15;
    while (bounds[symbol]! > slot) symbol--;
    const begin = bounds[symbol]!;
    this.#state = (bounds[symbol + 1]! - begin) * Math.floor(this.#state / 32768) + slot - begin;
    if (this.#state < 65536) {
      const inside = this.#at + 2 <= this.#bytes.length;
      const more = inside ? this.#bytes[this.#at]! + 256 * this.#bytes[this.#at + 1]! : 0;
      this.#state = this.#state * 65536 + more;
      this.#at += 2;
    }
    const rate = model.asked < 16 ? 4 : model.asked < 64 ? 5 : 6;
    for (let value = 0; value < 16; value++) {
      const target = value > symbol ? 32752 + value : value;
      bounds[value] = bounds[value]! + ((target - bounds[value]!) >> rate);
    }
    model.asked = Math.min(64, model.asked + 1);
    return symbol;
  }
}
