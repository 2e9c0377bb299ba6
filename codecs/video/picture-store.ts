/** The picture to be coded and the one before it, in the kernels' memory, and where they differ. */

import type { Arena } from '../arena.js';
import { countDamage, fillDamage } from '../damage.js';
import { SightlineError } from '../errors.js';
import {
  clipRect,
  isValidSize,
  type Picture,
  type Rect,
  type Size,
  strideOf,
  tileColumns,
  tileRows,
} from '../geometry.js';
import type { RecordingKernels } from './kernels.js';

export class PictureStore {
  /** Sides of the pictures that are given. */
  readonly given: Size;
  /** The same, rounded up to what the codec codes: the last column and row are repeated. */
  readonly size: Size;
  readonly stride: number;
  readonly columns: number;
  readonly tiles: number;
  /** BGRA as given, alpha as it comes. */
  readonly current: number;
  /** BGRA as of the last commit. */
  readonly reference: number;
  /** One box per tile (u32): what differs. */
  readonly boxes: number;
  #bytes = new Uint8Array();
  #damage = new Uint32Array();
  #kernels: RecordingKernels | undefined;

  /** Refuses a size that is out of bounds. Sides are coded as multiples of `multiple`. */
  constructor(size: Size, arena: Arena, multiple = 1) {
    if (!isValidSize(size.width, size.height)) {
      throw new SightlineError('too-large', `A picture of ${size.width} x ${size.height} is out of bounds.`, {
        field: 'size',
      });
    }
    const padded = (side: number) => Math.ceil(side / multiple) * multiple;
    this.given = { width: size.width, height: size.height };
    this.size = { width: padded(size.width), height: padded(size.height) };
    this.stride = strideOf(this.size.width);
    this.columns = tileColumns(this.size.width);
    this.tiles = this.columns * tileRows(this.size.height);
    this.current = arena.take(this.stride * this.size.height);
    this.reference = arena.take(this.stride * this.size.height);
    this.boxes = arena.take(this.tiles * 4);
  }

  attach(memory: WebAssembly.Memory, kernels: RecordingKernels): void {
    this.#bytes = new Uint8Array(memory.buffer);
    this.#damage = new Uint32Array(memory.buffer, this.boxes, this.tiles);
    this.#kernels = kernels;
  }

  /** A box per tile: what the last `load` found. */
  get damage(): Uint32Array {
    return this.#damage;
  }

  /** The picture to be coded, for a source that can write it in place: it need not be copied then. */
  get picture(): Picture {
    const { given, stride, current } = this;
    return { ...given, stride, pixels: this.#bytes.subarray(current, current + stride * given.height) };
  }

  /** Takes in what may have changed; the answer is the number of tiles (64 x 64) that did. */
  load(picture: Picture, damage: readonly Rect[] | undefined): number {
    const { width, height } = this.given;
    if (picture.width !== width || picture.height !== height) {
      throw new SightlineError(
        'bad-argument',
        `The picture is ${picture.width} x ${picture.height}, the video ${width} x ${height}.`,
        { field: 'picture' },
      );
    }
    if (picture.stride < width * 4 || picture.pixels.length < picture.stride * (height - 1) + width * 4) {
      throw new SightlineError('bad-argument', 'The picture has fewer bytes than its size says.', {
        field: 'picture',
      });
    }
    this.#damage.fill(0);
    for (const rect of damage === undefined ? [{ x: 0, y: 0, width, height }] : joined(damage)) {
      const clipped = clipRect(rect, this.given);
      if (clipped === undefined) continue;
      const { x, y } = clipped;
      const right = x + clipped.width;
      const bottom = y + clipped.height;
      this.#copy(picture, x, y, right, bottom);
      this.#pad(x, y, right, bottom);
      this.#kernels!.compareRect(
        this.current,
        this.reference,
        this.stride,
        this.size.width,
        x,
        y,
        (right === width ? this.size.width : right) - x,
        (bottom === height ? this.size.height : bottom) - y,
        this.boxes,
      );
    }
    return countDamage(this.#damage);
  }

  /** Marks everything as damaged. */
  damageAll(): void {
    fillDamage(this.#damage, this.size);
  }

  /** Makes the reference equal to the picture, where they differ. */
  commit(): void {
    const { current, reference, stride, columns, tiles, boxes } = this;
    this.#kernels!.copyBoxes(current, reference, stride, columns, tiles, boxes);
  }

  #copy(picture: Picture, x: number, y: number, right: number, bottom: number): void {
    const { pixels, stride } = picture;
    const own = this.#bytes;
    if (pixels.buffer === own.buffer && pixels.byteOffset === this.current) return;
    if (stride === this.stride && right - x === this.size.width && pixels.length >= stride * bottom) {
      own.set(pixels.subarray(y * stride, bottom * stride), this.current + y * stride);
      return;
    }
    for (let row = y; row < bottom; row++) {
      own.set(
        pixels.subarray(row * stride + x * 4, row * stride + right * 4),
        this.current + row * this.stride + x * 4,
      );
    }
  }

  /** Repeats the last column and row of what was copied into the padding that they touch. */
  #pad(x: number, y: number, right: number, bottom: number): void {
    const { given, size, stride, current } = this;
    const own = this.#bytes;
    if (right === given.width && size.width > right) {
      for (let row = y; row < bottom; row++) {
        const last = current + row * stride + (right - 1) * 4;
        for (let column = right; column < size.width; column++) {
          own.copyWithin(last + (column - right + 1) * 4, last, last + 4);
        }
      }
    }
    if (bottom === given.height) {
      const from = current + (bottom - 1) * stride;
      const end = right === given.width ? size.width : right;
      for (let row = bottom; row < size.height; row++) {
        own.copyWithin(current + row * stride + x * 4, from + x * 4, from + end * 4);
      }
    }
  }
}

/** Areas side by side as one, as tiles are: a row of pixels is copied at once. */
function* joined(areas: readonly Rect[]): Generator<Rect> {
  let last: Rect | undefined;
  for (const area of areas) {
    if (last?.y === area.y && last.height === area.height && last.x + last.width === area.x) {
      last = { ...last, width: last.width + area.width };
      continue;
    }
    if (last !== undefined) yield last;
    last = area;
  }
  if (last !== undefined) yield last;
}
