/**
 * The bytes of a `.rcrec`: a file header, then blocks. `docs/RCREC.md` is the specification. Little-endian.
 */
import { SightlineError } from '../errors.js';
import { type Checksum, crc32c } from './crc32c.js';

export const FORMAT_VERSION = 1;

/** `89 "RCREC" 0D 0A`: neither text nor UTF-8, and spoilt by any change of line ends. */
export const FILE_MAGIC: readonly number[] = [0x89, 0x52, 0x43, 0x52, 0x45, 0x43, 0x0d, 0x0a];
export const FILE_HEADER_BYTES = 16;

/** Begins every block, so that reading can go on behind damage: `F5 "RCB"`; F5 never occurs in UTF-8. */
export const BLOCK_MARKER: readonly number[] = [0xf5, 0x52, 0x43, 0x42];
const BLOCK_MARKER_U32 = 0x424352f5;
export const BLOCK_HEADER_BYTES = 32;

/** Longest payload of a block: twice the longest message of the wire. Checked before memory is touched. */
export const MAX_PAYLOAD_BYTES = 2 * 1024 * 1024;

/** Latest time of a block in microseconds: what a double holds exactly, 285 years. */
export const MAX_TIME = Number.MAX_SAFE_INTEGER;

export const BlockType = {
  /** What is recorded; the first block, once. */
  Metadata: 1,
  /** One message, as it crossed the wire, on a track. */
  Message: 2,
  /** Where the blocks lie that rebuild everything shown at this point. */
  Checkpoint: 3,
  /** Where the checkpoints lie. */
  Index: 4,
  /** The last block of a whole file. */
  Footer: 5,
  /** SHA-256 of everything since the seal before it: see `chain.ts`. */
  Seal: 6,
} as const;
export type BlockType = (typeof BlockType)[keyof typeof BlockType];

/**
 * Tracks with fixed numbers; others, such as those of further screens, are declared in the metadata. 0: the
 * recording itself.
 */
export const Track = { None: 0, Display: 1, Overlay: 2, Input: 3, State: 4, Chat: 5, Notice: 6 } as const;

export interface BlockHeader {
  /** A `BlockType`, or a number that this version does not know: such a block is skipped. */
  readonly type: number;
  readonly track: number;
  readonly flags: number;
  /** Bytes of the payload. */
  readonly length: number;
  /** Blocks before this one in the file. */
  readonly sequence: number;
  /** Microseconds since the start of the recording. */
  readonly time: number;
  /** CRC-32C of the payload. */
  readonly payloadChecksum: number;
}

/** What is wrong with the bytes where a block should begin. */
export type HeaderFault = 'marker' | 'header-checksum' | 'length' | 'time';

export function encodeFileHeader(): Uint8Array {
  const bytes = new Uint8Array(FILE_HEADER_BYTES);
  bytes.set(FILE_MAGIC);
  const view = new DataView(bytes.buffer);
  view.setUint16(8, FORMAT_VERSION, true);
  view.setUint16(10, FILE_HEADER_BYTES, true);
  view.setUint32(12, crc32c(bytes, 0, 12), true);
  return bytes;
}

/** Throws `SightlineError`: `truncated`, `bad-recording`, `checksum`, `unsupported-version`. */
export function checkFileHeader(bytes: Uint8Array): void {
  const differs = FILE_MAGIC.findIndex((byte, at) => bytes[at] !== byte);
  if (differs >= 0 && differs < bytes.length) {
    throw new SightlineError('bad-recording', 'The file is not a Sightline recording.', {
      offset: differs,
      field: 'magic',
    });
  }
  if (bytes.length < FILE_HEADER_BYTES) {
    throw new SightlineError('truncated', 'The file ends in its header.', { offset: bytes.length });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(12, true) !== crc32c(bytes, 0, 12)) {
    throw new SightlineError('checksum', "The file header's checksum is wrong.", {
      offset: 8,
      field: 'header',
    });
  }
  const version = view.getUint16(8, true);
  if (version !== FORMAT_VERSION || view.getUint16(10, true) !== FILE_HEADER_BYTES) {
    throw new SightlineError(
      'unsupported-version',
      `The recording has format version ${version}; this program reads version ${FORMAT_VERSION}.`,
      { offset: 8, field: 'version' },
    );
  }
}

/**
 * Writes a block's header without its checksums; `finishBlock` adds them when the hot path is over.
 * `view` is of `bytes`' whole buffer.
 */
export function writeBlockHeader(
  view: DataView,
  at: number,
  type: BlockType,
  track: number,
  length: number,
  sequence: number,
  time: number,
): void {
  view.setUint32(at, BLOCK_MARKER_U32, true);
  view.setUint8(at + 4, type);
  view.setUint8(at + 5, track);
  view.setUint16(at + 6, 0, true);
  view.setUint32(at + 8, length, true);
  view.setUint32(at + 12, sequence, true);
  writeU64(view, at + 16, time);
}

/** Fills in both checksums of the block at `at`; answers the offset behind it. */
export function finishBlock(bytes: Uint8Array, view: DataView, at: number, checksum: Checksum): number {
  const end = at + BLOCK_HEADER_BYTES + view.getUint32(at + 8, true);
  view.setUint32(at + 24, checksum(bytes, at + BLOCK_HEADER_BYTES, end), true);
  view.setUint32(at + 28, crc32c(bytes, at, at + 28), true);
  return end;
}

/** The header at `at`, which must have `BLOCK_HEADER_BYTES` bytes, or what is wrong with it. */
export function readBlockHeader(bytes: Uint8Array, at: number): BlockHeader | HeaderFault {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, BLOCK_HEADER_BYTES);
  if (view.getUint32(0, true) !== BLOCK_MARKER_U32) return 'marker';
  if (view.getUint32(28, true) !== crc32c(bytes, at, at + 28)) return 'header-checksum';
  const length = view.getUint32(8, true);
  if (length > MAX_PAYLOAD_BYTES) return 'length';
  const time = readU64(view, 16);
  if (time > MAX_TIME) return 'time';
  return {
    type: view.getUint8(4),
    track: view.getUint8(5),
    flags: view.getUint16(6, true),
    length,
    sequence: view.getUint32(12, true),
    time,
    payloadChecksum: view.getUint32(24, true),
  };
}

/** Writes a whole number of up to 53 bits into eight bytes. */
export function writeU64(view: DataView, at: number, value: number): void {
  view.setUint32(at, value >>> 0, true);
  view.setUint32(at + 4, Math.floor(value / 2 ** 32), true);
}

/** Exact up to 53 bits; larger numbers come out larger than `Number.MAX_SAFE_INTEGER`. */
export function readU64(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
}
