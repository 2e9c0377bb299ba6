/**
 * Draws parts of a layer with a canvas. Reading pixels back from a canvas costs by the canvas's size, however small
 * the part is (0.35 ms at 1920x1080, 0.03 ms at 256x32), so a part is drawn on a scratch canvas hardly larger than
 * itself and copied into the layer: a typed character takes some hundredths of a millisecond.
 */

import { intersect, type Rect } from '../../../codecs/index.js';
import { type Canvas, createCanvas, type SKRSContext2D } from '../../../engine/canvas.js';
import { ink } from './ink.js';
import { Layer } from './layer.js';
import { rect } from './rects.js';

/** Scratch canvases up to this many pixels are kept for the next time (512 kB each). */
const KEPT_PIXELS = 1 << 17;

interface Scratch {
  readonly canvas: Canvas;
  readonly context: SKRSContext2D;
}

export class Brush {
  readonly #kept = new Map<number, Scratch>();

  /**
   * Fills `area` of `layer` with `background`, then lets `draw` draw, in the layer's coordinates; nothing outside
   * the area changes.
   */
  paint(layer: Layer, area: Rect, background: number, draw: (context: SKRSContext2D) => void): void {
    const part = intersect(area, layer.bounds);
    if (part === undefined) return;
    const { context } = this.#scratch(part.width, part.height);
    context.save();
    context.beginPath();
    context.rect(0, 0, part.width, part.height);
    context.clip();
    context.fillStyle = ink(background);
    context.fillRect(0, 0, part.width, part.height);
    context.translate(-part.x, -part.y);
    draw(context);
    context.restore();
    const { data } = context.getImageData(0, 0, part.width, part.height);
    const painted = new Layer(
      part.width,
      part.height,
      new Uint32Array(data.buffer, data.byteOffset, part.width * part.height),
    );
    layer.put(painted, rect(0, 0, part.width, part.height), part.x, part.y);
  }

  #scratch(width: number, height: number): Scratch {
    const columns = roundUp(width);
    const rows = roundUp(height);
    const key = columns * 65536 + rows;
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    const canvas = createCanvas(columns, rows);
    const scratch = { canvas, context: canvas.getContext('2d', { alpha: false }) };
    if (columns * rows <= KEPT_PIXELS) this.#kept.set(key, scratch);
    return scratch;
  }
}

/** Few sizes, each at most a quarter larger than asked for: few canvases are kept. */
function roundUp(length: number): number {
  let size = 16;
  while (size < length) size = (size + (size >> 2) + 15) & ~15;
  return size;
}
