/**
 * The fields of a slice header that the relay needs, read in place: no view and no object per message, since a
 * slice of a kilobyte is forwarded in a few microseconds. `readSliceHeader` is the specification; a test holds
 * the two together.
 */
import { isStreamLevel, isValidSize, SightlineError, type StreamLevel } from '../../codecs/index.js';
import { Channel, MESSAGE_LIMITS, SLICE_FLAGS, SLICE_HEADER_BYTES, SliceFlag } from '../protocol/index.js';

/** Overwritten by every `readSliceFields`. */
export interface SliceFields {
  level: StreamLevel;
  first: boolean;
  last: boolean;
  frame: number;
  base: number;
  viewer: number;
  width: number;
  height: number;
  slice: number;
}

export function emptySliceFields(): SliceFields {
  return { level: 0, first: false, last: false, frame: 0, base: 0, viewer: 0, width: 0, height: 0, slice: 0 };
}

/** Throws `SightlineError` for whatever `readSliceHeader` refuses, except its time stamp: viewers check that. */
export function readSliceFields(message: Uint8Array, fields: SliceFields): void {
  const bytes = message.byteLength;
  if (bytes > MESSAGE_LIMITS[Channel.Display]) {
    throw new SightlineError('too-large', `A slice has ${bytes} bytes.`, { field: 'length' });
  }
  if (bytes < SLICE_HEADER_BYTES) {
    throw new SightlineError('truncated', 'The message ends in its header.', { offset: bytes });
  }
  if (message[1] !== 1) {
    throw new SightlineError('unknown-type', `Type ${message[1]} is unknown on the display channel.`, {
      offset: 1,
      field: 'type',
    });
  }
  const level = message[2]!;
  if (!isStreamLevel(level)) throw bad('level', 2, `Stream ${level} is unknown.`);
  const flags = message[3]!;
  if (flags > SLICE_FLAGS) throw bad('flags', 3, `Flags ${flags} are unknown.`);
  const frame = u32(message, 4);
  const base = u32(message, 8);
  if (frame === 0 || base >= frame) throw bad('base', 8, `Frame ${frame} cannot follow frame ${base}.`);
  const width = u16(message, 16);
  const height = u16(message, 18);
  if (!isValidSize(width, height)) throw bad('size', 16, `A picture of ${width}x${height} is not allowed.`);
  if (u32(message, 32) !== bytes - SLICE_HEADER_BYTES) {
    throw bad('length', 32, `The body has ${bytes - SLICE_HEADER_BYTES} bytes; its header says otherwise.`);
  }
  fields.level = level;
  fields.first = (flags & SliceFlag.First) !== 0;
  fields.last = (flags & SliceFlag.Last) !== 0;
  fields.frame = frame;
  fields.base = base;
  fields.viewer = u32(message, 12);
  fields.width = width;
  fields.height = height;
  fields.slice = u16(message, 20);
}

function u16(bytes: Uint8Array, offset: number): number {
  return bytes[offset]! | (bytes[offset + 1]! << 8);
}

function u32(bytes: Uint8Array, offset: number): number {
  return (
    (bytes[offset]! | (bytes[offset + 1]! << 8) | (bytes[offset + 2]! << 16) | (bytes[offset + 3]! << 24)) >>>
    0
  );
}

function bad(field: string, offset: number, message: string): SightlineError {
  return new SightlineError('bad-slice', message, { field, offset });
}
