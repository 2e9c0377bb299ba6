/** Palettes of up to 256 colours, as a BITMAPINFOHEADER is followed by them: B, G, R, 0 for each. */
import { SightlineError } from '../errors.js';
import type { Picture, Rect } from '../geometry.js';
import { ColourLevel } from '../levels.js';

export const MAX_COLOURS = 256;

/** The palette of a colour level of up to 256 colours; docs/CODEC.md has the formulas. */
export function levelPalette(level: ColourLevel): Uint8Array {
  if (level !== ColourLevel.Low && level !== ColourLevel.VeryLow) {
    throw new SightlineError('bad-argument', `Level ${level} has more than ${MAX_COLOURS} colours.`, {
      field: 'level',
    });
  }
  const palette = new Uint8Array(4 * (level === ColourLevel.Low ? MAX_COLOURS : 16));
  for (let code = 0; code < palette.length / 4; code++) {
    palette.set(level === ColourLevel.Low ? lowColour(code) : grey(17 * code), code * 4);
  }
  return palette;
}

function lowColour(code: number): number[] {
  if (code < 216) return [51 * (code % 6), 51 * (Math.floor(code / 6) % 6), 51 * Math.floor(code / 36), 0];
  const ramp = code - 216;
  return grey(Math.floor((17 * (ramp + 1 + (ramp >> 3)) + 1) / 3));
}

function grey(value: number): number[] {
  return [value, value, value, 0];
}

/** The colours that occur in pictures, as long as they are no more than a palette holds. */
export class ColourSet {
  readonly #colours = new Set<number>();
  #last = -1;

  /** False as soon as there were more than 256: nothing more is looked at then. */
  get fits(): boolean {
    return this.#colours.size <= MAX_COLOURS;
  }

  /** Takes in the colours of some areas of a picture, which lie inside it. */
  add(picture: Picture, areas: readonly Rect[]): void {
    const { pixels, stride } = picture;
    for (const { x, y, width, height } of areas) {
      for (let row = y; row < y + height && this.fits; row++) {
        const end = row * stride + (x + width) * 4;
        for (let at = row * stride + x * 4; at < end; at += 4) {
          const colour = pixels[at]! | (pixels[at + 1]! << 8) | (pixels[at + 2]! << 16);
          if (colour === this.#last) continue;
          this.#last = colour;
          this.#colours.add(colour);
          if (!this.fits) return;
        }
      }
    }
  }

  /** In ascending order, red << 16 | green << 8 | blue; refused when they do not fit. */
  get colours(): number[] {
    if (!this.fits) throw new SightlineError('bad-state', `There are more than ${MAX_COLOURS} colours.`);
    return [...this.#colours].sort((a, b) => a - b);
  }

  /** The colours as a palette. */
  palette(): Uint8Array {
    return new Uint8Array(Uint32Array.from(this.colours).buffer);
  }
}
