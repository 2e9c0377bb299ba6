/**
 * The state of one DEFLATE stream: where its parts lie, from the state's start. codecs/video/layout.ts reserves
 * `deflateStateBytes`.
 */
import { BITS_BYTES } from './bits';
import { HUFFMAN_SCRATCH } from './huffman';

/** How far a match reaches back (RFC 1951, 2): so much of what went before is kept in front of new data. */
export const WINDOW: u32 = 32768;
export const LITERALS: u32 = 286;
export const DISTANCES: u32 = 30;
export const END_OF_BLOCK: u32 = 256;
export const MIN_MATCH: u32 = 3;
export const MAX_MATCH: u32 = 258;

/** Sequences in a block: literals before a match, u32; the match's length, u16; its distance less one, u16. */
export const MAX_SEQUENCES: u32 = 12288;
export const SEQUENCE_BYTES: u32 = 8;
/** Literals after which a block is ended, so that its codes suit what they are used for. */
export const MAX_LITERALS: u32 = 32768;
export const HASH_BITS: u32 = 15;

/** Position in the stream of the next byte of data, u32; table entries below ORIGIN_START are empty. */
export const ORIGIN: usize = 0;
export const ORIGIN_START: u32 = 1;
/** Bytes in front of the data that matches may reach, u32. */
export const HISTORY: usize = 4;
/** 1 until the stream's header is written, u32. */
export const FRESH: usize = 8;
/** Sequences and last literals of the block in work, u32 each. */
export const SEQUENCE_COUNT: usize = 12;
export const LAST_LITERALS: usize = 16;
export const BITS: usize = 32;
/** u32 per symbol. */
export const LITERAL_COUNTS: usize = BITS + BITS_BYTES;
export const DISTANCE_COUNTS: usize = LITERAL_COUNTS + 288 * 4;
export const LENGTH_COUNTS: usize = DISTANCE_COUNTS + 32 * 4;
/** u8 per symbol. */
export const LITERAL_LENGTHS: usize = LENGTH_COUNTS + 20 * 4;
export const DISTANCE_LENGTHS: usize = LITERAL_LENGTHS + 288;
export const LENGTH_LENGTHS: usize = DISTANCE_LENGTHS + 32;
/** code | length << 16, u32 per symbol. */
export const LITERAL_CODES: usize = LENGTH_LENGTHS + 32;
export const DISTANCE_CODES: usize = LITERAL_CODES + 288 * 4;
export const LENGTH_CODES: usize = DISTANCE_CODES + 32 * 4;
/** Per match length less three: its code with its extra bits | count << 24. */
export const MATCH_CODES: usize = LENGTH_CODES + 20 * 4;
/** Code lengths in runs: symbol | extra << 8, u16 each. */
export const LENGTH_RUNS: usize = MATCH_CODES + 256 * 4;
export const SCRATCH: usize = LENGTH_RUNS + 320 * 2;
export const SEQUENCES: usize = (SCRATCH + HUFFMAN_SCRATCH + 15) & ~15;
/** Positions of the last four and of the last eight bytes of a hash, u32 each. */
export const HEADS_4: usize = SEQUENCES + <usize>(MAX_SEQUENCES * SEQUENCE_BYTES);
export const HEADS_8: usize = HEADS_4 + (4 << HASH_BITS);
const END: usize = HEADS_8 + (4 << HASH_BITS);

export function deflateStateBytes(): u32 {
  return <u32>END;
}
