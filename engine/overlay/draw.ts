/** Draws the overlays of a model on any 2D canvas: a page's, a worker's, or one in Node. */
import type { Rect } from '../../codecs/index.js';
import type { Micros } from '../clock.js';
import {
  LASER_CORE_RADIUS,
  LASER_FADE,
  LASER_HOLD,
  LASER_RADIUS,
  LASER_REST_OPACITY,
  MIN_STROKE_WIDTH,
  overlayColour,
  STROKE_WIDTH,
} from './look.js';
import { type LaserDot, laserArea, type OverlayModel, type Stroke, unionArea } from './model.js';

/** The part of a 2D context that is used. */
export interface OverlayContext {
  strokeStyle: unknown;
  fillStyle: unknown;
  lineWidth: number;
  lineCap: string;
  lineJoin: string;
  globalAlpha: number;
  save(): void;
  restore(): void;
  beginPath(): void;
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  quadraticCurveTo(controlX: number, controlY: number, x: number, y: number): void;
  arc(x: number, y: number, radius: number, startAngle: number, endAngle: number): void;
  stroke(): void;
  fill(): void;
}

/** Canvas pixels for each pixel of the host's picture. */
export type OverlayScale = number | { readonly x: number; readonly y: number };

/** The CSS colour of a viewer's drawings. */
export type ColourOf = (viewer: number) => string;

/** What `repaintOverlay` needs besides. */
export interface RepaintContext extends OverlayContext {
  rect(x: number, y: number, width: number, height: number): void;
  clip(): void;
  clearRect(x: number, y: number, width: number, height: number): void;
}

/**
 * Draws all of the model over what the canvas holds (the caller clears it). `now` is of the clock that the
 * model was fed with: the same model, time and scale draw the same pixels.
 */
export function drawOverlay(
  context: OverlayContext,
  model: OverlayModel,
  now: Micros,
  scale: OverlayScale = 1,
  colourOf: ColourOf = overlayColour,
): void {
  drawArea(context, model, now, scale, colourOf, undefined);
}

/**
 * Brings a canvas up to date that holds nothing but this model's overlays, as they were when it was last drawn
 * or repainted at this scale: clears and draws only where something has changed (`model.takeDirty`) and where
 * there are laser dots, which fade. A hand that draws costs its own stroke, not all strokes. Answers the area of the
 * canvas that was painted anew, which may reach beyond it; undefined when there was none.
 */
export function repaintOverlay(
  context: RepaintContext,
  model: OverlayModel,
  now: Micros,
  scale: OverlayScale = 1,
  colourOf: ColourOf = overlayColour,
): Rect | undefined {
  let area = model.takeDirty();
  for (const dot of model.lasers) {
    area = area === undefined ? laserArea(dot) : unionArea(area, laserArea(dot));
  }
  if (area === undefined) return undefined;
  const { x, y } = axes(scale);
  // Lines and dots have a least width on the canvas, which the area in picture pixels does not know of.
  const left = Math.floor(area.x * x) - REPAINT_MARGIN;
  const top = Math.floor(area.y * y) - REPAINT_MARGIN;
  const width = Math.ceil((area.x + area.width) * x) + REPAINT_MARGIN - left;
  const height = Math.ceil((area.y + area.height) * y) + REPAINT_MARGIN - top;
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  context.clearRect(left, top, width, height);
  const reach = { x: left / x, y: top / y, width: width / x, height: height / y };
  drawArea(context, model, now, scale, colourOf, reach);
  context.restore();
  return { x: left, y: top, width, height };
}

/** Canvas pixels: the least width of a line, and one for its soft edge. */
const REPAINT_MARGIN = MIN_STROKE_WIDTH + 1;

function axes(scale: OverlayScale): { readonly x: number; readonly y: number } {
  return typeof scale === 'number' ? { x: scale, y: scale } : scale;
}

/** Draws what touches `area` (picture pixels); all when there is none. */
function drawArea(
  context: OverlayContext,
  model: OverlayModel,
  now: Micros,
  scale: OverlayScale,
  colourOf: ColourOf,
  area: Rect | undefined,
): void {
  const { x, y } = axes(scale);
  const mean = Math.sqrt(x * y);
  context.save();
  context.lineCap = 'round';
  context.lineJoin = 'round';
  context.lineWidth = Math.max(MIN_STROKE_WIDTH, STROKE_WIDTH * mean);
  for (const stroke of model.strokes) {
    if (area !== undefined && !touches(stroke.bounds, area)) continue;
    context.strokeStyle = context.fillStyle = colourOf(stroke.viewer);
    drawStroke(context, stroke, x, y);
  }
  for (const dot of model.lasers) {
    context.fillStyle = colourOf(dot.viewer);
    drawLaser(context, dot, now, x, y, mean);
  }
  context.restore();
}

function touches(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** When the overlays next look different though no event comes: a dot fades. Undefined: never. */
export function nextOverlayChange(model: OverlayModel, now: Micros): Micros | undefined {
  let next: Micros | undefined;
  for (const { movedAt } of model.lasers) {
    const rest = now - movedAt;
    if (rest >= LASER_HOLD + LASER_FADE) continue;
    const change = rest < LASER_HOLD ? movedAt + LASER_HOLD : now;
    next = next === undefined ? change : Math.min(next, change);
  }
  return next;
}

/** 1 while it moves, down to `LASER_REST_OPACITY` when it has rested. */
export function laserOpacity(dot: LaserDot, now: Micros): number {
  const faded = Math.min(1, Math.max(0, (now - dot.movedAt - LASER_HOLD) / LASER_FADE));
  return 1 - faded * (1 - LASER_REST_OPACITY);
}

/**
 * A curve through the middles of the segments, with the points as its control points: smooth at every joint,
 * and only the end of a growing stroke changes when a point is added.
 */
function drawStroke(context: OverlayContext, { points }: Stroke, scaleX: number, scaleY: number): void {
  const count = points.length / 2;
  if (count === 0) return;
  const x = (index: number) => points[index * 2]! * scaleX;
  const y = (index: number) => points[index * 2 + 1]! * scaleY;
  context.beginPath();
  if (count === 1) {
    context.arc(x(0), y(0), context.lineWidth / 2, 0, Math.PI * 2);
    context.fill();
    return;
  }
  context.moveTo(x(0), y(0));
  for (let index = 1; index < count - 1; index++) {
    context.quadraticCurveTo(
      x(index),
      y(index),
      (x(index) + x(index + 1)) / 2,
      (y(index) + y(index + 1)) / 2,
    );
  }
  context.lineTo(x(count - 1), y(count - 1));
  context.stroke();
}

function drawLaser(
  context: OverlayContext,
  dot: LaserDot,
  now: Micros,
  scaleX: number,
  scaleY: number,
  scale: number,
): void {
  const opacity = laserOpacity(dot, now);
  for (const [radius, share] of [
    [LASER_RADIUS, 0.35],
    [LASER_CORE_RADIUS, 1],
  ] as const) {
    context.globalAlpha = opacity * share;
    context.beginPath();
    context.arc(dot.x * scaleX, dot.y * scaleY, Math.max(2, radius * scale), 0, Math.PI * 2);
    context.fill();
  }
  context.globalAlpha = 1;
}
