/**
 * What the coder and the decoder of text-like tiles share: the models, which are carried from tile to tile of
 * a slice, and the room that a tile's codes lie in. A pixel is known by six neighbours:
 *
 *        NN
 *     NW N  NE
 *  WW W  x
 */
import { FRESH_MODEL } from './range';

// The models, u32 each; offsets in bytes in the state.
/** By whether the row above was the same as the one before it. */
export const ROW_SAME: usize = 0;
/** By the length of the span: 1, 2, 3-4, 5-8, ... 33-64. */
export const SPAN_WHOLE: usize = ROW_SAME + 2 * 4;
/** A tree of up to 64 places for each length. */
export const SPAN_BREAK: usize = SPAN_WHOLE + 8 * 4;
/** By trust (0 to 7), and whether the foretold code is W, and whether it is N. */
export const FORETOLD: usize = SPAN_BREAK + 8 * 64 * 4;
/** The same for the code that came last after W and N; behind them, when the six neighbours foretold one too. */
export const FORETOLD_BY_TWO: usize = FORETOLD + 32 * 4;
/** By which neighbours are equal (6 bits) and which is asked about. */
export const NEIGHBOUR: usize = FORETOLD_BY_TWO + 64 * 4;
/** Whether a code that no neighbour has is in the palette; by whether the neighbours are all equal. */
export const KNOWN: usize = NEIGHBOUR + 256 * 4;
/** Three trees of bytes. */
export const BYTES: usize = KNOWN + 2 * 4;
const MODELS_END: usize = BYTES + 3 * 256 * 4;

/** u32: what stands above a tile's first row. */
export const BACKGROUND: usize = MODELS_END;
/** u32: codes that were ever put into the palette. */
export const PALETTE_USED: usize = BACKGROUND + 4;
/** The last 256 new codes, u32 each. */
export const PALETTE: usize = PALETTE_USED + 4;
/** For the encoder: where in the palette a code may be, u8 by its hash. */
export const PLACES: usize = PALETTE + 256 * 4;
const PLACE_BITS: u32 = 10;
/** The code that came last after these six neighbours, by their hash; trust above its 24 bits, 0 is unknown. */
export const MEMORY: usize = PLACES + (1 << PLACE_BITS);
const MEMORY_BITS: u32 = 12;
/** The same for W and N alone. */
export const MEMORY_OF_TWO: usize = MEMORY + (4 << MEMORY_BITS);
export const TEXT_STATE_BYTES: usize = MEMORY_OF_TWO + (4 << MEMORY_BITS);

/** A tile's codes, u32 each: rows of 72 of which 4 are to the left, and two rows above. */
export const ROW_BYTES: usize = 72 * 4;
export const FIRST_PIXEL: usize = 2 * ROW_BYTES + 16;
export const ROOM_BYTES: usize = 66 * ROW_BYTES + 64;

export const MOST_TRUST: u32 = 7;

/** The state that every slice starts from. */
export function resetTextState(state: usize, level: u32): void {
  for (let at = state; at < state + MODELS_END; at += 4) store<u32>(at, FRESH_MODEL);
  memory.fill(state + MODELS_END, 0, TEXT_STATE_BYTES - MODELS_END);
  store<u32>(state + BACKGROUND, level == 3 ? 0xffffff : level == 2 ? 0xffff : level == 1 ? 215 : 15);
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

/** Where in a memory the sum of weighted neighbours leads. @inline */
function entryAt(memory: usize, sum: u32): usize {
  return memory + ((((sum ^ (sum >>> 15)) * 0x2c1b3c6d) >>> (32 - MEMORY_BITS)) << 2);
}

/** The memories' part of W and N. @inline */
export function sumOfTwo(w: u32, n: u32): u32 {
  return w * 0x9e3779b1 + n * 0x85ebca77;
}

/** The memory's entry for W and N. @inline */
export function entryOfTwo(state: usize, sum: u32): usize {
  return entryAt(state + MEMORY_OF_TWO, sum);
}

/** The memory's entry for the six neighbours of the pixel at `at`. @inline */
export function entryOfSix(state: usize, at: usize, sum: u32, nw: u32, ne: u32): usize {
  const ww = load<u32>(at - 8);
  const nn = load<u32>(at - 2 * ROW_BYTES);
  const all = sum + nw * 0xc2b2ae3d + ne * 0x27d4eb2f + ww * 0x165667b1 + nn * 0xd3a2646d;
  return entryAt(state + MEMORY, all);
}

/** What the entry is after `code` came. @inline */
export function remembered(entry: u32, code: u32): u32 {
  const trust = entry >>> 24;
  if ((entry & 0xffffff) == code) return trust < MOST_TRUST ? entry + (1 << 24) : entry;
  return trust > 1 ? (entry & 0xffffff) | ((trust >> 1) << 24) : code | (1 << 24);
}

/** The model of whether `entry`, which is not empty, foretells right. @inline */
export function foretoldModel(entry: u32, w: u32, n: u32): usize {
  const code = entry & 0xffffff;
  return (((entry >>> 24) << 2) | (u32(code == w) << 1) | u32(code == n)) << 2;
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

/** Puts a new code into the palette, over the oldest when it is full; the answer is its index. */
export function addColour(state: usize, code: u32): u32 {
  const used = load<u32>(state + PALETTE_USED);
  store<u32>(state + PALETTE_USED, used + 1);
  store<u32>(state + PALETTE + ((used & 255) << 2), code);
  return used & 255;
}
