/** Takes recordings apart into blocks, and puts blocks together with right numbers and checksums. */
import { crc32c } from '../../codecs/recording/crc32c.js';
import {
  BLOCK_HEADER_BYTES,
  type BlockType,
  encodeFileHeader,
  FILE_HEADER_BYTES,
  finishBlock,
  readBlockHeader,
  writeBlockHeader,
} from '../../codecs/recording/format.js';

export interface RawBlock {
  readonly type: number;
  readonly track: number;
  readonly payload: Uint8Array;
  /** Microseconds; a millisecond per block before it if absent. */
  readonly time?: number;
}

/** The blocks of a whole recording, each with its offset. */
export function takeApart(file: Uint8Array): (Required<RawBlock> & { readonly offset: number })[] {
  const blocks = [];
  for (let at = FILE_HEADER_BYTES; at < file.length; ) {
    const header = readBlockHeader(file, at);
    if (typeof header === 'string') throw new Error(`${header} at ${at}`);
    const { type, track, time, length } = header;
    const payloadAt = at + BLOCK_HEADER_BYTES;
    blocks.push({ type, track, time, offset: at, payload: file.slice(payloadAt, payloadAt + length) });
    at = payloadAt + length;
  }
  return blocks;
}

/** A file of any blocks, numbered and with the checksums that they must have. */
export function putTogether(blocks: readonly RawBlock[], firstNumber = 0): Uint8Array {
  const parts = blocks.map(({ type, track, payload, time }, index) => {
    const bytes = new Uint8Array(BLOCK_HEADER_BYTES + payload.length);
    const view = new DataView(bytes.buffer);
    const number = (firstNumber + index) >>> 0;
    writeBlockHeader(view, 0, type as BlockType, track, payload.length, number, time ?? index * 1000);
    bytes.set(payload, BLOCK_HEADER_BYTES);
    finishBlock(bytes, view, 0, crc32c);
    return bytes;
  });
  return Uint8Array.from(Buffer.concat([encodeFileHeader(), ...parts]));
}
