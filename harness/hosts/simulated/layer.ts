/**
 * Pixels of one window, of the wallpaper or of a photograph, as 32-bit numbers `0xAARRGGBB`: in the memory of a
 * little-endian machine that is B, G, R, A, the order of every framebuffer here. All of them are opaque.
 */
import { endianness } from 'node:os';
import { intersect, type Picture, type Rect, SightlineError } from '../../../codecs/index.js';
import { rect } from './rects.js';

/** An opaque pixel of the colour `0xRRGGBB`. */
export function pixel(rgb: number): number {
  return (0xff000000 | rgb) >>> 0;
}

export class Layer {
  readonly bounds: Rect;
  readonly pixels: Uint32Array;

  constructor(
    readonly width: number,
    readonly height: number,
    pixels?: Uint32Array,
    /** Pixels from one row to the next. */
    readonly stride: number = width,
  ) {
    this.bounds = rect(0, 0, width, height);
    this.pixels = pixels ?? new Uint32Array(width * height).fill(0xff000000);
  }

  /** A layer over a pipeline's shared memory: what is drawn there needs no further copy. */
  static over(picture: Picture): Layer {
    if (endianness() !== 'LE') {
      throw new SightlineError('internal', 'The simulated desktop needs a little-endian machine.');
    }
    const stride = picture.stride >> 2;
    const words = new Uint32Array(
      picture.pixels.buffer,
      picture.pixels.byteOffset,
      stride * (picture.height - 1) + picture.width,
    );
    return new Layer(picture.width, picture.height, words, stride);
  }

  fill(area: Rect, rgb: number): void {
    const part = intersect(area, this.bounds);
    if (part === undefined) return;
    const value = pixel(rgb);
    for (let y = part.y; y < part.y + part.height; y++) {
      const from = y * this.stride + part.x;
      this.pixels.fill(value, from, from + part.width);
    }
  }

  /** Puts `from`, a part of `source`, at (`x`, `y`); what falls outside is left out. */
  put(source: Layer, from: Rect, x: number, y: number, within: Rect = this.bounds): void {
    const part = intersect(
      intersect(rect(x, y, from.width, from.height), within) ?? rect(0, 0, 0, 0),
      this.bounds,
    );
    if (part === undefined) return;
    const dx = from.x - x;
    const dy = from.y - y;
    for (let row = part.y; row < part.y + part.height; row++) {
      const start = (row + dy) * source.stride + part.x + dx;
      this.pixels.set(source.pixels.subarray(start, start + part.width), row * this.stride + part.x);
    }
  }

  /** Moves the content of `area` up by `lines` pixels (down when negative); the exposed rows keep what they held. */
  scroll(area: Rect, lines: number): void {
    const rows = area.height - Math.abs(lines);
    for (let index = 0; index < rows; index++) {
      const row = lines > 0 ? index : rows - 1 - index;
      const to = (area.y + row + (lines < 0 ? -lines : 0)) * this.stride + area.x;
      const from = to + lines * this.stride;
      this.pixels.copyWithin(to, from, from + area.width);
    }
  }
}

/** `under` seen through `over` of opacity `alpha` (0 to 256); both opaque pixels. */
export function blend(under: number, over: number, alpha: number): number {
  const redBlue = ((under & 0xff00ff) + ((((over & 0xff00ff) - (under & 0xff00ff)) * alpha) >> 8)) & 0xff00ff;
  const green = ((under & 0xff00) + ((((over & 0xff00) - (under & 0xff00)) * alpha) >> 8)) & 0xff00;
  return (0xff000000 | redBlue | green) >>> 0;
}
