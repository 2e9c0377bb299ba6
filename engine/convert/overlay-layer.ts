/**
 * Overlays as pixels: drawn on a canvas when they change, kept beside it as R, G, B, A, and blended into a picture
 * where that has changed. A picture without overlays costs nothing.
 */
import { type Picture, type Rect, type Size, TILE_SIZE, tileColumns, tileRows } from '../../codecs/index.js';
import type { Micros } from '../clock.js';
import { drawOverlay, nextOverlayChange, OverlayModel, repaintOverlay } from '../overlay/index.js';
import type { OverlayEvent } from '../protocol/index.js';
import type { OverlayCanvas } from './types.js';

export class OverlayLayer {
  readonly #makeCanvas: (width: number, height: number) => OverlayCanvas;
  readonly #model = new OverlayModel();
  #size: Size = { width: 1, height: 1 };
  #canvas: OverlayCanvas | undefined;
  #pixels = new Uint8ClampedArray();
  /** Tiles with anything drawn in them. */
  #drawn = new Uint8Array();
  #drawnTiles = 0;

  constructor(makeCanvas: (width: number, height: number) => OverlayCanvas) {
    this.#makeCanvas = makeCanvas;
  }

  /** Whether nothing is drawn, as of the last `update`. */
  get isEmpty(): boolean {
    return this.#drawnTiles === 0;
  }

  apply(event: OverlayEvent, now: Micros): void {
    this.#model.apply(event, now);
  }

  /** The picture has another size from now on; what is drawn stays. */
  resize(size: Size): void {
    this.#size = size;
    this.#canvas = undefined;
    this.#drawnTiles = 0;
  }

  /** When it looks different without an event: a dot fades. */
  nextChange(now: Micros): Micros | undefined {
    return nextOverlayChange(this.#model, now);
  }

  /** Draws what is different at `now`; answers where, undefined when nothing is. */
  update(now: Micros): Rect | undefined {
    const canvas = this.#canvas;
    if (canvas === undefined) return this.#model.isEmpty ? undefined : this.#begin(now);
    const painted = repaintOverlay(canvas, this.#model, now);
    const area = painted === undefined ? undefined : inside(painted, this.#size);
    if (area !== undefined) this.#keep(canvas, area);
    return area;
  }

  /** Blends what is drawn into a picture of the layer's size, in these areas, which lie inside it. */
  blend({ pixels, stride }: Picture, areas: readonly Rect[]): void {
    if (this.isEmpty) return;
    const columns = tileColumns(this.#size.width);
    for (const area of areas) {
      const lastRow = Math.floor((area.y + area.height - 1) / TILE_SIZE);
      const lastColumn = Math.floor((area.x + area.width - 1) / TILE_SIZE);
      for (let row = Math.floor(area.y / TILE_SIZE); row <= lastRow; row++) {
        for (let column = Math.floor(area.x / TILE_SIZE); column <= lastColumn; column++) {
          if (this.#drawn[row * columns + column] !== 1) continue;
          this.#blendPart(pixels, stride, area, column * TILE_SIZE, row * TILE_SIZE);
        }
      }
    }
  }

  /** Draws all of it for the first time in this size. */
  #begin(now: Micros): Rect {
    const { width, height } = this.#size;
    const canvas = this.#makeCanvas(width, height);
    this.#canvas = canvas;
    this.#pixels = new Uint8ClampedArray(width * height * 4);
    this.#drawn = new Uint8Array(tileColumns(width) * tileRows(height));
    this.#drawnTiles = 0;
    this.#model.takeDirty();
    drawOverlay(canvas, this.#model, now);
    const whole = { x: 0, y: 0, width, height };
    this.#keep(canvas, whole);
    return whole;
  }

  #keep(canvas: OverlayCanvas, { x, y, width, height }: Rect): void {
    const { data } = canvas.getImageData(x, y, width, height);
    for (let row = 0; row < height; row++) {
      const to = ((y + row) * this.#size.width + x) * 4;
      this.#pixels.set(data.subarray(row * width * 4, (row + 1) * width * 4), to);
    }
    const columns = tileColumns(this.#size.width);
    for (let row = Math.floor(y / TILE_SIZE); row * TILE_SIZE < y + height; row++) {
      for (let column = Math.floor(x / TILE_SIZE); column * TILE_SIZE < x + width; column++) {
        const tile = row * columns + column;
        const isDrawn = this.#isDrawn(column * TILE_SIZE, row * TILE_SIZE) ? 1 : 0;
        this.#drawnTiles += isDrawn - this.#drawn[tile]!;
        this.#drawn[tile] = isDrawn;
      }
    }
  }

  #isDrawn(left: number, top: number): boolean {
    const { width, height } = this.#size;
    for (let y = top; y < Math.min(height, top + TILE_SIZE); y++) {
      const end = (y * width + Math.min(width, left + TILE_SIZE)) * 4;
      for (let at = (y * width + left) * 4 + 3; at < end; at += 4) if (this.#pixels[at] !== 0) return true;
    }
    return false;
  }

  #blendPart(pixels: Uint8Array, stride: number, area: Rect, left: number, top: number): void {
    const layer = this.#pixels;
    const right = Math.min(area.x + area.width, left + TILE_SIZE);
    const bottom = Math.min(area.y + area.height, top + TILE_SIZE);
    for (let y = Math.max(area.y, top); y < bottom; y++) {
      let x = Math.max(area.x, left);
      let from = (y * this.#size.width + x) * 4;
      for (let to = y * stride + x * 4; x < right; x++, from += 4, to += 4) {
        const alpha = layer[from + 3]!;
        if (alpha === 0) continue;
        pixels[to] = mixed(pixels[to]!, layer[from + 2]!, alpha);
        pixels[to + 1] = mixed(pixels[to + 1]!, layer[from + 1]!, alpha);
        pixels[to + 2] = mixed(pixels[to + 2]!, layer[from]!, alpha);
      }
    }
  }
}

function mixed(below: number, above: number, alpha: number): number {
  return Math.round((below * (255 - alpha) + above * alpha) / 255);
}

function inside({ x, y, width, height }: Rect, size: Size): Rect | undefined {
  const left = Math.max(0, x);
  const top = Math.max(0, y);
  const right = Math.min(size.width, x + width);
  const bottom = Math.min(size.height, y + height);
  if (right <= left || bottom <= top) return undefined;
  return { x: left, y: top, width: right - left, height: bottom - top };
}
