/**
 * The display channel: slices of frames. The relay reads the header and forwards the rest untouched; the body
 * (moves and coded tiles) is specified in docs/CODEC.md.
 */
import { isStreamLevel, isValidSize, SightlineError, type StreamLevel } from '../../codecs/index.js';
import type { Micros } from '../clock.js';
import { openMessage, readMicros, unknownType, viewOf } from './binary.js';
import { Channel, NO_VIEWER } from './limits.js';

export const SLICE_HEADER_BYTES = 36;
const TYPE_SLICE = 1;

export const SliceFlag = {
  /** The frame's first slice: the only one that may carry moves. */
  First: 1,
  /** The frame's last slice: the picture may be shown and acknowledged. */
  Last: 2,
  /** With this frame the viewer's picture is not exactly the host's. Counts in the last slice, when that is known. */
  Approximate: 4,
  /** The frame only sharpens: nothing in it was drawn after its base. */
  Refinement: 8,
} as const;
/** Every flag that is known. */
export const SLICE_FLAGS = 15;

export interface SliceHeader {
  readonly level: StreamLevel;
  readonly first: boolean;
  readonly last: boolean;
  readonly approximate: boolean;
  readonly refinement: boolean;
  /** Frame number, from 1, growing; not every number appears on every level. */
  readonly frame: number;
  /** The frame that the viewer must hold to apply this one; 0: none, the frame covers the whole picture. */
  readonly base: number;
  /** 0: for every viewer of the level that holds `base`; else the one viewer that it brings up to date. */
  readonly viewer: number;
  readonly width: number;
  readonly height: number;
  /** When the oldest change in the frame was drawn, host's clock. */
  readonly drawnAt: Micros;
  /** Position of the slice in its frame, from 0. */
  readonly slice: number;
}

/** Writes the header into the first `SLICE_HEADER_BYTES` bytes of `message`; the body follows it. */
export function writeSliceHeader(message: Uint8Array, header: SliceHeader): void {
  const view = viewOf(message);
  view.setUint8(0, Channel.Display);
  view.setUint8(1, TYPE_SLICE);
  view.setUint8(2, header.level);
  view.setUint8(3, flagsOf(header));
  view.setUint32(4, header.frame, true);
  view.setUint32(8, header.base, true);
  view.setUint32(12, header.viewer, true);
  view.setUint16(16, header.width, true);
  view.setUint16(18, header.height, true);
  view.setUint16(20, header.slice, true);
  view.setUint16(22, 0, true);
  view.setFloat64(24, header.drawnAt, true);
  view.setUint32(32, message.byteLength - SLICE_HEADER_BYTES, true);
}

/** Reads and checks the header. Throws `SightlineError`. The body is `sliceBody(message)`. */
export function readSliceHeader(message: Uint8Array): SliceHeader {
  const view = openMessage(message, Channel.Display, SLICE_HEADER_BYTES);
  const type = view.getUint8(1);
  if (type !== TYPE_SLICE) unknownType('display', type);
  const level = view.getUint8(2);
  if (!isStreamLevel(level)) throw bad('level', 2, `Stream ${level} is unknown.`);
  const flags = view.getUint8(3);
  if (flags > SLICE_FLAGS) throw bad('flags', 3, `Flags ${flags} are unknown.`);
  const frame = view.getUint32(4, true);
  const base = view.getUint32(8, true);
  if (frame === 0 || base >= frame) throw bad('base', 8, `Frame ${frame} cannot follow frame ${base}.`);
  const width = view.getUint16(16, true);
  const height = view.getUint16(18, true);
  if (!isValidSize(width, height)) throw bad('size', 16, `A picture of ${width}x${height} is not allowed.`);
  const body = view.getUint32(32, true);
  if (body !== message.byteLength - SLICE_HEADER_BYTES) {
    throw bad(
      'length',
      32,
      `The body has ${message.byteLength - SLICE_HEADER_BYTES} bytes; its header says ${body}.`,
    );
  }
  return {
    level,
    first: (flags & SliceFlag.First) !== 0,
    last: (flags & SliceFlag.Last) !== 0,
    approximate: (flags & SliceFlag.Approximate) !== 0,
    refinement: (flags & SliceFlag.Refinement) !== 0,
    frame,
    base,
    viewer: view.getUint32(12, true),
    width,
    height,
    slice: view.getUint16(20, true),
    drawnAt: readMicros(view, 24, 'drawnAt'),
  };
}

/** The body of a slice: a view, not a copy. */
export function sliceBody(message: Uint8Array): Uint8Array {
  return message.subarray(SLICE_HEADER_BYTES);
}

/** Whether a slice is addressed to one viewer (an update after a cut, a join or a change of level). */
export function isAddressed(header: SliceHeader): boolean {
  return header.viewer !== NO_VIEWER;
}

function flagsOf({ first, last, approximate, refinement }: SliceHeader): number {
  return (
    (first ? SliceFlag.First : 0) |
    (last ? SliceFlag.Last : 0) |
    (approximate ? SliceFlag.Approximate : 0) |
    (refinement ? SliceFlag.Refinement : 0)
  );
}

function bad(field: string, offset: number, message: string): SightlineError {
  return new SightlineError('bad-slice', message, { field, offset });
}
