/** How overlays look, in pixels of the host's picture. The same for the customer and every technician. */
import type { Micros } from '../clock.js';

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

export interface OverlayColours {
  /** CSS colours. */
  readonly stroke: string;
  readonly laser: string;
}

/** Pure red, so that it is told apart from what screens show. */
export const OVERLAY_COLOURS: OverlayColours = { stroke: '#ff0000', laser: '#ff0000' };
