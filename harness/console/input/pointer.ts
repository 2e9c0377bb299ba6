/**
 * The pointer's way to the host, or to the overlay while a tool is on. Moves are sent at once, then at most once
 * per animation frame with the newest place; presses and releases are sent at once, always.
 */
import type { Size } from '../../../codecs/index.js';
import type { InputAction, Point, Tool } from '../../../engine/protocol/index.js';
import { type Box, hostPixel, hostPoint } from '../view/mapping.js';
import type { OverlayMessage } from '../worker-api.js';
import { WheelAccumulator } from './wheel.js';

/** W3C button mask of what the wire carries: primary, secondary, auxiliary, back and forward. */
const BUTTONS = 31;

export interface PointerOptions {
  picture(): Size | undefined;
  /** Where the picture is on screen now. */
  box(): Box;
  tool(): Tool;
  /** Whether the pointer reaches the host now. */
  active(): boolean;
  input(action: InputAction, event: Event): void;
  overlay(message: OverlayMessage, event: Event): void;
  /** Somebody presses while nothing is on. */
  idlePress(): void;
}

export class Pointer {
  readonly #options: PointerOptions;
  readonly #wheel = new WheelAccumulator();
  readonly #area: HTMLElement;
  /** The newest move that waits for the next animation frame. */
  #waiting: PointerEvent | undefined;
  #frame = 0;
  #buttons = 0;
  #last: Point | undefined;
  /** Points of the stroke that is being drawn and that are not sent yet; undefined while the pen is up. */
  #points: Point[] | undefined;
  #laser = false;

  constructor(area: HTMLElement, options: PointerOptions, signal: AbortSignal) {
    this.#area = area;
    this.#options = options;
    const on = { signal };
    area.addEventListener('pointerdown', (event) => this.#onPress(event), on);
    area.addEventListener('pointermove', (event) => this.#onMove(event), on);
    area.addEventListener('pointerup', (event) => this.#onRelease(event), on);
    area.addEventListener('pointercancel', (event) => this.release(event), on);
    area.addEventListener('pointerleave', (event) => this.#onLeave(event), on);
    area.addEventListener('wheel', (event) => this.#onWheel(event), { signal, passive: false });
    for (const type of ['mousedown', 'mouseup', 'auxclick'] as const) {
      // Back and forward are the host's while it is controlled: the browser must not leave the page.
      area.addEventListener(type, (event) => event.button >= 3 && this.#busy() && event.preventDefault(), on);
    }
    area.addEventListener('contextmenu', (event) => this.#busy() && event.preventDefault(), on);
    signal.addEventListener('abort', () => cancelAnimationFrame(this.#frame));
  }

  /** Lets go of every button, ends a stroke, hides the laser: the pointer is no longer ours. */
  release(event: Event): void {
    this.#waiting = undefined;
    if (this.#buttons !== 0 && this.#last !== undefined) {
      this.#options.input({ kind: 'pointer', ...this.#last, buttons: 0 }, event);
    }
    this.#buttons = 0;
    this.#penUp(event);
    this.#hideLaser(event);
  }

  #busy(): boolean {
    return this.#options.active() || this.#options.tool() !== 'none';
  }

  #onPress(event: PointerEvent): void {
    if (!this.#busy()) {
      this.#options.idlePress();
      return;
    }
    // Also the second button of a chord comes here or as a move; capture keeps drags that leave the picture.
    this.#area.setPointerCapture(event.pointerId);
    this.#flush();
    if (this.#options.tool() === 'whiteboard') this.#penDown(event);
    else this.#send(event);
  }

  #onMove(event: PointerEvent): void {
    if (!this.#busy()) return;
    if (this.#options.tool() === 'whiteboard') {
      if (this.#points === undefined) return;
      // Every place that the pen was at, not only the last one of this frame: strokes stay round.
      const places = event.getCoalescedEvents?.() ?? [];
      for (const place of places.length === 0 ? [event] : places) this.#points.push(this.#point(place));
    } else if ((event.buttons & BUTTONS) !== this.#buttons && this.#options.tool() === 'none') {
      this.#flush();
      this.#send(event);
      return;
    }
    if (this.#frame === 0) {
      this.#sendMove(event);
      this.#frame = requestAnimationFrame(() => this.#onFrame());
    } else this.#waiting = event;
  }

  #onFrame(): void {
    this.#frame = 0;
    if (this.#waiting === undefined) return;
    this.#flush();
    this.#frame = requestAnimationFrame(() => this.#onFrame());
  }

  #onRelease(event: PointerEvent): void {
    if (!this.#busy()) return;
    this.#flush();
    if (this.#options.tool() === 'whiteboard') this.#penUp(event, this.#point(event));
    else this.#send(event);
  }

  #onLeave(event: PointerEvent): void {
    this.#flush();
    this.#hideLaser(event);
  }

  #onWheel(event: WheelEvent): void {
    const picture = this.#options.picture();
    if (picture === undefined || !this.#options.active()) return;
    event.preventDefault();
    const turn = this.#wheel.add(event, picture.height);
    if (turn === undefined) return;
    this.#flush();
    this.#options.input({ kind: 'wheel', ...this.#pixel(event), ...turn }, event);
  }

  #flush(): void {
    const event = this.#waiting;
    this.#waiting = undefined;
    if (event !== undefined) this.#sendMove(event);
  }

  #sendMove(event: PointerEvent): void {
    if (this.#options.tool() === 'whiteboard') this.#penMove(event);
    else this.#send(event);
  }

  #send(event: PointerEvent): void {
    if (this.#options.tool() === 'laser') {
      this.#laser = true;
      this.#options.overlay({ kind: 'laser', visible: true, ...this.#point(event) }, event);
    } else if (this.#options.active()) {
      this.#buttons = event.buttons & BUTTONS;
      this.#last = this.#pixel(event);
      this.#options.input({ kind: 'pointer', ...this.#last, buttons: this.#buttons }, event);
    }
  }

  #penDown(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.#points = [];
    this.#options.overlay({ kind: 'pen', phase: 'down', points: [this.#point(event)] }, event);
  }

  #penMove(event: Event): void {
    const points = this.#points;
    if (points === undefined || points.length === 0) return;
    this.#points = [];
    this.#options.overlay({ kind: 'pen', phase: 'move', points }, event);
  }

  #penUp(event: Event, last?: Point): void {
    const points = this.#points;
    if (points === undefined) return;
    if (last !== undefined) points.push(last);
    this.#points = undefined;
    this.#options.overlay({ kind: 'pen', phase: 'up', points }, event);
  }

  #hideLaser(event: Event): void {
    if (!this.#laser) return;
    this.#laser = false;
    this.#options.overlay({ kind: 'laser', visible: false, x: 0, y: 0 }, event);
  }

  #pixel(event: MouseEvent): Point {
    return hostPixel(event.clientX, event.clientY, this.#options.box(), this.#options.picture() ?? ONE);
  }

  #point(event: MouseEvent): Point {
    return hostPoint(event.clientX, event.clientY, this.#options.box(), this.#options.picture() ?? ONE);
  }
}

const ONE: Size = { width: 1, height: 1 };
