/** Sequences of pictures as screens make them, for tests of video codecs: seeded, small, with known moves. */
import type { Move, Picture } from '../../codecs/index.js';
import { blankPicture } from './pictures.js';

/** A colour for each place: bold patterns, as text and icons are. */
function pattern(x: number, y: number): number {
  return Math.imul(Math.imul((x * 73856093) ^ (y * 19349663), 0x9e3779b1) >>> 3, 0x85ebca6b) >>> 8;
}

export const SCENES = ['still', 'scroll', 'drag', 'smooth', 'noise', 'cut', 'popup', 'colours'] as const;
export type Scene = (typeof SCENES)[number];

/** What the scene shows at (x, y) of frame `time`. */
function colourAt(scene: Scene, seed: number, time: number, x: number, y: number): number {
  switch (scene) {
    case 'still':
      return pattern(x >> 2, (y >> 2) + seed);
    case 'scroll':
      return pattern(x >> 1, ((y + time * 5) >> 1) + seed);
    case 'drag': {
      const [left, top] = [time * 7, time * 3];
      const inside = x >= left && x < left + 30 && y >= top && y < top + 25;
      return inside ? pattern(x - left, y - top + seed) : 0x404040 + ((x >> 3) & 7) * 3;
    }
    case 'smooth': {
      const grey =
        128 + Math.round(100 * Math.sin((x + time * 1.3 + seed) / 9) * Math.cos((y - time * 0.7) / 7));
      return grey * 0x010101;
    }
    case 'noise':
      return pattern(x + time * 977, y + seed);
    case 'cut':
      // A clock runs in the corner.
      if (x < 8 && y < 8) return pattern(time, seed);
      return pattern(x >> (time >> 2), (y >> 1) + (time >> 2) * 1000 + seed);
    case 'popup': {
      const open = time % 4 === 1 || time % 4 === 2;
      const inside = x >= 9 && x < 50 && y >= 6 && y < 40;
      return open && inside ? pattern(x >> 1, y + seed) : pattern(x >> 3, (y >> 3) + seed);
    }
    case 'colours':
      return pattern(time, seed);
  }
}

export function drawScene(scene: Scene, seed: number, time: number, width: number, height: number): Picture {
  const picture = blankPicture(width, height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const colour = colourAt(scene, seed, time, x, y);
      const at = y * picture.stride + x * 4;
      picture.pixels[at] = colour & 255;
      picture.pixels[at + 1] = (colour >> 8) & 255;
      picture.pixels[at + 2] = (colour >> 16) & 255;
      picture.pixels[at + 3] = 255;
    }
  }
  return picture;
}

/** The moves that a recording would have of that frame. */
export function movesOf(scene: Scene, time: number, width: number, height: number): Move[] {
  if (time === 0) return [];
  if (scene === 'scroll' && height > 5)
    return [{ x: 0, y: 0, width, height: height - 5, fromX: 0, fromY: 5 }];
  if (scene === 'drag') {
    const [x, y] = [time * 7, time * 3];
    const [wide, high] = [Math.min(30, width - x), Math.min(25, height - y)];
    if (wide > 0 && high > 0) return [{ x, y, width: wide, height: high, fromX: x - 7, fromY: y - 3 }];
  }
  return [];
}
