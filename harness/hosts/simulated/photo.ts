/**
 * Photograph-like pictures made by rule: a sky with clouds, ranges of hills, water that mirrors them, and grain, so
 * that neighbouring pixels differ as in a real photograph.
 */
import { Layer } from './layer.js';
import { hash, randomFrom } from './random.js';

type Rgb = readonly [red: number, green: number, blue: number];

interface Mood {
  readonly zenith: Rgb;
  readonly horizon: Rgb;
  readonly far: Rgb;
  readonly near: Rgb;
  readonly cloud: Rgb;
}

const MOODS: readonly Mood[] = [
  {
    zenith: [58, 110, 178],
    horizon: [196, 216, 232],
    far: [122, 146, 170],
    near: [38, 66, 48],
    cloud: [248, 248, 250],
  },
  {
    zenith: [46, 42, 92],
    horizon: [246, 168, 112],
    far: [142, 92, 112],
    near: [36, 26, 46],
    cloud: [252, 198, 160],
  },
  {
    zenith: [98, 142, 160],
    horizon: [226, 226, 206],
    far: [140, 156, 140],
    near: [76, 90, 38],
    cloud: [244, 240, 230],
  },
  {
    zenith: [22, 44, 78],
    horizon: [120, 164, 176],
    far: [62, 94, 116],
    near: [12, 26, 34],
    cloud: [180, 204, 214],
  },
];

/** How many looks there are; `photo` takes the seed modulo this. */
export const MOOD_COUNT = MOODS.length;

const RANGES = 4;
const CLOUD_STEP = 4;
/** How much of the light water gives back. */
const MIRROR = 0.86;
/** Largest deviation of the grain, in levels of 255: what a small camera makes by day. */
const GRAIN = 5;

/** Draws a landscape of that size; the same seed gives the same picture. */
export function photo(width: number, height: number, seed: number): Layer {
  const layer = new Layer(width, height);
  const mood = MOODS[seed % MOOD_COUNT]!;
  const shore = Math.round(height * 0.7);
  drawSky(layer, mood, seed, shore);
  for (let range = 0; range < RANGES; range++) drawRange(layer, mood, seed, range, shore);
  drawWater(layer, mood, shore);
  addGrain(layer, seed);
  return layer;
}

function drawSky(layer: Layer, mood: Mood, seed: number, bottom: number): void {
  const { width, pixels, stride } = layer;
  const scale = 6 / Math.max(width, 1);
  const columns = Math.floor(width / CLOUD_STEP) + 2;
  // Clouds are soft: their density is worked out at every fourth pixel of every fourth row.
  let above = new Float64Array(columns);
  let below = new Float64Array(columns);
  const sample = (row: number, into: Float64Array): void => {
    for (let index = 0; index < columns; index++) {
      into[index] = smoothNoise(seed + 11, index * CLOUD_STEP * scale * 1.2, row * CLOUD_STEP * scale * 3.4);
    }
  };
  sample(0, below);
  for (let y = 0; y < bottom; y++) {
    if (y % CLOUD_STEP === 0) {
      [above, below] = [below, above];
      sample(y / CLOUD_STEP + 1, below);
    }
    const between = (y % CLOUD_STEP) / CLOUD_STEP;
    const down = (y / Math.max(bottom, 1)) ** 1.4;
    const sky = mix(mood.zenith, mood.horizon, down);
    for (let x = 0; x < width; x++) {
      const index = Math.floor(x / CLOUD_STEP);
      const part = (x % CLOUD_STEP) / CLOUD_STEP;
      const density = lerp(
        lerp(above[index]!, above[index + 1]!, part),
        lerp(below[index]!, below[index + 1]!, part),
        between,
      );
      const cover = Math.max(0, Math.min(1, (density - 0.48) * 3.2)) * (0.35 + 0.6 * (1 - down));
      pixels[y * stride + x] = packed(
        lerp(sky[0], mood.cloud[0], cover),
        lerp(sky[1], mood.cloud[1], cover),
        lerp(sky[2], mood.cloud[2], cover),
      );
    }
  }
}

function drawRange(layer: Layer, mood: Mood, seed: number, range: number, shore: number): void {
  const { width, pixels, stride } = layer;
  const depth = range / (RANGES - 1);
  const colour = mix(mood.far, mood.near, depth);
  const crest = shore * (0.52 + 0.4 * depth);
  const amplitude = shore * (0.26 - 0.17 * depth);
  for (let x = 0; x < width; x++) {
    const along = (x / width) * (3 + range * 2.2);
    const rise = smoothNoise(seed + 101 + range, along, range * 7.3) - 0.5;
    const jag = smoothNoise(seed + 201 + range, along * 9, 3.1) - 0.5;
    const top = Math.max(0, Math.round(crest - amplitude * (rise * 1.7 + jag * 0.22)));
    for (let y = top; y < shore; y++) {
      const haze = Math.min(0.5, ((y - top) / shore) * 1.3) * (1 - depth * 0.6);
      const relief = (noise(seed + 301 + range, x * 0.11, y * 0.17) - 0.5) * 0.12;
      pixels[y * stride + x] = packed(
        lerp(colour[0], mood.horizon[0], haze) * (1 + relief),
        lerp(colour[1], mood.horizon[1], haze) * (1 + relief),
        lerp(colour[2], mood.horizon[2], haze) * (1 + relief),
      );
    }
  }
}

function drawWater(layer: Layer, mood: Mood, shore: number): void {
  const { width, height, pixels, stride } = layer;
  for (let y = shore; y < height; y++) {
    const depth = (y - shore) / Math.max(1, height - shore);
    const mirrored = Math.max(0, shore - 1 - Math.round((y - shore) * 1.5));
    const ripple = Math.round(Math.sin(y * 0.9 + Math.sin(y * 0.31) * 3) * (1 + depth * 6));
    for (let x = 0; x < width; x++) {
      const from = mirrored * stride + Math.min(width - 1, Math.max(0, x + ripple));
      const above = pixels[from]!;
      const tint = 0.15 + depth * 0.4;
      pixels[y * stride + x] = packed(
        lerp(((above >> 16) & 255) * MIRROR, mood.zenith[0], tint),
        lerp(((above >> 8) & 255) * MIRROR, mood.zenith[1], tint),
        lerp((above & 255) * MIRROR, mood.zenith[2], tint),
      );
    }
  }
}

function addGrain({ width, height, pixels, stride }: Layer, seed: number): void {
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const index = y * stride + x;
      const value = pixels[index]!;
      const grain = ((hash(seed, x, y) & 255) / 255 - 0.5) * 2 * GRAIN;
      pixels[index] = packed(
        ((value >> 16) & 255) + grain,
        ((value >> 8) & 255) + grain,
        (value & 255) + grain,
      );
    }
  }
}

/** Three octaves of value noise, 0 to 1. */
function smoothNoise(seed: number, x: number, y: number): number {
  return (
    noise(seed, x, y) * 0.57 +
    noise(seed + 1, x * 2.1, y * 2.1) * 0.28 +
    noise(seed + 2, x * 4.3, y * 4.3) * 0.15
  );
}

function noise(seed: number, x: number, y: number): number {
  const column = Math.floor(x);
  const row = Math.floor(y);
  const across = ease(x - column);
  const down = ease(y - row);
  const top = lerp(at(seed, column, row), at(seed, column + 1, row), across);
  const bottom = lerp(at(seed, column, row + 1), at(seed, column + 1, row + 1), across);
  return lerp(top, bottom, down);
}

function at(seed: number, x: number, y: number): number {
  return hash(seed, x, y) / 2 ** 32;
}

function ease(value: number): number {
  return value * value * (3 - 2 * value);
}

function lerp(from: number, to: number, part: number): number {
  return from + (to - from) * part;
}

function mix(from: Rgb, to: Rgb, part: number): Rgb {
  return [lerp(from[0], to[0], part), lerp(from[1], to[1], part), lerp(from[2], to[2], part)];
}

/** Levels of 0 to 255 and somewhat beyond, as one opaque pixel. */
function packed(red: number, green: number, blue: number): number {
  return (0xff000000 | (clamp(red) << 16) | (clamp(green) << 8) | clamp(blue)) >>> 0;
}

function clamp(level: number): number {
  return level < 0 ? 0 : level > 255 ? 255 : level | 0;
}

/** A name for a picture, from the same seed. */
export function photoName(seed: number): string {
  const random = randomFrom(seed * 7919);
  const places = ['Lake', 'Fjord', 'Valley', 'Coast', 'Ridge', 'Bay'] as const;
  return `${random.pick(places)} ${random.int(100, 999)}.jpg`;
}
