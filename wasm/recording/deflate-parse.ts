/**
 * The search of DEFLATE for what repeats. Data come in units of 1, 2 or 4 bytes (a pixel), and matches begin and
 * end between units: a quarter of the probes, and nothing of a picture's repeats is lost. A match is looked for at the
 * last distance, then where the same eight bytes were last, then the same four.
 */
import {
  DISTANCE_COUNTS,
  HASH_BITS,
  HEADS_4,
  HEADS_8,
  HISTORY,
  LAST_LITERALS,
  LITERAL_COUNTS,
  MAX_LITERALS,
  MAX_MATCH,
  MAX_SEQUENCES,
  MIN_MATCH,
  ORIGIN,
  SEQUENCE_BYTES,
  SEQUENCE_COUNT,
  SEQUENCES,
  WINDOW,
} from './deflate-state';

/** Beyond this distance a match of less than eight bytes costs more than its literals. */
const SHORT_REACH: usize = 4096;
/** Shorter ones are taken at the last distance, whose code is cheap. */
const LEAST_REPEAT: u32 = 4;
/** Units of a match that are entered into the tables at each of its ends, in bytes. */
const ENTERED: usize = 32;

function slot4(at: usize, heads: usize): usize {
  return heads + (((load<u32>(at) * 2654435761) >>> (32 - HASH_BITS)) << 2);
}

function slot8(at: usize, heads: usize): usize {
  return heads + <usize>(((load<u64>(at) * 0x9e3779b97f4a7c15) >>> (64 - HASH_BITS)) << 2);
}

/** Bytes that are the same from `a` and `b` on, `a` being the later one, which ends at `end`. */
function sameBytes(a: usize, b: usize, end: usize): u32 {
  const start = a;
  while (a + 8 <= end) {
    const difference = load<u64>(a) ^ load<u64>(b);
    if (difference != 0) return <u32>(a - start) + <u32>(ctz(difference) >> 3);
    a += 8;
    b += 8;
  }
  while (a < end && load<u8>(a) == load<u8>(b)) {
    a++;
    b++;
  }
  return <u32>(a - start);
}

/** Number of a distance's symbol, of the distance less one. */
export function distanceSymbol(distance: u32): u32 {
  if (distance < 4) return distance;
  const log = 31 - clz(distance);
  return 2 * log + ((distance >>> (log - 1)) & 1);
}

/** Number of a length's symbol, of the length less three. */
export function lengthSymbol(length: u32): u32 {
  if (length < 8) return 257 + length;
  if (length == 255) return 285;
  const log = 31 - clz(length);
  return 257 + 4 * (log - 1) + ((length >>> (log - 2)) & 3);
}

function count(counts: usize, symbol: u32): void {
  const slot = counts + (symbol << 2);
  store<u32>(slot, load<u32>(slot) + 1);
}

/**
 * Parses data from `from` up to `end` or until the block is full; the answer is where it stopped. `data` is
 * where the frame's data begin, with the history in front of them; `unit` is 1, 2 or 4, and data are whole units.
 */
export function parseBlock(state: usize, data: usize, from: usize, end: usize, unit: u32): usize {
  const heads4 = state + HEADS_4;
  const heads8 = state + HEADS_8;
  const literalCounts = state + LITERAL_COUNTS;
  const distanceCounts = state + DISTANCE_COUNTS;
  // A position in the stream less its place in memory.
  const toStream = load<u32>(state + ORIGIN) - <u32>data;
  const oldest = data - load<u32>(state + HISTORY);
  const mask = ~(unit - 1);
  const probeEnd = end - min<usize>(8, end - data);
  let sequence = state + SEQUENCES;
  const lastSequence = sequence + (MAX_SEQUENCES - 1) * SEQUENCE_BYTES;
  let literals: u32 = 0;
  let anchor = from;
  let at = from;
  let repeat: usize = unit;

  while (at <= probeEnd && sequence < lastSequence && literals < MAX_LITERALS) {
    const low = at - oldest > WINDOW ? at - WINDOW : oldest;
    let length: u32 = 0;
    let distance: usize = repeat;
    if (at - repeat >= low && load<u32>(at - repeat) == load<u32>(at)) {
      length = sameBytes(at, at - repeat, end) & mask;
    }
    const long = slot8(at, heads8);
    const short = slot4(at, heads4);
    const position = <u32>at + toStream;
    if (length < 32) {
      const far = <usize>(load<u32>(long) - toStream);
      if (far >= low && far < at && load<u64>(far) == load<u64>(at)) {
        const found = sameBytes(at, far, end) & mask;
        if (found > length + 4) {
          length = found;
          distance = at - far;
        }
      } else if (length < LEAST_REPEAT) {
        const near = <usize>(load<u32>(short) - toStream);
        if (near >= low && near < at && at - near <= SHORT_REACH && load<u32>(near) == load<u32>(at)) {
          length = sameBytes(at, near, end) & mask;
          distance = at - near;
        }
      }
    }
    store<u32>(long, position);
    store<u32>(short, position);
    if (length < LEAST_REPEAT) {
      at += unit;
      literals += unit;
      continue;
    }

    const room = <u32>(lastSequence - sequence) / SEQUENCE_BYTES;
    if (length > room * MAX_MATCH) length = (room * MAX_MATCH) & mask;
    const reached = at + length;
    let run = <u32>(at - anchor);
    for (; anchor < at; anchor++) count(literalCounts, <u32>load<u8>(anchor));
    const symbol = distanceSymbol(<u32>distance - 1);
    // A long match is written in pieces, each of which is long enough to be one.
    let left = length;
    while (left > 0) {
      let piece = min<u32>(left, MAX_MATCH);
      if (left > MAX_MATCH && left - piece < MIN_MATCH) piece -= MIN_MATCH;
      store<u32>(sequence, run);
      store<u16>(sequence, piece, 4);
      store<u16>(sequence, <u32>distance - 1, 6);
      sequence += SEQUENCE_BYTES;
      count(literalCounts, lengthSymbol(piece - MIN_MATCH));
      count(distanceCounts, symbol);
      run = 0;
      left -= piece;
    }
    repeat = distance;
    const tableEnd = min<usize>(reached, probeEnd);
    const first = min<usize>(at + ENTERED, tableEnd);
    for (at += unit; at < first; at += unit) {
      store<u32>(slot8(at, heads8), <u32>at + toStream);
      store<u32>(slot4(at, heads4), <u32>at + toStream);
    }
    if (reached > at + ENTERED) at = ((reached - ENTERED - data) & ~(<usize>unit - 1)) + data;
    for (; at < tableEnd; at += unit) {
      store<u32>(slot8(at, heads8), <u32>at + toStream);
      store<u32>(slot4(at, heads4), <u32>at + toStream);
    }
    at = reached;
    anchor = reached;
  }
  // What is too near to the end to be probed is literal.
  if (at > probeEnd && sequence < lastSequence && literals < MAX_LITERALS) at = end;
  store<u32>(state + SEQUENCE_COUNT, <u32>(sequence - (state + SEQUENCES)) / SEQUENCE_BYTES);
  store<u32>(state + LAST_LITERALS, <u32>(at - anchor));
  for (; anchor < at; anchor++) count(literalCounts, <u32>load<u8>(anchor));
  return at;
}
