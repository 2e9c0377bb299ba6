/** What a recording keeps of input: that it was there, not what was typed. */
import { decodeInput, encodeInput, NO_VIEWER, stampEventViewer } from '../protocol/index.js';

/**
 * What a recording keeps of an input event: who, when, where, and that a key was used, but not which: what a
 * technician types may be a password.
 */
export function inputMark(message: Uint8Array, viewer: number): Uint8Array {
  const event = decodeInput(message);
  const head = event.viewer === NO_VIEWER ? { ...event, viewer } : event;
  if (head.kind === 'key') return encodeInput({ ...head, code: 'Unidentified' });
  if (head.kind === 'text') return encodeInput({ ...head, text: '*' });
  return event.viewer === NO_VIEWER ? stamped(message, viewer) : message;
}

/** The event with its viewer's id. */
export function stamped(message: Uint8Array, viewer: number): Uint8Array {
  const copy = message.slice();
  stampEventViewer(copy, viewer);
  return copy;
}
