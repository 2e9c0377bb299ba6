/** A small moving film: a lake by day, water that shimmers, a boat, film grain; 25 pictures a second. */
import type { Micros } from '../../../../engine/index.js';
import { blend, Layer, pixel } from '../layer.js';
import { photo } from '../photo.js';
import { hash } from '../random.js';
import { rect } from '../rects.js';
import type { Scene, Stage } from '../scene.js';

const FRAME: Micros = 40_000;
/** Where the photograph's water begins, in parts of its height. */
const SHORE = 0.7;
/** Film grain comes in this many pictures, each shifted anew for every frame. */
const GRAIN_SIDE = 256;

export function openFilm(stage: Stage): Scene {
  const window = stage.openWindow('lake.mkv - Player', 0xe35d5b, [0.76, 0.05, 0.22, 0.3]);
  const { width, height } = window;
  const seed = stage.random.int(0, 1000) * 4;
  const scenery = photo(width * 2, height, seed);
  const grain = Int8Array.from(
    { length: GRAIN_SIDE * GRAIN_SIDE },
    (_, index) => (hash(seed, index, 7) % 11) - 5,
  );
  const frame = new Layer(width, height);
  const area = rect(0, 0, width, height);
  let shown = -1;
  const show = (number: number): void => {
    shown = number;
    drawScenery(frame, scenery, number);
    drawBoat(frame, number);
    addFilmGrain(frame, grain, hash(seed, number, 3));
    window.put(frame, area, 0, 0);
  };
  show(0);
  return {
    advance(at) {
      const number = Math.floor(at / FRAME);
      if (number !== shown) show(number);
    },
    next: (at) => (Math.floor(at / FRAME) + 1) * FRAME,
  };
}

/** The camera swings slowly over the scenery; the rows of the water sway, the nearer the wider. */
function drawScenery(frame: Layer, scenery: Layer, number: number): void {
  const { width, height } = frame;
  const shore = Math.round(height * SHORE);
  const pan = (0.5 - 0.5 * Math.cos((number * Math.PI) / 400)) * (scenery.width - width - 32) + 16;
  for (let y = 0; y < height; y++) {
    const near = Math.max(0, y - shore) / height;
    const sway = near * 26 * Math.sin(y * 0.8 + number * 0.21 + Math.sin(y * 0.23 + number * 0.05) * 2);
    const from = y * scenery.stride + Math.max(0, Math.min(scenery.width - width, Math.round(pan + sway)));
    frame.pixels.set(scenery.pixels.subarray(from, from + width), y * frame.stride);
  }
}

function drawBoat(frame: Layer, number: number): void {
  const size = Math.max(8, Math.round(frame.height / 7));
  const x = Math.round(((number * 0.7) % (frame.width + 4 * size)) - 2 * size);
  const y = Math.round(frame.height * (SHORE + 0.08) + Math.sin(number * 0.09) * 2);
  for (let row = 0; row < size; row++) {
    const sail = Math.round(row * 0.55);
    frame.fill(rect(x - sail, y - size + row, sail, 1), 0xf4f1e8);
    frame.fill(rect(x + 2, y - size + row, Math.round(sail * 0.6), 1), 0xd9d4c6);
  }
  const hull = Math.max(2, Math.round(size / 6));
  for (let row = 0; row < hull; row++)
    frame.fill(rect(x - size + row * 2, y + row, size * 2 - row * 4, 1), 0x6b3b2a);
  shadeWater(frame, x - size, y + hull, size * 2, Math.round(size / 2));
}

function shadeWater(frame: Layer, x: number, y: number, width: number, height: number): void {
  for (let row = y; row < Math.min(frame.height, y + height); row++) {
    for (let column = Math.max(0, x); column < Math.min(frame.width, x + width); column++) {
      const index = row * frame.stride + column;
      frame.pixels[index] = blend(frame.pixels[index]!, pixel(0x1b2a38), 90);
    }
  }
}

function addFilmGrain(frame: Layer, grain: Int8Array, shift: number): void {
  const { width, height, pixels } = frame;
  for (let y = 0; y < height; y++) {
    const row = ((y + (shift >>> 8)) % GRAIN_SIDE) * GRAIN_SIDE;
    for (let x = 0; x < width; x++) {
      const index = y * width + x;
      const value = pixels[index]!;
      const level = grain[row + ((x + shift) & (GRAIN_SIDE - 1))]!;
      pixels[index] =
        (0xff000000 |
          (clamp(((value >> 16) & 255) + level) << 16) |
          (clamp(((value >> 8) & 255) + level) << 8) |
          clamp((value & 255) + level)) >>>
        0;
    }
  }
}

function clamp(level: number): number {
  return Math.max(0, Math.min(255, level));
}
