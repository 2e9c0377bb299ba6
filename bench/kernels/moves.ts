/**
 * Moves that are known: pages, panes and windows, drawn and seeded, that scroll and are dragged. How much of what
 * changes has still to be coded, and what comparing and finding cost.
 */

import {
  boxArea,
  createSharedMemory,
  encoderLayout,
  FrameEncoder,
  type Picture,
  type Rect,
} from '../../codecs/index.js';
import { loadKernelModule } from '../../engine/artifacts.js';
import { createCanvas } from '../../engine/canvas.js';
import { builtInFont } from '../../harness/hosts/simulated/fonts.js';
import { type BenchResult, type BenchRow, benchMain } from '../result.js';

const WIDTH = 1920;
const HEIGHT = 1080;
const FRAMES = 40;
/** Every scene is played this often; a frame's time is the least of them. */
const ROUNDS = 3;

/** Numbers from 0 to `below` - 1, the same for the same seed (a linear congruential generator, high bits). */
type Random = (below: number) => number;

function seeded(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

interface Sheet {
  readonly width: number;
  readonly height: number;
  /** BGRA, row by row. */
  readonly pixels: Uint8Array;
}

/** Lines of coloured text, every eighth one on a tinted bar. */
function drawPage(width: number, height: number, seed: number): Sheet {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  const random = seeded(seed);
  context.fillStyle = '#fdfdfd';
  context.fillRect(0, 0, width, height);
  context.font = `13px ${builtInFont('sans')}`;
  for (let y = 16; y < height; y += 18) {
    if (random(8) === 0) {
      context.fillStyle = '#dfe8f0';
      context.fillRect(0, y - 14, width, 18);
    }
    context.fillStyle = ['#202020', '#204080', '#802020'][random(3)]!;
    for (let x = 8; x < width - 60; x += 20 + random(90)) {
      context.fillText(random(2 ** 31).toString(36), x, y);
    }
  }
  return sheetOf(context.getImageData(0, 0, width, height).data, width, height);
}

/** Colours that change smoothly, with grain: nothing in it is found twice. */
function drawPhoto(width: number, height: number, seed: number): Sheet {
  const random = seeded(seed);
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) {
      rgba[at] = 110 + 70 * Math.sin((x + seed) / 90) + random(12);
      rgba[at + 1] = 120 + 60 * Math.cos(y / 70) + random(12);
      rgba[at + 2] = 90 + 50 * Math.sin((x + y) / 130) + random(12);
    }
  }
  return sheetOf(rgba, width, height);
}

function sheetOf(rgba: Uint8ClampedArray, width: number, height: number): Sheet {
  const pixels = new Uint8Array(rgba.length);
  for (let at = 0; at < rgba.length; at += 4) {
    pixels[at] = rgba[at + 2]!;
    pixels[at + 1] = rgba[at + 1]!;
    pixels[at + 2] = rgba[at]!;
    pixels[at + 3] = 255;
  }
  return { width, height, pixels };
}

/** Shows the part of a sheet that begins at (fromX, fromY) in a rectangle of the picture. */
function show(sheet: Sheet, fromX: number, fromY: number, to: Picture, area: Rect): void {
  for (let row = 0; row < area.height; row++) {
    const from = ((fromY + row) * sheet.width + fromX) * 4;
    to.pixels.set(
      sheet.pixels.subarray(from, from + area.width * 4),
      (area.y + row) * to.stride + area.x * 4,
    );
  }
}

/** Draws one frame after the other, `frame` from 0 on. */
type Scene = (picture: Picture, frame: number) => void;

/** Positions of something that moves by `least` to `most` each frame, turning back at 0 and at `end`. */
function path(end: number, least: number, most: number, seed: number): number[] {
  const random = seeded(seed);
  let at = Math.floor(end / 2);
  let way = 1;
  return Array.from({ length: FRAMES }, () => {
    const step = least + random(most - least + 1);
    if (at + way * step < 0 || at + way * step > end) way = -way;
    at += way * step;
    return at;
  });
}

function scenes(): Record<string, () => Scene> {
  const photo = drawPhoto(WIDTH, HEIGHT, 1);
  const page = drawPage(1600, 4000, 2);
  const wide = drawPage(4000, 900, 3);
  const text = drawPage(620, 3000, 4);
  const film = drawPhoto(900, 700, 5);
  const whole = { x: 0, y: 0, width: WIDTH, height: HEIGHT };
  return {
    'page scrolled under a fixed head': () => {
      const tops = path(2900, 3, 60, 11);
      return (picture, frame) => {
        if (frame === 0) show(photo, 0, 0, picture, whole);
        show(page, 0, tops[frame]!, picture, { x: 97, y: 103, width: 1600, height: 900 });
        show(text, 0, 0, picture, { x: 97, y: 103, width: 620, height: 41 });
      };
    },
    'page scrolled behind a window': () => {
      const tops = path(2900, 3, 60, 12);
      return (picture, frame) => {
        show(page, 0, tops[frame]!, picture, { x: 97, y: 103, width: 1600, height: 900 });
        show(photo, 0, 0, picture, { x: 800, y: 391, width: 500, height: 333 });
      };
    },
    'table scrolled sideways': () => {
      const lefts = path(2300, 3, 60, 13);
      return (picture, frame) => {
        show(wide, lefts[frame]!, 0, picture, { x: 131, y: 57, width: 1650, height: 880 });
      };
    },
    'three panes at different speeds': () => {
      const tops = [path(2100, 3, 20, 14), path(2100, 20, 60, 15), path(2100, 1, 6, 16)];
      return (picture, frame) => {
        for (const [index, pane] of tops.entries()) {
          show(text, 0, pane[frame]!, picture, { x: 10 + 630 * index, y: 80, width: 610, height: 850 });
        }
      };
    },
    'window dragged over a photograph': () => {
      const lefts = path(1200, 2, 30, 17);
      const tops = path(400, 1, 20, 18);
      return (picture, frame) => {
        show(photo, 0, 0, picture, whole);
        show(text, 0, 0, picture, { x: lefts[frame]!, y: tops[frame]!, width: 620, height: 500 });
      };
    },
    'window dragged over text': () => {
      const lefts = path(900, 2, 30, 19);
      const tops = path(400, 1, 20, 20);
      return (picture, frame) => {
        show(page, 0, 0, picture, { x: 0, y: 0, width: 1600, height: 1000 });
        show(text, 0, 1000, picture, { x: lefts[frame]!, y: tops[frame]!, width: 620, height: 500 });
      };
    },
    'window dragged beside a film': () => {
      const lefts = path(400, 2, 30, 21);
      const tops = path(400, 1, 20, 22);
      return (picture, frame) => {
        show(photo, 0, 0, picture, { x: 0, y: 0, width: 1100, height: HEIGHT });
        show(film, (frame * 37) % 90, (frame * 23) % 90, picture, {
          x: 1150,
          y: 100,
          width: 720,
          height: 520,
        });
        drawGrain(picture, { x: 1150, y: 100, width: 720, height: 520 }, frame);
        show(text, 0, 0, picture, { x: lefts[frame]!, y: tops[frame]!, width: 620, height: 500 });
      };
    },
    'film alone': () => (picture, frame) =>
      drawGrain(picture, { x: 600, y: 200, width: 720, height: 520 }, frame),
  };
}

/** New noise in every frame, as a camera's. */
function drawGrain(picture: Picture, area: Rect, seed: number): void {
  const random = seeded(seed + 1);
  for (let y = area.y; y < area.y + area.height; y++) {
    for (let x = area.x; x < area.x + area.width; x++) {
      picture.pixels[y * picture.stride + x * 4 + 1] = 100 + random(9);
    }
  }
}

function pixelsIn(boxes: Uint32Array): number {
  return boxes.reduce((sum, box) => sum + boxArea(box), 0);
}

function measure(module: WebAssembly.Module, name: string, makeScene: () => Scene): BenchRow {
  const least = new Array<number>(FRAMES).fill(Number.POSITIVE_INFINITY);
  const sums = { changed: 0, residual: 0, moves: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const layout = encoderLayout({ width: WIDTH, height: HEIGHT, workers: 0, slots: 1 });
    const encoder = new FrameEncoder(module, layout, createSharedMemory(layout.totalBytes));
    const scene = makeScene();
    for (let frame = 0; frame < FRAMES; frame++) {
      scene(encoder.picture, frame);
      const start = performance.now();
      const change = encoder.commit();
      least[frame] = Math.min(least[frame]!, performance.now() - start);
      if (frame === 0 || round > 0) continue;
      sums.changed += pixelsIn(change.changed);
      sums.residual += pixelsIn(change.residual);
      sums.moves += change.moves.length;
    }
  }
  const times = least.slice(1);
  return {
    case: name,
    figures: {
      'changed, % of the picture': (100 * sums.changed) / (FRAMES - 1) / (WIDTH * HEIGHT),
      'left over, % of the change': (100 * sums.residual) / sums.changed,
      'moves/frame': sums.moves / (FRAMES - 1),
      'ms/frame': times.reduce((sum, time) => sum + time, 0) / times.length,
    },
  };
}

export async function run(): Promise<BenchResult> {
  const module = await loadKernelModule();
  return {
    name: 'moves',
    unit: `${WIDTH} x ${HEIGHT}, ${FRAMES} frames; pixels in boxes, ms of comparing and finding`,
    rows: Object.entries(scenes()).map(([name, makeScene]) => measure(module, name, makeScene)),
    notes: ['What is uncovered by a move was nowhere before: nothing left over is out of reach.'],
  };
}

await benchMain(import.meta.url, run);
