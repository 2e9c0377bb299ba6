/** Twin of the decoder of text tiles, written from docs/CODEC.md. One for a slice: it learns. */
import type { ColourLevel } from '../../../codecs/index.js';
import { type Model, models, RangeDecoder } from './range.js';

const FACTORS = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f, 0x165667b1, 0xd3a2646d];

/** W, N, NW, NE, WW, NN. */
type Around = readonly [number, number, number, number, number, number];

interface Entry {
  readonly check: number;
  readonly code: number;
  readonly trust: number;
  /** The same as `code` when there was none. */
  readonly other: number;
}

/** What came last after the same neighbours. */
class Memory {
  readonly #entries = new Map<number, Entry>();
  readonly #size: number;

  /** Of 2 to the power of `bits` entries. */
  constructor(bits: number) {
    this.#size = 2 ** bits;
  }

  /** The entry of a name, when it is of the same neighbours. */
  look(name: number): Entry | undefined {
    const entry = this.#entries.get(this.#place(name));
    return entry?.check === checkOf(name) ? entry : undefined;
  }

  learn(name: number, code: number): void {
    const entry = this.#entries.get(this.#place(name));
    this.#entries.set(this.#place(name), learned(entry, checkOf(name), code));
  }

  #place(name: number): number {
    return Math.floor((name / 2 ** 32) * this.#size);
  }
}

function learned(entry: Entry | undefined, check: number, code: number): Entry {
  if (entry === undefined) return { check, code, trust: 1, other: code };
  const isOwn = entry.check === check;
  if (isOwn && entry.code === code) return { ...entry, trust: Math.min(7, entry.trust + 1) };
  if (entry.trust > 1) return { ...entry, trust: entry.trust >> 1, other: isOwn ? code : entry.other };
  return { check, code, trust: 1, other: isOwn ? entry.code : code };
}

function checkOf(name: number): number {
  return (name >> 10) & 255;
}

/** What names an entry, by the sum of weighted neighbours. */
function nameOf(codes: readonly number[]): number {
  const sum = codes.reduce((sum, code, index) => (sum + Math.imul(code, FACTORS[index]!)) | 0, 0);
  return Math.imul(sum ^ (sum >>> 15), 0x2c1b3c6d) >>> 0;
}

/** How blue and red change with green, in 1/256. */
interface Line {
  readonly blue: number;
  readonly red: number;
}

const EVEN: Line = { blue: 256, red: 256 };

/** Blue, green, red. */
type Parts = readonly [number, number, number];

function partsOf(code: number): Parts {
  return [code & 255, (code >> 8) & 255, code >> 16];
}

/** Blue and red beside a colour, where green is another. */
function onLine(line: Line, beside: Parts, green: number): Parts {
  const along = (from: number, slope: number) =>
    Math.max(0, Math.min(255, from + Math.floor((slope * (green - beside[1]) + 128) / 256)));
  return [along(beside[0], line.blue), green, along(beside[2], line.red)];
}

function distance(a: Parts, b: Parts): number {
  return Math.abs(a[0] - b[0]) + Math.abs(a[2] - b[2]);
}

export class TextTiles {
  readonly #level: ColourLevel;
  #background: number;
  readonly #rowSame = models(2);
  readonly #spanWhole = models(7);
  readonly #spanBreak = Array.from({ length: 7 }, () => models(64));
  readonly #foretold = models(256);
  readonly #other = models(32);
  readonly #foretoldByTwo = models(128);
  readonly #otherByTwo = models(32);
  readonly #neighbours = models(256);
  readonly #known = models(2);
  readonly #asPromised = models(1);
  readonly #bytes = Array.from({ length: 3 }, () => models(256));
  readonly #palette: number[] = [];
  #added = 0;
  readonly #memory: Memory;
  readonly #memoryOfTwo: Memory;
  #line: Line = EVEN;
  /** By how much the line has been nearer than EVEN. */
  #lead = 0;

  /** For a slice of so many tiles, whatever their mode. */
  constructor(level: ColourLevel, tiles: number) {
    this.#level = level;
    const bits = Math.min(14, 10 + Math.ceil(Math.log2(Math.max(1, tiles))));
    this.#memory = new Memory(bits);
    this.#memoryOfTwo = new Memory(bits - 1);
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
    const name = nameOf(around);
    const nameByTwo = nameOf([w, n]);
    const entry = this.#memory.look(name);
    const entryByTwo = this.#memoryOfTwo.look(nameByTwo);
    const asked: (number | undefined)[] = [];
    let code: number | undefined;
    const ask = (candidate: number, model: Model) => {
      if (code !== undefined || asked.includes(candidate)) return;
      asked.push(candidate);
      if (coder.bit(model) === 0) code = candidate;
    };
    const model = (trust: number, candidate: number) =>
      trust * 4 + (candidate === w ? 2 : 0) + (candidate === n ? 1 : 0);
    if (entry !== undefined) {
      const first = entry.code;
      const agreement = first === entryByTwo?.code ? 1 : first === entryByTwo?.other ? 2 : 0;
      const others = entry.other !== first ? 4 : 0;
      ask(first, this.#foretold[model(entry.trust, first) * 8 + others + agreement]!);
      ask(entry.other, this.#other[model(entry.trust, entry.other)]!);
    }
    if (entryByTwo !== undefined) {
      const { code: first, other, trust } = entryByTwo;
      const kind = (entry === undefined ? 0 : 64) + (other === first ? 0 : 32);
      ask(first, this.#foretoldByTwo[kind + model(trust, first)]!);
      ask(other, this.#otherByTwo[model(trust, other)]!);
    }
    const equal = [w === n, w === nw, w === ne, n === nw, n === ne, nw === ne];
    const neighbours = 4 * equal.reduce((sum, is, bit) => sum + (is ? 1 << bit : 0), 0);
    for (const [index, candidate] of [w, n, ne, nw].entries())
      ask(candidate, this.#neighbours[neighbours + index]!);
    code ??= this.#new(coder, w, 0);
    if (code === undefined) return undefined;
    this.#memory.learn(name, code);
    this.#memoryOfTwo.learn(nameByTwo, code);
    return code;
  }

  #new(coder: RangeDecoder, beside: number, flat: 0 | 1): number | undefined {
    if (coder.bit(this.#known[flat]!) === 0) {
      const size = this.#palette.length;
      return size === 0 ? undefined : this.#palette[coder.oneOf(size)];
    }
    const byte = (tree: number) => coder.tree(this.#bytes[tree] as Model[], 8);
    let code: number;
    if (this.#level === 3) {
      code = this.#newColour(coder, byte, partsOf(beside));
    } else if (this.#level === 2) {
      const high = byte(0);
      code = high * 256 + byte(1);
    } else {
      code = this.#level === 1 ? byte(0) : coder.tree(this.#bytes[0]!, 4);
    }
    this.#palette[this.#added++ % 256] = code;
    return code;
  }

  #newColour(coder: RangeDecoder, byte: (tree: number) => number, beside: Parts): number {
    const green = (beside[1] + byte(0)) & 255;
    const line = onLine(this.#line, beside, green);
    const even = onLine(EVEN, beside, green);
    let parts = this.#lead >= 0 ? line : even;
    if (coder.bit(this.#asPromised[0]!) === 1)
      parts = [(parts[0] + byte(1)) & 255, green, (parts[2] + byte(2)) & 255];
    this.#lead += distance(parts, even) - distance(parts, line) - (this.#lead >> 4);
    const change = green - beside[1];
    if (Math.abs(change) >= 32) {
      const slope = (part: 0 | 2) => Math.trunc(((parts[part] - beside[part]) * 256) / change);
      this.#line = { blue: slope(0), red: slope(2) };
    }
    return parts[0] | (parts[1] << 8) | (parts[2] << 16);
  }
}
