/**
 * Puts pictures of any size into the one size that a video has: scaled by one factor for the whole video (each pixel
 * the mean of the area that it stands for), in the middle, with black around it.
 */
import { type Picture, type Rect, type Size, strideOf } from '../../codecs/index.js';

/** Weights of an axis add up to this, so that a product of two, times 255, fits 32 bits. */
const WEIGHT_BITS = 11;
const ONE = 1 << WEIGHT_BITS;
const ROUNDING = 1 << (2 * WEIGHT_BITS - 1);

/** One axis: for each pixel of the target, the first pixel of the source and the weights from there on. */
interface Axis {
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly weights: Int32Array;
  /** Weights of one pixel in `weights`. */
  readonly most: number;
}

export class Fit {
  readonly #canvas: Picture;
  readonly #factor: number;
  #source: Size = { width: 0, height: 0 };
  #place: Rect = { x: 0, y: 0, width: 0, height: 0 };
  #columns: Axis | undefined;
  #rows: Axis | undefined;

  constructor(size: Size, factor: number) {
    const stride = strideOf(size.width);
    this.#canvas = { ...size, stride, pixels: new Uint8Array(stride * size.height) };
    this.#factor = factor;
    this.#clear();
  }

  /** Brings the target up to date where the source has changed; answers it, and where it has changed. */
  draw(
    source: Picture,
    areas: readonly Rect[],
  ): { readonly picture: Picture; readonly areas: readonly Rect[] } {
    if (source.width !== this.#source.width || source.height !== this.#source.height) {
      this.#begin(source);
      const { width, height } = this.#canvas;
      this.#drawArea(source, this.#place);
      return { picture: this.#canvas, areas: [{ x: 0, y: 0, width, height }] };
    }
    const drawn = areas.map((area) => this.#target(area));
    for (const area of drawn) this.#drawArea(source, area);
    return { picture: this.#canvas, areas: drawn };
  }

  #begin({ width, height }: Size): void {
    this.#clear();
    this.#source = { width, height };
    const canvas = this.#canvas;
    const wide = Math.min(canvas.width, Math.max(1, Math.round(width * this.#factor)));
    const high = Math.min(canvas.height, Math.max(1, Math.round(height * this.#factor)));
    const x = (canvas.width - wide) >> 1;
    const y = (canvas.height - high) >> 1;
    this.#place = { x, y, width: wide, height: high };
    const isScaled = wide !== width || high !== height;
    this.#columns = isScaled ? axis(width, wide) : undefined;
    this.#rows = isScaled ? axis(height, high) : undefined;
  }

  #clear(): void {
    new Uint32Array(this.#canvas.pixels.buffer).fill(0xff000000);
  }

  /** What an area of the source touches. */
  #target(area: Rect): Rect {
    const { x, y, width, height } = this.#place;
    const left = Math.floor((area.x * width) / this.#source.width);
    const top = Math.floor((area.y * height) / this.#source.height);
    const right = Math.ceil(((area.x + area.width) * width) / this.#source.width);
    const bottom = Math.ceil(((area.y + area.height) * height) / this.#source.height);
    return { x: x + left, y: y + top, width: right - left, height: bottom - top };
  }

  #drawArea(source: Picture, area: Rect): void {
    if (this.#columns === undefined || this.#rows === undefined) this.#copy(source, area);
    else this.#average(source, area, this.#columns, this.#rows);
  }

  #copy({ pixels, stride }: Picture, area: Rect): void {
    const canvas = this.#canvas;
    for (let row = area.y; row < area.y + area.height; row++) {
      const from = (row - this.#place.y) * stride + (area.x - this.#place.x) * 4;
      canvas.pixels.set(pixels.subarray(from, from + area.width * 4), row * canvas.stride + area.x * 4);
    }
  }

  #average({ pixels, stride }: Picture, area: Rect, columns: Axis, rows: Axis): void {
    const canvas = this.#canvas;
    for (let y = area.y; y < area.y + area.height; y++) {
      const row = y - this.#place.y;
      const firstRow = rows.first[row]!;
      const rowCount = rows.count[row]!;
      for (let x = area.x; x < area.x + area.width; x++) {
        const column = x - this.#place.x;
        const firstColumn = columns.first[column]!;
        const columnCount = columns.count[column]!;
        let blue = ROUNDING;
        let green = ROUNDING;
        let red = ROUNDING;
        for (let down = 0; down < rowCount; down++) {
          const rowWeight = rows.weights[row * rows.most + down]!;
          let at = (firstRow + down) * stride + firstColumn * 4;
          for (let across = 0; across < columnCount; across++, at += 4) {
            const weight = rowWeight * columns.weights[column * columns.most + across]!;
            blue += pixels[at]! * weight;
            green += pixels[at + 1]! * weight;
            red += pixels[at + 2]! * weight;
          }
        }
        const to = y * canvas.stride + x * 4;
        canvas.pixels[to] = blue >> (2 * WEIGHT_BITS);
        canvas.pixels[to + 1] = green >> (2 * WEIGHT_BITS);
        canvas.pixels[to + 2] = red >> (2 * WEIGHT_BITS);
      }
    }
  }
}

function axis(from: number, to: number): Axis {
  const step = from / to;
  const most = Math.ceil(step) + 1;
  const first = new Int32Array(to);
  const count = new Int32Array(to);
  const weights = new Int32Array(to * most);
  for (let place = 0; place < to; place++) {
    const left = place * step;
    const right = Math.min(from, left + step);
    const start = Math.min(from - 1, Math.floor(left));
    const end = Math.max(start + 1, Math.min(from, Math.ceil(right)));
    first[place] = start;
    count[place] = end - start;
    let rest = ONE;
    for (let pixel = start; pixel < end; pixel++) {
      const share = Math.max(0, Math.min(right, pixel + 1) - Math.max(left, pixel)) / step;
      const weight = pixel === end - 1 ? rest : Math.min(rest, Math.round(share * ONE));
      weights[place * most + pixel - start] = weight;
      rest -= weight;
    }
  }
  return { first, count, weights, most };
}
