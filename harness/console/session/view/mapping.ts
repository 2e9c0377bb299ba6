/**
 * How the host's picture lies in the window: from the wished view size, the picture, the room that there is and
 * the device pixel ratio to the size on screen, and from a place on screen back to a pixel of the host.
 */
import type { Size } from '../../../../codecs/index.js';

export type ViewMode = 'actual' | 'fit' | 'stretch' | 'zoom';

export interface ViewChoice {
  readonly mode: ViewMode;
  /** Percent of the actual size; counts in mode `zoom` only. */
  readonly zoom: number;
}

export const MIN_ZOOM = 25;
export const MAX_ZOOM = 400;
/** What one press of + or - moves through, in percent. */
export const ZOOM_STEPS = [25, 33, 50, 67, 75, 90, 100, 110, 125, 150, 175, 200, 250, 300, 400] as const;

/** Size on screen of the picture in CSS pixels, and screen pixels (of the device) per host pixel. */
export interface Placement extends Size {
  readonly scaleX: number;
  readonly scaleY: number;
}

/**
 * - `actual`: one pixel of the host is one pixel of the device (100 %), whatever the browser's zoom; scrolls.
 * - `fit`: the whole picture in its proportions, as large as the room allows.
 * - `stretch`: fills the room in both directions, out of proportion where need be.
 * - `zoom`: a percentage of actual; scrolls.
 */
export function place(choice: ViewChoice, picture: Size, room: Size, pixelRatio: number): Placement {
  const { scaleX, scaleY } = scales(choice, picture, room, pixelRatio);
  return {
    width: (picture.width * scaleX) / pixelRatio,
    height: (picture.height * scaleY) / pixelRatio,
    scaleX,
    scaleY,
  };
}

function scales(choice: ViewChoice, picture: Size, room: Size, ratio: number) {
  const roomX = (Math.max(1, room.width) * ratio) / picture.width;
  const roomY = (Math.max(1, room.height) * ratio) / picture.height;
  switch (choice.mode) {
    case 'actual':
      return { scaleX: 1, scaleY: 1 };
    case 'zoom': {
      const scale = limitZoom(choice.zoom) / 100;
      return { scaleX: scale, scaleY: scale };
    }
    case 'fit': {
      const scale = Math.min(roomX, roomY);
      return { scaleX: scale, scaleY: scale };
    }
    case 'stretch':
      return { scaleX: roomX, scaleY: roomY };
  }
}

/** Whether every host pixel covers the same whole number of screen pixels: then it is drawn as a crisp square. */
export function isCrisp({ scaleX, scaleY }: Placement): boolean {
  const isWhole = (scale: number) => scale > 0.5 && Math.abs(scale - Math.round(scale)) < WHOLE;
  return isWhole(scaleX) && isWhole(scaleY);
}

/** What a rounded size of the room may take from a whole factor. */
const WHOLE = 1e-4;

/** A zoom in whole percent within the limits, for what a person types. */
export function clampZoom(percent: number): number {
  return Math.round(limitZoom(percent));
}

/** A zoom within the limits, in fractions of percent, for what follows a hand. */
export function limitZoom(percent: number): number {
  return Number.isFinite(percent) ? Math.max(MIN_ZOOM, Math.min(MAX_ZOOM, percent)) : 100;
}

/**
 * The zoom that a factor makes of what is shown (percent); what is shown already lies beyond a limit (a fitted
 * picture may) and never jumps the other way.
 */
export function zoomBy(shown: number, factor: number): number {
  const next = limitZoom(shown * factor);
  return (next - shown) * (factor - 1) > 0 ? next : shown;
}

/** The next step of the zoom above (`direction` 1) or below (-1) a percentage. */
export function nextZoom(percent: number, direction: 1 | -1): number {
  const steps: readonly number[] = direction === 1 ? ZOOM_STEPS : ZOOM_STEPS.toReversed();
  return steps.find((step) => (step - percent) * direction > 0.5) ?? clampZoom(percent);
}

/** A place of the picture (fractions of its size) and the place in the room (CSS pixels) where it is wanted. */
export interface Anchor {
  readonly u: number;
  readonly v: number;
  readonly x: number;
  readonly y: number;
}

/** How the picture lies in its room, in CSS pixels: its margin where it is smaller, how far it is scrolled where larger. */
export interface Lie {
  readonly left: number;
  readonly top: number;
  readonly scrollLeft: number;
  readonly scrollTop: number;
}

/** Lays a picture of that size so that the anchor is kept as far as the picture's edges allow. */
export function lay(size: Size, room: Size, anchor: Anchor, pixelRatio: number): Lie {
  const along = (length: number, space: number, fraction: number, at: number) => {
    // Whole device pixels, or an unscaled picture would be blurred.
    const margin = Math.max(0, Math.floor(((space - length) / 2) * pixelRatio) / pixelRatio);
    return { margin, scroll: clamp(margin + fraction * length - at, Math.max(0, length - space)) };
  };
  const across = along(size.width, room.width, anchor.u, anchor.x);
  const down = along(size.height, room.height, anchor.v, anchor.y);
  return { left: across.margin, top: down.margin, scrollLeft: across.scroll, scrollTop: down.scroll };
}

/** The anchor that keeps what lies at a place of the room where it is. */
export function anchorAt(size: Size, lie: Lie, x: number, y: number): Anchor {
  return {
    u: (lie.scrollLeft + x - lie.left) / Math.max(1e-6, size.width),
    v: (lie.scrollTop + y - lie.top) / Math.max(1e-6, size.height),
    x,
    y,
  };
}

/** Where the picture is on screen, in CSS pixels of the window. */
export interface Box extends Size {
  readonly left: number;
  readonly top: number;
}

/** The host pixel under a place on screen; outside the picture, the nearest one. */
export function hostPixel(
  clientX: number,
  clientY: number,
  box: Box,
  picture: Size,
): { x: number; y: number } {
  const point = hostPoint(clientX, clientY, box, picture);
  return {
    x: Math.min(picture.width - 1, Math.floor(point.x)),
    y: Math.min(picture.height - 1, Math.floor(point.y)),
  };
}

/** The place in the host's picture under a place on screen, in fractions of pixels, for overlays. */
export function hostPoint(
  clientX: number,
  clientY: number,
  box: Box,
  picture: Size,
): { x: number; y: number } {
  return {
    x: clamp(((clientX - box.left) * picture.width) / Math.max(1e-6, box.width), picture.width),
    y: clamp(((clientY - box.top) * picture.height) / Math.max(1e-6, box.height), picture.height),
  };
}

/** The place on screen of a place in the host's picture: `hostPoint` the other way round. */
export function screenPoint(x: number, y: number, box: Box, picture: Size): { x: number; y: number } {
  return {
    x: box.left + (x * box.width) / picture.width,
    y: box.top + (y * box.height) / picture.height,
  };
}

function clamp(value: number, limit: number): number {
  return Math.max(0, Math.min(limit, value));
}
