/** Twin of the decoder of lossy tiles, written from docs/CODEC.md. One for a slice: it learns. */
import type { Eight } from './eight.js';
import { RansDecoder, ransModels } from './rans.js';

const SCALES = [64, 68, 72, 76, 81, 85, 91, 96, 102, 108, 114, 121];
const C1 = 12683;
const C2 = 10045;
const C3 = 5763;
const C5 = 25746;
const C6 = 17734;
const C7 = 9041;

/** The k-th coefficient's horizontal and vertical frequency: diagonal by diagonal, to and fro. */
const ORDER: [number, number][] = [];
for (let sum = 0; sum < 15; sum++) {
  for (let step = 0; step <= sum; step++) {
    const u = sum % 2 === 0 ? sum - step : step;
    if (u < 8 && sum - u < 8) ORDER.push([u, sum - u]);
  }
}
/** First places of the classes 1 to 7. */
const CLASS_STARTS = [2, 3, 6, 10, 15, 21, 36];
const classOf = (place: number): number => CLASS_STARTS.filter((start) => place >= start).length;
const clip = (value: number, most: number): number => Math.max(-most - 1, Math.min(most, value));

class Malformed extends Error {}

interface Block {
  readonly mean: number;
  readonly count: number;
}

export class TransformTiles {
  readonly #next = ransModels(64);
  readonly #large = ransModels(6);
  readonly #long = ransModels(1);
  readonly #mean = ransModels(6);

  /** Codes of `w` by `h` pixels and where they ended, or undefined when they are malformed. */
  read(bytes: Uint8Array, at: number, w: number, h: number): { codes: number[]; end: number } | undefined {
    try {
      return this.#read(bytes, at, w, h);
    } catch (error) {
      if (error instanceof Malformed) return undefined;
      throw error;
    }
  }

  #read(bytes: Uint8Array, at: number, w: number, h: number): { codes: number[]; end: number } {
    require(at + 3 <= bytes.length);
    const quality = bytes[at]! & 127;
    const halved = bytes[at]! > 127 ? 1 : 0;
    require(quality >= 1 && quality <= 100);
    let start = at + 2;
    let length = bytes[at + 1]!;
    if (length > 127) length += (bytes[start++]! - 1) * 128;
    require(start + length + 4 <= bytes.length);
    const bits = new Bits(bytes.subarray(start, start + length));
    const symbols = new RansDecoder(bytes, start + length);
    require(symbols.sound);
    const y = this.#plane(bits, symbols, quality, 0, w, h);
    const size = [(w + halved) >> halved, (h + halved) >> halved] as const;
    const o = this.#plane(bits, symbols, quality, 1, ...size);
    const p = this.#plane(bits, symbols, quality, 1, ...size);
    require(symbols.end !== undefined && bits.atEnd);
    const codes: number[] = [];
    for (let row = 0; row < h; row++) {
      for (let column = 0; column < w; column++) {
        const light = y[row]![column]! + 257;
        const ofO = o[row >> halved]![column >> halved]!;
        const ofP = p[row >> halved]![column >> halved]!;
        const [r, g, b] = [(light - ofP + ofO) >> 1, (light + ofP) >> 1, (light - ofP - ofO) >> 1].map(
          (value) => Math.max(0, Math.min(255, value)),
        ) as [number, number, number];
        codes.push((r << 16) | (g << 8) | b);
      }
    }
    return { codes, end: symbols.end! };
  }

  /** Rows of a plane, at least `w` by `h`. */
  #plane(bits: Bits, symbols: RansDecoder, quality: number, colour: 0 | 1, w: number, h: number): number[][] {
    const plane = Array.from({ length: 64 }, () => new Array<number>(64).fill(0));
    const blocks: Block[][] = [];
    for (let y = 0; y < Math.ceil(h / 8); y++) {
      blocks.push([]);
      for (let x = 0; x < Math.ceil(w / 8); x++) {
        const nothing = { mean: 0, count: 0 };
        const above = blocks[y - 1]?.[x];
        const left = blocks[y]![x - 1];
        const around = [left ?? above ?? nothing, above ?? left ?? nothing];
        const sum = around[0]!.count + around[1]!.count;
        const activity = sum < 3 ? 0 : sum < 10 ? 1 : 2;
        let told = (around[0]!.mean + around[1]!.mean) >> 1;
        const model = this.#mean[colour * 3 + activity]!;
        let size = symbols.next(model);
        const fine = size === 15;
        if (fine) {
          require(quality <= 64);
          size = symbols.next(model);
          require(size < 15);
          told *= 8;
        }
        const rest = bits.take(size);
        const mean = told + (size > 0 && rest < 2 ** (size - 1) ? rest + 1 - 2 ** size : rest);
        require(Math.abs(mean) <= 8191);
        const step = (u: number, v: number): number => {
          const coarse = 100 - quality - (fine ? 36 : 0);
          const scale = SCALES[coarse % 12]! * 2 ** Math.floor(coarse / 12);
          return (scale * (colour === 0 ? 16 + u + v : 20 + 2 * (u + v)) + 256) >> 9;
        };
        const coefficients = Array.from({ length: 8 }, () => new Array<number>(8).fill(0));
        coefficients[0]![0] = Math.max(-16383, Math.min(16383, mean * step(0, 0)));
        const count = this.#coefficients(bits, symbols, colour, activity, (place, value) => {
          const [u, v] = ORDER[place]!;
          coefficients[u]![v] = Math.max(-16383, Math.min(16383, value * step(u, v)));
        });
        blocks[y]!.push({ mean: fine ? (mean + 4) >> 3 : mean, count });
        paint(coefficients, plane, x * 8, y * 8);
      }
    }
    return plane;
  }

  #coefficients(
    bits: Bits,
    symbols: RansDecoder,
    colour: number,
    activity: number,
    put: (place: number, value: number) => void,
  ): number {
    let count = 0;
    let place = 1;
    while (place < 64) {
      const symbol = symbols.next(this.#next[colour * 32 + activity * 8 + classOf(place)]!);
      if (symbol === 0) break;
      let large: number;
      let sign: number;
      if (symbol < 15) {
        place += (symbol - 1) >> 1;
        large = (symbol - 1) & 1;
        sign = bits.take(1);
      } else {
        place += 7 + 4 * symbols.next(this.#long[0]!);
        const four = bits.take(4);
        place += four >> 2;
        large = (four >> 1) & 1;
        sign = four & 1;
      }
      require(place < 64);
      let size = 1;
      if (large === 1) {
        const depth = place < 3 ? 0 : place < 10 ? 1 : 2;
        const over = symbols.next(this.#large[colour * 3 + depth]!);
        size = over + 2;
        if (over === 15) {
          const length = bits.take(4);
          size = 16 + 2 ** length + bits.take(length);
        }
      }
      put(place, sign === 1 ? -size : size);
      count++;
      place++;
    }
    return count;
  }
}

function require(condition: boolean): void {
  if (!condition) throw new Malformed();
}

/** Bits from the lowest of each byte up; zeros after the end. */
class Bits {
  #at = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return Math.ceil(this.#at / 8) === this.#bytes.length;
  }

  take(count: number): number {
    let value = 0;
    for (let bit = 0; bit < count; bit++, this.#at++)
      value += (((this.#bytes[this.#at >> 3] ?? 0) >> (this.#at & 7)) & 1) * 2 ** bit;
    return value;
  }
}

const add = (a: number, b: number): number => clip(a + b, 32767);
const sub = (a: number, b: number): number => clip(a - b, 32767);
const mul = (a: number, c: number): number => (a * c + 16384) >> 15;

function backward(y: readonly number[], shift: number): number[] {
  const [, y1, y2, y3, y4, y5, y6, y7] = y as Eight;
  const y0 = add(y[0]!, 2 ** (shift - 1));
  const grown = (value: number, c: number) => add(value, mul(value, c));
  const t0 = add(y0, y4);
  const t1 = sub(y0, y4);
  const t2 = sub(mul(y2, C6), grown(y6, C2));
  const t3 = add(grown(y2, C2), mul(y6, C6));
  const a = [add(t0, t3), add(t1, t2), sub(t1, t2), sub(t0, t3)];
  const b = [
    add(add(grown(y1, C1), grown(y3, C3)), add(mul(y5, C5), mul(y7, C7))),
    sub(sub(grown(y1, C3), mul(y3, C7)), add(grown(y5, C1), mul(y7, C5))),
    add(sub(mul(y1, C5), grown(y3, C1)), add(mul(y5, C7), grown(y7, C3))),
    add(sub(mul(y1, C7), mul(y3, C5)), sub(grown(y5, C3), grown(y7, C1))),
  ];
  const first = a.map((value, index) => add(value, b[index]!) >> shift);
  const second = a.map((value, index) => sub(value, b[index]!) >> shift);
  return [...first, ...second.reverse()];
}

function paint(coefficients: readonly number[][], plane: number[][], left: number, top: number): void {
  const half = Array.from({ length: 8 }, (_, v) =>
    backward(
      coefficients.map((row) => row[v]!),
      1,
    ),
  );
  for (let x = 0; x < 8; x++) {
    const column = backward(
      half.map((row) => row[x]!),
      3,
    );
    column.forEach((value, y) => {
      plane[top + y]![left + x] = value;
    });
  }
}
