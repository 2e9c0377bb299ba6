import { BYTES_PER_PIXEL, type Picture, type Rect } from '../../../codecs/index.js';

/** Copies an area that lies in both pictures. */
export function copyArea(from: Picture, to: Picture, { x, y, width, height }: Rect): void {
  for (let row = y; row < y + height; row++) {
    const start = row * from.stride + x * BYTES_PER_PIXEL;
    const line = from.pixels.subarray(start, start + width * BYTES_PER_PIXEL);
    to.pixels.set(line, row * to.stride + x * BYTES_PER_PIXEL);
  }
}
