/**
 * Puts frames on the picture canvas. A frame's pixels are copied out of the decoder's memory as soon as the frame
 * is whole (the next one may be decoded into it at once), turned from BGRA to RGBA on the way, and painted at the
 * next animation frame; frames that come between two animation frames are painted together.
 */
import type { Rect } from '../../../../codecs/index.js';
import type { Clock, Micros } from '../../../../engine/clock.js';
import type { PaintTimes } from '../lab-api.js';

type Context = OffscreenCanvasRenderingContext2D;

/** Where a frame's pixels are taken from: the codecs' `FrameDecoder`. */
export interface PixelSource {
  copyRgba(rect: Rect, target: Uint8Array): void;
}

/** The browser's animation frames. */
export interface AnimationFrames {
  request(paint: () => void): number;
  cancel(request: number): void;
}

export const animationFrames: AnimationFrames = {
  request: (paint) => requestAnimationFrame(paint),
  cancel: (request) => cancelAnimationFrame(request),
};

/** Animation frames stop in a hidden page; a frame is then taken as shown after this time. */
const HIDDEN_WAIT: Micros = 50_000;
/** A visible page may still get no animation frames (another window covers it): do not keep the host waiting. */
const COVERED_WAIT: Micros = 250_000;
/** From this many damaged rectangles on, one painting of their bounding box is cheaper than many small ones. */
const MANY_RECTS = 64;

export class Painter {
  readonly canvas: OffscreenCanvas;
  readonly #context: Context;
  readonly #clock: Clock;
  readonly #animation: AnimationFrames;
  #image: ImageData;
  #pixels: Uint8Array;
  #dirty: Rect[] = [];
  #shown: ((times: PaintTimes) => void)[] = [];
  #taken = 0;
  #painted = 0;
  #request: number | undefined;
  #cancelTimer: (() => void) | undefined;
  #visible = true;
  /** Time spent copying and painting since the last `takeCost`, and frames painted. */
  #cost = 0;
  #frames = 0;

  constructor(canvas: OffscreenCanvas, clock: Clock, animation: AnimationFrames = animationFrames) {
    this.canvas = canvas;
    this.#clock = clock;
    this.#animation = animation;
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
    if (visible === this.#visible) return;
    this.#visible = visible;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (this.#shown.length > 0) this.#schedule();
  }

  /** Number of the frame that the canvas holds. */
  get frame(): number {
    return this.#painted;
  }

  /** Takes the whole frame with that number; `shown` is called when it is on the screen. */
  take(
    frame: number,
    source: PixelSource,
    damage: readonly Rect[],
    shown: (times: PaintTimes) => void,
  ): void {
    const started = this.#clock.now();
    this.#taken = frame;
    for (const rect of damage) source.copyRgba(rect, this.#pixels);
    this.#dirty.push(...damage);
    this.#shown.push(shown);
    this.#cost += this.#clock.now() - started;
    this.#frames++;
    this.#schedule();
  }

  /** Paints what has been taken, now. */
  flush(): void {
    const started = this.#clock.now();
    for (const { x, y, width, height } of merged(this.#dirty)) {
      this.#context.putImageData(this.#image, 0, 0, x, y, width, height);
    }
    this.#dirty = [];
    this.#painted = this.#taken;
    this.#cost += this.#clock.now() - started;
  }

  /** Frames that were taken and are not on the screen yet. */
  get waiting(): number {
    return this.#shown.length;
  }

  /** RGBA of the canvas as it is on the screen. */
  read(): Uint8ClampedArray {
    this.flush();
    const { width, height } = this.canvas;
    return this.readArea({ x: 0, y: 0, width, height });
  }

  /** RGBA of what the canvas holds there, and not of what waits to be painted. */
  readArea({ x, y, width, height }: Rect): Uint8ClampedArray {
    return this.#context.getImageData(x, y, width, height).data;
  }

  /** Mean time per frame since the last call. */
  takeCost(): Micros {
    const mean = this.#frames === 0 ? 0 : this.#cost / this.#frames;
    this.#cost = 0;
    this.#frames = 0;
    return mean;
  }

  #schedule(): void {
    this.#request ??= this.#animation.request(() => this.#present());
    this.#cancelTimer ??= this.#clock.after(this.#visible ? COVERED_WAIT : HIDDEN_WAIT, () =>
      this.#present(),
    );
  }

  #present(): void {
    if (this.#request !== undefined) this.#animation.cancel(this.#request);
    this.#cancelTimer?.();
    this.#request = undefined;
    this.#cancelTimer = undefined;
    const paintAt = this.#clock.now();
    this.flush();
    const times = { paintAt, composedAt: this.#clock.now() };
    const shown = this.#shown;
    this.#shown = [];
    for (const tell of shown) tell(times);
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
