/** Twin of the decoder of gradient tiles, written from docs/CODEC.md. One for a slice: it learns. */
import type { ColourLevel } from '../../../codecs/index.js';

const DEGREES = 18;
type Three = readonly [number, number, number];
const NOTHING: Three = [0, 0, 0];
const MIDDLE: Three = [128, 128, 128];

export class GradientTiles {
  readonly #level: ColourLevel;
  readonly #green: number[];
  readonly #colour: number[];
  #run = 32;
  #bytes: Uint8Array = new Uint8Array();
  #bit = 0;

  constructor(level: ColourLevel) {
    this.#level = level;
    const means = Array.from({ length: DEGREES }, (_, degree) => {
      return 8 * (degree < 4 ? degree : (2 + (degree % 2)) * 2 ** (Math.floor(degree / 2) - 1));
    });
    this.#green = means;
    this.#colour = [...means];
  }

  /** Codes of `w` by `h` pixels and where they ended, or undefined when they are malformed. */
  read(bytes: Uint8Array, at: number, w: number, h: number): { codes: number[]; end: number } | undefined {
    this.#bytes = bytes;
    this.#bit = at * 8;
    const pixels: Three[][] = [];
    const folded: Three[][] = [];
    const get = (from: Three[][], x: number, y: number, above: Three): Three => {
      if (y < 0) return above;
      if (x < 0) return get(from, 0, y - 1, above);
      return from[y]![Math.min(x, w - 1)]!;
    };
    for (let y = 0; y < h; y++) {
      pixels.push([]);
      folded.push([]);
      let run: number | undefined;
      for (let x = 0; x < w; x++) {
        const [left, up, corner, right] = [
          [x - 1, y],
          [x, y - 1],
          [Math.max(0, x - 1), y - 1],
          [x + 1, y - 1],
        ].map(([atX, atY]) => get(folded, atX!, atY!, NOTHING)) as [Three, Three, Three, Three];
        const around = [0, 1, 2].map((c) =>
          Math.min(255, ((left[c]! + up[c]! + 1) >> 1) + ((corner[c]! + right[c]! + 1) >> 1)),
        ) as unknown as Three;
        if (run === undefined && around.every((value) => value === 0)) {
          run = this.#value(this.#run);
          this.#run = learnt(this.#run, run);
          if (run > w - x) return undefined;
        }
        let values = NOTHING;
        if (run !== undefined && run > 0) run--;
        else {
          run = undefined;
          const green = this.#learn(this.#green, around[0]);
          const blue = this.#learn(this.#colour, around[1] + green);
          values = [green, blue, this.#learn(this.#colour, around[2] + green)];
        }
        folded[y]!.push(values);
        const [west, north, northWest] = [
          get(pixels, x - 1, y, MIDDLE),
          get(pixels, x, y - 1, MIDDLE),
          get(pixels, Math.max(0, x - 1), y - 1, MIDDLE),
        ];
        const three = [0, 1, 2].map((c) => {
          const sorted = [west[c]!, north[c]!, west[c]! + north[c]! - northWest[c]!].sort((a, b) => a - b);
          const value = values[c]!;
          return (sorted[1]! + (value % 2 === 0 ? value / 2 : -(value + 1) / 2)) & 255;
        });
        pixels[y]!.push(three as unknown as Three);
      }
      if (this.#bit > bytes.length * 8) return undefined;
    }
    return { codes: pixels.flat().map((three) => this.#joined(three)), end: Math.ceil(this.#bit / 8) };
  }

  #learn(means: number[], activity: number): number {
    const power = Math.floor(Math.log2(activity));
    const degree = activity < 4 ? activity : 2 * power + (Math.floor(activity / 2 ** (power - 1)) % 2);
    const value = this.#value(means[degree]!);
    means[degree] = learnt(means[degree]!, value);
    return value;
  }

  /** A Rice code for a mean of that many sixteenths. */
  #value(mean: number): number {
    const parameter = Math.max(0, Math.floor(Math.log2(Math.floor((mean + 6) / 16))));
    let quotient = 0;
    while (quotient < 20 && this.#bits(1) === 0) quotient++;
    if (quotient === 20) {
      this.#bits(1);
      return this.#bits(8);
    }
    return (quotient * 2 ** parameter + this.#bits(parameter)) & 255;
  }

  /** The next bits, the first the lowest; zeros after the end. */
  #bits(count: number): number {
    let value = 0;
    for (let index = 0; index < count; index++) {
      const byte = this.#bytes[this.#bit >> 3] ?? 0;
      value += ((byte >> (this.#bit & 7)) & 1) * 2 ** index;
      this.#bit++;
    }
    return value;
  }

  #joined([green, blue, red]: Three): number {
    if (this.#level === 2) {
      const g = green & 63;
      return ((((red ^ 16) + (g >> 1)) & 31) << 11) | (g << 5) | (((blue ^ 16) + (g >> 1)) & 31);
    }
    return (((red + 128 + green) & 255) << 16) | (green << 8) | ((blue + 128 + green) & 255);
  }
}

function learnt(mean: number, value: number): number {
  return mean + value - ((mean + 8) >> 4);
}
