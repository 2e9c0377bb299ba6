/**
 * The overlay channel: whiteboard strokes and the laser dot, drawn by host and viewers over the picture.
 * Coordinates are pixels of the host's picture, carried in quarters (`OVERLAY_SUBPIXELS`).
 */
import { SightlineError } from '../../codecs/index.js';
import { openMessage, requireLength, unknownType } from './binary.js';
import { EVENT_HEADER_BYTES, type EventHead, readEventHead, writeEventHead } from './events.js';
import { Channel, OVERLAY_SUBPIXELS } from './limits.js';

const TYPE_STROKE = 1;
const TYPE_ERASE = 2;
const TYPE_LASER = 3;

/** Scopes of an erasure, as numbers of the wire. */
const SCOPES = ['all', 'mine', 'stroke'] as const;
/** The version that brought the erasure of one stroke. */
export const ERASE_STROKE_VERSION = 3;

/** Most points in one stroke message; a longer stroke is several messages. */
export const MAX_STROKE_POINTS = 400;

export interface Point {
  readonly x: number;
  readonly y: number;
}

export type OverlayAction =
  /** More points of the author's stroke `stroke`; `begin` starts it, `end` finishes it (both may be set). */
  | {
      readonly kind: 'stroke';
      readonly stroke: number;
      readonly begin: boolean;
      readonly end: boolean;
      readonly points: readonly Point[];
    }
  | { readonly kind: 'erase'; readonly scope: 'all' | 'mine' }
  /** The author's stroke of that number alone: what was drawn last is taken back. */
  | { readonly kind: 'erase'; readonly scope: 'stroke'; readonly stroke: number }
  | { readonly kind: 'laser'; readonly visible: boolean; readonly x: number; readonly y: number };

export type OverlayEvent = EventHead & OverlayAction;

export function encodeOverlay(event: OverlayEvent): Uint8Array {
  switch (event.kind) {
    case 'stroke': {
      const count = event.points.length;
      if (count === 0 || count > MAX_STROKE_POINTS) {
        throw new SightlineError(
          'bad-argument',
          `A stroke message has ${count} points; 1 to ${MAX_STROKE_POINTS} are allowed.`,
          {
            field: 'points',
          },
        );
      }
      const message = new Uint8Array(EVENT_HEADER_BYTES + 8 + count * 4);
      const view = writeEventHead(message, Channel.Overlay, TYPE_STROKE, event);
      view.setUint32(20, event.stroke, true);
      view.setUint16(24, (event.begin ? 1 : 0) | (event.end ? 2 : 0), true);
      view.setUint16(26, count, true);
      event.points.forEach((point, index) => {
        writePoint(view, EVENT_HEADER_BYTES + 8 + index * 4, point);
      });
      return message;
    }
    case 'erase': {
      const isStroke = event.scope === 'stroke';
      const message = new Uint8Array(EVENT_HEADER_BYTES + (isStroke ? 8 : 2));
      const view = writeEventHead(message, Channel.Overlay, TYPE_ERASE, event);
      view.setUint16(20, SCOPES.indexOf(event.scope), true);
      if (isStroke) view.setUint32(24, event.stroke, true);
      return message;
    }
    case 'laser': {
      const message = new Uint8Array(EVENT_HEADER_BYTES + 6);
      const view = writeEventHead(message, Channel.Overlay, TYPE_LASER, event);
      view.setUint16(20, event.visible ? 1 : 0, true);
      writePoint(view, 22, event);
      return message;
    }
  }
}

/** Throws `SightlineError`. */
export function decodeOverlay(message: Uint8Array): OverlayEvent {
  const view = openMessage(message, Channel.Overlay, EVENT_HEADER_BYTES + 2);
  const head = readEventHead(view);
  const type = view.getUint8(1);
  switch (type) {
    case TYPE_STROKE: {
      openMessage(message, Channel.Overlay, EVENT_HEADER_BYTES + 8);
      const flags = view.getUint16(24, true);
      const count = view.getUint16(26, true);
      if (flags > 3) throw badField('flags', 24, `Flags ${flags} are unknown.`);
      if (count === 0 || count > MAX_STROKE_POINTS) {
        throw badField(
          'count',
          26,
          `A stroke message has ${count} points; 1 to ${MAX_STROKE_POINTS} are allowed.`,
        );
      }
      requireLength(message, EVENT_HEADER_BYTES + 8 + count * 4);
      const points: Point[] = [];
      for (let index = 0; index < count; index++)
        points.push(readPoint(view, EVENT_HEADER_BYTES + 8 + index * 4));
      return {
        ...head,
        kind: 'stroke',
        stroke: view.getUint32(20, true),
        begin: (flags & 1) !== 0,
        end: (flags & 2) !== 0,
        points,
      };
    }
    case TYPE_ERASE: {
      const scope = SCOPES[view.getUint16(20, true)];
      if (scope === undefined) {
        throw badField('scope', 20, `Scope ${view.getUint16(20, true)} is unknown.`);
      }
      requireLength(message, EVENT_HEADER_BYTES + (scope === 'stroke' ? 8 : 2));
      if (scope === 'stroke') return { ...head, kind: 'erase', scope, stroke: view.getUint32(24, true) };
      return { ...head, kind: 'erase', scope };
    }
    case TYPE_LASER: {
      requireLength(message, EVENT_HEADER_BYTES + 6);
      const visible = view.getUint16(20, true);
      if (visible > 1) throw badField('visible', 20, `Visibility ${visible} is unknown.`);
      return { ...head, kind: 'laser', visible: visible === 1, ...readPoint(view, 22) };
    }
    default:
      return unknownType('overlay', type);
  }
}

function writePoint(view: DataView, offset: number, point: Point): void {
  view.setUint16(offset, quantise(point.x), true);
  view.setUint16(offset + 2, quantise(point.y), true);
}

function readPoint(view: DataView, offset: number): Point {
  return {
    x: view.getUint16(offset, true) / OVERLAY_SUBPIXELS,
    y: view.getUint16(offset + 2, true) / OVERLAY_SUBPIXELS,
  };
}

function quantise(value: number): number {
  return Math.max(0, Math.min(0xffff, Math.round(value * OVERLAY_SUBPIXELS)));
}

function badField(field: string, offset: number, message: string): SightlineError {
  return new SightlineError('bad-message', message, { field, offset });
}
