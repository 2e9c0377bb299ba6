/**
 * A zlib stream (RFC 1950) of DEFLATE blocks (RFC 1951) that goes on from frame to frame: after each frame it is
 * flushed to a byte (an empty stored block), as Zip Motion Blocks Video wants it. Written for pictures: see
 * deflate-parse.ts.
 */
import { alignBits, putBits, startBits } from './bits';
import { distanceSymbol, lengthSymbol, parseBlock } from './deflate-parse';
import {
  BITS,
  DISTANCE_CODES,
  DISTANCE_COUNTS,
  DISTANCE_LENGTHS,
  DISTANCES,
  deflateStateBytes,
  END_OF_BLOCK,
  FRESH,
  HEADS_4,
  HISTORY,
  LAST_LITERALS,
  LENGTH_CODES,
  LENGTH_COUNTS,
  LENGTH_LENGTHS,
  LENGTH_RUNS,
  LITERAL_CODES,
  LITERAL_COUNTS,
  LITERAL_LENGTHS,
  LITERALS,
  MATCH_CODES,
  ORIGIN,
  ORIGIN_START,
  SCRATCH,
  SEQUENCE_BYTES,
  SEQUENCE_COUNT,
  SEQUENCES,
  WINDOW,
} from './deflate-state';
import { assignCodes, codeLengths } from './huffman';

/** CMF and FLG of RFC 1950: 32 kB window, fastest level. */
const ZLIB_HEADER: u32 = 0x0178;
/** Four literals and seven bits held fit into 64 bits. */
const MAX_LITERAL_BITS: u32 = 14;
const MAX_DISTANCE_BITS: u32 = 15;
const MAX_LENGTH_BITS: u32 = 7;
/** Block types, after the bit for the last block, which is never set: the stream does not end. */
const STORED: u64 = 0;
const FIXED: u64 = 2;
const DYNAMIC: u64 = 4;
const MAX_STORED: u32 = 65535;
/** Stream positions stay well within 32 bits: the tables are emptied when they come here. */
const LAST_ORIGIN: u32 = 0x60000000;

/** Begins a new stream: nothing before it can be reached. */
export function deflateReset(state: usize): void {
  memory.fill(state + HEADS_4, 0, <usize>deflateStateBytes() - HEADS_4);
  store<u32>(state + ORIGIN, ORIGIN_START);
  store<u32>(state + HISTORY, 0);
  store<u32>(state + FRESH, 1);
}

/** Most bytes that `size` bytes of data can become, and what the bit writer may overrun. */
export function deflateBound(size: u32): u32 {
  return size + (size >>> 8) + 64;
}

/**
 * Compresses one frame's data and flushes; the answer is the number of bytes at `target`. In front of `data` lie
 * WINDOW bytes that the stream keeps its history in: the caller leaves them alone. `unit` is the bytes of a pixel, of
 * which data are whole ones.
 */
export function deflateFrame(state: usize, data: usize, size: u32, unit: u32, target: usize): u32 {
  const bits = state + BITS;
  startBits(bits, target);
  if (load<u32>(state + FRESH) != 0) {
    putBits(bits, ZLIB_HEADER, 16);
    store<u32>(state + FRESH, 0);
  }
  const end = data + size;
  let at = data;
  while (at < end) {
    memory.fill(state + LITERAL_COUNTS, 0, LENGTH_COUNTS - LITERAL_COUNTS);
    const from = at;
    at = parseBlock(state, data, from, end, unit);
    writeBlock(state, from, at);
  }
  putBits(bits, STORED, 3);
  const aligned = alignBits(bits);
  store<u32>(aligned, 0xffff0000);
  keepHistory(state, data, size);
  return <u32>(aligned + 4 - target);
}

/** Moves the last WINDOW bytes to where the next frame's data find them. */
function keepHistory(state: usize, data: usize, size: u32): void {
  memory.copy(data - WINDOW, data + size - WINDOW, WINDOW);
  const origin = load<u32>(state + ORIGIN) + size;
  if (origin > LAST_ORIGIN) {
    memory.fill(state + HEADS_4, 0, <usize>deflateStateBytes() - HEADS_4);
    store<u32>(state + ORIGIN, ORIGIN_START + WINDOW);
  } else {
    store<u32>(state + ORIGIN, origin);
  }
  store<u32>(state + HISTORY, min<u32>(WINDOW, load<u32>(state + HISTORY) + size));
}

/** Writes the block in the cheapest of the three ways. */
function writeBlock(state: usize, from: usize, to: usize): void {
  const bits = state + BITS;
  store<u32>(state + LITERAL_COUNTS, 1, <usize>(END_OF_BLOCK << 2));
  codeLengths(state + LITERAL_COUNTS, LITERALS, MAX_LITERAL_BITS, state + LITERAL_LENGTHS, state + SCRATCH);
  codeLengths(
    state + DISTANCE_COUNTS,
    DISTANCES,
    MAX_DISTANCE_BITS,
    state + DISTANCE_LENGTHS,
    state + SCRATCH,
  );
  const runs = runLengths(state);
  const extra = extraBits(state);
  const dynamic = headerBits(state, runs & 0xffff) + codedBits(state) + extra;
  const fixed = fixedBits(state) + extra;
  const size = <u32>(to - from);
  const stored = (size + (size / MAX_STORED + 1) * 5) * 8;
  if (stored < min<u32>(dynamic, fixed)) {
    writeStored(bits, from, to);
    return;
  }
  const isFixed = fixed <= dynamic;
  if (isFixed) {
    putBits(bits, FIXED, 3);
    setFixedLengths(state);
  } else {
    putBits(bits, DYNAMIC, 3);
    writeLengths(state, runs);
  }
  // The fixed codes have two symbols more in each alphabet, which never occur.
  const more: u32 = isFixed ? 2 : 0;
  assignCodes(state + LITERAL_LENGTHS, LITERALS + more, state + LITERAL_CODES, state + SCRATCH);
  assignCodes(state + DISTANCE_LENGTHS, DISTANCES + more, state + DISTANCE_CODES, state + SCRATCH);
  prepareMatchCodes(state);
  writeSequences(state, from);
}

function writeStored(bits: usize, from: usize, to: usize): void {
  while (from < to) {
    const size = min<u32>(<u32>(to - from), MAX_STORED);
    putBits(bits, STORED, 3);
    const at = alignBits(bits);
    store<u16>(at, size);
    store<u16>(at, ~size, 2);
    memory.copy(at + 4, from, size);
    startBits(bits, at + 4 + size);
    from += size;
  }
}

/** Bits of the literals' and matches' codes. */
function codedBits(state: usize): u32 {
  let sum: u32 = 0;
  for (let symbol: u32 = 0; symbol < LITERALS; symbol++) {
    sum +=
      load<u32>(state + LITERAL_COUNTS + (symbol << 2)) * <u32>load<u8>(state + LITERAL_LENGTHS + symbol);
  }
  for (let symbol: u32 = 0; symbol < DISTANCES; symbol++) {
    sum +=
      load<u32>(state + DISTANCE_COUNTS + (symbol << 2)) * <u32>load<u8>(state + DISTANCE_LENGTHS + symbol);
  }
  return sum;
}

function extraBits(state: usize): u32 {
  let sum: u32 = 0;
  for (let symbol: u32 = 265; symbol < 285; symbol++) {
    sum += load<u32>(state + LITERAL_COUNTS + (symbol << 2)) * ((symbol - 261) >>> 2);
  }
  for (let symbol: u32 = 4; symbol < DISTANCES; symbol++) {
    sum += load<u32>(state + DISTANCE_COUNTS + (symbol << 2)) * ((symbol >>> 1) - 1);
  }
  return sum;
}

/** Length of a symbol's fixed code (RFC 1951, 3.2.6). */
function fixedLength(symbol: u32): u32 {
  return symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8;
}

function fixedBits(state: usize): u32 {
  let sum: u32 = 3;
  for (let symbol: u32 = 0; symbol < LITERALS; symbol++) {
    sum += load<u32>(state + LITERAL_COUNTS + (symbol << 2)) * fixedLength(symbol);
  }
  for (let symbol: u32 = 0; symbol < DISTANCES; symbol++) {
    sum += load<u32>(state + DISTANCE_COUNTS + (symbol << 2)) * 5;
  }
  return sum;
}

function setFixedLengths(state: usize): void {
  for (let symbol: u32 = 0; symbol < 288; symbol++) {
    store<u8>(state + LITERAL_LENGTHS + symbol, fixedLength(symbol));
  }
  memory.fill(state + DISTANCE_LENGTHS, 5, 32);
}

/**
 * Code lengths as runs (RFC 1951, 3.2.7), and the code for those. The answer is their number | literal lengths
 * << 16 | distance lengths << 25.
 */
function runLengths(state: usize): u32 {
  let literals: u32 = LITERALS;
  while (literals > 257 && load<u8>(state + LITERAL_LENGTHS + literals - 1) == 0) literals--;
  let distances: u32 = DISTANCES;
  while (distances > 1 && load<u8>(state + DISTANCE_LENGTHS + distances - 1) == 0) distances--;
  const counts = state + LENGTH_COUNTS;
  memory.fill(counts, 0, 20 * 4);
  const total = literals + distances;
  let out: usize = state + LENGTH_RUNS;
  let index: u32 = 0;
  while (index < total) {
    const value = lengthAt(state, index, literals);
    let run: u32 = 1;
    while (index + run < total && lengthAt(state, index + run, literals) == value) run++;
    index += run;
    if (value != 0) {
      out = putRun(out, counts, value, 0);
      run--;
    }
    while (run >= 3) {
      if (value != 0) {
        const part = min<u32>(run, 6);
        out = putRun(out, counts, 16, part - 3);
        run -= part;
      } else {
        const part = min<u32>(run, 138);
        out = part < 11 ? putRun(out, counts, 17, part - 3) : putRun(out, counts, 18, part - 11);
        run -= part;
      }
    }
    for (; run > 0; run--) out = putRun(out, counts, value, 0);
  }
  // A code of one symbol would be incomplete, which readers refuse here.
  let used: u32 = 0;
  for (let symbol: u32 = 0; symbol < 19; symbol++) used += u32(load<u32>(counts + (symbol << 2)) != 0);
  if (used < 2) store<u32>(counts + (load<u32>(counts) == 0 ? 0 : 4), 1);
  codeLengths(counts, 19, MAX_LENGTH_BITS, state + LENGTH_LENGTHS, state + SCRATCH);
  return (<u32>(out - (state + LENGTH_RUNS)) >>> 1) | (literals << 16) | (distances << 25);
}

function lengthAt(state: usize, index: u32, literals: u32): u32 {
  return <u32>(
    load<u8>(index < literals ? state + LITERAL_LENGTHS + index : state + DISTANCE_LENGTHS + index - literals)
  );
}

function putRun(out: usize, counts: usize, symbol: u32, extra: u32): usize {
  store<u16>(out, symbol | (extra << 8));
  const slot = counts + (symbol << 2);
  store<u32>(slot, load<u32>(slot) + 1);
  return out + 2;
}

/** Place `index` of the order in which the lengths of the length code are written. */
function lengthOrder(index: u32): u32 {
  if (index < 3) return 16 + index;
  if (index == 3) return 0;
  const step = (index - 4) >>> 1;
  return (index & 1) == 0 ? 8 + step : 7 - step;
}

/** Extra bits of a run's symbol. */
function runExtra(symbol: u32): u32 {
  return symbol < 16 ? 0 : symbol == 16 ? 2 : symbol == 17 ? 3 : 7;
}

function lengthCodeCount(state: usize): u32 {
  let count: u32 = 19;
  while (count > 4 && load<u8>(state + LENGTH_LENGTHS + lengthOrder(count - 1)) == 0) count--;
  return count;
}

/** Bits of a dynamic block before its data. */
function headerBits(state: usize, runs: u32): u32 {
  let sum: u32 = 3 + 14 + 3 * lengthCodeCount(state);
  for (let index: u32 = 0; index < runs; index++) {
    const symbol = <u32>load<u8>(state + LENGTH_RUNS + (index << 1));
    sum += <u32>load<u8>(state + LENGTH_LENGTHS + symbol) + runExtra(symbol);
  }
  return sum;
}

function writeLengths(state: usize, packed: u32): void {
  const bits = state + BITS;
  const runs = packed & 0xffff;
  const codes = lengthCodeCount(state);
  putBits(bits, <u64>(((packed >>> 16) & 511) - 257), 5);
  putBits(bits, <u64>((packed >>> 25) - 1), 5);
  putBits(bits, <u64>(codes - 4), 4);
  for (let index: u32 = 0; index < codes; index++) {
    putBits(bits, <u64>load<u8>(state + LENGTH_LENGTHS + lengthOrder(index)), 3);
  }
  assignCodes(state + LENGTH_LENGTHS, 19, state + LENGTH_CODES, state + SCRATCH);
  for (let index: u32 = 0; index < runs; index++) {
    const run = <u32>load<u16>(state + LENGTH_RUNS + (index << 1));
    const code = load<u32>(state + LENGTH_CODES + ((run & 255) << 2));
    putBits(bits, <u64>(code & 0xffff), code >>> 16);
    putBits(bits, <u64>(run >>> 8), runExtra(run & 255));
  }
}

function prepareMatchCodes(state: usize): void {
  for (let length: u32 = 0; length < 256; length++) {
    const symbol = lengthSymbol(length);
    const code = load<u32>(state + LITERAL_CODES + (symbol << 2));
    const extra: u32 = symbol < 265 || symbol == 285 ? 0 : (symbol - 261) >>> 2;
    const value = length & ((1 << extra) - 1);
    const count = code >>> 16;
    store<u32>(
      state + MATCH_CODES + (length << 2),
      (code & 0xffff) | (value << count) | ((count + extra) << 24),
    );
  }
}

/** The block's codes, with the bits held in locals. */
function writeSequences(state: usize, from: usize): void {
  const bits = state + BITS;
  const codes = state + LITERAL_CODES;
  const matches = state + MATCH_CODES;
  const distances = state + DISTANCE_CODES;
  let held = load<u64>(bits);
  let count = <u64>load<u32>(bits, 8);
  let out = <usize>load<u32>(bits, 12);
  let sequence = state + SEQUENCES;
  const end = sequence + load<u32>(state + SEQUENCE_COUNT) * SEQUENCE_BYTES;
  while (true) {
    const last = sequence >= end;
    let literals = last ? load<u32>(state + LAST_LITERALS) : load<u32>(sequence);
    while (literals >= 4) {
      const four = load<u32>(from);
      const a = load<u32>(codes + ((four & 255) << 2));
      const b = load<u32>(codes + (((four >>> 8) & 255) << 2));
      const c = load<u32>(codes + (((four >>> 16) & 255) << 2));
      const d = load<u32>(codes + ((four >>> 24) << 2));
      held |= (<u64>(a & 0xffff)) << count;
      count += <u64>(a >>> 16);
      held |= (<u64>(b & 0xffff)) << count;
      count += <u64>(b >>> 16);
      held |= (<u64>(c & 0xffff)) << count;
      count += <u64>(c >>> 16);
      held |= (<u64>(d & 0xffff)) << count;
      count += <u64>(d >>> 16);
      store<u64>(out, held);
      out += <usize>(count >> 3);
      held >>= count & 56;
      count &= 7;
      from += 4;
      literals -= 4;
    }
    for (; literals > 0; literals--) {
      const code = load<u32>(codes + ((<u32>load<u8>(from++)) << 2));
      held |= (<u64>(code & 0xffff)) << count;
      count += <u64>(code >>> 16);
    }
    store<u64>(out, held);
    out += <usize>(count >> 3);
    held >>= count & 56;
    count &= 7;
    if (last) break;
    const length = <u32>load<u16>(sequence, 4);
    const distance = <u32>load<u16>(sequence, 6);
    const match = load<u32>(matches + ((length - 3) << 2));
    held |= (<u64>(match & 0xffffff)) << count;
    count += <u64>(match >>> 24);
    const symbol = distanceSymbol(distance);
    const code = load<u32>(distances + (symbol << 2));
    held |= (<u64>(code & 0xffff)) << count;
    count += <u64>(code >>> 16);
    const extra: u32 = symbol < 4 ? 0 : (symbol >>> 1) - 1;
    held |= (<u64>(distance & ((1 << extra) - 1))) << count;
    count += <u64>extra;
    store<u64>(out, held);
    out += <usize>(count >> 3);
    held >>= count & 56;
    count &= 7;
    from += length;
    sequence += SEQUENCE_BYTES;
  }
  store<u64>(bits, held);
  store<u32>(bits, <u32>count, 8);
  store<u32>(bits, <u32>out, 12);
  const code = load<u32>(codes + (END_OF_BLOCK << 2));
  putBits(bits, <u64>(code & 0xffff), code >>> 16);
}
