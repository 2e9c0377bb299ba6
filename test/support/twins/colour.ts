/** Twins of the colour kernels, from the formulas in docs/CODEC.md, one pixel (0xRRGGBB) at a time. */
import { ColourLevel } from '../../../codecs/index.js';

export function reduce(pixel: number, level: ColourLevel): number {
  const r = (pixel >> 16) & 255;
  const g = (pixel >> 8) & 255;
  const b = pixel & 255;
  if (level === ColourLevel.High) return pixel & 0xffffff;
  if (level === ColourLevel.Medium) return ((r >> 3) << 11) | ((g >> 2) << 5) | (b >> 3);
  const luma = Math.floor((77 * r + 150 * g + 29 * b + 128) / 256);
  if (level === ColourLevel.VeryLow) return Math.floor((15 * luma + 128) / 256);
  if (Math.max(r, g, b) - Math.min(r, g, b) < 16) {
    const j = Math.floor((45 * luma + 128) / 256);
    return j % 9 === 0 ? 43 * (j / 9) : 215 + j - Math.floor(j / 9);
  }
  const sixth = (value: number) => Math.floor((5 * value + 128) / 256);
  return 36 * sixth(r) + 6 * sixth(g) + sixth(b);
}

export function expand(code: number, level: ColourLevel): number {
  const pixel = (r: number, g: number, b: number) => (r << 16) | (g << 8) | b;
  if (level === ColourLevel.High) return code;
  if (level === ColourLevel.Medium) {
    const r = code >> 11;
    const g = (code >> 5) & 63;
    const b = code & 31;
    return pixel((r << 3) | (r >> 2), (g << 2) | (g >> 4), (b << 3) | (b >> 2));
  }
  if (level === ColourLevel.VeryLow) return pixel(17 * code, 17 * code, 17 * code);
  if (code < 216) return pixel(51 * Math.floor(code / 36), 51 * (Math.floor(code / 6) % 6), 51 * (code % 6));
  // The ramp: the 46 greys without each ninth, which the cube has.
  const steps = Array.from({ length: 46 }, (_, j) => j).filter((j) => j % 9 !== 0);
  const grey = Math.floor((17 * steps[code - 216]! + 1) / 3);
  return pixel(grey, grey, grey);
}

/** Number of codes of a level. */
export const CODES = [16, 256, 65536, 1 << 24] as const;
