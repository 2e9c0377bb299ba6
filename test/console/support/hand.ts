/** A screen to point at without a browser: events of a mouse, a pen and fingers go in, what the host gets comes out. */
import type { InputAction, Tool } from '../../../engine/protocol/index.js';
import { Pointer } from '../../../harness/console/session/input/pointer.js';
import type { OverlayMessage } from '../../../harness/console/session/worker-api.js';
import { FakeClock } from '../../support/clock.js';

export type HandEventType =
  | 'pointerdown'
  | 'pointermove'
  | 'pointerup'
  | 'pointercancel'
  | 'lostpointercapture'
  | 'pointerleave';

export interface HandEvent {
  readonly pointerId: number;
  readonly pointerType: 'mouse' | 'pen' | 'touch';
  readonly x: number;
  readonly y: number;
  readonly buttons?: number;
  readonly button?: number;
  readonly ctrlKey?: boolean;
  readonly altKey?: boolean;
  readonly shiftKey?: boolean;
}

/** The host's picture: 2000 x 1000 pixels, shown at half its size from (100, 50) on. */
export const BOX = { left: 100, top: 50, width: 1000, height: 500 };
export const PICTURE = { width: 2000, height: 1000 };

export class Hand {
  readonly clock = new FakeClock();
  readonly inputs: InputAction[] = [];
  readonly overlays: OverlayMessage[] = [];
  /** What was done to the view, in words. */
  readonly views: string[] = [];
  readonly holds: string[] = [];
  presses = 0;
  active = true;
  tool: Tool = 'none';
  ctrl = false;
  readonly pointer: Pointer;
  readonly #area = Object.assign(new EventTarget(), {
    setPointerCapture: () => undefined,
    contains: () => true,
  }) as unknown as HTMLElement;
  #frames: (() => void)[] = [];

  constructor() {
    this.pointer = new Pointer(
      this.#area,
      this.#area,
      {
        clock: this.clock,
        nextFrame: (run) => {
          this.#frames.push(run);
          return () => {
            this.#frames = this.#frames.filter((one) => one !== run);
          };
        },
        picture: () => PICTURE,
        box: () => BOX,
        tool: () => this.tool,
        active: () => this.active && this.tool === 'none',
        input: (action) => this.inputs.push(action),
        overlay: (message) => this.overlays.push(message),
        view: {
          pan: (dx, dy) => {
            this.views.push(`pan ${dx},${dy}`);
            return true;
          },
          zoomStart: ({ x, y }) => this.views.push(`zoom from ${x},${y}`),
          zoom: ({ x, y }, factor) => this.views.push(`zoom ${factor.toFixed(2)} at ${x},${y}`),
          zoomEnd: () => this.views.push('zoom end'),
        },
        ctrlIsDown: () => this.ctrl,
        own: () => this.views.push('own'),
        hold: (at, isLong) => this.holds.push(at === undefined ? 'off' : isLong ? 'long' : 'on'),
        idlePress: () => this.presses++,
      },
      new AbortController().signal,
    );
  }

  event(type: HandEventType, event: HandEvent): void {
    const { x, y, ...rest } = event;
    const modifiers = { ctrlKey: false, altKey: false, shiftKey: false, metaKey: false };
    this.#dispatch(type, { ...modifiers, button: 0, buttons: 0, ...rest, clientX: x, clientY: y });
  }

  finger(type: HandEventType, id: number, x: number, y: number): void {
    this.event(type, { pointerId: id, pointerType: 'touch', x, y });
  }

  /** Fingers that move in one frame. */
  move(...fingers: readonly (readonly [id: number, x: number, y: number])[]): void {
    for (const [id, x, y] of fingers) this.finger('pointermove', id, x, y);
    this.frame();
  }

  wheel(deltaY: number, rest: Partial<WheelEventInit> = {}): void {
    const modifiers = { ctrlKey: false, altKey: false, shiftKey: false, metaKey: false };
    const at = { clientX: 300, clientY: 150, deltaX: 0, deltaY, deltaMode: 0 };
    this.#dispatch('wheel', { ...modifiers, ...at, ...rest });
  }

  /** What the browser would do next. */
  frame(): void {
    for (const run of this.#frames.splice(0)) run();
  }

  /** What the host was told of the pointer: place and buttons, and of the wheel. */
  get told(): string[] {
    return this.inputs.map((action) =>
      action.kind === 'pointer'
        ? `${action.x},${action.y}:${action.buttons}`
        : action.kind === 'wheel'
          ? `wheel ${action.x},${action.y} ${action.dx},${action.dy}`
          : action.kind,
    );
  }

  #dispatch(type: string, fields: object): void {
    this.#area.dispatchEvent(Object.assign(new Event(type, { cancelable: true }), fields));
  }
}
