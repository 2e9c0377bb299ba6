/**
 * Turns a pointer's movements into overlay actions: the first point of a stroke goes at once, the following
 * ones whenever the owner flushes (a page: once per animation frame), as many as fit a message.
 */
import { MAX_STROKE_POINTS, OVERLAY_SUBPIXELS, type OverlayAction, type Point } from '../protocol/index.js';

export class StrokePen {
  readonly #send: (action: OverlayAction) => void;
  #stroke = 0;
  #down = false;
  #waiting: Point[] = [];
  #last: Point | undefined;

  constructor(send: (action: OverlayAction) => void) {
    this.#send = send;
  }

  get isDown(): boolean {
    return this.#down;
  }

  /** Starts a stroke, ending the one before. Pixels of the host's picture. */
  down(x: number, y: number): void {
    this.up();
    this.#stroke++;
    this.#down = true;
    this.#last = quantised(x, y);
    this.#send({ kind: 'stroke', stroke: this.#stroke, begin: true, end: false, points: [this.#last] });
  }

  move(x: number, y: number): void {
    if (!this.#down) return;
    const point = quantised(x, y);
    // What would be the same on the wire is not a new point.
    if (point.x === this.#last?.x && point.y === this.#last.y) return;
    this.#last = point;
    this.#waiting.push(point);
    if (this.#waiting.length === MAX_STROKE_POINTS) this.flush();
  }

  /** Sends the points that wait. */
  flush(): void {
    if (this.#waiting.length > 0) this.#emit(false);
  }

  up(): void {
    if (!this.#down) return;
    this.#down = false;
    if (this.#waiting.length === 0 && this.#last !== undefined) this.#waiting.push(this.#last);
    this.#emit(true);
  }

  #emit(end: boolean): void {
    const points = this.#waiting;
    this.#waiting = [];
    this.#send({ kind: 'stroke', stroke: this.#stroke, begin: false, end, points });
  }
}

/** As the wire carries it, so that a pen's own echo is what the others see. */
function quantised(x: number, y: number): Point {
  const onWire = (value: number) =>
    Math.max(0, Math.min(0xffff, Math.round(value * OVERLAY_SUBPIXELS))) / OVERLAY_SUBPIXELS;
  return { x: onWire(x), y: onWire(y) };
}
