/** Rendered pages for tests of moves and of compression: antialiased text as a desktop has it. */
import { createCanvas } from '@napi-rs/canvas';
import type { Picture } from '../../codecs/index.js';
import { builtInFont } from '../../harness/hosts/simulated/fonts.js';
import { blankPicture, generator } from './pictures.js';

/** A page of seeded lines of text on white, `lineHeight` pixels each; the same line is the same everywhere. */
export function drawTextPage(width: number, height: number, seed = 1, lineHeight = 18): Picture {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, width, height);
  context.font = `${lineHeight - 5}px ${builtInFont('sans')}`;
  const random = generator(seed);
  const colours = ['#202020', '#204080', '#802020'];
  for (let y = lineHeight - 4; y < height; y += lineHeight) {
    const words = Array.from({ length: 14 }, () =>
      random()
        .toString(36)
        .slice(0, 1 + (random() % 7)),
    );
    context.fillStyle = colours[random() % colours.length]!;
    context.fillText(words.join(' '), 8 + (random() % 3) * 12, y);
  }
  const rgba = context.getImageData(0, 0, width, height).data;
  const picture = blankPicture(width, height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * 4;
      const to = y * picture.stride + x * 4;
      picture.pixels[to] = rgba[from + 2]!;
      picture.pixels[to + 1] = rgba[from + 1]!;
      picture.pixels[to + 2] = rgba[from]!;
      picture.pixels[to + 3] = 255;
    }
  }
  return picture;
}

/** Copies a rectangle from one picture into another. */
export function blit(
  from: Picture,
  to: Picture,
  source: { x: number; y: number; width: number; height: number },
  x: number,
  y: number,
): void {
  for (let row = 0; row < source.height; row++) {
    const at = (source.y + row) * from.stride + source.x * 4;
    to.pixels.set(from.pixels.subarray(at, at + source.width * 4), (y + row) * to.stride + x * 4);
  }
}
