/** Decoder of natural tiles: see gradient-model.ts. */
import { reduceSpan } from './colour';
import {
  ABOVE,
  AROUND,
  BEFORE,
  BY_AROUND,
  BY_BEFORE,
  BY_BOTH,
  BY_CHANGE,
  CHANGE,
  CHANGE_ABOVE,
  degreePlace,
  ESCAPE,
  endRow,
  FOLDED,
  fromAround,
  fromChange,
  halfOver,
  joined,
  LONGEST_CODE,
  learn,
  learnRun,
  PIXELS,
  PREDICTIONS,
  padRowStart,
  parametersAt,
  prepareGradientRoom,
  runParameter,
  separated,
  sumAround,
  unfold,
} from './gradient-model';

// Where the bit stream is between two rows; set up and left within one call.
let source: usize = 0;
/** Bits that were read ahead: more lie above them, which are read again. */
let bits: u64 = 0;
let filled: u32 = 0;

/** Length and value (above 8 bits) of the Rice code that is next in `ahead`. @inline */
function codeIn(ahead: u64, parameter: u32): u32 {
  const quotient = <u32>ctz(ahead);
  if (quotient >= ESCAPE) return LONGEST_CODE | ((<u32>(ahead >> ESCAPE) & 255) << 8);
  const low = <u32>(ahead >> (quotient + 1)) & ((1 << parameter) - 1);
  return (quotient + 1 + parameter) | ((((quotient << parameter) | low) & 255) << 8);
}

/** Reads a row's folded values; false when a run is longer than the row. Up to 64 x 72 bits are read. */
function readRow(room: usize, w: u32, state: usize): bool {
  let ahead = bits;
  let left = filled;
  let from = source;
  const end = room + (w << 2);
  // What was left to the left of the row: as above its first pixel, whose folded values lie there still.
  let green = load<u32>(room, FOLDED) & 255;
  let at = room;
  while (at < end) {
    ahead |= load<u64>(from) << left;
    from += (63 - left) >> 3;
    left |= 56;
    let around = load<u32>(at, AROUND) + green;
    if (around == 0) {
      const code = codeIn(ahead, runParameter(state));
      ahead >>= code & 255;
      left -= code & 255;
      const run = code >> 8;
      if (run > <u32>(end - at) >> 2) return false;
      learnRun(state, run);
      const stop = at + (run << 2);
      for (; at < stop; at += 4) store<u32>(at, 0, FOLDED);
      if (at == end) break;
      ahead |= load<u64>(from) << left;
      from += (63 - left) >> 3;
      left |= 56;
      around = load<u32>(at, AROUND);
    }
    const place = degreePlace(state, around);
    const parameters = parametersAt(place);
    const first = codeIn(ahead, parameters & 255);
    ahead >>= first & 255;
    const second = codeIn(ahead, (parameters >> 8) & 255);
    ahead >>= second & 255;
    const third = codeIn(ahead, parameters >> 16);
    ahead >>= third & 255;
    left -= (first & 255) + (second & 255) + (third & 255);
    green = first >> 8;
    store<u32>(at, green | (second & 0xff00) | ((third & 0xff00) << 8), FOLDED);
    learn(place, green, second >> 8, third >> 8);
    at += 4;
  }
  bits = ahead;
  filled = left;
  source = from;
  return true;
}

/** Adds what is left to what was foretold. */
function restoreRow(prediction: u32, room: usize, w: u32): void {
  const end = room + (w << 2);
  if (prediction == BY_BEFORE) {
    for (let at = room; at < end; at += 16)
      v128.store(at, i8x16.add(v128.load(at, BEFORE), unfold(v128.load(at, FOLDED))), PIXELS);
    return;
  }
  if (prediction == BY_CHANGE) {
    let change = v128.load32_zero(room, CHANGE - 4);
    for (let at = room; at < end; at += 4) {
      const rest = unfold(v128.load32_zero(at, FOLDED));
      change = i8x16.add(i8x16.avgr_u(change, v128.load32_zero(at, CHANGE_ABOVE)), rest);
      store<u32>(at, i32x4.extract_lane(change, 0), CHANGE);
    }
    for (let at = room; at < end; at += 16) {
      const change = v128.xor(v128.load(at, CHANGE), i8x16.splat(-128));
      v128.store(at, i8x16.add(v128.load(at, BEFORE), change), PIXELS);
    }
    return;
  }
  let west = v128.load32_zero(room, PIXELS - 4);
  let corner = west;
  let north = v128.load32_zero(room, ABOVE);
  let change = v128.load32_zero(room, CHANGE - 4);
  for (let at = room; at < end; at += 4) {
    const east = v128.load32_zero(at, ABOVE + 4);
    const rest = unfold(v128.load32_zero(at, FOLDED));
    let told = fromAround(west, north, corner, halfOver(east, corner), halfOver(corner, east));
    corner = north;
    north = east;
    if (prediction == BY_AROUND) {
      west = i8x16.add(told, rest);
    } else {
      const before = v128.load32_zero(at, BEFORE);
      told = i8x16.avgr_u(told, fromChange(before, change, v128.load32_zero(at, CHANGE_ABOVE)));
      west = i8x16.add(told, rest);
      change = v128.xor(i8x16.sub(west, before), i8x16.splat(-128));
      store<u32>(at, i32x4.extract_lane(change, 0), CHANGE);
    }
    store<u32>(at, i32x4.extract_lane(west, 0), PIXELS);
  }
}

/**
 * Reads `w` by `h` codes and puts them into rows `rowBytes` apart, by groups of four that may reach over a
 * row's end by 12 bytes. `picture` holds what the picture shows there so far, rows `stride` apart. The answer is
 * the end of what was read, or 0 when it is malformed. Up to 640 bytes after `end` may be looked at; what they
 * are makes no difference.
 */
export function decodeGradient(
  from: usize,
  end: usize,
  picture: usize,
  stride: u32,
  codes: usize,
  rowBytes: usize,
  w: u32,
  h: u32,
  level: u32,
  room: usize,
  state: usize,
): usize {
  if (from >= end) return 0;
  const prediction = <u32>load<u8>(from);
  if (prediction >= PREDICTIONS) return 0;
  bits = 0;
  filled = 0;
  source = from + 1;
  prepareGradientRoom(room);
  for (let y: u32 = 0; y < h; y++) {
    padRowStart(room);
    sumAround(room, w);
    if (!readRow(room, w, state) || source - (filled >> 3) > end) return 0;
    if (prediction != BY_AROUND) {
      reduceSpan(picture, room + BEFORE, w, level);
      for (let at = room; at < room + (w << 2); at += 16)
        v128.store(at, separated(v128.load(at, BEFORE), level), BEFORE);
    }
    restoreRow(prediction, room, w);
    for (let x: u32 = 0; x < w; x += 4)
      v128.store(codes + (x << 2), joined(v128.load(room + (x << 2), PIXELS), level));
    endRow(room, w);
    codes += rowBytes;
    picture += stride;
  }
  return source - (filled >> 3);
}
