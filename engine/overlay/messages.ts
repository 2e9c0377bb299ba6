/** What is drawn, as messages again: for a recording that begins in the middle, and for one that would grow too long. */
import { encodeOverlay, MAX_STROKE_POINTS, type Point } from '../protocol/index.js';
import type { LaserDot, OverlayModel, Stroke } from './model.js';

/** Number 0 and time 0 mark what no technician has just done. */
const HEAD = { sequence: 0, createdAt: 0 };

/** The messages that draw these strokes, in as few as can be; a model that has them draws the same again. */
export function* strokeMessages(strokes: Iterable<Stroke>): Generator<Uint8Array> {
  for (const stroke of strokes) yield* messagesOf(stroke);
}

/** The message that shows a dot, or hides it. */
export function laserMessage({ viewer, x, y }: LaserDot, visible: boolean): Uint8Array {
  return encodeOverlay({ ...HEAD, viewer, kind: 'laser', visible, x, y });
}

/** The messages that take away all that the model shows; none when it shows nothing. */
export function* clearingMessages(model: OverlayModel): Generator<Uint8Array> {
  if (model.strokeCount > 0) yield encodeOverlay({ ...HEAD, viewer: 0, kind: 'erase', scope: 'all' });
  for (const dot of [...model.lasers]) yield laserMessage(dot, false);
}

function* messagesOf({ viewer, id, points, ended }: Stroke): Generator<Uint8Array> {
  const count = points.length / 2;
  for (let from = 0; from < count; from += MAX_STROKE_POINTS) {
    const to = Math.min(count, from + MAX_STROKE_POINTS);
    const part: Point[] = [];
    for (let at = from; at < to; at++) part.push({ x: points[at * 2]!, y: points[at * 2 + 1]! });
    const end = ended && to === count;
    yield encodeOverlay({
      ...HEAD,
      viewer,
      kind: 'stroke',
      stroke: id,
      begin: from === 0,
      end,
      points: part,
    });
  }
}
