/** Zip Motion Blocks Video, decoded slowly and obviously, with Node's zlib. 8, 15, 16 and 32 bits. */
import { constants, inflateSync } from 'node:zlib';
import { type Picture, type Size, strideOf } from '../../../codecs/index.js';

const BYTES: Readonly<Record<number, number>> = { 4: 1, 5: 2, 6: 2, 8: 4 };

export class ZmbvTwin {
  readonly #size: Size;
  #stream: Uint8Array[] = [];
  #inflated = 0;
  #format = 8;
  #block = { width: 16, height: 16 };
  #palette = new Uint8Array(768);
  #pixels = new Uint8Array();

  constructor(size: Size) {
    this.#size = size;
  }

  decode(bytes: Uint8Array): Picture {
    const key = (bytes[0]! & 1) !== 0;
    if (key) {
      if (bytes[1] !== 0 || bytes[2] !== 1 || bytes[3] !== 1) throw new Error('Not version 0.1, deflated.');
      this.#format = bytes[4]!;
      this.#block = { width: bytes[5]!, height: bytes[6]! };
      this.#stream = [];
      this.#inflated = 0;
    }
    this.#stream.push(bytes.slice(key ? 7 : 1));
    const all = inflateSync(Buffer.concat(this.#stream), { finishFlush: constants.Z_SYNC_FLUSH });
    let data = new Uint8Array(all.subarray(this.#inflated));
    this.#inflated = all.length;
    if ((bytes[0]! & 2) !== 0) {
      for (let index = 0; index < 768; index++) this.#palette[index]! ^= data[index]!;
      data = data.subarray(768);
    }
    if (key && this.#format === 4) {
      this.#palette = data.slice(0, 768);
      data = data.subarray(768);
    }
    if (key) {
      const expected = this.#size.width * this.#size.height * this.#pixelBytes;
      if (data.length !== expected)
        throw new Error(`A keyframe of ${data.length} instead of ${expected} bytes.`);
      this.#pixels = data.slice();
    } else {
      this.#change(data);
    }
    return this.#show();
  }

  get #pixelBytes(): number {
    return BYTES[this.#format]!;
  }

  #change(data: Uint8Array): void {
    const { width, height } = this.#size;
    const bytes = this.#pixelBytes;
    const before = this.#pixels;
    const after = new Uint8Array(before.length);
    const columns = Math.ceil(width / this.#block.width);
    const rows = Math.ceil(height / this.#block.height);
    let at = Math.ceil((columns * rows * 2) / 4) * 4;
    for (let block = 0; block < columns * rows; block++) {
      const left = (block % columns) * this.#block.width;
      const top = Math.floor(block / columns) * this.#block.height;
      const dx = (data[block * 2]! << 24) >> 25;
      const dy = (data[block * 2 + 1]! << 24) >> 25;
      const coded = (data[block * 2]! & 1) !== 0;
      for (let y = top; y < Math.min(height, top + this.#block.height); y++) {
        for (let x = left; x < Math.min(width, left + this.#block.width); x++) {
          if (x + dx < 0 || y + dy < 0 || x + dx >= width || y + dy >= height)
            throw new Error('A vector leads out.');
          for (let byte = 0; byte < bytes; byte++) {
            const old = before[((y + dy) * width + x + dx) * bytes + byte]!;
            after[(y * width + x) * bytes + byte] = coded ? old ^ data[at++]! : old;
          }
        }
      }
    }
    if (at !== data.length) throw new Error(`${data.length - at} bytes are left over.`);
    this.#pixels = after;
  }

  #show(): Picture {
    const { width, height } = this.#size;
    const stride = strideOf(width);
    const pixels = new Uint8Array(stride * height);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) pixels.set(this.#colour(y * width + x), y * stride + x * 4);
    }
    return { width, height, stride, pixels };
  }

  /** B, G, R, 255. */
  #colour(pixel: number): number[] {
    const source = this.#pixels;
    if (this.#format === 8) return [...source.subarray(pixel * 4, pixel * 4 + 3), 255];
    if (this.#format === 4) {
      const [r, g, b] = this.#palette.subarray(source[pixel]! * 3, source[pixel]! * 3 + 3);
      return [b!, g!, r!, 255];
    }
    const value = source[pixel * 2]! | (source[pixel * 2 + 1]! << 8);
    const five = (bits: number) => (bits << 3) | (bits >> 2);
    if (this.#format === 5) return [five(value & 31), five((value >> 5) & 31), five((value >> 10) & 31), 255];
    const green = (value >> 5) & 63;
    return [five(value & 31), (green << 2) | (green >> 4), five(value >> 11), 255];
  }
}
