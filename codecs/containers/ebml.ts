/** EBML (RFC 8794): elements of an id, a size, and a value or other elements. */
import { ByteWriter } from './byte-writer.js';

/** Ids of RFC 8794 and of Matroska (RFC 9559, 5.1), with their length marker. */
export const Id = {
  EBML: 0x1a45dfa3,
  EBMLVersion: 0x4286,
  EBMLReadVersion: 0x42f7,
  EBMLMaxIDLength: 0x42f2,
  EBMLMaxSizeLength: 0x42f3,
  DocType: 0x4282,
  DocTypeVersion: 0x4287,
  DocTypeReadVersion: 0x4285,
  Void: 0xec,
  Segment: 0x18538067,
  SeekHead: 0x114d9b74,
  Seek: 0x4dbb,
  SeekID: 0x53ab,
  SeekPosition: 0x53ac,
  Info: 0x1549a966,
  SegmentUUID: 0x73a4,
  TimestampScale: 0x2ad7b1,
  Duration: 0x4489,
  DateUTC: 0x4461,
  Title: 0x7ba9,
  MuxingApp: 0x4d80,
  WritingApp: 0x5741,
  Tracks: 0x1654ae6b,
  TrackEntry: 0xae,
  TrackNumber: 0xd7,
  TrackUID: 0x73c5,
  TrackType: 0x83,
  FlagDefault: 0x88,
  FlagForced: 0x55aa,
  FlagLacing: 0x9c,
  Name: 0x536e,
  Language: 0x22b59c,
  CodecID: 0x86,
  CodecPrivate: 0x63a2,
  Video: 0xe0,
  FlagInterlaced: 0x9a,
  PixelWidth: 0xb0,
  PixelHeight: 0xba,
  Colour: 0x55b0,
  MatrixCoefficients: 0x55b1,
  Range: 0x55b9,
  TransferCharacteristics: 0x55ba,
  Primaries: 0x55bb,
  Cluster: 0x1f43b675,
  Timestamp: 0xe7,
  SimpleBlock: 0xa3,
  BlockGroup: 0xa0,
  Block: 0xa1,
  BlockDuration: 0x9b,
  ReferenceBlock: 0xfb,
  Cues: 0x1c53bb6b,
  CuePoint: 0xbb,
  CueTime: 0xb3,
  CueTrackPositions: 0xb7,
  CueTrack: 0xf7,
  CueClusterPosition: 0xf1,
  CueRelativePosition: 0xf0,
  Chapters: 0x1043a770,
  EditionEntry: 0x45b9,
  EditionUID: 0x45bc,
  ChapterAtom: 0xb6,
  ChapterUID: 0x73c4,
  ChapterTimeStart: 0x91,
  ChapterTimeEnd: 0x92,
  ChapterDisplay: 0x80,
  ChapString: 0x85,
  ChapLanguage: 0x437c,
  Tags: 0x1254c367,
  Tag: 0x7373,
  Targets: 0x63c0,
  SimpleTag: 0x67c8,
  TagName: 0x45a3,
  TagLanguage: 0x447a,
  TagString: 0x4487,
} as const;

/** What `sizeBytes` can say: all ones means that the size is not known (RFC 8794, 6.2). */
export const UNKNOWN_SIZE = new Uint8Array([0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
/** Bytes of a size that is filled in later. */
export const LONG_SIZE_BYTES = 8;

export function idBytes(id: number): number {
  return id > 0xffffff ? 4 : id > 0xffff ? 3 : id > 0xff ? 2 : 1;
}

/** Fewest bytes that a size needs; all ones is taken. */
export function sizeBytes(size: number): number {
  let count = 1;
  while (size >= 2 ** (7 * count) - 1) count++;
  return count;
}

/** A size in all of eight bytes. */
export function longSize(size: number): Uint8Array {
  const writer = new ByteWriter();
  putSize(writer, size, LONG_SIZE_BYTES);
  return writer.bytes;
}

export function putSize(writer: ByteWriter, size: number, count: number = sizeBytes(size)): void {
  // The marker of eight bytes fills the first of them; added to the size it would leave a number's 53 bits.
  if (count === LONG_SIZE_BYTES) writer.u8(1).ube(size, LONG_SIZE_BYTES - 1);
  else writer.ube(size + 2 ** (7 * count), count);
}

/** The element's id and size; its value is up to the caller. */
export function putHeader(writer: ByteWriter, id: number, size: number): void {
  writer.ube(id, idBytes(id));
  putSize(writer, size);
}

export function putUnsigned(writer: ByteWriter, id: number, value: number): void {
  let count = 1;
  while (value >= 2 ** (8 * count)) count++;
  putHeader(writer, id, count);
  writer.ube(value, count);
}

export function putFloat(writer: ByteWriter, id: number, value: number): void {
  putHeader(writer, id, 8);
  writer.f64be(value);
}

export function putText(writer: ByteWriter, id: number, value: string): void {
  putBytes(writer, id, new TextEncoder().encode(value));
}

export function putBytes(writer: ByteWriter, id: number, value: Uint8Array): void {
  putHeader(writer, id, value.length);
  writer.put(value);
}

/** An element of elements, which `fill` writes. */
export function putMaster(writer: ByteWriter, id: number, fill: (inner: ByteWriter) => void): void {
  const inner = new ByteWriter();
  fill(inner);
  putBytes(writer, id, inner.bytes);
}

/** Exactly `total` bytes (2 or more) that readers pass over. */
export function putVoid(writer: ByteWriter, total: number): void {
  const count = total < 2 + 127 ? 1 : LONG_SIZE_BYTES;
  writer.u8(Id.Void);
  putSize(writer, total - 1 - count, count);
  writer.zeros(total - 1 - count);
}
