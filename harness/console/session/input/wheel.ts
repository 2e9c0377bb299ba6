/** Wheel events in the wire's unit: whole pixels, positive down and right. */

/** Pixels of one line, where a browser counts in lines: what browsers themselves scroll by. */
export const PIXELS_PER_LINE = 40;
/** Signed 16 bits on the wire. */
const LIMIT = 32767;

export interface WheelTurn {
  readonly deltaX: number;
  readonly deltaY: number;
  /** 0 pixels, 1 lines, 2 pages. */
  readonly deltaMode: number;
}

/** Adds up turns and gives out whole pixels, keeping the fractions of fine wheels and touch pads. */
export class WheelAccumulator {
  #restX = 0;
  #restY = 0;

  /** `page` is the height of the host's picture in pixels. Undefined while less than a pixel has come together. */
  add(turn: WheelTurn, page: number): { dx: number; dy: number } | undefined {
    const unit = turn.deltaMode === 1 ? PIXELS_PER_LINE : turn.deltaMode === 2 ? page : 1;
    this.#restX = clamp(this.#restX + turn.deltaX * unit);
    this.#restY = clamp(this.#restY + turn.deltaY * unit);
    const dx = Math.trunc(this.#restX);
    const dy = Math.trunc(this.#restY);
    if (dx === 0 && dy === 0) return undefined;
    this.#restX -= dx;
    this.#restY -= dy;
    return { dx, dy };
  }
}

/** Pixels of a turn that count for zooming: a notch of a wheel is one step, and a touch pad's pinch is a fine one. */
const ZOOM_LIMIT = 20;
const ZOOM_PER_PIXEL = 0.01;

/** How many times larger a turn of the wheel makes what is looked at; a notch gives 1.22. */
export function zoomOfWheel(turn: WheelTurn): number {
  const pixels = clamp(turn.deltaY * (turn.deltaMode === 0 ? 1 : PIXELS_PER_LINE));
  return Math.exp(-Math.max(-ZOOM_LIMIT, Math.min(ZOOM_LIMIT, pixels)) * ZOOM_PER_PIXEL);
}

function clamp(value: number): number {
  return Number.isFinite(value) ? Math.max(-LIMIT, Math.min(LIMIT, value)) : 0;
}
