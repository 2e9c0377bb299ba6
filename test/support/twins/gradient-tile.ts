/** Twin of the decoder of gradient tiles, written from docs/CODEC.md. One for a slice: it learns. */
import type { ColourLevel } from '../../../codecs/index.js';

type Three = readonly [number, number, number];
const MIDDLE: Three = [128, 128, 128];

/** What was counted of a degree's pixels, and the parameters that came of it. */
interface Degree {
  count: number;
  sums: number[];
  parameters: number[];
}

/** Values of a plane around (x, y). Left of a row, and of the row above, stands what is above the row's first. */
function around<T>(
  plane: T[][],
  x: number,
  y: number,
  w: number,
  outside: T,
): Record<'w' | 'n' | 'nw' | 'ne', T> {
  const above = (column: number) =>
    y === 0 ? outside : plane[y - 1]![Math.min(Math.max(column, 0), w - 1)]!;
  return { w: x === 0 ? above(0) : plane[y]![x - 1]!, n: above(x), nw: above(x - 1), ne: above(x + 1) };
}

const mean = (a: number, b: number) => (a + b + 1) >> 1;

export class GradientTiles {
  readonly #level: ColourLevel;
  readonly #degrees: Degree[];
  #run = 32;
  #bytes: Uint8Array = new Uint8Array();
  #bit = 0;

  constructor(level: ColourLevel) {
    this.#level = level;
    this.#degrees = Array.from({ length: 11 }, (_, degree) => {
      const sum = Math.floor((3 * 2 ** degree) / 4);
      const sums = [sum, sum, sum];
      return { count: 4, sums, parameters: sums.map((value) => parameterOf(4, value)) };
    });
  }

  /**
   * Codes of `w` by `h` pixels and where they ended, or undefined when they are malformed. `held` are the codes
   * that the picture shows there so far.
   */
  read(
    bytes: Uint8Array,
    at: number,
    w: number,
    h: number,
    held: readonly number[],
  ): { codes: number[]; end: number } | undefined {
    this.#bytes = bytes;
    this.#bit = at * 8;
    const prediction = this.#bits(8);
    if (at >= bytes.length || prediction > 3) return undefined;
    const pixels: Three[][] = [];
    const changes: Three[][] = [];
    const folded: Three[][] = [];
    const sizes: number[][] = [];
    for (let y = 0; y < h; y++) {
      for (const plane of [pixels, changes, folded, sizes]) plane.push([]);
      let run = 0;
      let ended = false;
      for (let x = 0; x < w; x++) {
        const size = around(sizes, x, y, w, 0);
        const above = size.n + 2 * mean(size.nw, size.ne);
        const sum = above + around<Three>(folded, x, y, w, [0, 0, 0]).w[0];
        if (run === 0 && !ended && sum === 0) {
          run = this.#takeRun();
          if (run > w - x) return undefined;
          ended = run === 0;
        }
        let values: Three = [0, 0, 0];
        if (run > 0) {
          run--;
          ended = run === 0;
        } else {
          values = this.#takePixel(ended ? above : sum);
          ended = false;
        }
        folded[y]!.push(values);
        sizes[y]!.push(mean(values[0], mean(values[1], values[2])));
        const before = this.#separated(held[y * w + x]!);
        const pixel = [0, 1, 2].map((c) => {
          const told = foretold(prediction, x, y, w, c, pixels, changes, before[c]!);
          const value = values[c]!;
          return (told + (value % 2 === 0 ? value / 2 : -(value + 1) / 2)) & 255;
        });
        pixels[y]!.push(pixel as unknown as Three);
        changes[y]!.push(pixel.map((value, c) => (value - before[c]! + 128) & 255) as unknown as Three);
      }
      if (this.#bit > bytes.length * 8) return undefined;
    }
    return { codes: pixels.flat().map((three) => this.#joined(three)), end: Math.ceil(this.#bit / 8) };
  }

  #takeRun(): number {
    const run = this.#value(Math.max(0, Math.floor(Math.log2(Math.floor((this.#run + 6) / 16)))));
    this.#run += run - ((this.#run + 8) >> 4);
    return run;
  }

  #takePixel(sum: number): Three {
    const degree = this.#degrees[sum === 0 ? 0 : Math.floor(Math.log2(sum)) + 1]!;
    const values = degree.parameters.map((parameter) => this.#value(parameter));
    degree.sums = degree.sums.map((value, c) => value + values[c]!);
    degree.count++;
    if (degree.count % 16 === 0) {
      degree.parameters = degree.sums.map((value) => parameterOf(degree.count, value));
      if (degree.count === 64) {
        degree.count = 32;
        degree.sums = degree.sums.map((value) => value >> 1);
      }
    }
    return values as unknown as Three;
  }

  /** A Rice code. */
  #value(parameter: number): number {
    let quotient = 0;
    while (quotient < 10 && this.#bits(1) === 0) quotient++;
    if (quotient === 10) return this.#bits(8);
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

  #separated(code: number): Three {
    if (this.#level === 2) {
      const green = (code >> 5) & 63;
      const less = (value: number) => ((value - (green >> 1)) & 31) ^ 16;
      return [green, less(code & 31), less(code >> 11)];
    }
    const green = (code >> 8) & 255;
    return [green, ((code & 255) - green + 128) & 255, ((code >> 16) - green + 128) & 255];
  }

  #joined([green, blue, red]: Three): number {
    if (this.#level === 2) {
      const g = green & 63;
      return ((((red ^ 16) + (g >> 1)) & 31) << 11) | (g << 5) | (((blue ^ 16) + (g >> 1)) & 31);
    }
    return (((red + 128 + green) & 255) << 16) | (green << 8) | ((blue + 128 + green) & 255);
  }
}

function foretold(
  prediction: number,
  x: number,
  y: number,
  w: number,
  c: number,
  pixels: Three[][],
  changes: Three[][],
  before: number,
): number {
  const near = around(pixels, x, y, w, MIDDLE);
  const changed = around(changes, x, y, w, MIDDLE);
  const [west, north, corner, east] = [near.w[c]!, near.n[c]!, near.nw[c]!, near.ne[c]!];
  const median = [west, north, west + north - corner].sort((a, b) => a - b)[1]!;
  const rise = Math.max(0, east - corner) >> 1;
  const fall = Math.max(0, corner - east) >> 1;
  const byAround = mean(median, Math.max(0, Math.min(255, west + rise) - fall));
  const byChange = (before + mean(changed.w[c]!, changed.n[c]!) - 128) & 255;
  return [byAround, before, byChange, mean(byAround, byChange)][prediction]!;
}

function parameterOf(count: number, sum: number): number {
  let parameter = 0;
  while (3 * count * 2 ** parameter < 2 * sum) parameter++;
  return parameter;
}
