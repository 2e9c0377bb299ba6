/** Microsoft Video 1, decoded slowly and obviously: codes of 16 bits (15 of colour) or 8, the top row first. */
import type { Size } from '../../../codecs/index.js';

export class MsvcTwin {
  /** One code per pixel. */
  readonly codes: Uint16Array;
  readonly #size: Size;
  readonly #bits: 8 | 16;

  constructor(size: Size, bits: 8 | 16) {
    if (size.width % 4 !== 0 || size.height % 4 !== 0) throw new Error('Blocks are 4 x 4.');
    this.#size = size;
    this.#bits = bits;
    this.codes = new Uint16Array(size.width * size.height);
  }

  decode(bytes: Uint8Array): void {
    const columns = this.#size.width / 4;
    const blocks = columns * (this.#size.height / 4);
    let at = 0;
    const byte = () => {
      if (at >= bytes.length) throw new Error('The frame ends too soon.');
      return bytes[at++]!;
    };
    const word = () => byte() | (byte() << 8);
    const colour = () => (this.#bits === 8 ? byte() : word());
    for (let block = 0; block < blocks; block++) {
      const first = word();
      const high = first >> 8;
      if (high >= 0x84 && high < 0x88) {
        const count = first & 1023;
        if (count === 0 || block + count > blocks) throw new Error('A skip leads out.');
        block += count - 1;
        continue;
      }
      if (this.#bits === 8 ? high >= 0x80 && high < 0x90 : high >= 0x80) {
        const code = this.#bits === 8 ? first & 255 : first & 0x7fff;
        this.#fill(block, columns, () => code);
        continue;
      }
      const colours = [colour(), colour()];
      const eight = this.#bits === 8 ? high >= 0x90 : (colours[0]! & 0x8000) !== 0;
      if (eight) for (let index = 2; index < 8; index++) colours.push(colour());
      this.#fill(block, columns, (x, y) => {
        const pair = eight ? (y >> 1) * 4 + (x >> 1) * 2 : 0;
        const flag = (first >> (y * 4 + x)) & 1;
        return colours[pair + (flag === 1 ? 0 : 1)]! & (this.#bits === 8 ? 255 : 0x7fff);
      });
    }
    if (word() !== 0 || at !== bytes.length) throw new Error('The frame does not end where it should.');
  }

  /** `code` is asked with x from the left and y from the bottom of the block. */
  #fill(block: number, columns: number, code: (x: number, y: number) => number): void {
    const left = (block % columns) * 4;
    const bottom = this.#size.height - 1 - Math.floor(block / columns) * 4;
    for (let y = 0; y < 4; y++) {
      for (let x = 0; x < 4; x++) this.codes[(bottom - y) * this.#size.width + left + x] = code(x, y);
    }
  }
}
