/** Checked access to the fixed little-endian headers; every fault becomes a typed error with its place. */
import { SightlineError } from '../../codecs/index.js';
import { MESSAGE_LIMITS } from './catalogue.js';
import type { Channel } from './limits.js';

export function viewOf(message: Uint8Array): DataView {
  return new DataView(message.buffer, message.byteOffset, message.byteLength);
}

/** The channel of a message, after checking that it has one and is not too long for it. */
export function channelOf(message: Uint8Array): Channel {
  const channel = message[0];
  if (channel === undefined) throw new SightlineError('truncated', 'The message is empty.', { offset: 0 });
  const limit = MESSAGE_LIMITS[channel as Channel] as number | undefined;
  if (limit === undefined) {
    throw new SightlineError('unknown-channel', `Channel ${channel} is unknown.`, {
      offset: 0,
      field: 'channel',
    });
  }
  if (message.byteLength > limit) {
    throw new SightlineError(
      'too-large',
      `A message of channel ${channel} has ${message.byteLength} bytes; ${limit} are allowed.`,
      {
        field: 'length',
      },
    );
  }
  return channel as Channel;
}

/** A view of a message that is on `channel` and has at least `bytes` bytes. */
export function openMessage(message: Uint8Array, channel: Channel, bytes: number): DataView {
  const actual = channelOf(message);
  if (actual !== channel) {
    throw new SightlineError('bad-message', `Expected channel ${channel}, found ${actual}.`, {
      offset: 0,
      field: 'channel',
    });
  }
  if (message.byteLength < bytes) {
    throw new SightlineError('truncated', `The message ends at ${message.byteLength} of ${bytes} bytes.`, {
      offset: message.byteLength,
    });
  }
  return viewOf(message);
}

export function requireLength(message: Uint8Array, bytes: number): void {
  if (message.byteLength !== bytes) {
    throw new SightlineError(
      'bad-message',
      `The message has ${message.byteLength} bytes; its header says ${bytes}.`,
      {
        offset: Math.min(message.byteLength, bytes),
        field: 'length',
      },
    );
  }
}

export function unknownType(channel: string, type: number): never {
  throw new SightlineError('unknown-type', `Type ${type} is unknown on the ${channel} channel.`, {
    offset: 1,
    field: 'type',
  });
}

/** A time stamp: finite and not negative. */
export function readMicros(view: DataView, offset: number, field: string): number {
  const value = view.getFloat64(offset, true);
  if (!Number.isFinite(value) || value < 0) {
    throw new SightlineError('bad-message', `${field} is not a time.`, { offset, field });
  }
  return value;
}
