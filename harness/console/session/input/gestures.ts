/**
 * What fingers mean. Fingers go in as they touch, move and lift; presses, clicks, turns of the wheel, zooms and
 * pans come out. Pure: no DOM, and time comes from a clock.
 *
 * A finger's press waits until it is clear what it is: a tap, a drag from where it began, a long press, or the
 * first of several fingers. So a second finger finds at most one press to end, and no move ever leads from one
 * finger to another. Whatever happens, all is let go when the fingers are: `cancel` is always allowed.
 */
import type { Clock, Micros } from '../../../../engine/clock.js';

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** What fingers do now: use the host, move the picture that is looked at, or draw and point on it. */
export type TouchMode = 'host' | 'view' | 'draw' | 'point';

/** W3C button masks. */
export const PRIMARY = 1;
export const SECONDARY = 2;
export const AUXILIARY = 4;

/** What comes out. Places are those that went in (CSS pixels of the window). */
export interface GestureActions {
  mode(): TouchMode;
  /** The pointer is there, with these buttons down; 0 lets go. */
  press(at: Place, buttons: number): void;
  /** A tap while fingers only move the picture. */
  tap(at: Place): void;
  /** Fingers have moved that far, for the wheel at a place. */
  scroll(at: Place, dx: number, dy: number): void;
  /** Two fingers are about to zoom what lies between them. */
  zoomStart(at: Place): void;
  /** What lay at the start's place lies here now, and is so many times as large as then. */
  zoom(at: Place, factor: number): void;
  /** They have let go of it. */
  zoomEnd(): void;
  pan(dx: number, dy: number): void;
  /** A finger is held still, on its way to a long press, or has become one; undefined: it is over. */
  hold(at: Place | undefined, isLong: boolean): void;
}

/** A finger that is held this long is a long press. */
export const LONG_PRESS: Micros = 650_000;
/** From here on a person sees that it is on its way. */
export const HOLD_SHOWN: Micros = 180_000;
/** Several fingers that lift within this time of the first touch have tapped. */
export const TAP_TIME: Micros = 500_000;
/** A second tap this near to the last one, in time and place, is meant for the same spot. */
export const DOUBLE_TIME: Micros = 500_000;
export const DOUBLE_DISTANCE = 32;
/** CSS pixels that a finger may tremble. */
export const SLOP = 10;
/** A pen-like finger draws from here on. */
const DRAW_SLOP = 3;

interface Finger {
  readonly from: Place;
  at: Place;
}

/** What has become of the fingers that are down. */
type Phase =
  | 'none'
  /** One finger, not clear yet. */
  | 'one'
  /** One finger with the primary button, or the pen, down. */
  | 'drag'
  | 'long'
  | 'pan'
  /** Two fingers or more, not clear yet. */
  | 'several'
  | 'scroll'
  | 'zoom'
  /** Three fingers that move the picture. */
  | 'carry'
  /** Some of several have lifted; a tap, if the others do too. */
  | 'lifting'
  /** Over; what is left lifts without a meaning. */
  | 'spent';

export class TouchGestures {
  readonly #clock: Clock;
  readonly #actions: GestureActions;
  readonly #fingers = new Map<number, Finger>();
  #phase: Phase = 'none';
  #began: Micros = 0;
  /** The most fingers that were down at once since the first. */
  #most = 0;
  #timers: (() => void)[] = [];
  #held = false;
  /** Where the pressed button is; undefined while none is down. */
  #pressed: Place | undefined;
  #buttons = 0;
  /** Middle and spread of the fingers when they were last looked at. */
  #middle: Place = { x: 0, y: 0 };
  #start: Place = { x: 0, y: 0 };
  #spread = 1;
  #factor = 1;
  #lastTap: { readonly at: Place; readonly time: Micros } | undefined;

  constructor(clock: Clock, actions: GestureActions) {
    this.#clock = clock;
    this.#actions = actions;
  }

  /** Whether a finger is down. */
  get isBusy(): boolean {
    return this.#fingers.size > 0;
  }

  has(id: number): boolean {
    return this.#fingers.has(id);
  }

  down(id: number, at: Place): void {
    if (this.#fingers.has(id)) this.cancel();
    this.settle();
    this.#fingers.set(id, { from: at, at });
    this.#most = Math.max(this.#most, this.#fingers.size);
    if (this.#fingers.size === 1) this.#first(at);
    else this.#another();
  }

  /** Remembers where the finger is; `settle` acts on it. */
  move(id: number, at: Place): void {
    const finger = this.#fingers.get(id);
    if (finger !== undefined) finger.at = at;
  }

  up(id: number, at: Place): void {
    if (!this.#fingers.has(id)) return;
    this.move(id, at);
    this.settle();
    this.#fingers.delete(id);
    this.#lift(at);
  }

  /** The fingers are not ours any more: lets go of everything, and none of them means anything until it lifts. */
  cancel(): void {
    this.#endHold();
    this.#release();
    if (this.#phase === 'zoom') this.#actions.zoomEnd();
    this.#fingers.clear();
    this.#phase = 'none';
    this.#lastTap = undefined;
  }

  /** One finger is lost (the browser took it): as if all had ended, but nothing is clicked. */
  lose(id: number): void {
    if (this.#fingers.has(id)) this.cancel();
  }

  /** Acts on where the fingers are now; called once for all that have moved together. */
  settle(): void {
    const [first] = this.#fingers.values();
    if (first === undefined) return;
    switch (this.#phase) {
      case 'one':
        this.#become(first);
        break;
      case 'drag':
      case 'long':
        this.#moveTo(first.at);
        break;
      case 'pan':
      case 'carry':
        this.#carry();
        break;
      case 'several':
        this.#decide();
        break;
      case 'scroll': {
        const { dx, dy } = this.#step();
        if (dx !== 0 || dy !== 0) this.#actions.scroll(this.#start, dx, dy);
        break;
      }
      case 'zoom':
        this.#zoom();
        break;
    }
  }

  #first(at: Place): void {
    this.#began = this.#clock.now();
    this.#most = 1;
    this.#phase = 'one';
    this.#look();
    const mode = this.#actions.mode();
    if (mode === 'point') {
      this.#phase = 'drag';
      this.#press(at, PRIMARY);
    } else if (mode === 'host') {
      this.#after(HOLD_SHOWN, () => {
        this.#held = true;
        this.#actions.hold(at, false);
      });
      this.#after(LONG_PRESS, () => this.#longPress(at));
    }
  }

  /** One more finger: what the first did ends where the first is. */
  #another(): void {
    this.#endHold();
    this.#release();
    if (this.#phase === 'zoom') this.#actions.zoomEnd();
    const wasClear = this.#phase === 'scroll' || this.#phase === 'zoom' || this.#phase === 'carry';
    const isOver = this.#phase === 'long' || this.#phase === 'spent' || this.#phase === 'lifting';
    this.#phase = isOver ? 'spent' : 'several';
    for (const [id, { at }] of this.#fingers) this.#fingers.set(id, { from: at, at });
    this.#look();
    // Three fingers where two were at work already mean the picture, at once.
    if (wasClear && this.#fingers.size > 2 && this.#phase === 'several') this.#phase = 'carry';
  }

  #lift(at: Place): void {
    this.#endHold();
    const phase = this.#phase;
    if (phase === 'zoom') this.#actions.zoomEnd();
    if (phase === 'drag' || phase === 'long') this.#release();
    if (phase === 'one') this.#tap(at);
    if (phase === 'several' || phase === 'lifting') {
      this.#phase = 'lifting';
      if (this.#fingers.size > 0) return;
      if (this.#clock.now() - this.#began <= TAP_TIME) this.#tapOfSeveral();
    }
    this.#phase = this.#fingers.size === 0 ? 'none' : 'spent';
  }

  /** A finger that is not clear yet has moved, perhaps far enough. */
  #become(first: Finger): void {
    const mode = this.#actions.mode();
    if (distance(first.from, first.at) <= (mode === 'draw' ? DRAW_SLOP : SLOP)) return;
    this.#endHold();
    if (mode === 'view') {
      this.#phase = 'pan';
      this.#carry();
      return;
    }
    this.#phase = 'drag';
    this.#press(first.from, PRIMARY);
    this.#moveTo(first.at);
  }

  #longPress(at: Place): void {
    if (this.#phase !== 'one') return;
    // A finger that has moved since the last look is a drag.
    this.settle();
    if (this.#phase !== 'one') return;
    this.#phase = 'long';
    this.#actions.hold(at, true);
    this.#press(at, SECONDARY);
  }

  #tap(at: Place): void {
    const mode = this.#actions.mode();
    if (mode === 'view') {
      this.#actions.tap(at);
      return;
    }
    const now = this.#clock.now();
    const last = this.#lastTap;
    // Fingers are wide: the second tap of two is meant for the place of the first.
    const isSecond =
      mode === 'host' &&
      last !== undefined &&
      now - last.time <= DOUBLE_TIME &&
      distance(at, last.at) <= DOUBLE_DISTANCE;
    const place = isSecond ? last.at : at;
    this.#lastTap = isSecond ? undefined : { at, time: now };
    this.#press(place, PRIMARY);
    this.#release();
  }

  /** Two fingers click with the secondary button, three with the one in the middle. */
  #tapOfSeveral(): void {
    if (this.#actions.mode() !== 'host' || this.#most > 3) return;
    this.#press(this.#start, this.#most === 2 ? SECONDARY : AUXILIARY);
    this.#release();
  }

  /** Several fingers: with each other, apart, or only trembling? */
  #decide(): void {
    const fingers = [...this.#fingers.values()];
    const middle = middleOf(fingers.map((finger) => finger.at));
    const moved = distance(middle, this.#start);
    if (fingers.length > 2) {
      if (moved <= SLOP) return;
      this.#phase = 'carry';
      this.#carry();
      return;
    }
    const spread = Math.abs(spreadOf(fingers.map((finger) => finger.at)) - this.#spread);
    if (Math.max(moved, spread) <= SLOP) return;
    if (spread <= moved && this.#actions.mode() === 'host') this.#phase = 'scroll';
    else {
      // Without the host two fingers move the picture, and may zoom it on the way.
      this.#phase = 'zoom';
      this.#actions.zoomStart(this.#start);
    }
    this.settle();
  }

  #carry(): void {
    const { dx, dy } = this.#step();
    if (dx !== 0 || dy !== 0) this.#actions.pan(dx, dy);
  }

  #zoom(): void {
    const { dx, dy } = this.#step();
    const factor = spreadOf(this.#places()) / this.#spread;
    if (dx === 0 && dy === 0 && factor === this.#factor) return;
    this.#factor = factor;
    this.#actions.zoom(this.#middle, factor);
  }

  #places(): Place[] {
    return [...this.#fingers.values()].map((finger) => finger.at);
  }

  /** Takes the fingers as they are for the beginning of what follows. */
  #look(): void {
    this.#start = middleOf(this.#places());
    this.#middle = this.#start;
    this.#spread = Math.max(1, spreadOf(this.#places()));
    this.#factor = 1;
  }

  /** How far the middle has moved since the last look. */
  #step(): { dx: number; dy: number } {
    const before = this.#middle;
    this.#middle = middleOf(this.#places());
    return { dx: this.#middle.x - before.x, dy: this.#middle.y - before.y };
  }

  #press(at: Place, buttons: number): void {
    this.#pressed = at;
    this.#buttons = buttons;
    this.#actions.press(at, buttons);
  }

  #moveTo(at: Place): void {
    if (this.#pressed === undefined || (this.#pressed.x === at.x && this.#pressed.y === at.y)) return;
    this.#press(at, this.#buttons);
  }

  /** Lets go where the button is, and nowhere else. */
  #release(): void {
    const at = this.#pressed;
    if (at === undefined) return;
    this.#pressed = undefined;
    this.#buttons = 0;
    this.#actions.press(at, 0);
  }

  #after(delay: Micros, run: () => void): void {
    this.#timers.push(this.#clock.after(delay, run));
  }

  #endHold(): void {
    for (const stop of this.#timers) stop();
    this.#timers = [];
    if (this.#held || this.#phase === 'long') this.#actions.hold(undefined, false);
    this.#held = false;
  }
}

function distance(a: Place, b: Place): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function middleOf(places: readonly Place[]): Place {
  const sum = places.reduce((all, { x, y }) => ({ x: all.x + x, y: all.y + y }), { x: 0, y: 0 });
  return { x: sum.x / places.length, y: sum.y / places.length };
}

/** Twice the mean distance from the middle: with two fingers, how far they are apart. */
function spreadOf(places: readonly Place[]): number {
  const middle = middleOf(places);
  return (2 * places.reduce((sum, place) => sum + distance(place, middle), 0)) / places.length;
}
