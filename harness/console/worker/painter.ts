/**
 * Puts frames on the picture canvas. A frame's pixels are copied out of the decoder's memory as soon as the frame
 * is whole (the next one may be decoded into it at once), turned from BGRA to RGBA on the way, and painted at the
 * next animation frame; frames that come between two animation frames are painted together.
 */
import type { FrameDecoder, Rect } from '../../../codecs/index.js';

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
  #pixels: Uint8Array;
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
    this.#pixels = new Uint8Array(this.#image.data.buffer);
  }

  resize(width: number, height: number): void {
    if (width === this.canvas.width && height === this.canvas.height) return;
    this.canvas.width = width;
    this.canvas.height = height;
    this.#image = new ImageData(width, height);
    this.#pixels = new Uint8Array(this.#image.data.buffer);
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
  take(frame: number, decoder: FrameDecoder, damage: readonly Rect[], shown: () => void): void {
    const started = performance.now();
    this.#taken = frame;
    for (const rect of damage) decoder.copyRgba(rect, this.#pixels);
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
