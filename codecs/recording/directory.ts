/** The blocks that find other blocks: checkpoints, index segments and the footer. */
import { SightlineError } from '../errors.js';
import { isValidSize } from '../geometry.js';
import { isStreamLevel, type StreamLevel } from '../levels.js';
import { BLOCK_HEADER_BYTES, MAX_TIME, readU64, writeU64 } from './format.js';

/** Blocks that lie one behind the other in the file. */
export interface FileRange {
  readonly offset: number;
  readonly bytes: number;
}

/** What a display track shows at a checkpoint. */
export interface CheckpointPicture {
  readonly track: number;
  /** Display blocks of this track that lie before this offset are not part of the picture, though a range holds them. */
  readonly start: number;
  readonly level: StreamLevel;
  readonly width: number;
  readonly height: number;
  readonly frame: number;
}

/**
 * The message blocks in `live`, applied in the file's order to a black picture and an empty overlay, give
 * everything that is shown at this point. No pixel is repeated: a block is listed once, however often.
 */
export interface Checkpoint {
  readonly pictures: readonly CheckpointPicture[];
  readonly live: readonly FileRange[];
}

export interface IndexEntry {
  readonly time: number;
  /** Where the checkpoint's block begins. */
  readonly offset: number;
}

/** Some checkpoints, oldest first, and where the segment before lies. */
export interface IndexSegment {
  /** Offset of the previous segment's block; 0: this is the first. */
  readonly previous: number;
  readonly entries: readonly IndexEntry[];
}

/** Why a recording ended. */
export const EndReason = {
  /** Somebody stopped it, or the session ended. */
  Stopped: 0,
  /** The target took the bytes too slowly. */
  TooSlow: 1,
  /** A limit of length was reached. */
  Limit: 2,
  /** The recorder failed. */
  Failed: 3,
  /** Nobody knows: it was repaired. */
  Recovered: 4,
} as const;
export type EndReason = (typeof EndReason)[keyof typeof EndReason];

export interface Footer {
  /** Offset of the last index segment's block. */
  readonly index: number;
  /** Microseconds from the start to the end of the recording. */
  readonly duration: number;
  readonly reason: number;
  /** Number of checkpoints in all segments. */
  readonly checkpoints: number;
  /** Offset of the last seal's block. */
  readonly seal: number;
}

const CHECKPOINT_HEAD_BYTES = 8;
const PICTURE_BYTES = 20;
const RANGE_BYTES = 16;
const INDEX_HEAD_BYTES = 12;
const ENTRY_BYTES = 16;
export const FOOTER_BYTES = 32;

export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array {
  const { pictures, live } = checkpoint;
  const bytes = new Uint8Array(
    CHECKPOINT_HEAD_BYTES + pictures.length * PICTURE_BYTES + live.length * RANGE_BYTES,
  );
  const view = new DataView(bytes.buffer);
  view.setUint32(0, pictures.length, true);
  view.setUint32(4, live.length, true);
  let at = CHECKPOINT_HEAD_BYTES;
  for (const picture of pictures) {
    view.setUint8(at, picture.track);
    view.setUint8(at + 1, picture.level);
    view.setUint16(at + 4, picture.width, true);
    view.setUint16(at + 6, picture.height, true);
    view.setUint32(at + 8, picture.frame, true);
    writeU64(view, at + 12, picture.start);
    at += PICTURE_BYTES;
  }
  for (const range of live) {
    writeU64(view, at, range.offset);
    writeU64(view, at + 8, range.bytes);
    at += RANGE_BYTES;
  }
  return bytes;
}

/**
 * `offset` is where the checkpoint's own block begins: what it lists lies before it.
 * Throws `SightlineError` (`bad-recording`).
 */
export function decodeCheckpoint(payload: Uint8Array, offset: number): Checkpoint {
  const view = viewOf(payload, CHECKPOINT_HEAD_BYTES, 'checkpoint');
  const pictureCount = view.getUint32(0, true);
  const rangeCount = view.getUint32(4, true);
  const needed = CHECKPOINT_HEAD_BYTES + pictureCount * PICTURE_BYTES + rangeCount * RANGE_BYTES;
  if (needed > payload.length) throw bad('checkpoint', 'The checkpoint is shorter than its lists.');
  let at = CHECKPOINT_HEAD_BYTES;
  const pictures: CheckpointPicture[] = [];
  for (let count = 0; count < pictureCount; count++, at += PICTURE_BYTES) {
    const level = view.getUint8(at + 1);
    if (!isStreamLevel(level)) throw bad('checkpoint.level', `Stream ${level} is unknown.`);
    const width = view.getUint16(at + 4, true);
    const height = view.getUint16(at + 6, true);
    if (!isValidSize(width, height)) {
      throw bad('checkpoint.size', `A picture of ${width}x${height} is not allowed.`);
    }
    const track = view.getUint8(at);
    if (pictures.some((other) => other.track === track)) {
      throw bad('checkpoint.track', `Track ${track} is listed twice.`);
    }
    const start = readU64(view, at + 12);
    if (start >= offset) throw bad('checkpoint.start', 'A picture begins behind its checkpoint.');
    pictures.push({ track, level, width, height, frame: view.getUint32(at + 8, true), start });
  }
  const live: FileRange[] = [];
  let end = 0;
  for (let count = 0; count < rangeCount; count++, at += RANGE_BYTES) {
    const range = { offset: readU64(view, at), bytes: readU64(view, at + 8) };
    if (range.offset < end || range.bytes < BLOCK_HEADER_BYTES || range.offset + range.bytes > offset) {
      throw bad('checkpoint.live', 'The checkpoint lists blocks that do not lie before it, in order.');
    }
    end = range.offset + range.bytes;
    live.push(range);
  }
  return { pictures, live };
}

export function encodeIndexSegment(segment: IndexSegment): Uint8Array {
  const bytes = new Uint8Array(INDEX_HEAD_BYTES + segment.entries.length * ENTRY_BYTES);
  const view = new DataView(bytes.buffer);
  writeU64(view, 0, segment.previous);
  view.setUint32(8, segment.entries.length, true);
  segment.entries.forEach((entry, position) => {
    writeU64(view, INDEX_HEAD_BYTES + position * ENTRY_BYTES, entry.time);
    writeU64(view, INDEX_HEAD_BYTES + position * ENTRY_BYTES + 8, entry.offset);
  });
  return bytes;
}

/** `offset` is where the segment's own block begins. Throws `SightlineError` (`bad-recording`). */
export function decodeIndexSegment(payload: Uint8Array, offset: number): IndexSegment {
  const view = viewOf(payload, INDEX_HEAD_BYTES, 'index');
  const previous = readU64(view, 0);
  const count = view.getUint32(8, true);
  if (previous >= offset) throw bad('index.previous', 'An index segment does not point backwards.');
  if (INDEX_HEAD_BYTES + count * ENTRY_BYTES > payload.length) {
    throw bad('index', 'An index segment is shorter than its list.');
  }
  const entries: IndexEntry[] = [];
  let last: IndexEntry = { time: 0, offset: previous };
  for (let position = 0; position < count; position++) {
    const at = INDEX_HEAD_BYTES + position * ENTRY_BYTES;
    const entry = { time: readU64(view, at), offset: readU64(view, at + 8) };
    if (entry.time < last.time || entry.offset <= last.offset || entry.offset >= offset) {
      throw bad('index.entries', 'An index segment is not in order.');
    }
    entries.push(entry);
    last = entry;
  }
  return { previous, entries };
}

export function encodeFooter(footer: Footer): Uint8Array {
  const bytes = new Uint8Array(FOOTER_BYTES);
  const view = new DataView(bytes.buffer);
  writeU64(view, 0, footer.index);
  writeU64(view, 8, footer.duration);
  view.setUint32(16, footer.reason, true);
  view.setUint32(20, footer.checkpoints, true);
  writeU64(view, 24, footer.seal);
  return bytes;
}

/** `offset` is where the footer's own block begins. Throws `SightlineError` (`bad-recording`). */
export function decodeFooter(payload: Uint8Array, offset: number): Footer {
  if (payload.length !== FOOTER_BYTES) throw bad('footer', `The footer has ${payload.length} bytes.`);
  const view = viewOf(payload, FOOTER_BYTES, 'footer');
  const footer = {
    index: readU64(view, 0),
    duration: readU64(view, 8),
    reason: view.getUint32(16, true),
    checkpoints: view.getUint32(20, true),
    seal: readU64(view, 24),
  };
  if (footer.index >= offset || footer.seal >= offset) {
    throw bad('footer.index', 'The footer does not point backwards.');
  }
  if (footer.duration > MAX_TIME) throw bad('footer.duration', 'The duration is not a time.');
  return footer;
}

function viewOf(payload: Uint8Array, bytes: number, field: string): DataView {
  if (payload.length < bytes) throw bad(field, `The ${field} has only ${payload.length} bytes.`);
  return new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
}

function bad(field: string, message: string): SightlineError {
  return new SightlineError('bad-recording', message, { field });
}
