/** Pictures as PNG files. Node only; the library that draws is loaded with the first picture. */
import type { Picture } from '../codecs/index.js';

/** All pixels opaque and exact. */
export async function pictureToPng({ width, height, stride, pixels }: Picture): Promise<Buffer> {
  const { createCanvas } = await import('./canvas.js');
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  const image = context.createImageData(width, height);
  for (let y = 0; y < height; y++) {
    for (let from = y * stride, to = y * width * 4; to < (y + 1) * width * 4; from += 4, to += 4) {
      image.data[to] = pixels[from + 2]!;
      image.data[to + 1] = pixels[from + 1]!;
      image.data[to + 2] = pixels[from]!;
      image.data[to + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
  return canvas.encode('png');
}
