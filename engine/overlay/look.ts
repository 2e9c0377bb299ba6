/** How overlays look, in pixels of the host's picture. The same for the customer and every technician. */
import type { Micros } from '../clock.js';
import { authorColour } from '../protocol/index.js';

/** A felt pen's line: seen at a glance on a full desktop, thin enough to ring a word. */
export const STROKE_WIDTH = 3;
/** On a picture that is shown smaller a line never gets thinner than this, in pixels of the canvas. */
export const MIN_STROKE_WIDTH = 2;
/** The laser dot: its bright middle, and the glow round it. */
export const LASER_CORE_RADIUS = 5;
export const LASER_RADIUS = 10;
/** A dot that rests this long begins to fade: longer than a hand pauses between two gestures. */
export const LASER_HOLD: Micros = 1_500_000;
/** It fades over this time, slowly enough to be seen going. */
export const LASER_FADE: Micros = 1_000_000;
/** And to this: it no longer hides what it points at, but can still be found while it is on. */
export const LASER_REST_OPACITY = 0.3;

/**
 * CSS colours of authors, red first, as screens seldom show it. Each has a contrast of at least 3 to white and to black,
 * and any two are told apart by people who confuse red and green, or blue and yellow.
 */
export const OVERLAY_COLOURS: readonly string[] = [
  '#ff0000',
  '#0044ff',
  '#229966',
  '#ff33bb',
  '#aa77ff',
  '#226677',
  '#9911bb',
  '#aa2244',
];

/** The CSS colour of what a viewer draws and points with. */
export function overlayColour(viewer: number): string {
  return OVERLAY_COLOURS[authorColour(viewer)]!;
}
