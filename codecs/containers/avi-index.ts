/**
 * The three indexes of an AVI: `idx1` for old players (the first RIFF only), and the two levels of OpenDML 2.0, in
 * which a standard index lists a RIFF's chunks and the super index, in the header, lists the standard ones.
 */
import type { ByteWriter } from './byte-writer.js';

/** Standard indexes that the header has room for: one per RIFF, so 256 GB. */
export const MAX_SEGMENTS = 256;
const SUPER_ENTRY_BYTES = 16;
const INDEX_OF_INDEXES = 0;
const INDEX_OF_CHUNKS = 1;
/** Set in a standard entry's size when decoding cannot begin there. */
const NOT_A_KEYFRAME = 0x80000000;
/** idx1's flag of a keyframe. */
const KEYFRAME = 0x10;

/** A RIFF's standard index, as the super index lists it. */
export interface SegmentEntry {
  /** Place of the chunk `ix00`. */
  readonly offset: number;
  /** Its bytes, header included. */
  readonly size: number;
  readonly frames: number;
}

export function putSuperIndex(writer: ByteWriter, chunkId: string, segments: readonly SegmentEntry[]): void {
  writer
    .u16le(SUPER_ENTRY_BYTES / 4)
    .u8(0)
    .u8(INDEX_OF_INDEXES);
  writer.u32le(segments.length).text(chunkId).zeros(12);
  for (const { offset, size, frames } of segments) writer.u64le(offset).u32le(size).u32le(frames);
  writer.zeros((MAX_SEGMENTS - segments.length) * SUPER_ENTRY_BYTES);
}

/** The chunks of one RIFF: place of their data and size, as numbers that grow with them. */
export class ChunkList {
  #offsets = new Uint32Array(1024);
  #sizes = new Uint32Array(1024);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  clear(): void {
    this.#count = 0;
  }

  /** `offset` is that of the chunk's header, from the list's `movi`. */
  add(offset: number, size: number, keyframe: boolean): void {
    if (this.#count === this.#offsets.length) {
      this.#offsets = grown(this.#offsets);
      this.#sizes = grown(this.#sizes);
    }
    this.#offsets[this.#count] = offset;
    this.#sizes[this.#count] = keyframe ? size : size + NOT_A_KEYFRAME;
    this.#count++;
  }

  /** The content of `ix00`; `base` is the place of `movi` in the file. */
  putStandard(writer: ByteWriter, chunkId: string, base: number): void {
    writer.u16le(2).u8(0).u8(INDEX_OF_CHUNKS).u32le(this.#count).text(chunkId).u64le(base).u32le(0);
    for (let index = 0; index < this.#count; index++) {
      writer.u32le(this.#offsets[index]! + 8).u32le(this.#sizes[index]!);
    }
  }

  /** The content of `idx1`. */
  putOld(writer: ByteWriter, chunkId: string): void {
    for (let index = 0; index < this.#count; index++) {
      const size = this.#sizes[index]!;
      const keyframe = size < NOT_A_KEYFRAME;
      writer.text(chunkId).u32le(keyframe ? KEYFRAME : 0);
      writer.u32le(this.#offsets[index]!).u32le(keyframe ? size : size - NOT_A_KEYFRAME);
    }
  }
}

function grown(words: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(words.length * 2);
  larger.set(words);
  return larger;
}
