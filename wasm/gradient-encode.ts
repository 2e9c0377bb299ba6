/** Coder of natural tiles: see gradient-model.ts. */
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
  fold,
  fromAround,
  fromChange,
  halfOver,
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
} from './gradient-model';

/** A row in so many is looked at to choose how to foretell. */
const SAMPLED: u32 = 4;

// The bits that wait for a byte to be full; set up and left within one call.
let bits: u64 = 0;
let filled: u32 = 0;
let out: usize = 0;

/** A Rice code in the low bits, the first bit lowest; its length above 32 bits. @inline */
function codeOf(value: u32, parameter: u32): u64 {
  const quotient = value >> parameter;
  if (quotient >= ESCAPE) return <u64>(value << ESCAPE) | ((<u64>LONGEST_CODE) << 32);
  const code = (((value & ((1 << parameter) - 1)) << 1) | 1) << quotient;
  return <u64>code | ((<u64>(quotient + 1 + parameter)) << 32);
}

/** Puts a row's pixels, those of before, and how they differ, into the room. */
function loadRow(codes: usize, before: usize, w: u32, level: u32, room: usize): void {
  const end: usize = w << 2;
  padRowStart(room);
  for (let x: usize = 0; x < end; x += 16)
    v128.store(room + x, separated(v128.load(codes + x), level), PIXELS);
  if (before == 0) return;
  reduceSpan(before, room + BEFORE, w, level);
  for (let at = room; at < room + end; at += 16) {
    const held = separated(v128.load(at, BEFORE), level);
    v128.store(at, held, BEFORE);
    const change = i8x16.sub(v128.load(at, PIXELS), held);
    v128.store(at, v128.xor(change, i8x16.splat(-128)), CHANGE);
  }
}

/** What stands to the right of the row above is needed by the pixel before it. @inline */
function aroundAt(at: usize): v128 {
  const corner = v128.load(at, ABOVE - 4);
  const east = v128.load(at, ABOVE + 4);
  return fromAround(
    v128.load(at, PIXELS - 4),
    v128.load(at, ABOVE),
    corner,
    halfOver(east, corner),
    halfOver(corner, east),
  );
}

/** @inline */
function changeAt(at: usize): v128 {
  return fromChange(v128.load(at, BEFORE), v128.load(at, CHANGE - 4), v128.load(at, CHANGE_ABOVE));
}

/** Foretells a row and notes what is left. */
function foretellRow(prediction: u32, w: u32, room: usize): void {
  const end = room + (w << 2);
  for (let at = room; at < end; at += 16) {
    let told: v128;
    if (prediction == BY_AROUND) told = aroundAt(at);
    else if (prediction == BY_BEFORE) told = v128.load(at, BEFORE);
    else if (prediction == BY_CHANGE) told = changeAt(at);
    else told = i8x16.avgr_u(aroundAt(at), changeAt(at));
    v128.store(at, fold(i8x16.sub(v128.load(at, PIXELS), told)), FOLDED);
  }
}

/** Adds, in every byte, the bits that what is left of a pixel has when folded, 0 to 8. @inline */
function addBits(sums: v128, pixels: v128, told: v128): v128 {
  const folded = v128.and(fold(i8x16.sub(pixels, told)), i32x4.splat(0xffffff));
  // A comparison that holds is -1.
  let bits = i8x16.gt_u(folded, i8x16.splat(0));
  bits = i8x16.add(bits, i8x16.gt_u(folded, i8x16.splat(1)));
  bits = i8x16.add(bits, i8x16.gt_u(folded, i8x16.splat(3)));
  bits = i8x16.add(bits, i8x16.gt_u(folded, i8x16.splat(7)));
  bits = i8x16.add(bits, i8x16.gt_u(folded, i8x16.splat(15)));
  bits = i8x16.add(bits, i8x16.gt_u(folded, i8x16.splat(31)));
  bits = i8x16.add(bits, i8x16.gt_u(folded, i8x16.splat(63)));
  return i8x16.sub(sums, bits);
}

/** @inline */
function total(sums: v128): u32 {
  const four = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(sums));
  return (
    i32x4.extract_lane(four, 0) +
    i32x4.extract_lane(four, 1) +
    i32x4.extract_lane(four, 2) +
    i32x4.extract_lane(four, 3)
  );
}

/**
 * Looks at some of the rows: what each way to foretell would leave. The answer is about how many bits the tile
 * would take, times PREDICTIONS, and the best way.
 */
export function surveyGradient(
  codes: usize,
  rowBytes: usize,
  before: usize,
  stride: u32,
  w: u32,
  h: u32,
  level: u32,
  room: usize,
): u32 {
  let byAround: u32 = 0;
  let byBefore: u32 = 0;
  let byChange: u32 = 0;
  let byBoth: u32 = 0;
  const end = room + (w << 2);
  let rows: u32 = 0;
  for (let y: u32 = min<u32>(1, h - 1); y < h; y += SAMPLED) {
    rows++;
    prepareGradientRoom(room);
    if (y > 0) {
      loadRow(codes + <usize>(y - 1) * rowBytes, before == 0 ? 0 : before + (y - 1) * stride, w, level, room);
      endRow(room, w);
    }
    loadRow(codes + <usize>y * rowBytes, before == 0 ? 0 : before + y * stride, w, level, room);
    // Groups that reach over the row's end foretell nothing well, but in no way better than another.
    let around8 = i32x4.splat(0);
    let before8 = around8;
    let change8 = around8;
    let both8 = around8;
    for (let at = room; at < end; at += 16) {
      const pixels = v128.load(at, PIXELS);
      const around = aroundAt(at);
      around8 = addBits(around8, pixels, around);
      if (before == 0) continue;
      const change = changeAt(at);
      before8 = addBits(before8, pixels, v128.load(at, BEFORE));
      change8 = addBits(change8, pixels, change);
      both8 = addBits(both8, pixels, i8x16.avgr_u(around, change));
    }
    byAround += total(around8);
    byBefore += total(before8);
    byChange += total(change8);
    byBoth += total(both8);
  }
  let least = byAround;
  let best = BY_AROUND;
  if (before != 0) {
    if (byBefore < least) {
      least = byBefore;
      best = BY_BEFORE;
    }
    if (byChange < least) {
      least = byChange;
      best = BY_CHANGE;
    }
    if (byBoth < least) {
      least = byBoth;
      best = BY_BOTH;
    }
  }
  return ((least * h) / rows) * PREDICTIONS + best;
}

/** Writes what is left of a row, and teaches the state. `green` is that of the pixel to the left of the row. */
function writeRow(room: usize, w: u32, state: usize, leftGreen: u32): void {
  let waiting = bits;
  let count = filled;
  let to = out;
  let green = leftGreen;
  const end = room + (w << 2);
  let at = room;
  while (at < end) {
    let around = load<u32>(at, AROUND) + green;
    if (around == 0) {
      const start = at;
      while (at < end && (load<u32>(at, FOLDED) & 0xffffff) == 0) at += 4;
      const run = <u32>(at - start) >> 2;
      const code = codeOf(run, runParameter(state));
      learnRun(state, run);
      waiting |= (code & 0xffffffff) << count;
      count += <u32>(code >> 32);
      if (at == end) {
        // Up to 25 bits: with a pixel's they would be too many.
        store<u32>(to, <u32>waiting);
        to += count >> 3;
        waiting >>= count & ~7;
        count &= 7;
        break;
      }
      store<u32>(to, <u32>waiting);
      to += count >> 3;
      waiting >>= count & ~7;
      count &= 7;
      around = load<u32>(at, AROUND);
    }
    const place = degreePlace(state, around);
    const parameters = parametersAt(place);
    const folded = load<u32>(at, FOLDED);
    green = folded & 255;
    const blue = (folded >> 8) & 255;
    const red = (folded >> 16) & 255;
    const first = codeOf(green, parameters & 255);
    const second = codeOf(blue, (parameters >> 8) & 255);
    const third = codeOf(red, parameters >> 16);
    waiting |= (first & 0xffffffff) << count;
    count += <u32>(first >> 32);
    waiting |= (second & 0xffffffff) << count;
    count += <u32>(second >> 32);
    waiting |= (third & 0xffffffff) << count;
    count += <u32>(third >> 32);
    store<u64>(to, waiting);
    to += count >> 3;
    waiting >>= count & ~7;
    count &= 7;
    learn(place, green, blue, red);
    at += 4;
  }
  bits = waiting;
  filled = count;
  out = to;
}

/**
 * Codes `w` by `h` codes of rows `rowBytes` apart, of level 2 or 3, and teaches the state. `before` is 0, or the
 * pixels (rows `stride` apart) that viewers hold there so far. The answer is the end of what was written, or 0
 * when it would be `most` bytes or more: then the state is worth nothing.
 */
export function encodeGradient(
  codes: usize,
  rowBytes: usize,
  before: usize,
  stride: u32,
  w: u32,
  h: u32,
  level: u32,
  prediction: u32,
  room: usize,
  state: usize,
  target: usize,
  most: u32,
): usize {
  if (prediction == BY_AROUND) before = 0;
  store<u8>(target, prediction);
  bits = 0;
  filled = 0;
  out = target + 1;
  prepareGradientRoom(room);
  for (let y: u32 = 0; y < h; y++) {
    const green = load<u32>(room, FOLDED) & 255;
    loadRow(codes, before, w, level, room);
    sumAround(room, w);
    foretellRow(prediction, w, room);
    writeRow(room, w, state, green);
    endRow(room, w);
    codes += rowBytes;
    if (before != 0) before += stride;
    if (<u32>(out - target) + 1 >= most) return 0;
  }
  if (filled > 0) store<u8>(out++, <u32>bits);
  return <u32>(out - target) < most ? out : 0;
}
