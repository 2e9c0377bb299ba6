/** Pictures for tests: seeded noise, flat areas, and text-like drawings. */
import { type Picture, strideOf } from '../../codecs/index.js';

/** A small seeded generator (mulberry32): numbers from 0 to 2^32 - 1. */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
}

export function blankPicture(width: number, height: number): Picture {
  const stride = strideOf(width);
  return { width, height, stride, pixels: new Uint8Array(stride * height) };
}

/** Kinds of content, each of which another mode of the tile coder suits. */
export const CONTENTS = [
  'flat',
  'two',
  'few',
  'many',
  'noise',
  'stripes',
  'greys',
  'gradient',
  'woven',
] as const;
export type Content = (typeof CONTENTS)[number];

/** Fills a rectangle of the picture with seeded content; alpha is noise too, as sources deliver it. */
export function drawContent(
  picture: Picture,
  content: Content,
  seed: number,
  area = { x: 0, y: 0, width: picture.width, height: picture.height },
): void {
  const random = generator(seed);
  const count = {
    flat: 1,
    two: 2,
    few: 2 + (seed % 15),
    many: 200,
    noise: 0,
    stripes: 5,
    greys: 0,
    gradient: 0,
    woven: 0,
  }[content];
  const colours = Array.from({ length: count }, random);
  for (let y = area.y; y < area.y + area.height; y++) {
    const line = random();
    for (let x = area.x; x < area.x + area.width; x++) {
      let pixel: number;
      if (content === 'noise') pixel = random();
      else if (content === 'greys') pixel = (random() & 255) * 0x010101;
      // More colours in a tile than a palette holds, in rows that repeat.
      else if (content === 'woven') pixel = Math.imul((x << 3) | (y & 7), 0x9e3779b1) >>> 8;
      else if (content === 'gradient') pixel = (x & 255) | ((y & 255) << 8) | (((x + y) & 255) << 16);
      else if (content === 'stripes') pixel = colours[(line + (x >> 4)) % count]!;
      else pixel = colours[random() % count]!;
      const at = y * picture.stride + x * 4;
      picture.pixels[at] = pixel & 255;
      picture.pixels[at + 1] = (pixel >> 8) & 255;
      picture.pixels[at + 2] = (pixel >> 16) & 255;
      picture.pixels[at + 3] = (pixel >> 24) & 255;
    }
  }
}

/** Fills a picture as a camera would: slow waves of colour with a little noise, and a few soft edges. */
export function drawPhotograph(picture: Picture, seed: number): void {
  const random = generator(seed);
  const unit = () => random() / 2 ** 32;
  const waves = Array.from({ length: 4 }, () => ({
    x: unit() / 8,
    y: unit() / 8,
    phase: 6 * unit(),
    colour: [30 * unit(), 40 * unit(), 30 * unit()],
  }));
  for (let y = 0; y < picture.height; y++) {
    for (let x = 0; x < picture.width; x++) {
      for (let channel = 0; channel < 3; channel++) {
        let value = 128 + 6 * (unit() - 0.5);
        for (const wave of waves)
          value += wave.colour[channel]! * Math.sin(wave.x * x + wave.y * y + wave.phase);
        picture.pixels[y * picture.stride + x * 4 + channel] = Math.max(0, Math.min(255, value));
      }
      picture.pixels[y * picture.stride + x * 4 + 3] = random();
    }
  }
}

/** Mean square error and largest error over blue, green and red. */
export function pictureError(actual: Picture, expected: Picture): { mean: number; most: number } {
  let sum = 0;
  let most = 0;
  for (let y = 0; y < actual.height; y++) {
    for (let at = 0; at < actual.width * 4; at++) {
      if ((at & 3) === 3) continue;
      const error = Math.abs(
        actual.pixels[y * actual.stride + at]! - expected.pixels[y * expected.stride + at]!,
      );
      sum += error * error;
      most = Math.max(most, error);
    }
  }
  return { mean: sum / (actual.width * actual.height * 3), most };
}

/**
 * Where two pictures first differ in a visible colour, in words; undefined when nowhere. With `opaque`, the
 * first must have alpha 255 everywhere. (A test runner's comparison of large arrays takes seconds.)
 */
export function pictureDifference(actual: Picture, expected: Picture, opaque = false): string | undefined {
  if (actual.width !== expected.width || actual.height !== expected.height) return 'another size';
  for (let y = 0; y < actual.height; y++) {
    const a = new DataView(
      actual.pixels.buffer,
      actual.pixels.byteOffset + y * actual.stride,
      actual.width * 4,
    );
    const b = new DataView(
      expected.pixels.buffer,
      expected.pixels.byteOffset + y * expected.stride,
      actual.width * 4,
    );
    for (let x = 0; x < actual.width; x++) {
      const left = a.getUint32(x * 4, true);
      const right = b.getUint32(x * 4, true);
      if (((left ^ right) & 0xffffff) !== 0 || (opaque && left >>> 24 !== 255)) {
        return `at ${x},${y}: ${left.toString(16)} for ${right.toString(16)}`;
      }
    }
  }
  return undefined;
}
