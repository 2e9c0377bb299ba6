/**
 * Which messages are positions: where a pointer is, a laser dot, the points of a stroke, how far a wheel has turned.
 * Of two that a receiver has not been sent yet one can stand for both, so that a slow one is shown where something is,
 * not where it was. Nothing else can: a button or key that goes down or up, a text, an erasure.
 */
import { viewOf } from './binary.js';
import { Channel } from './limits.js';
import { decodeOverlay, encodeOverlay, type OverlayEvent, type Point } from './overlay.js';

const INPUT_POINTER = 1;
const INPUT_WHEEL = 2;
/** Where a pointer message has its buttons, and a wheel message how far it has turned. */
const BUTTONS = 24;
const TURNS = [24, 26];
const OVERLAY_STROKE = 1;
const OVERLAY_LASER = 3;
const LARGEST_TURN = 0x7fff;
/** Points of a stroke that stands for several: as many as a person draws in a second with a common mouse. */
const MOST_POINTS = 100;

/** Whether a sound input or overlay message may be a position. */
export function isPosition(message: Uint8Array): boolean {
  const type = message[1];
  if (message[0] === Channel.Input) return type === INPUT_POINTER || type === INPUT_WHEEL;
  return message[0] === Channel.Overlay && (type === OVERLAY_STROKE || type === OVERLAY_LASER);
}

/** The buttons that a sound pointer message says are down; undefined for any other message. */
export function buttonsOf(message: Uint8Array): number | undefined {
  const isPointer = message[0] === Channel.Input && message[1] === INPUT_POINTER;
  return isPointer ? message[BUTTONS]! | (message[BUTTONS + 1]! << 8) : undefined;
}

/**
 * The message that stands for two of one author on one channel, of which `newer` followed `older` at once; undefined
 * when both must be sent. Both are sound, and neither is changed. The answer has the head of `newer`.
 */
export function thinned(older: Uint8Array, newer: Uint8Array): Uint8Array | undefined {
  if (older[0] !== newer[0] || older[1] !== newer[1] || !isPosition(newer)) return undefined;
  if (newer[0] === Channel.Input) {
    return newer[1] === INPUT_WHEEL ? joinedTurns(older, newer) : newestMove(older, newer);
  }
  // Hidden or not: what the newest says of the dot is all there is to know.
  return newer[1] === OVERLAY_LASER ? newer.slice() : joinedStroke(older, newer);
}

/** What changes no button. */
function newestMove(older: Uint8Array, newer: Uint8Array): Uint8Array | undefined {
  return buttonsOf(older) === buttonsOf(newer) ? newer.slice() : undefined;
}

function joinedTurns(older: Uint8Array, newer: Uint8Array): Uint8Array | undefined {
  const joined = newer.slice();
  const view = viewOf(joined);
  for (const offset of TURNS) {
    const turn = viewOf(older).getInt16(offset, true) + view.getInt16(offset, true);
    if (Math.abs(turn) > LARGEST_TURN) return undefined;
    view.setInt16(offset, turn, true);
  }
  return joined;
}

function joinedStroke(older: Uint8Array, newer: Uint8Array): Uint8Array | undefined {
  const before = strokeOf(older);
  const after = strokeOf(newer);
  if (before === undefined || after === undefined) return undefined;
  if (before.stroke !== after.stroke || before.end || after.begin) return undefined;
  const points = fewer([...before.points, ...after.points]);
  return encodeOverlay({ ...after, begin: before.begin, points });
}

function strokeOf(message: Uint8Array): (OverlayEvent & { kind: 'stroke' }) | undefined {
  const event = decodeOverlay(message);
  return event.kind === 'stroke' ? event : undefined;
}

/** Leaves out every second point until there are few enough; never the first or the last. */
function fewer(points: readonly Point[]): readonly Point[] {
  let left = points;
  while (left.length > MOST_POINTS) {
    const last = left.length - 1;
    left = left.filter((_, index) => index % 2 === 0 || index === last);
  }
  return left;
}
