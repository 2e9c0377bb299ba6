/**
 * How the host's picture lies in the window: from the wished view size, the picture, the room that there is and
 * the device pixel ratio to the size on screen, and from a place on screen back to a pixel of the host.
 */
import type { Size } from '../../../codecs/index.js';

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
 * - `actual`: one pixel of the host is one pixel of the device, whatever the browser's zoom; scrolls.
 * - `fit`: the whole picture in its proportions, never larger than actual.
 * - `stretch`: fills the room in both directions, larger than actual and out of proportion where need be.
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
    case 'zoom':
      return { scaleX: clampZoom(choice.zoom) / 100, scaleY: clampZoom(choice.zoom) / 100 };
    case 'fit': {
      const scale = Math.min(1, roomX, roomY);
      return { scaleX: scale, scaleY: scale };
    }
    case 'stretch':
      return { scaleX: roomX, scaleY: roomY };
  }
}

export function clampZoom(percent: number): number {
  return Number.isFinite(percent) ? Math.round(Math.max(MIN_ZOOM, Math.min(MAX_ZOOM, percent))) : 100;
}

/** The next step of the zoom above (`direction` 1) or below (-1) a percentage. */
export function nextZoom(percent: number, direction: 1 | -1): number {
  const steps: readonly number[] = direction === 1 ? ZOOM_STEPS : ZOOM_STEPS.toReversed();
  return steps.find((step) => (step - percent) * direction > 0.5) ?? clampZoom(percent);
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

function clamp(value: number, limit: number): number {
  return Math.max(0, Math.min(limit, value));
}
