/** What a scene is: something that lives on the simulated desktop, in one window or more. */
import type { Rect } from '../../../codecs/index.js';
import type { Micros } from '../../../engine/index.js';
import type { Random } from './random.js';
import type { DesktopWindow } from './window.js';

/** Where scenes put their windows, and what they share. */
export interface Stage {
  /** The screen without the taskbar. */
  readonly workArea: Rect;
  /** Whether this scene has the desktop for itself. */
  readonly alone: boolean;
  readonly random: Random;
  /** Microseconds since the desktop began. */
  now(): Micros;
  /**
   * Opens a window in front of the others. `place` gives its frame in parts of the work area for a shared desktop;
   * a scene alone is shown in the middle of the screen.
   */
  openWindow(title: string, accent: number, place: Place): DesktopWindow;
  /** Makes an area of a window known by a name, for tests and measurements that click there. */
  name(name: string, window: DesktopWindow, area: Rect): void;
  /** A scene calls it when input has changed when it wants to be woken. */
  rescheduled(): void;
}

/** Left, top, width, height in parts of the work area. */
export type Place = readonly [left: number, top: number, width: number, height: number];

export interface Scene {
  /** Brings the scene to this moment, however long ago the last call was; costs no more for a longer pause. */
  advance(at: Micros): void;
  /** The next moment after `at` at which the scene changes by itself; undefined: never. */
  next(at: Micros): Micros | undefined;
}

export type SceneFactory = (stage: Stage) => Scene;
