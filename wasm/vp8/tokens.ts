/**
 * Coefficient tokens (RFC 6386, section 13). While a frame is coded its tokens are kept and counted; when all are
 * known the probabilities are chosen (probabilities.ts) and the tokens written. A kept token is a u32: its row of
 * probabilities in 8 bits, the token in 4, whether it cannot be an end in 1, and from bit 16 on its sign and above
 * that what it is larger than the least of its kind.
 */
import { putBit } from './bool';
import { above, columns, LEFT, tokens } from './state';
import { BANDS } from './tables';

/** Rows of probabilities: 4 kinds of 8 bands of 3 contexts; branches of the tree in each. */
export const ROWS: usize = 96;
export const BRANCHES: usize = 11;
/** 0, 1 to 4, six categories of larger ones, and the end. */
export const KINDS: usize = 12;
const END: u32 = 11;
const NOT_END: u32 = 1 << 12;

/** Probabilities in use; how often each token was met; and of those how many could not be an end. */
export const PROBABILITIES = memory.data(1056, 16);
export const COUNTS = memory.data(96 * 12 * 4, 16);
export const NO_ENDS = memory.data(96 * 4, 16);
/** u16[96][2][12]: 1/256 bits of a token with its sign and rest, where it can be an end and where it cannot. */
export const TOKEN_COSTS = memory.data(96 * 2 * 12 * 2, 16);

/** Least value, number of further bits, and their probabilities, of each category from 5 on. */
const LEAST = memory.data<u8>([0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67]);
export const EXTRA_BITS: usize = memory.data<u8>([0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 11, 0]);
// biome-ignore format: one category a line
const EXTRA: usize = memory.data<u8>([
  159, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  165, 145, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  173, 148, 140, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  176, 155, 140, 135, 0, 0, 0, 0, 0, 0, 0, 0,
  180, 157, 141, 134, 130, 0, 0, 0, 0, 0, 0, 0,
  254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129, 0,
]);

let at: usize = 0;

export function startTokens(): void {
  at = tokens;
  memory.fill(COUNTS, 0, ROWS * KINDS * 4);
  memory.fill(NO_ENDS, 0, ROWS * 4);
  memory.fill(above, 0, columns << 4);
}

function tokenOf(size: u32): u32 {
  if (size < 5) return size;
  if (size < 11) return size < 7 ? 5 : 6;
  if (size < 35) return size < 19 ? 7 : 8;
  return size < 67 ? 9 : 10;
}

function count(row: u32, token: u32): void {
  const cell = COUNTS + (row * KINDS + token) * 4;
  store<u32>(cell, load<u32>(cell) + 1);
}

/** Keeps the tokens of a block of which `length` levels matter, from the `first` on, in the context of neighbours. */
export function keepBlock(levels: usize, length: u32, first: u32, kind: u32, context: u32): void {
  let notEnd: u32 = 0;
  for (let place = first; place < length; place++) {
    const level = <i32>load<i16>(levels + (place << 1));
    const size = <u32>abs(level);
    const token = tokenOf(size);
    const row = (kind * 8 + load<u8>(BANDS + place)) * 3 + context;
    const rest = ((size - load<u8>(LEAST + token)) << 1) | (level < 0 ? 1 : 0);
    store<u32>(at, row | (token << 8) | notEnd | (rest << 16));
    at += 4;
    count(row, token);
    if (notEnd != 0) store<u32>(NO_ENDS + (row << 2), load<u32>(NO_ENDS + (row << 2)) + 1);
    notEnd = size == 0 ? NOT_END : 0;
    context = min<u32>(size, 2);
  }
  if (length < 16) {
    const place = max<u32>(first, length);
    const row = (kind * 8 + load<u8>(BANDS + place)) * 3 + context;
    store<u32>(at, row | (END << 8));
    at += 4;
    count(row, END);
  }
}

/** 1/256 bits that `keepBlock` would cost by the probabilities in use. */
export function blockCost(levels: usize, length: u32, first: u32, kind: u32, context: u32): u32 {
  let cost: u32 = 0;
  let notEnd: u32 = 0;
  for (let place = first; place < length; place++) {
    const size = <u32>abs(<i32>load<i16>(levels + (place << 1)));
    const row = (kind * 8 + load<u8>(BANDS + place)) * 3 + context;
    cost += load<u16>(TOKEN_COSTS + ((row * 2 + notEnd) * KINDS + tokenOf(size)) * 2);
    notEnd = size == 0 ? 1 : 0;
    context = min<u32>(size, 2);
  }
  if (length < 16) {
    const row = (kind * 8 + load<u8>(BANDS + max<u32>(first, length))) * 3 + context;
    cost += load<u16>(TOKEN_COSTS + (row * 2 * KINDS + END) * 2);
  }
  return cost;
}

/** What stands for the blocks of a column of macroblocks in `above`. */
export function aboveOf(column: u32): usize {
  return above + (column << 4);
}

/** Notes that a macroblock has no coefficients; second-order ones are left alone where it could have none. */
export function clearContexts(column: u32, hasSecond: bool): void {
  const over = aboveOf(column);
  store<u64>(over, 0);
  store<u64>(LEFT, 0);
  if (hasSecond) {
    store<u8>(over, 0, 8);
    store<u8>(LEFT, 0, 8);
  }
}

/** Writes all tokens that were kept. */
export function writeTokens(): void {
  for (let from = tokens; from < at; from += 4) {
    const kept = load<u32>(from);
    const odds = PROBABILITIES + (kept & 255) * BRANCHES;
    const token = (kept >> 8) & 15;
    if ((kept & NOT_END) == 0) {
      putBit(token != END ? 1 : 0, load<u8>(odds));
      if (token == END) continue;
    }
    putBit(token != 0 ? 1 : 0, load<u8>(odds, 1));
    if (token == 0) continue;
    putBit(token != 1 ? 1 : 0, load<u8>(odds, 2));
    if (token != 1) writeLarger(token, kept >> 17, odds);
    putBit((kept >> 16) & 1, 128);
  }
}

function writeLarger(token: u32, rest: u32, odds: usize): void {
  putBit(token > 4 ? 1 : 0, load<u8>(odds, 3));
  if (token <= 4) {
    putBit(token > 2 ? 1 : 0, load<u8>(odds, 4));
    if (token > 2) putBit(token - 3, load<u8>(odds, 5));
    return;
  }
  putBit(token > 6 ? 1 : 0, load<u8>(odds, 6));
  if (token <= 6) {
    putBit(token - 5, load<u8>(odds, 7));
  } else {
    putBit(token > 8 ? 1 : 0, load<u8>(odds, 8));
    if (token <= 8) putBit(token - 7, load<u8>(odds, 9));
    else putBit(token - 9, load<u8>(odds, 10));
  }
  const bits = <u32>load<u8>(EXTRA_BITS + token);
  const extra = EXTRA + (token - 5) * 12;
  for (let bit: u32 = 0; bit < bits; bit++) putBit((rest >> (bits - 1 - bit)) & 1, load<u8>(extra + bit));
}
