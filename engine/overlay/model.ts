/**
 * What lies over the picture: the whiteboard's strokes and the laser dots. Built from overlay events in the
 * order in which they come; the same in the page, in the host and in a recording's player. Memory is bounded
 * whatever the events say.
 */
import type { Rect } from '../../codecs/index.js';
import type { Micros } from '../clock.js';
import type { OverlayEvent } from '../protocol/index.js';
import { LASER_RADIUS, STROKE_WIDTH } from './look.js';

/** Points of all strokes together: hours of drawing at 60 points a second, in a megabyte. */
export const MAX_POINTS = 65_536;
/** Strokes at a time; the oldest goes when another begins. */
export const MAX_STROKES = 1_024;
/** Points of one stroke; what follows is not drawn. */
export const MAX_POINTS_PER_STROKE = 16_384;
/** Laser dots at a time: as many as a session has participants. */
export const MAX_LASERS = 64;

export interface Stroke {
  readonly viewer: number;
  readonly id: number;
  /** x, y, x, y … in pixels of the host's picture. */
  readonly points: readonly number[];
  readonly ended: boolean;
  /** Everything that it covers, the width of the pen included. */
  readonly bounds: Rect;
  /** When its author last drew at it, on the keeper's clock; long ago for what was only told anew. */
  readonly drawnAt: Micros;
}

export interface LaserDot {
  readonly viewer: number;
  readonly x: number;
  readonly y: number;
  /** When it last moved, on the clock of whoever keeps the model. */
  readonly movedAt: Micros;
}

interface GrowingStroke {
  readonly viewer: number;
  readonly id: number;
  readonly points: number[];
  ended: boolean;
  bounds: Rect;
  drawnAt: Micros;
}

export class OverlayModel {
  /** By author and stroke id; the oldest first. */
  readonly #strokes = new Map<string, GrowingStroke>();
  readonly #lasers = new Map<number, LaserDot>();
  #points = 0;
  #version = 0;
  #dirty: Rect | undefined;

  /** Grows with every change. */
  get version(): number {
    return this.#version;
  }

  /** Oldest first, which is the order of drawing. */
  get strokes(): Iterable<Stroke> {
    return this.#strokes.values();
  }

  /** What its author drew last, of what is there. */
  lastStrokeOf(viewer: number): Stroke | undefined {
    let last: Stroke | undefined;
    for (const stroke of this.#strokes.values()) if (stroke.viewer === viewer) last = stroke;
    return last;
  }

  get lasers(): Iterable<LaserDot> {
    return this.#lasers.values();
  }

  get strokeCount(): number {
    return this.#strokes.size;
  }

  get pointCount(): number {
    return this.#points;
  }

  get laserCount(): number {
    return this.#lasers.size;
  }

  get isEmpty(): boolean {
    return this.#strokes.size === 0 && this.#lasers.size === 0;
  }

  /** Takes one event; `now` is the keeper's clock. */
  apply(event: OverlayEvent, now: Micros): void {
    switch (event.kind) {
      case 'stroke':
        this.#draw(event, now);
        break;
      case 'erase':
        for (const stroke of [...this.#strokes.values()]) {
          if (isErased(event, stroke)) this.#remove(stroke);
        }
        break;
      case 'laser':
        this.#point(event, now);
        break;
    }
  }

  /** Takes away everything of one author. */
  forget(viewer: number): void {
    for (const stroke of [...this.#strokes.values()]) if (stroke.viewer === viewer) this.#remove(stroke);
    this.#hide(viewer);
  }

  clear(): void {
    for (const stroke of [...this.#strokes.values()]) this.#remove(stroke);
    for (const viewer of [...this.#lasers.keys()]) this.#hide(viewer);
  }

  /** Something else was painted over that area of the picture: it counts as changed. */
  markDirty(area: Rect): void {
    this.#dirty = this.#dirty === undefined ? area : unionArea(this.#dirty, area);
  }

  /** The area of the picture that changed since the last call, widths of pen and dot included. */
  takeDirty(): Rect | undefined {
    const dirty = this.#dirty;
    this.#dirty = undefined;
    return dirty;
  }

  #draw(event: Extract<OverlayEvent, { kind: 'stroke' }>, now: Micros): void {
    const key = `${event.viewer}:${event.stroke}`;
    let stroke = this.#strokes.get(key);
    // Number 0 is what nobody has just drawn.
    const drawnAt = event.sequence === 0 ? (stroke?.drawnAt ?? Number.NEGATIVE_INFINITY) : now;
    if (stroke !== undefined && event.begin) {
      this.#remove(stroke);
      stroke = undefined;
    }
    if (stroke === undefined) {
      for (const oldest of this.#strokes.values()) {
        if (this.#strokes.size < MAX_STROKES) break;
        this.#remove(oldest);
      }
      stroke = { viewer: event.viewer, id: event.stroke, points: [], ended: false, bounds: NOWHERE, drawnAt };
      this.#strokes.set(key, stroke);
    }
    const { points } = stroke;
    // The curve of the last two segments depends on the point that follows: they are drawn anew.
    const from = Math.max(0, points.length - 4);
    for (const { x, y } of event.points) {
      if (points.length >= MAX_POINTS_PER_STROKE * 2) break;
      points.push(x, y);
      this.#points++;
    }
    if (event.end) stroke.ended = true;
    stroke.drawnAt = drawnAt;
    for (const oldest of this.#strokes.values()) {
      if (this.#points <= MAX_POINTS) break;
      this.#remove(oldest);
    }
    const grown = boundsOf(points, from, STROKE_WIDTH);
    stroke.bounds = unionArea(stroke.bounds, grown);
    this.#touch(grown);
  }

  #remove(stroke: Stroke): void {
    if (!this.#strokes.delete(`${stroke.viewer}:${stroke.id}`)) return;
    this.#points -= stroke.points.length / 2;
    this.#touch(stroke.bounds);
  }

  #point(event: Extract<OverlayEvent, { kind: 'laser' }>, now: Micros): void {
    const { viewer, x, y } = event;
    const last = this.#lasers.get(viewer);
    if (event.visible && last !== undefined && last.x === x && last.y === y) return;
    this.#hide(viewer);
    if (!event.visible) return;
    for (const oldest of this.#lasers.keys()) {
      if (this.#lasers.size < MAX_LASERS) break;
      this.#hide(oldest);
    }
    this.#lasers.set(viewer, { viewer, x, y, movedAt: now });
    this.#touch(laserArea({ x, y }));
  }

  #hide(viewer: number): void {
    const dot = this.#lasers.get(viewer);
    if (dot === undefined) return;
    this.#lasers.delete(viewer);
    this.#touch(laserArea(dot));
  }

  #touch(area: Rect): void {
    this.#version++;
    this.markDirty(area);
  }
}

/** Whether the event takes away a stroke of that author and number. */
export function isErased(
  event: Extract<OverlayEvent, { kind: 'erase' }>,
  { viewer, id }: Pick<Stroke, 'viewer' | 'id'>,
): boolean {
  if (event.scope === 'all') return true;
  if (viewer !== event.viewer) return false;
  return event.scope !== 'stroke' || id === event.stroke;
}

const NOWHERE: Rect = { x: 0, y: 0, width: 0, height: 0 };

/** What a dot covers, its glow included. */
export function laserArea({ x, y }: { readonly x: number; readonly y: number }): Rect {
  return boundsOf([x, y], 0, LASER_RADIUS);
}

/** Smallest whole-pixel rectangle round the points from index `from`, and `margin` more. */
function boundsOf(points: readonly number[], from: number, margin: number): Rect {
  let left = Number.POSITIVE_INFINITY;
  let top = Number.POSITIVE_INFINITY;
  let right = Number.NEGATIVE_INFINITY;
  let bottom = Number.NEGATIVE_INFINITY;
  for (let index = from; index + 1 < points.length; index += 2) {
    const x = points[index]!;
    const y = points[index + 1]!;
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x);
    bottom = Math.max(bottom, y);
  }
  if (left > right) return NOWHERE;
  const x = Math.floor(left - margin);
  const y = Math.floor(top - margin);
  return { x, y, width: Math.ceil(right + margin) - x, height: Math.ceil(bottom + margin) - y };
}

/** The smallest rectangle round both; an empty one counts for nothing. */
export function unionArea(a: Rect, b: Rect): Rect {
  if (b.width === 0 || b.height === 0) return a;
  if (a.width === 0 || a.height === 0) return b;
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return {
    x,
    y,
    width: Math.max(a.x + a.width, b.x + b.width) - x,
    height: Math.max(a.y + a.height, b.y + b.height) - y,
  };
}
