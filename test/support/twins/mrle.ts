/** Microsoft RLE of 8 bits, decoded slowly and obviously: one index per pixel, the top row first. */
import type { Size } from '../../../codecs/index.js';

export class MrleTwin {
  readonly indices: Uint8Array;
  readonly #size: Size;

  constructor(size: Size) {
    this.#size = size;
    this.indices = new Uint8Array(size.width * size.height);
  }

  decode(bytes: Uint8Array): void {
    const { width, height } = this.#size;
    let x = 0;
    let row = 0;
    const put = (index: number) => {
      if (x >= width || row >= height) throw new Error('A pixel lies outside.');
      this.indices[(height - 1 - row) * width + x++] = index;
    };
    for (let at = 0; ; at += 2) {
      if (at + 2 > bytes.length) throw new Error('The frame has no end.');
      const count = bytes[at]!;
      const value = bytes[at + 1]!;
      if (count > 0) {
        for (let index = 0; index < count; index++) put(value);
      } else if (value === 0) {
        x = 0;
        row++;
      } else if (value === 1) {
        if (at + 2 !== bytes.length) throw new Error('Something follows the end.');
        return;
      } else if (value === 2) {
        x += bytes[at + 2]!;
        row += bytes[at + 3]!;
        at += 2;
      } else {
        for (let index = 0; index < value; index++) put(bytes[at + 2 + index]!);
        at += value + (value & 1);
      }
    }
  }
}
