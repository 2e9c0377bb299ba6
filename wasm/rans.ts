/**
 * Adaptive symbols of 16 values in an rANS stream. A model holds 17 u16, how many of 32768 lie below each value
 * (0 for the first, 32768 after the last), and how often it was asked, u16. A symbol costs its share of bits and
 * moves the model towards itself, so nothing about the models is sent. The state is a u32, 65536 or more between
 * two symbols; it is filled and emptied by two bytes at a time. An encoder works backwards: it notes the shares in
 * order, and codes them from the last to the first.
 *
 * The method is that of J. Duda, "Asymmetric numeral systems" (2013); the adaptation by mixing is of F. Giesen's
 * notes on LZNA (2015).
 */

/** 17 bounds and a count, u16 each, padded to whole vectors. */
export const MODEL_BYTES: usize = 48;
const COUNT: usize = 34;
const TOTAL_BITS: u32 = 15;
const TOTAL: u32 = 1 << TOTAL_BITS;
const LEAST_STATE: u32 = 1 << 16;

/** Bytes of a note of the encoder: where the share begins, and how large it is, u16 each. */
export const NOTE_BYTES: usize = 4;

/** `count` models from `at` on, every value alike. */
export function resetModels(at: usize, count: u32): void {
  const end = at + <usize>count * MODEL_BYTES;
  for (; at < end; at += MODEL_BYTES) {
    for (let value: u32 = 0; value <= 16; value++) store<u16>(at + (value << 1), value << (TOTAL_BITS - 4));
    store<u16>(at, 0, COUNT);
  }
}

/**
 * Moves the model towards `symbol`: by a 16th at first, by a 64th in the end. Every share stays 1 or more.
 * @inline
 */
function learn(model: usize, symbol: u32): void {
  const asked = <u32>load<u16>(model, COUNT);
  store<u16>(model, min<u32>(asked + 1, 64), COUNT);
  const rate = 4 + (asked >> 4 != 0 ? 1 : 0) + (asked >> 6);
  const chosen = i16x8.splat(<i16>symbol);
  const most = i16x8.splat(<i16>(TOTAL - 16));
  const low = i16x8(0, 1, 2, 3, 4, 5, 6, 7);
  const high = i16x8(8, 9, 10, 11, 12, 13, 14, 15);
  const a = v128.load(model);
  const b = v128.load(model, 16);
  const towardsA = i16x8.add(low, v128.and(i16x8.gt_s(low, chosen), most));
  const towardsB = i16x8.add(high, v128.and(i16x8.gt_s(high, chosen), most));
  v128.store(model, i16x8.add(a, i16x8.shr_s(i16x8.sub(towardsA, a), rate)));
  v128.store(model, i16x8.add(b, i16x8.shr_s(i16x8.sub(towardsB, b), rate)), 16);
}

/**
 * Notes `symbol` at `note`, and teaches its model; the answer is where the next note goes.
 * @inline
 */
export function noteSymbol(note: usize, model: usize, symbol: u32): usize {
  const begin = <u32>load<u16>(model + (symbol << 1));
  const end = <u32>load<u16>(model + (symbol << 1), 2);
  store<u32>(note, begin | ((end - begin) << 16));
  learn(model, symbol);
  return note + NOTE_BYTES;
}

/**
 * Codes what was noted from `notes` to `notesEnd` so that it ends at `end`; the answer is where it begins, or 0
 * when it would begin before `least`.
 */
export function codeNotes(notes: usize, notesEnd: usize, least: usize, end: usize): usize {
  let state = LEAST_STATE;
  let out = end;
  while (notesEnd > notes) {
    notesEnd -= NOTE_BYTES;
    const note = load<u32>(notesEnd);
    const share = note >>> 16;
    if (state >= share << (32 - TOTAL_BITS)) {
      out -= 2;
      if (out < least) return 0;
      store<u16>(out, state);
      state >>>= 16;
    }
    const quotient = state / share;
    state = (quotient << TOTAL_BITS) + (state - quotient * share) + (note & 0xffff);
  }
  out -= 4;
  if (out < least) return 0;
  store<u32>(out, state);
  return out;
}

// What a decoder holds between two symbols; set up and left within one call of the kernels.
let state: u32 = 0;
let source: usize = 0;
let sourceEnd: usize = 0;

/** Begins to read at `from`; false when not even a state is there. */
export function startSymbols(from: usize, end: usize): bool {
  if (from + 4 > end) return false;
  state = load<u32>(from);
  source = from + 4;
  sourceEnd = end;
  return state >= LEAST_STATE;
}

/** Where reading ended, or 0 when it went over the end or the stream does not end as it was begun. */
export function endSymbols(): usize {
  return state == LEAST_STATE && source <= sourceEnd ? source : 0;
}

/**
 * Fills the state by two bytes, without a branch that could not be foretold; `endSymbols` tells of the end.
 * @inline
 */
function refill(next: u32): void {
  const more = <u32>load<u16>(min<usize>(source, sourceEnd - 1));
  const low = next < LEAST_STATE;
  state = select<u32>((next << 16) | more, next, low);
  source += usize(low) << 1;
}

/**
 * The next symbol by `model`, which learns.
 * @inline
 */
export function takeSymbol(model: usize): u32 {
  const slot = state & (TOTAL - 1);
  const wanted = i16x8.splat(<i16>slot);
  const over = i8x16.narrow_i16x8_s(
    i16x8.gt_s(v128.load(model), wanted),
    i16x8.gt_s(v128.load(model, 16), wanted),
  );
  const symbol = <u32>ctz(i8x16.bitmask(over) | 0x10000) - 1;
  const begin = <u32>load<u16>(model + (symbol << 1));
  const end = <u32>load<u16>(model + (symbol << 1), 2);
  refill((end - begin) * (state >>> TOTAL_BITS) + slot - begin);
  learn(model, symbol);
  return symbol;
}
