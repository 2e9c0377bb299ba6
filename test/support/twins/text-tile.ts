/** Twin of the decoder of text tiles, written from docs/CODEC.md. One for a slice: it learns. */
import type { ColourLevel } from '../../../codecs/index.js';
import { type Model, models, RangeDecoder } from './range.js';

const FACTORS = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f, 0x165667b1, 0xd3a2646d];

/** W, N, NW, NE, WW, NN. */
type Around = readonly [number, number, number, number, number, number];

interface Entry {
  readonly code: number;
  readonly trust: number;
}

/** An entry's number, by the sum of weighted neighbours. */
function hashed(sum: number): number {
  const whole = sum | 0;
  return Math.imul(whole ^ (whole >>> 15), 0x2c1b3c6d) >>> 20;
}

function remembered(entry: Entry | undefined, code: number): Entry {
  if (entry === undefined) return { code, trust: 1 };
  if (entry.code === code) return { code, trust: Math.min(7, entry.trust + 1) };
  return entry.trust > 1 ? { code: entry.code, trust: entry.trust >> 1 } : { code, trust: 1 };
}

export class TextTiles {
  readonly #level: ColourLevel;
  #background: number;
  readonly #rowSame = models(2);
  readonly #spanWhole = models(7);
  readonly #spanBreak = Array.from({ length: 7 }, () => models(64));
  readonly #foretold = models(32);
  readonly #foretoldByTwo = [models(32), models(32)] as const;
  readonly #neighbours = models(256);
  readonly #known = models(2);
  readonly #bytes = Array.from({ length: 3 }, () => models(256));
  readonly #palette: number[] = [];
  #added = 0;
  readonly #memory = new Map<number, Entry>();
  readonly #memoryOfTwo = new Map<number, Entry>();

  constructor(level: ColourLevel) {
    this.#level = level;
    this.#background = [15, 215, 0xffff, 0xffffff][level]!;
  }

  /** Codes of `w` by `h` pixels and where they ended, or undefined when they are malformed. */
  read(bytes: Uint8Array, at: number, w: number, h: number): { codes: number[]; end: number } | undefined {
    const coder = new RangeDecoder(bytes, at);
    const rows: number[][] = [];
    const background = this.#background;
    /** Pixels beside the tile: left of it is the first of the row above, right of it the row's last. */
    const pixel = (x: number, y: number): number => {
      if (y < 0) return background;
      if (x < 0) return pixel(0, y - 1);
      return rows[y]![Math.min(x, w - 1)]!;
    };
    let wasSame = 0;
    for (let y = 0; y < h; y++) {
      rows.push([]);
      const row = rows[y]!;
      const same = coder.bit(this.#rowSame[wasSame]!) === 0;
      wasSame = same ? 1 : 0;
      for (let x = 0; x < w && same; x++) row.push(pixel(x, y - 1));
      while (row.length < w) {
        const x = row.length;
        const around: Around = [
          pixel(x - 1, y),
          pixel(x, y - 1),
          pixel(x - 1, y - 1),
          pixel(x + 1, y - 1),
          pixel(x - 2, y),
          pixel(x, y - 2),
        ];
        const n = around[1];
        if (around.slice(0, 4).every((code) => code === n)) {
          let length = 1;
          while (x + length < w && pixel(x + length + 1, y - 1) === n) length++;
          const bits = Math.ceil(Math.log2(length));
          const whole = coder.bit(this.#spanWhole[bits]!) === 0;
          const equal = whole ? length : coder.tree(this.#spanBreak[bits]!, bits);
          if (!whole && equal >= length) return undefined;
          for (let index = 0; index < equal; index++) row.push(n);
          if (whole) continue;
          const code = this.#new(coder, n, 1);
          if (code === undefined) return undefined;
          row.push(code);
        } else {
          const code = this.#pixel(coder, around);
          if (code === undefined) return undefined;
          row.push(code);
        }
      }
      if (coder.end > bytes.length) return undefined;
    }
    this.#background = rows[0]![0]!;
    return { codes: rows.flat(), end: coder.end };
  }

  #pixel(coder: RangeDecoder, around: Around): number | undefined {
    const [w, n, nw, ne] = around;
    const place = hashed(around.reduce((sum, code, index) => sum + Math.imul(code, FACTORS[index]!), 0));
    const placeOfTwo = hashed(Math.imul(w, FACTORS[0]!) + Math.imul(n, FACTORS[1]!));
    const entry = this.#memory.get(place);
    const second = this.#memoryOfTwo.get(placeOfTwo);
    const model = ({ code, trust }: Entry) => trust * 4 + (code === w ? 2 : 0) + (code === n ? 1 : 0);
    const asked: number[] = [];
    let code: number | undefined;
    if (entry !== undefined) {
      asked.push(entry.code);
      if (coder.bit(this.#foretold[model(entry)]!) === 0) code = entry.code;
    }
    if (code === undefined && second !== undefined && second.code !== entry?.code) {
      asked.push(second.code);
      const models = this.#foretoldByTwo[entry === undefined ? 0 : 1];
      if (coder.bit(models[model(second)]!) === 0) code = second.code;
    }
    if (code === undefined) {
      const equal = [w === n, w === nw, w === ne, n === nw, n === ne, nw === ne];
      const first = 4 * equal.reduce((sum, is, bit) => sum + (is ? 1 << bit : 0), 0);
      for (const [index, candidate] of [w, n, ne, nw].entries()) {
        if (code !== undefined || asked.includes(candidate)) continue;
        asked.push(candidate);
        if (coder.bit(this.#neighbours[first + index]!) === 0) code = candidate;
      }
    }
    code ??= this.#new(coder, w, 0);
    if (code === undefined) return undefined;
    this.#memory.set(place, remembered(entry, code));
    this.#memoryOfTwo.set(placeOfTwo, remembered(second, code));
    return code;
  }

  #new(coder: RangeDecoder, beside: number, flat: 0 | 1): number | undefined {
    if (coder.bit(this.#known[flat]!) === 0) return this.#palette[coder.byte()];
    const byte = (tree: number) => coder.tree(this.#bytes[tree] as Model[], 8);
    let code: number;
    if (this.#level === 3) {
      const green = byte(0);
      const blue = byte(1);
      const red = byte(2);
      const part = (shift: number, change: number) => (((beside >> shift) + change) & 255) << shift;
      code = part(8, green) | part(0, green + blue) | part(16, green + red);
    } else if (this.#level === 2) {
      const high = byte(0);
      code = high * 256 + byte(1);
    } else {
      code = this.#level === 1 ? byte(0) : coder.tree(this.#bytes[0]!, 4);
    }
    this.#palette[this.#added++ % 256] = code;
    return code;
  }
}
