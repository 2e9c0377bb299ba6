/**
 * The pointer's way to the host, or to the overlay while a tool is on, or to the view while neither is. Moves are
 * sent at once, then at most once per animation frame with the newest place; presses and releases are sent at
 * once, always. Mouse and pen are taken as they are, fingers as gestures; only one of them is at work at a time.
 */
import type { Size } from '../../../../codecs/index.js';
import type { Clock, Micros } from '../../../../engine/clock.js';
import type { InputAction, Point, Tool } from '../../../../engine/protocol/index.js';
import { type Box, hostPixel, hostPoint } from '../view/mapping.js';
import type { OverlayMessage } from '../worker-api.js';
import { type Place, TouchGestures, type TouchMode } from './gestures.js';
import { WheelAccumulator, zoomOfWheel } from './wheel.js';

/** W3C button mask of what the wire carries: primary, secondary, auxiliary, back and forward. */
const BUTTONS = 31;
/** So long after a pen was near, a touch is the hand that holds it. */
export const PALM_TIME: Micros = 500_000;
/** CSS pixels that a press may tremble before it moves the picture. */
const PAN_SLOP = 4;

/** What a hand does to the part of the picture that is seen. Places are in CSS pixels of the window. */
export interface ViewHand {
  /** False where all of it is seen already. */
  pan(dx: number, dy: number): boolean;
  /** A zoom begins: what lies at this place is what is zoomed. */
  zoomStart(at: Place): void;
  /** It lies here now, so many times as large as at the start. */
  zoom(at: Place, factor: number): void;
  /** Fingers have let go. */
  zoomEnd(): void;
}

export interface PointerOptions {
  readonly clock: Clock;
  /** Calls once at the next animation frame; the answer cancels it. */
  nextFrame(run: () => void): () => void;
  picture(): Size | undefined;
  /** Where the picture is on screen now. */
  box(): Box;
  tool(): Tool;
  /** Whether the pointer reaches the host now. */
  active(): boolean;
  /** `event` is what caused it, undefined where time did. */
  input(action: InputAction, event: Event | undefined): void;
  overlay(message: OverlayMessage, event: Event | undefined): void;
  readonly view: ViewHand;
  /** Whether the keyboard's Ctrl is down: a pinch on a touch pad says so of itself without it. */
  ctrlIsDown(): boolean;
  /** The page takes what is done with its modifiers for itself. */
  own(event: Event): void;
  /** A finger is held still, on its way to a long press or there; undefined: no more. */
  hold(at: Place | undefined, isLong: boolean): void;
  /** Somebody presses while nothing is on and nothing can be moved. */
  idlePress(): void;
}

/** What has the picture's size on screen. */
export type PointerArea = Pick<HTMLElement, 'addEventListener' | 'setPointerCapture' | 'contains'>;

export class Pointer {
  readonly #options: PointerOptions;
  readonly #wheel = new WheelAccumulator();
  readonly #area: PointerArea;
  readonly #touch: TouchGestures;
  /** The newest move that waits for the next animation frame. */
  #waiting: PointerEvent | undefined;
  /** The touch that fingers' actions come from, while they are worked out. */
  #touched: Event | undefined;
  #cancelFrame: (() => void) | undefined;
  /** The mouse or pen that has a button down, and what it does. */
  #owner: { readonly id: number; readonly pans: boolean } | undefined;
  #panned = { x: 0, y: 0, from: { x: 0, y: 0 }, isMoving: false, hasMoved: false };
  #penTime: Micros = Number.NEGATIVE_INFINITY;
  #lastIsTouch = false;
  /** Where the mouse was seen last. */
  #hover: Place = { x: -1, y: -1 };
  /** What the host has been told last. */
  #buttons = 0;
  #last: Point | undefined;
  /** Points of the stroke that is being drawn and that are not sent yet; undefined while the pen is up. */
  #points: Point[] | undefined;
  #laser = false;

  /** `ground` is the room around the picture: fingers that do not all fit on it count there too. */
  constructor(
    area: PointerArea,
    ground: Pick<HTMLElement, 'addEventListener'>,
    options: PointerOptions,
    signal: AbortSignal,
  ) {
    this.#area = area;
    this.#options = options;
    this.#touch = new TouchGestures(options.clock, {
      mode: () => this.#mode(),
      press: (at, buttons) => this.#pressFinger(at, buttons),
      tap: () => options.idlePress(),
      scroll: (at, dx, dy) => this.#scroll(at, dx, dy),
      zoomStart: (at) => options.view.zoomStart(at),
      zoom: (at, factor) => options.view.zoom(at, factor),
      zoomEnd: () => options.view.zoomEnd(),
      pan: (dx, dy) => void options.view.pan(dx, dy),
      hold: (at, isLong) => options.hold(at, isLong),
    });
    const on = { signal };
    const both = (touch: (event: PointerEvent) => void, other: (event: PointerEvent) => void) => {
      return (event: PointerEvent) => {
        this.#lastIsTouch = event.pointerType === 'touch';
        (this.#lastIsTouch ? touch : other).call(this, event);
      };
    };
    ground.addEventListener('pointerdown', both(this.#onTouch, this.#onPress), on);
    ground.addEventListener('pointermove', both(this.#onTouchMove, this.#onMove), on);
    ground.addEventListener('pointerup', both(this.#onTouchEnd, this.#onRelease), on);
    ground.addEventListener('pointercancel', both(this.#onTouchLost, this.#onLost), on);
    ground.addEventListener('lostpointercapture', both(this.#onTouchLost, this.#onLost), on);
    area.addEventListener('pointerleave', (event) => this.#onLeave(event), on);
    for (const type of ['mousedown', 'mouseup', 'auxclick'] as const) {
      // Back and forward are the host's while it is controlled: the browser must not leave the page.
      ground.addEventListener(
        type,
        (event) => event.button >= 3 && this.#busy() && event.preventDefault(),
        on,
      );
    }
    ground.addEventListener('wheel', (event) => this.#onWheel(event), { signal, passive: false });
    ground.addEventListener('contextmenu', (event) => this.#isTaken() && event.preventDefault(), on);
    signal.addEventListener('abort', () => {
      this.#cancelFrame?.();
      this.#touch.cancel();
    });
  }

  /** Lets go of every button, ends a stroke, hides the laser: the pointer is no longer ours. */
  release(event?: Event): void {
    this.#waiting = undefined;
    this.#owner = undefined;
    this.#touch.cancel();
    this.#letGo(event);
  }

  #busy(): boolean {
    return this.#options.active() || this.#options.tool() !== 'none';
  }

  #mode(): TouchMode {
    const tool = this.#options.tool();
    if (tool !== 'none') return tool === 'whiteboard' ? 'draw' : 'point';
    return this.#options.active() ? 'host' : 'view';
  }

  /** Whether the browser's own menu would come in the way. */
  #isTaken(): boolean {
    return this.#busy() || this.#lastIsTouch;
  }

  // -- mouse and pen -----------------------------------------------------------------------------------------

  /** Notes that a pen is near; the hand that holds it means nothing from here on. */
  #note(event: PointerEvent): void {
    if (event.pointerType !== 'pen') return;
    this.#penTime = this.#options.clock.now();
    this.#touch.cancel();
  }

  #onPress(event: PointerEvent): void {
    if (!this.#area.contains(event.target as Node)) return;
    this.#note(event);
    if (this.#owner !== undefined && this.#owner.id !== event.pointerId) return;
    this.#touch.cancel();
    const isOwn = this.#options.active() && isWithModifiers(event);
    const pans = isOwn || !this.#busy();
    if (pans && event.button > 1) return;
    // Also the second button of a chord comes here or as a move; capture keeps drags that leave the picture.
    this.#area.setPointerCapture(event.pointerId);
    this.#flush();
    this.#owner ??= { id: event.pointerId, pans };
    if (this.#owner.pans) {
      if (isOwn) this.#options.own(event);
      const from = { x: event.clientX, y: event.clientY };
      this.#panned = { ...from, from, isMoving: false, hasMoved: false };
    } else if (this.#options.tool() === 'whiteboard') {
      if (event.button === 0) this.#penDown(this.#point(event), event);
    } else this.#send(event);
  }

  #onMove(event: PointerEvent): void {
    this.#note(event);
    this.#hover = placeOf(event);
    if (this.#touch.isBusy || this.#isForeign(event)) return;
    if (this.#owner?.pans) {
      this.#pan(event);
      return;
    }
    if (!this.#busy() || (this.#owner === undefined && !this.#area.contains(event.target as Node))) return;
    if (this.#options.tool() === 'whiteboard') {
      if (this.#points === undefined) return;
      this.#collect(event);
    } else if ((event.buttons & BUTTONS) !== this.#buttons && this.#options.tool() === 'none') {
      this.#flush();
      this.#send(event);
      return;
    }
    if (this.#cancelFrame === undefined) {
      this.#sendMove(event);
      this.#askFrame();
    } else this.#waiting = event;
  }

  /** Of a mouse or pen that is not at work, or whose button was pressed somewhere else. */
  #isForeign(event: PointerEvent): boolean {
    return this.#owner === undefined ? event.buttons !== 0 : this.#owner.id !== event.pointerId;
  }

  #onRelease(event: PointerEvent): void {
    this.#note(event);
    if (this.#owner?.id !== event.pointerId) return;
    const { pans } = this.#owner;
    this.#owner = undefined;
    if (pans) {
      if (!this.#panned.hasMoved && !this.#busy()) this.#options.idlePress();
      return;
    }
    this.#flush();
    if (this.#options.tool() === 'whiteboard') this.#penUp(event, this.#point(event));
    else if (this.#busy()) this.#send(event);
    this.#letGo(event);
  }

  #onLost(event: PointerEvent): void {
    if (this.#owner?.id !== event.pointerId) return;
    this.#owner = undefined;
    this.#waiting = undefined;
    this.#letGo(event);
  }

  #onLeave(event: PointerEvent): void {
    if (event.pointerType === 'touch') return;
    this.#flush();
    this.#hideLaser(event);
  }

  #pan({ clientX, clientY }: PointerEvent): void {
    const { from, isMoving } = this.#panned;
    if (!isMoving && Math.hypot(clientX - from.x, clientY - from.y) <= PAN_SLOP) return;
    const moved = this.#options.view.pan(clientX - this.#panned.x, clientY - this.#panned.y);
    const hasMoved = moved || this.#panned.hasMoved;
    this.#panned = { x: clientX, y: clientY, from, isMoving: true, hasMoved };
  }

  // -- fingers -----------------------------------------------------------------------------------------------

  #onTouch(event: PointerEvent): void {
    // A hand that rests beside the pen, or a finger while the mouse is at work.
    const isPalm = this.#options.clock.now() - this.#penTime < PALM_TIME;
    if (isPalm || this.#owner !== undefined) return;
    this.#byTouch(event, () => this.#touch.down(event.pointerId, placeOf(event)));
  }

  #onTouchMove(event: PointerEvent): void {
    if (!this.#touch.has(event.pointerId)) return;
    if (this.#points !== undefined) this.#collect(event);
    this.#touch.move(event.pointerId, placeOf(event));
    // Fingers that move together are reported one after the other: they are looked at when all have been.
    this.#touched = event;
    if (this.#cancelFrame === undefined) this.#askFrame();
  }

  #onTouchEnd(event: PointerEvent): void {
    this.#byTouch(event, () => this.#touch.up(event.pointerId, placeOf(event)));
  }

  #onTouchLost(event: PointerEvent): void {
    this.#byTouch(event, () => this.#touch.lose(event.pointerId));
  }

  #byTouch(event: Event, act: () => void): void {
    this.#touched = event;
    act();
    this.#touched = undefined;
  }

  #pressFinger(at: Place, buttons: number): void {
    const event = this.#touched;
    const mode = this.#mode();
    if (buttons === 0 || mode === 'view') {
      this.#letGo(event);
      return;
    }
    const isDown = this.#buttons !== 0 || this.#points !== undefined || this.#laser;
    if (!isDown && !isInside(at, this.#options.box())) return;
    if (mode === 'host') this.#tellHost(this.#pixelAt(at), buttons, event);
    else if (mode === 'point') this.#showLaser(this.#pointAt(at), event);
    else if (this.#points === undefined) this.#penDown(this.#pointAt(at), event);
    else {
      const point = this.#pointAt(at);
      const last = this.#points.at(-1);
      if (last?.x !== point.x || last.y !== point.y) this.#points.push(point);
      this.#penMove(event);
    }
  }

  #scroll(at: Place, dx: number, dy: number): void {
    const picture = this.#options.picture();
    if (picture === undefined || !this.#options.active()) return;
    // What is under the fingers goes with them.
    const box = this.#options.box();
    const deltaX = (-dx * picture.width) / Math.max(1, box.width);
    const deltaY = (-dy * picture.height) / Math.max(1, box.height);
    const turn = this.#wheel.add({ deltaX, deltaY, deltaMode: 0 }, picture.height);
    if (turn !== undefined)
      this.#options.input({ kind: 'wheel', ...this.#pixelAt(at), ...turn }, this.#touched);
  }

  // -- both --------------------------------------------------------------------------------------------------

  #onWheel(event: WheelEvent): void {
    const picture = this.#options.picture();
    const reaches = this.#options.active();
    const isOwn = isWithModifiers(event);
    // Ctrl that is not down on the keyboard is a pinch on a touch pad.
    if (event.ctrlKey && (!reaches || isOwn || !this.#options.ctrlIsDown())) {
      event.preventDefault();
      if (picture === undefined) return;
      if (reaches && isOwn) this.#options.own(event);
      this.#options.view.zoomStart(placeOf(event));
      this.#options.view.zoom(placeOf(event), zoomOfWheel(event));
      return;
    }
    if (picture === undefined || !reaches || !this.#area.contains(event.target as Node)) return;
    event.preventDefault();
    const turn = this.#wheel.add(event, picture.height);
    if (turn === undefined) return;
    this.#flush();
    this.#options.input({ kind: 'wheel', ...this.#pixelAt(this.#wheelPlace(event)), ...turn }, event);
  }

  /** Browsers say where a wheel turns in whole pixels, and where the mouse is exactly. */
  #wheelPlace(event: WheelEvent): Place {
    const { x, y } = this.#hover;
    const isThere = Math.abs(event.clientX - x) < 1 && Math.abs(event.clientY - y) < 1;
    return isThere ? this.#hover : placeOf(event);
  }

  #askFrame(): void {
    this.#cancelFrame = this.#options.nextFrame(() => this.#onFrame());
  }

  #onFrame(): void {
    this.#cancelFrame = undefined;
    const event = this.#touched;
    if (event !== undefined) this.#byTouch(event, () => this.#touch.settle());
    if (this.#waiting === undefined) return;
    this.#flush();
    this.#askFrame();
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
    if (this.#options.tool() === 'laser') this.#showLaser(this.#point(event), event);
    else this.#tellHost(this.#pixel(event), event.buttons & BUTTONS, event);
  }

  #tellHost(at: Point, buttons: number, event: Event | undefined): void {
    if (!this.#options.active()) return;
    this.#buttons = buttons;
    this.#last = at;
    this.#options.input({ kind: 'pointer', ...at, buttons }, event);
  }

  /** Where the button was seen last, so that nothing jumps; a host that is out of reach lets go by itself. */
  #letGo(event: Event | undefined): void {
    const isDown = this.#buttons !== 0;
    this.#buttons = 0;
    if (isDown && this.#last !== undefined && this.#options.active())
      this.#options.input({ kind: 'pointer', ...this.#last, buttons: 0 }, event);
    // Without the tool a stroke or a dot has ended already.
    if (this.#options.tool() !== 'whiteboard') this.#points = undefined;
    if (this.#options.tool() !== 'laser') this.#laser = false;
    this.#penUp(event);
    this.#hideLaser(event);
  }

  #penDown(at: Point, event: Event | undefined): void {
    this.#points = [];
    this.#options.overlay({ kind: 'pen', phase: 'down', points: [at] }, event);
  }

  /** Every place that the pen was at, not only the last one of this frame: strokes stay round. */
  #collect(event: PointerEvent): void {
    const places = event.getCoalescedEvents?.() ?? [];
    for (const place of places.length === 0 ? [event] : places) this.#points?.push(this.#point(place));
  }

  #penMove(event: Event | undefined): void {
    const points = this.#points;
    if (points === undefined || points.length === 0) return;
    this.#points = [];
    this.#options.overlay({ kind: 'pen', phase: 'move', points }, event);
  }

  #penUp(event: Event | undefined, last?: Point): void {
    const points = this.#points;
    if (points === undefined) return;
    if (last !== undefined) points.push(last);
    this.#points = undefined;
    this.#options.overlay({ kind: 'pen', phase: 'up', points }, event);
  }

  #showLaser(at: Point, event: Event | undefined): void {
    this.#laser = true;
    this.#options.overlay({ kind: 'laser', visible: true, ...at }, event);
  }

  #hideLaser(event: Event | undefined): void {
    if (!this.#laser) return;
    this.#laser = false;
    this.#options.overlay({ kind: 'laser', visible: false, x: 0, y: 0 }, event);
  }

  #pixel(event: MouseEvent): Point {
    return this.#pixelAt(placeOf(event));
  }

  #point(event: MouseEvent): Point {
    return this.#pointAt(placeOf(event));
  }

  #pixelAt({ x, y }: Place): Point {
    return hostPixel(x, y, this.#options.box(), this.#options.picture() ?? ONE);
  }

  #pointAt({ x, y }: Place): Point {
    return hostPoint(x, y, this.#options.box(), this.#options.picture() ?? ONE);
  }
}

const ONE: Size = { width: 1, height: 1 };

function placeOf(event: MouseEvent): Place {
  return { x: event.clientX, y: event.clientY };
}

function isInside({ x, y }: Place, { left, top, width, height }: Box): boolean {
  return x >= left && y >= top && x <= left + width && y <= top + height;
}

/** The modifiers of the page's own commands. */
function isWithModifiers(event: MouseEvent): boolean {
  return event.ctrlKey && event.altKey && event.shiftKey && !event.metaKey;
}
