/** The common head of input and overlay messages: who, which, when. */
import type { Micros } from '../clock.js';
import { readMicros, viewOf } from './binary.js';
import type { Channel } from './limits.js';

export const EVENT_HEADER_BYTES = 20;

export interface EventHead {
  /** The technician's viewer id. Filled in by the relay: what a viewer writes there does not count. */
  readonly viewer: number;
  /** Grows by one with every event that a viewer makes on the channel. */
  readonly sequence: number;
  /** When the technician made it, viewer's clock. */
  readonly createdAt: Micros;
}

export function writeEventHead(
  message: Uint8Array,
  channel: Channel,
  type: number,
  head: EventHead,
): DataView {
  const view = viewOf(message);
  view.setUint8(0, channel);
  view.setUint8(1, type);
  view.setUint16(2, 0, true);
  view.setUint32(4, head.viewer, true);
  view.setUint32(8, head.sequence, true);
  view.setFloat64(12, head.createdAt, true);
  return view;
}

export function readEventHead(view: DataView): EventHead {
  return {
    viewer: view.getUint32(4, true),
    sequence: view.getUint32(8, true),
    createdAt: readMicros(view, 12, 'createdAt'),
  };
}

/** Of an input or overlay message that was found sound. */
export function eventHeadOf(message: Uint8Array): EventHead {
  return readEventHead(viewOf(message));
}

/** Who made an input or overlay event, as its head says; the message is at least that long. */
export function eventViewerOf(message: Uint8Array): number {
  return viewOf(message).getUint32(4, true);
}

/** The relay fills in who made an input or overlay event, in place. */
export function stampEventViewer(message: Uint8Array, viewer: number): void {
  viewOf(message).setUint32(4, viewer, true);
}
