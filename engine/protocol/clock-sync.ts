/** The clock channel: a viewer asks, through the relay, what time it is at the host. */
import type { Micros } from '../clock.js';
import { openMessage, readMicros, requireLength, unknownType, viewOf } from './binary.js';
import { Channel } from './limits.js';

const TYPE_PING = 1;
const TYPE_PONG = 2;
const CLOCK_BYTES = 24;

export interface ClockMessage {
  readonly kind: 'ping' | 'pong';
  /** Filled in by the relay in a ping; a pong goes back to that viewer. */
  readonly viewer: number;
  /** The viewer's clock when it asked; comes back unchanged. */
  readonly askedAt: Micros;
  /** The host's clock when it answered; 0 in a ping. */
  readonly answeredAt: Micros;
}

export function encodeClock(clock: ClockMessage): Uint8Array {
  const message = new Uint8Array(CLOCK_BYTES);
  const view = viewOf(message);
  view.setUint8(0, Channel.Clock);
  view.setUint8(1, clock.kind === 'ping' ? TYPE_PING : TYPE_PONG);
  view.setUint32(4, clock.viewer, true);
  view.setFloat64(8, clock.askedAt, true);
  view.setFloat64(16, clock.answeredAt, true);
  return message;
}

/** Throws `SightlineError`. */
export function decodeClock(message: Uint8Array): ClockMessage {
  const view = openMessage(message, Channel.Clock, 2);
  const type = view.getUint8(1);
  if (type !== TYPE_PING && type !== TYPE_PONG) unknownType('clock', type);
  requireLength(message, CLOCK_BYTES);
  return {
    kind: type === TYPE_PING ? 'ping' : 'pong',
    viewer: view.getUint32(4, true),
    askedAt: readMicros(view, 8, 'askedAt'),
    answeredAt: readMicros(view, 16, 'answeredAt'),
  };
}

/** The relay fills in who asked, in place. */
export function stampClockViewer(message: Uint8Array, viewer: number): void {
  viewOf(message).setUint32(4, viewer, true);
}
