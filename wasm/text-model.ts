/**
 * What the coder and the decoder of text-like tiles share: the models, which are carried from tile to tile of
 * a slice, and the room that a tile's codes lie in. A pixel is known by six neighbours:
 *
 *        NN
 *     NW N  NE
 *  WW W  x
 */
import { FRESH_MODEL } from './range';
import { LINE_BYTES, resetLine } from './text-colour';

// The models, u32 each; offsets in bytes in the state.
/** By whether the row above was the same as the one before it. */
export const ROW_SAME: usize = 0;
/** By the length of the span: 1, 2, 3-4, 5-8, ... 33-64. */
export const SPAN_WHOLE: usize = ROW_SAME + 2 * 4;
/** A tree of up to 64 places for each length. */
export const SPAN_BREAK: usize = SPAN_WHOLE + 8 * 4;
/** By trust (0 to 7), whether the code is W, whether it is N; whether there is another; how the memories agree. */
export const FORETOLD: usize = SPAN_BREAK + 8 * 64 * 4;
/** By trust, W and N: the other code that came after the six neighbours. */
export const OTHER: usize = FORETOLD + 256 * 4;
/** By trust, W and N, and whether there is another; behind them, when the six neighbours foretold a code too. */
export const FORETOLD_BY_TWO: usize = OTHER + 32 * 4;
/** By trust, W and N: the other code that came after W and N. */
export const OTHER_BY_TWO: usize = FORETOLD_BY_TWO + 128 * 4;
/** By which neighbours are equal (6 bits) and which is asked about. */
const NEIGHBOUR: usize = OTHER_BY_TWO + 32 * 4;
/** Whether a code that no neighbour has is in the palette; by whether the neighbours are all equal. */
export const KNOWN: usize = NEIGHBOUR + 256 * 4;
/** Whether blue and red are what green promises. */
export const AS_PROMISED: usize = KNOWN + 2 * 4;
/** Three trees of bytes. */
export const BYTES: usize = AS_PROMISED + 4;
const MODELS_END: usize = BYTES + 3 * 256 * 4;

/** u32: what stands above a tile's first row. */
export const BACKGROUND: usize = MODELS_END;
/** u32: bits of an entry's number in the memory (text-memory.ts), and whether anything is in it yet. */
export const MEMORY_BITS: usize = BACKGROUND + 4;
export const MEMORY_FILLED: usize = MEMORY_BITS + 4;
/** How colours lie to each other (text-colour.ts). */
export const LINE: usize = MEMORY_FILLED + 4;
/** u32: codes that were ever put into the palette. */
const PALETTE_USED: usize = LINE + LINE_BYTES;
/** The last 256 new codes, u32 each. */
export const PALETTE: usize = PALETTE_USED + 4;
/** For the encoder: where in the palette a code may be, u8 by its hash. */
export const PLACES: usize = PALETTE + 256 * 4;
const PLACE_BITS: u32 = 12;
export const TEXT_STATE_BYTES: usize = PLACES + (1 << PLACE_BITS);

/** A tile's codes, u32 each: rows of 72 of which 4 are to the left, and two rows above. */
export const ROW_BYTES: usize = 72 * 4;
export const FIRST_PIXEL: usize = 2 * ROW_BYTES + 16;
export const ROOM_BYTES: usize = 66 * ROW_BYTES + 64;

/** The state that every slice starts from; `bits` are those of its memory. */
export function resetTextState(state: usize, level: u32, bits: u32): void {
  for (let at = state; at < state + MODELS_END; at += 4) store<u32>(at, FRESH_MODEL);
  memory.fill(state + MODELS_END, 0, TEXT_STATE_BYTES - MODELS_END);
  store<u32>(state + BACKGROUND, level == 3 ? 0xffffff : level == 2 ? 0xffff : level == 1 ? 215 : 15);
  store<u32>(state + MEMORY_BITS, bits);
  resetLine(state + LINE);
}

/** Fills what stands above and to the left of a tile's first row of `w` pixels. */
export function prepareRoom(room: usize, w: u32, background: u32): void {
  for (let at = room; at < room + FIRST_PIXEL + ((w + 1) << 2); at += 4) store<u32>(at, background);
}

/** Puts what is taken for W and WW of a row's first pixel: the one above it. */
export function padLeft(row: usize): void {
  const above = load<u32>(row - ROW_BYTES);
  store<u64>(row - 8, ((<u64>above) << 32) | above);
}

/** Puts what is taken for NE of the next row's last pixel. */
export function padRight(row: usize, w: u32): void {
  const end = row + (w << 2);
  store<u32>(end, load<u32>(end - 4));
}

/** How many pixels from `at` on have `code` above them and above right: at least 1, when the first has. */
export function spanLength(at: usize, code: u32, most: u32): u32 {
  let next = at - ROW_BYTES + 8;
  const end = next + ((most - 1) << 2);
  const codes = i32x4.splat(code);
  while (next + 16 <= end) {
    const same = i32x4.bitmask(i32x4.eq(v128.load(next), codes));
    if (same != 15) return (<u32>(next - (at - ROW_BYTES + 8)) >> 2) + ctz(~same) + 1;
    next += 16;
  }
  while (next < end && load<u32>(next) == code) next += 4;
  return (<u32>(next - (at - ROW_BYTES + 8)) >> 2) + 1;
}

/** Bits of a place in a span of `length` (1 to 64): 0 to 6. */
export function placeBits(length: u32): u32 {
  return 32 - clz(length - 1);
}

/** A model of how far to trust `code`, 32 of them. @inline */
export function trustModel(trust: u32, code: u32, w: u32, n: u32): u32 {
  return (trust << 2) | (u32(code == w) << 1) | u32(code == n);
}

/** Which of four neighbours are equal, as the models for asking about them. */
export function neighbourModels(state: usize, w: u32, n: u32, nw: u32, ne: u32): usize {
  const equal =
    u32(w == n) |
    (u32(w == nw) << 1) |
    (u32(w == ne) << 2) |
    (u32(n == nw) << 3) |
    (u32(n == ne) << 4) |
    (u32(nw == ne) << 5);
  return state + NEIGHBOUR + (equal << 4);
}

/** Where the encoder looks for a code's place in the palette. */
export function placeOf(state: usize, code: u32): usize {
  return state + PLACES + ((code * 0x9e3779b1) >>> (32 - PLACE_BITS));
}

/** Places of the palette that are filled. */
export function paletteSize(state: usize): u32 {
  return min<u32>(256, load<u32>(state + PALETTE_USED));
}

/** Puts a new code into the palette, over the oldest when it is full; the answer is its index. */
export function addColour(state: usize, code: u32): u32 {
  const used = load<u32>(state + PALETTE_USED);
  store<u32>(state + PALETTE_USED, used + 1);
  store<u32>(state + PALETTE + ((used & 255) << 2), code);
  return used & 255;
}
