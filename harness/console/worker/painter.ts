/**
 * Puts frames on the picture canvas. A frame's pixels are copied out of the decoder's memory as soon as the frame
 * is whole (the next one may be decoded into it at once), turned from BGRA to RGBA on the way, and painted at the
 * next animation frame; frames that come between two animation frames are painted together.
 */
import type { Picture, Rect } from '../../../codecs/index.js';

type Context = OffscreenCanvasRenderingContext2D;

/** Animation frames stop in a hidden page; a frame is then taken as shown after this time, in milliseconds. */
const HIDDEN_WAIT_MS = 50;
/** A visible page may still get no animation frames (another window covers it): do not keep the host waiting. */
const COVERED_WAIT_MS = 250;
/** From this many damaged rectangles on, one painting of their bounding box is cheaper than many small ones. */
const MANY_RECTS = 64;

export class Painter {
  readonly canvas: OffscreenCanvas;
  readonly #context: Context;
  #image: ImageData;
  #pixels: Uint32Array;
  #dirty: Rect[] = [];
  #shown: (() => void)[] = [];
  #taken = 0;
  #painted = 0;
  #request = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #visible = true;
  /** Milliseconds spent copying and painting since the last `takeCost`, and frames painted. */
  #cost = 0;
  #frames = 0;

  constructor(canvas: OffscreenCanvas) {
    this.canvas = canvas;
    // Opaque: the browser need not blend the picture with the page below.
    const context = canvas.getContext('2d', { alpha: false });
    if (context === null) throw new Error('no 2d canvas');
    this.#context = context;
    this.#image = new ImageData(1, 1);
    this.#pixels = new Uint32Array(this.#image.data.buffer);
  }

  resize(width: number, height: number): void {
    if (width === this.canvas.width && height === this.canvas.height) return;
    this.canvas.width = width;
    this.canvas.height = height;
    this.#image = new ImageData(width, height);
    this.#pixels = new Uint32Array(this.#image.data.buffer);
    this.#dirty = [];
    this.#taken = 0;
    this.#painted = 0;
  }

  set visible(visible: boolean) {
    this.#visible = visible;
    if (this.#shown.length > 0) this.#schedule();
  }

  /** Number of the frame that the canvas holds. */
  get frame(): number {
    return this.#painted;
  }

  /** Takes the whole frame with that number; `shown` is called when it is on the screen. */
  take(frame: number, picture: Picture, damage: readonly Rect[], shown: () => void): void {
    const started = performance.now();
    this.#taken = frame;
    for (const rect of damage) copyRect(picture, rect, this.#pixels);
    this.#dirty.push(...damage);
    this.#shown.push(shown);
    this.#cost += performance.now() - started;
    this.#frames++;
    this.#schedule();
  }

  /** Paints what has been taken, now. */
  flush(): void {
    const started = performance.now();
    for (const { x, y, width, height } of merged(this.#dirty)) {
      this.#context.putImageData(this.#image, 0, 0, x, y, width, height);
    }
    this.#dirty = [];
    this.#painted = this.#taken;
    this.#cost += performance.now() - started;
  }

  /** RGBA of the canvas as it is on the screen. */
  read(): Uint8ClampedArray {
    this.flush();
    return this.#context.getImageData(0, 0, this.canvas.width, this.canvas.height).data;
  }

  /** Mean milliseconds per frame since the last call. */
  takeCost(): number {
    const mean = this.#frames === 0 ? 0 : this.#cost / this.#frames;
    this.#cost = 0;
    this.#frames = 0;
    return mean;
  }

  #schedule(): void {
    if (this.#request === 0) this.#request = requestAnimationFrame(() => this.#present());
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#present(), this.#visible ? COVERED_WAIT_MS : HIDDEN_WAIT_MS);
  }

  #present(): void {
    cancelAnimationFrame(this.#request);
    clearTimeout(this.#timer);
    this.#request = 0;
    this.flush();
    const shown = this.#shown;
    this.#shown = [];
    for (const tell of shown) tell();
  }
}

/** Copies a rectangle out of the (shared) BGRA picture into RGBA rows without padding. */
export function copyRect(picture: Picture, rect: Rect, target: Uint32Array): void {
  const source = wordsOf(picture);
  const { width } = picture;
  const words = picture.stride >> 2;
  for (let y = rect.y; y < rect.y + rect.height; y++) {
    let to = y * width + rect.x;
    let from = y * words + rect.x;
    for (const end = from + rect.width; from < end; from++) {
      const bgra = source[from]!;
      target[to++] = 0xff000000 | ((bgra & 0xff) << 16) | (bgra & 0xff00) | ((bgra >>> 16) & 0xff);
    }
  }
}

const views = new WeakMap<Uint8Array, Uint32Array>();

function wordsOf({ pixels }: Picture): Uint32Array {
  let words = views.get(pixels);
  if (words === undefined) {
    words = new Uint32Array(pixels.buffer, pixels.byteOffset, pixels.byteLength >> 2);
    views.set(pixels, words);
  }
  return words;
}

function merged(rects: readonly Rect[]): readonly Rect[] {
  if (rects.length < MANY_RECTS) return rects;
  let left = Number.POSITIVE_INFINITY;
  let top = Number.POSITIVE_INFINITY;
  let right = 0;
  let bottom = 0;
  for (const { x, y, width, height } of rects) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x + width);
    bottom = Math.max(bottom, y + height);
  }
  return [{ x: left, y: top, width: right - left, height: bottom - top }];
}
