/** The codecs that the catalogue names, and what follows from both: a message's row, its value, its handler. */
import { SightlineError } from '../../codecs/index.js';
import { type Ack, decodeAck } from './acks.js';
import { type Beat, decodeBeat } from './beat.js';
import { channelOf, unknownType } from './binary.js';
import {
  CHANNEL_NAMES,
  type CodecName,
  type Message,
  type MessageName,
  messageNamed,
  messageOfType,
} from './catalogue.js';
import { type ChatMessage, decodeChat } from './chat.js';
import { type ClockMessage, decodeClock } from './clock-sync.js';
import { type Control, type ControlMessage, type ControlType, decodeControl } from './control.js';
import { readSliceHeader, type SliceHeader } from './display.js';
import { decodeInput, type InputEvent } from './input.js';
import { Channel } from './limits.js';
import { decodeOverlay, type OverlayEvent } from './overlay.js';

/** Each throws `SightlineError` for whatever is not a whole message of its kind. */
export const DECODERS = {
  control: decodeControl,
  slice: readSliceHeader,
  input: decodeInput,
  overlay: decodeOverlay,
  ack: decodeAck,
  clock: decodeClock,
  beat: decodeBeat,
  chat: decodeChat,
} as const satisfies Record<CodecName, (message: Uint8Array) => unknown>;

type Kinds = {
  readonly input: InputEvent;
  readonly overlay: OverlayEvent;
  readonly ack: Ack;
  readonly clock: ClockMessage;
};

/** What the codec of a message makes of it. */
export type MessageValue<N extends MessageName> = N extends ControlType
  ? Control<N>
  : N extends 'display-slice'
    ? SliceHeader
    : N extends 'clock-beat'
      ? Beat
      : N extends `chat-${string}`
        ? ChatMessage
        : N extends `${infer C extends keyof Kinds}-${infer K}`
          ? KindOf<Kinds[C], K>
          : never;

/** Of a union by `kind`; a clock message has one shape for both. */
type KindOf<U, K> = [Extract<U, { kind: K }>] extends [never] ? U : Extract<U, { kind: K }>;

/**
 * Who takes which message, by name, with the context that the dispatch was given. A slice is handed on as it came: its
 * header is read by whom it concerns, without a value for each.
 */
export type Handlers<N extends MessageName, C = undefined> = {
  readonly [K in N]: (
    value: K extends 'display-slice' ? Uint8Array : MessageValue<K>,
    message: Uint8Array,
    context: C,
  ) => void;
};

/**
 * The row of a message, by its first bytes. `control` is what it says on the control channel, where that was decoded
 * already. Throws `SightlineError`: `unknown-channel`, `unknown-type`, `truncated`, `too-large`.
 */
export function rowOf(message: Uint8Array, control?: ControlMessage): Message {
  const channel = channelOf(message);
  if (channel === Channel.Control) return messageNamed((control ?? decodeControl(message)).type);
  const type = message[1];
  if (type === undefined)
    throw new SightlineError('truncated', 'The message ends at its channel.', { offset: 1 });
  return messageOfType(channel, type) ?? unknownType(CHANNEL_NAMES[channel]!, type);
}

/**
 * Reads a message and hands it to its handler. Throws `SightlineError`: as `rowOf`, what the codec throws, and
 * `bad-message` when nobody here takes it.
 *
 * @param control What it says, where that was decoded already.
 * @param admits Asked before the handler is called, once the message is known to be whole.
 */
export function dispatch<N extends MessageName, C>(
  message: Uint8Array,
  control: ControlMessage | undefined,
  handlers: Handlers<N, C>,
  context: C,
  admits?: (row: Message, context: C) => boolean,
): void {
  const said = message[0] === Channel.Control ? (control ?? decodeControl(message)) : undefined;
  const row = rowOf(message, said);
  if (message.byteLength > row.limit) {
    throw new SightlineError(
      'too-large',
      `${row.name} has ${message.byteLength} bytes; ${row.limit} are allowed.`,
      {
        field: 'length',
      },
    );
  }
  const handler = (handlers as Handlers<MessageName, C>)[row.name] as
    | ((value: unknown, message: Uint8Array, context: C) => void)
    | undefined;
  if (handler === undefined) throw notExpected(row.name);
  const value = said ?? (row.codec === 'slice' ? message : DECODERS[row.codec](message));
  if (admits !== undefined && !admits(row, context)) return;
  handler(value, message, context);
}

/** A message that is sound but not for its sender to say, or not for its receiver to hear. */
export function notExpected(name: MessageName): SightlineError {
  return new SightlineError('bad-message', `${name} is not expected here.`, { field: 'type' });
}

/** Whether an error says that a message is of a kind that is not known here, and nothing else about it. */
export function isUnknown(error: unknown): boolean {
  return (
    error instanceof SightlineError && (error.code === 'unknown-type' || error.code === 'unknown-channel')
  );
}
