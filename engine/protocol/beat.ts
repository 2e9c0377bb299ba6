/**
 * The clock channel's third message: a beat. It says that its sender is there, and goes one hop only, between a party
 * and the relay; `engine/transport/live-link.ts` says when.
 */
import { openMessage, requireLength, unknownType, viewOf } from './binary.js';
import { Channel } from './limits.js';

/** The version that brought it. */
export const BEATS_SINCE = 3;

const TYPE_BEAT = 3;
const BEAT_BYTES = 12;
const FLAG_ANSWER = 1;

export interface Beat {
  /** An answer, another beat, is wanted at once. */
  readonly answer: boolean;
  /** Length of the message that follows at once; 0: none is announced. */
  readonly coming: number;
  /** Bytes of all messages that the sender has received on this link, modulo 2^32. */
  readonly received: number;
}

export function encodeBeat({ answer, coming, received }: Beat): Uint8Array {
  const message = new Uint8Array(BEAT_BYTES);
  const view = viewOf(message);
  view.setUint8(0, Channel.Clock);
  view.setUint8(1, TYPE_BEAT);
  view.setUint16(2, answer ? FLAG_ANSWER : 0, true);
  view.setUint32(4, coming, true);
  view.setUint32(8, received, true);
  return message;
}

/** Whether a message is a beat; one of another length is none, and no other message either. */
export function isBeat(message: Uint8Array): boolean {
  return message[0] === Channel.Clock && message[1] === TYPE_BEAT && message.byteLength === BEAT_BYTES;
}

/** Throws `SightlineError`. */
export function decodeBeat(message: Uint8Array): Beat {
  const view = openMessage(message, Channel.Clock, 2);
  if (view.getUint8(1) !== TYPE_BEAT) unknownType('clock', view.getUint8(1));
  requireLength(message, BEAT_BYTES);
  return {
    answer: (view.getUint16(2, true) & FLAG_ANSWER) !== 0,
    coming: view.getUint32(4, true),
    received: view.getUint32(8, true),
  };
}
