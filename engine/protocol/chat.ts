/**
 * The chat channel: what technicians and customer write to each other. A party sends its text to the relay, which
 * fills in who wrote it and when, and sends the message to everybody, its author included.
 */
import { SightlineError } from '../../codecs/index.js';
import type { Micros } from '../clock.js';
import { openMessage, readMicros, requireLength, unknownType } from './binary.js';
import { EVENT_HEADER_BYTES, type EventHead, readEventHead, writeEventHead } from './events.js';
import { Channel } from './limits.js';

const TYPE_SAID = 1;
const TYPE_EARLIER = 2;
const CHAT_HEADER_BYTES = EVENT_HEADER_BYTES + 12;

/** Longest text of one message in UTF-16 units. */
export const MAX_CHAT_UNITS = 4_000;
/** A UTF-16 unit has at most three bytes in UTF-8. */
const MAX_CHAT_BYTES = MAX_CHAT_UNITS * 3;
/** As a label of the control channel: 120 UTF-16 units. */
const MAX_NAME_BYTES = 360;

/** Controls other than tab and line feed: they say nothing, and a terminal may obey them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for.
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;

/** `viewer` is the author's id, 0: the host. `createdAt` is by the author's clock. */
export interface ChatMessage extends EventHead {
  /** When the relay passed it on, by the relay's clock; grows with every message of a session. 0: not yet. */
  readonly sentAt: Micros;
  /** It was said before its receiver was there, or while it was away. */
  readonly earlier: boolean;
  /** The author's, written by the relay: whoever is gone has a name, too. */
  readonly name: string;
  readonly text: string;
}

const utf8 = new TextEncoder();
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @throws SightlineError `bad-argument` when the text is empty, too long, or holds control characters. */
export function encodeChat(chat: ChatMessage): Uint8Array {
  const name = utf8.encode(chat.name);
  const text = utf8.encode(chat.text);
  if (name.length > MAX_NAME_BYTES) throw badArgument('name', `The name has ${name.length} bytes.`);
  if (chat.text.length === 0 || chat.text.length > MAX_CHAT_UNITS) {
    throw badArgument(
      'text',
      `The text has ${chat.text.length} characters; 1 to ${MAX_CHAT_UNITS} are allowed.`,
    );
  }
  if (CONTROLS.test(chat.text)) throw badArgument('text', 'The text holds control characters.');
  const message = new Uint8Array(CHAT_HEADER_BYTES + name.length + text.length);
  const view = writeEventHead(message, Channel.Chat, chat.earlier ? TYPE_EARLIER : TYPE_SAID, chat);
  view.setFloat64(20, chat.sentAt, true);
  view.setUint16(28, name.length, true);
  view.setUint16(30, text.length, true);
  message.set(name, CHAT_HEADER_BYTES);
  message.set(text, CHAT_HEADER_BYTES + name.length);
  return message;
}

/** Throws `SightlineError`. */
export function decodeChat(message: Uint8Array): ChatMessage {
  const view = openMessage(message, Channel.Chat, CHAT_HEADER_BYTES);
  const type = view.getUint8(1);
  if (type !== TYPE_SAID && type !== TYPE_EARLIER) return unknownType('chat', type);
  const nameBytes = view.getUint16(28, true);
  const textBytes = view.getUint16(30, true);
  if (nameBytes > MAX_NAME_BYTES) throw badField('name', 28, `The name has ${nameBytes} bytes.`);
  if (textBytes === 0 || textBytes > MAX_CHAT_BYTES) {
    throw badField('text', 30, `The text has ${textBytes} bytes; 1 to ${MAX_CHAT_BYTES} are allowed.`);
  }
  const textAt = CHAT_HEADER_BYTES + nameBytes;
  requireLength(message, textAt + textBytes);
  const text = readUtf8(message, textAt, textAt + textBytes, 'text');
  if (text.length > MAX_CHAT_UNITS) throw badField('text', 30, `The text has ${text.length} characters.`);
  if (CONTROLS.test(text)) throw badField('text', textAt, 'The text holds control characters.');
  return {
    ...readEventHead(view),
    sentAt: readMicros(view, 20, 'sentAt'),
    earlier: type === TYPE_EARLIER,
    name: readUtf8(message, CHAT_HEADER_BYTES, textAt, 'name'),
    text,
  };
}

/** What somebody typed as it may be sent: line ends are line feeds, no control characters, nothing around it. */
export function tidyChatText(typed: string): string {
  return typed.replace(/\r\n?/g, '\n').replace(new RegExp(CONTROLS, 'g'), '').trim();
}

function readUtf8(message: Uint8Array, from: number, to: number, field: string): string {
  try {
    // A copy: a decoder takes no view of shared memory.
    return strictUtf8.decode(message.slice(from, to));
  } catch {
    throw badField(field, from, `The ${field} is not UTF-8.`);
  }
}

function badField(field: string, offset: number, message: string): SightlineError {
  return new SightlineError('bad-message', message, { field, offset });
}

function badArgument(field: string, message: string): SightlineError {
  return new SightlineError('bad-argument', message, { field });
}
