/** Pictures for benchmarks: of writing, and as a camera gives them. */
import type { Picture } from '../../codecs/index.js';

/** Dark strokes on light ground with antialiased edges, in lines. */
export function paintText(picture: Picture): void {
  fill(picture, (x, y, noise) => {
    if (y % 20 > 12 || noise(Math.floor(x / 9), Math.floor(y / 20)) < 30) return 0xfff5f5f5;
    const stroke = noise(Math.floor(x / 2), Math.floor(y / 3));
    return stroke < 70 ? 0xff202020 : stroke < 100 ? 0xff8a8a8a : 0xfff5f5f5;
  });
}

/** Smooth colours with noise, as a camera gives. */
export function paintPhoto(picture: Picture): void {
  fill(picture, (x, y, noise) => {
    const grain = noise(x, y) >> 5;
    const red = ((x * 255) / picture.width + grain) & 255;
    const green = ((y * 255) / picture.height + grain) & 255;
    return 0xff000000 | (red << 16) | (green << 8) | ((128 + grain * 3) & 255);
  });
}

function fill(
  picture: Picture,
  colourAt: (x: number, y: number, noise: (x: number, y: number) => number) => number,
): void {
  const words = new Uint32Array(picture.pixels.buffer, picture.pixels.byteOffset, picture.pixels.length / 4);
  const noise = (x: number, y: number) => {
    const mixed = Math.imul(x * 374761393 + y * 668265263, 1274126177);
    return (mixed ^ (mixed >>> 15)) & 255;
  };
  for (let y = 0; y < picture.height; y++) {
    for (let x = 0; x < picture.width; x++) {
      words[(y * picture.stride) / 4 + x] = colourAt(x, y, noise) >>> 0;
    }
  }
}
