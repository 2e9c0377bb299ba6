/** The input channel: pointer, wheel, keys by physical code, text. Positions are pixels of the host's picture. */
import { SightlineError } from '../../codecs/index.js';
import { openMessage, requireLength, unknownType } from './binary.js';
import { EVENT_HEADER_BYTES, type EventHead, readEventHead, writeEventHead } from './events.js';
import { Channel } from './limits.js';

const TYPE_POINTER = 1;
const TYPE_WHEEL = 2;
const TYPE_KEY = 3;
const TYPE_TEXT = 4;

/** Longest key code (W3C UI Events `code`, such as `IntlBackslash`) in bytes. */
export const MAX_KEY_CODE_BYTES = 32;
/** Longest text of one message in UTF-8 bytes. */
export const MAX_TEXT_BYTES = 256;

export type InputAction =
  /** `buttons` is the W3C bit mask: 1 primary, 2 secondary, 4 auxiliary, 8 back, 16 forward. */
  | { readonly kind: 'pointer'; readonly x: number; readonly y: number; readonly buttons: number }
  /** Wheel steps in pixels, positive is down and right. */
  | {
      readonly kind: 'wheel';
      readonly x: number;
      readonly y: number;
      readonly dx: number;
      readonly dy: number;
    }
  /** A physical key by its W3C `code`. Keys that make text are sent with it as `text`. */
  | { readonly kind: 'key'; readonly code: string; readonly down: boolean }
  | { readonly kind: 'text'; readonly text: string };

export type InputEvent = EventHead & InputAction;

const utf8 = new TextEncoder();
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function encodeInput(event: InputEvent): Uint8Array {
  switch (event.kind) {
    case 'pointer': {
      const message = new Uint8Array(EVENT_HEADER_BYTES + 6);
      const view = writeEventHead(message, Channel.Input, TYPE_POINTER, event);
      view.setUint16(20, event.x, true);
      view.setUint16(22, event.y, true);
      view.setUint16(24, event.buttons, true);
      return message;
    }
    case 'wheel': {
      const message = new Uint8Array(EVENT_HEADER_BYTES + 8);
      const view = writeEventHead(message, Channel.Input, TYPE_WHEEL, event);
      view.setUint16(20, event.x, true);
      view.setUint16(22, event.y, true);
      view.setInt16(24, event.dx, true);
      view.setInt16(26, event.dy, true);
      return message;
    }
    case 'key':
      return withText(event, TYPE_KEY, event.code, MAX_KEY_CODE_BYTES, event.down ? 1 : 0, 'code');
    case 'text':
      return withText(event, TYPE_TEXT, event.text, MAX_TEXT_BYTES, 0, 'text');
  }
}

/** Throws `SightlineError`. */
export function decodeInput(message: Uint8Array): InputEvent {
  const view = openMessage(message, Channel.Input, EVENT_HEADER_BYTES);
  const head = readEventHead(view);
  const type = view.getUint8(1);
  switch (type) {
    case TYPE_POINTER:
      requireLength(message, EVENT_HEADER_BYTES + 6);
      return {
        ...head,
        kind: 'pointer',
        x: view.getUint16(20, true),
        y: view.getUint16(22, true),
        buttons: view.getUint16(24, true),
      };
    case TYPE_WHEEL:
      requireLength(message, EVENT_HEADER_BYTES + 8);
      return {
        ...head,
        kind: 'wheel',
        x: view.getUint16(20, true),
        y: view.getUint16(22, true),
        dx: view.getInt16(24, true),
        dy: view.getInt16(26, true),
      };
    case TYPE_KEY: {
      const { text, flag } = readText(message, view, MAX_KEY_CODE_BYTES, 'code');
      if (!/^[A-Za-z0-9]+$/.test(text))
        throw badField('code', EVENT_HEADER_BYTES + 4, 'The key code is not a W3C code.');
      return { ...head, kind: 'key', code: text, down: flag === 1 };
    }
    case TYPE_TEXT:
      return { ...head, kind: 'text', text: readText(message, view, MAX_TEXT_BYTES, 'text').text };
    default:
      return unknownType('input', type);
  }
}

function withText(
  head: EventHead,
  type: number,
  text: string,
  limit: number,
  flag: number,
  field: string,
): Uint8Array {
  const bytes = utf8.encode(text);
  if (bytes.length === 0 || bytes.length > limit) {
    throw new SightlineError(
      'bad-argument',
      `${field} has ${bytes.length} bytes; 1 to ${limit} are allowed.`,
      { field },
    );
  }
  const message = new Uint8Array(EVENT_HEADER_BYTES + 4 + bytes.length);
  const view = writeEventHead(message, Channel.Input, type, head);
  view.setUint16(20, bytes.length, true);
  view.setUint16(22, flag, true);
  message.set(bytes, EVENT_HEADER_BYTES + 4);
  return message;
}

function readText(
  message: Uint8Array,
  view: DataView,
  limit: number,
  field: string,
): { text: string; flag: number } {
  if (message.byteLength < EVENT_HEADER_BYTES + 4) {
    throw new SightlineError('truncated', 'The message ends in its header.', {
      offset: message.byteLength,
      field,
    });
  }
  const length = view.getUint16(20, true);
  const flag = view.getUint16(22, true);
  if (length === 0 || length > limit)
    throw badField(field, 20, `${field} has ${length} bytes; 1 to ${limit} are allowed.`);
  if (flag > 1) throw badField('flags', 22, `Flags ${flag} are unknown.`);
  requireLength(message, EVENT_HEADER_BYTES + 4 + length);
  try {
    return { text: strictUtf8.decode(message.slice(EVENT_HEADER_BYTES + 4)), flag };
  } catch {
    throw badField(field, EVENT_HEADER_BYTES + 4, `${field} is not UTF-8.`);
  }
}

function badField(field: string, offset: number, message: string): SightlineError {
  return new SightlineError('bad-message', message, { field, offset });
}
