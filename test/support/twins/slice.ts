/**
 * Twin of the slice decoder, written from docs/CODEC.md: paints into `picture`; false when the body is
 * malformed, the picture being changed up to the fault.
 */
import { type ColourLevel, type Picture, tileColumns, tileRows } from '../../../codecs/index.js';
import { expand, reduce } from './colour.js';
import { GradientTiles } from './gradient-tile.js';
import { lz4Decompress } from './lz4.js';
import { TextTiles } from './text-tile.js';
import { TransformTiles } from './transform-tile.js';

class Malformed extends Error {}

export function decodeSlice(body: Uint8Array, level: ColourLevel, picture: Picture): boolean {
  try {
    new Reader(body, level, picture).slice();
    return true;
  } catch (error) {
    if (error instanceof Malformed) return false;
    throw error;
  }
}

class Reader {
  #at = 0;
  readonly #body: Uint8Array;
  readonly #level: ColourLevel;
  readonly #picture: Picture;
  #text: TextTiles;
  readonly #gradient: GradientTiles;
  readonly #transform = new TransformTiles();

  constructor(body: Uint8Array, level: ColourLevel, picture: Picture) {
    this.#body = body;
    this.#level = level;
    this.#picture = picture;
    this.#text = new TextTiles(level, 0);
    this.#gradient = new GradientTiles(level);
  }

  slice(): void {
    const { width, height } = this.#picture;
    const moves = this.#number(2);
    require(moves <= 64 && this.#body.length >= 4 + moves * 12);
    let area = 0;
    for (let index = 0; index < moves; index++) {
      const [fromX, fromY, x, y, w, h] = Array.from({ length: 6 }, () => this.#number(2)) as [
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      require(w > 0 && h > 0 && Math.max(fromX, x) + w <= width && Math.max(fromY, y) + h <= height);
      area += w * h;
      require(area <= 2 * width * height);
      this.#move(fromX, fromY, x, y, w, h);
    }
    const tiles = this.#number(2);
    require(tiles <= 34);
    this.#text = new TextTiles(this.#level, tiles);
    for (let index = 0; index < tiles; index++) this.#tile();
    require(this.#at === this.#body.length);
  }

  #move(fromX: number, fromY: number, x: number, y: number, w: number, h: number): void {
    const { pixels, stride } = this.#picture;
    const before = pixels.slice();
    for (let row = 0; row < h; row++) {
      const from = (fromY + row) * stride + fromX * 4;
      pixels.set(before.subarray(from, from + w * 4), (y + row) * stride + x * 4);
    }
  }

  #tile(): void {
    const { width, height } = this.#picture;
    const tile = this.#number(2);
    const mode = this.#number(1);
    require(tile < tileColumns(width) * tileRows(height));
    const left = (tile % tileColumns(width)) * 64;
    const top = Math.floor(tile / tileColumns(width)) * 64;
    const lastX = Math.min(64, width - left) - 1;
    const lastY = Math.min(64, height - top) - 1;
    let [x0, y0, x1, y1] = [0, 0, lastX, lastY];
    if (mode < 128) {
      const box = this.#number(3);
      [x0, y0, x1, y1] = [box & 63, (box >> 6) & 63, (box >> 12) & 63, box >> 18];
    }
    require(x0 <= x1 && y0 <= y1 && x1 <= lastX && y1 <= lastY);
    const w = x1 - x0 + 1;
    const h = y1 - y0 + 1;
    const codes = this.#codes(mode & 127, w, h, () => this.#held(left + x0, top + y0, w, h));
    codes.forEach((code, index) => {
      const pixel = expand(code, this.#level);
      const at = (top + y0 + Math.floor(index / w)) * this.#picture.stride + (left + x0 + (index % w)) * 4;
      this.#picture.pixels.set([pixel & 255, (pixel >> 8) & 255, pixel >> 16, 255], at);
    });
  }

  /** The codes of what the picture shows in a rectangle. */
  #held(x: number, y: number, w: number, h: number): number[] {
    const { pixels, stride } = this.#picture;
    return Array.from({ length: w * h }, (_, index) => {
      const at = (y + Math.floor(index / w)) * stride + (x + (index % w)) * 4;
      return reduce(pixels[at]! | (pixels[at + 1]! << 8) | (pixels[at + 2]! << 16), this.#level);
    });
  }

  #codes(mode: number, w: number, h: number, held: () => number[]): number[] {
    if (mode === 0) return new Array<number>(w * h).fill(this.#code());
    const rawBits = [4, 8, 16, 24][this.#level]!;
    const rawBytes = Math.ceil((w * rawBits) / 8) * h;
    if (mode === 5) return unpack(this.#bytes(rawBytes), w, h, rawBits);
    if (mode === 6) return unpack(this.#block(rawBytes), w, h, rawBits);
    if (mode >= 7 && mode <= 9) {
      require(mode === 7 || this.#level >= (mode === 8 ? 2 : 3));
      const read =
        mode === 8
          ? this.#gradient.read(this.#body, this.#at, w, h, held())
          : (mode === 7 ? this.#text : this.#transform).read(this.#body, this.#at, w, h);
      require(read !== undefined && read.end <= this.#body.length);
      this.#at = read!.end;
      return read!.codes;
    }
    require(mode <= 4);
    const colours = mode === 1 ? 2 : this.#number(1) + 1;
    require(colours >= 2);
    const palette = Array.from({ length: colours }, () => this.#code());
    if (mode === 4) return this.#runs(palette, w * h);
    const bits = colours <= 2 ? 1 : colours <= 4 ? 2 : colours <= 16 ? 4 : 8;
    const size = Math.ceil((w * bits) / 8) * h;
    const packed = mode === 3 ? this.#block(size) : this.#bytes(size);
    return unpack(packed, w, h, bits).map((index) => {
      require(index < colours);
      return palette[index]!;
    });
  }

  #runs(palette: number[], count: number): number[] {
    require(palette.length <= 128);
    const codes: number[] = [];
    while (codes.length < count) {
      const token = this.#number(1);
      require((token & 127) < palette.length);
      let length = 1;
      if (token >= 128) {
        const first = this.#number(1);
        const second = first >= 128 ? this.#number(1) : 0;
        require(second < 128);
        length = 2 + (first & 127) + 128 * second;
      }
      require(codes.length + length <= count);
      for (let index = 0; index < length; index++) codes.push(palette[token & 127]!);
    }
    return codes;
  }

  #block(size: number): Uint8Array {
    const out = lz4Decompress(this.#bytes(this.#number(2)), size);
    require(out?.length === size);
    return out!;
  }

  /** One code as it stands in a palette. */
  #code(): number {
    const code = this.#number(Math.max(1, this.#level));
    return this.#level === 0 ? code & 15 : code;
  }

  #number(bytes: number): number {
    return this.#bytes(bytes).reduceRight((value, byte) => value * 256 + byte, 0);
  }

  #bytes(count: number): Uint8Array {
    require(this.#at + count <= this.#body.length);
    this.#at += count;
    return this.#body.subarray(this.#at - count, this.#at);
  }
}

function require(condition: boolean): void {
  if (!condition) throw new Malformed();
}

/** Values of `bits` each, the first in the lowest bits; rows start on a byte. */
function unpack(bytes: Uint8Array, w: number, h: number, bits: number): number[] {
  const rowBytes = Math.ceil((w * bits) / 8);
  const values: number[] = [];
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      let value = 0;
      for (let bit = 0; bit < bits; bit++) {
        const position = x * bits + bit;
        value |= ((bytes[y * rowBytes + (position >> 3)]! >> (position & 7)) & 1) << bit;
      }
      values.push(value);
    }
  }
  return values;
}
