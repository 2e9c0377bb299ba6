/** Decoder of lossy tiles: see transform-model.ts. */
import { endSymbols, MODEL_BYTES, startSymbols, takeSymbol } from './rans';
import { startTaking, takeBits, tookAll } from './raw-bits';
import {
  activityAt,
  C1,
  C2,
  C3,
  C5,
  C6,
  C7,
  CLASSES,
  END_OF_BLOCK,
  FINE,
  FINE_SHIFT,
  FINER,
  FINEST,
  HALVED,
  HUGE,
  LARGE,
  LONG,
  LONG_RUN,
  MEAN,
  NEXT,
  ORDER,
  part,
  prepareSteps,
  SHORT_RUNS,
  STEPS,
  STEPS_BYTES,
  toldMean,
  transpose,
} from './transform-model';
import { PLANE_BYTES, PLANE_ROW_BYTES, paintPlanes } from './transform-planes';

// Places in the room, in bytes.
const PLANES: usize = 0;
/** A block's 64 coefficients. */
const BLOCK: usize = PLANES + 3 * PLANE_BYTES;
/** Means and numbers of coefficients of the blocks to the left and above: u32 each, 9 of each. */
const MEANS: usize = BLOCK + 128;
const BUSY: usize = MEANS + 64;
export const TRANSFORM_DECODE_ROOM_BYTES: usize = BUSY + 64;

/** No coefficient is larger, whatever a stream says. */
const MOST: i32 = 16_383;
/** A picture's means are less than half of this, in steps of the finest quality. */
const MOST_MEAN: i32 = 8191;

/** a - b and a + b that stop at the ends of 16 bits. */
function plus(a: v128, b: v128): v128 {
  return i16x8.add_sat_s(a, b);
}

function minus(a: v128, b: v128): v128 {
  return i16x8.sub_sat_s(a, b);
}

/** One dimension back, of eight columns at once; `round` is added before `shift` bits are dropped. */
function backward(from: usize, to: usize, rowBytes: usize, shift: i32): void {
  const round = i16x8.splat(<i16>((<i32>1) << (shift - 1)));
  const y0 = plus(v128.load(from), round);
  const y1 = v128.load(from, 16);
  const y2 = v128.load(from, 32);
  const y3 = v128.load(from, 48);
  const y4 = v128.load(from, 64);
  const y5 = v128.load(from, 80);
  const y6 = v128.load(from, 96);
  const y7 = v128.load(from, 112);
  const t0 = plus(y0, y4);
  const t1 = minus(y0, y4);
  const t2 = minus(part(y2, C6), plus(y6, part(y6, C2)));
  const t3 = plus(plus(y2, part(y2, C2)), part(y6, C6));
  const a0 = plus(t0, t3);
  const a1 = plus(t1, t2);
  const a2 = minus(t1, t2);
  const a3 = minus(t0, t3);
  const y1c1 = plus(y1, part(y1, C1));
  const y3c1 = plus(y3, part(y3, C1));
  const y5c1 = plus(y5, part(y5, C1));
  const y7c1 = plus(y7, part(y7, C1));
  const y1c3 = plus(y1, part(y1, C3));
  const y3c3 = plus(y3, part(y3, C3));
  const y5c3 = plus(y5, part(y5, C3));
  const y7c3 = plus(y7, part(y7, C3));
  const b0 = plus(plus(y1c1, y3c3), plus(part(y5, C5), part(y7, C7)));
  const b1 = minus(minus(y1c3, part(y3, C7)), plus(y5c1, part(y7, C5)));
  const b2 = plus(minus(part(y1, C5), y3c1), plus(part(y5, C7), y7c3));
  const b3 = plus(minus(part(y1, C7), part(y3, C5)), minus(y5c3, y7c1));
  v128.store(to, i16x8.shr_s(plus(a0, b0), shift));
  v128.store(to + rowBytes, i16x8.shr_s(plus(a1, b1), shift));
  v128.store(to + 2 * rowBytes, i16x8.shr_s(plus(a2, b2), shift));
  v128.store(to + 3 * rowBytes, i16x8.shr_s(plus(a3, b3), shift));
  v128.store(to + 4 * rowBytes, i16x8.shr_s(minus(a3, b3), shift));
  v128.store(to + 5 * rowBytes, i16x8.shr_s(minus(a2, b2), shift));
  v128.store(to + 6 * rowBytes, i16x8.shr_s(minus(a1, b1), shift));
  v128.store(to + 7 * rowBytes, i16x8.shr_s(minus(a0, b0), shift));
}

/** A block of nothing but its mean: what `backward` twice would make of it. */
function flat(value: i32, to: usize): void {
  const pixel = i16x8.splat(<i16>((((value + 1) >> 1) + 4) >> 3));
  for (let row = to; row < to + 8 * PLANE_ROW_BYTES; row += PLANE_ROW_BYTES) v128.store(row, pixel);
}

/** A magnitude of 2 or more. */
function takeLarge(model: usize): u32 {
  const over = takeSymbol(model);
  if (over < HUGE) return over + 2;
  const bits = takeBits(4);
  return HUGE + 1 + ((1 << bits) | takeBits(bits));
}

/**
 * Reads all coefficients of a block but the first into `block`, which is zeroed; the answer is how many there
 * are, or 64 when they are more than a block has.
 */
function takeBlock(block: usize, state: usize, steps: usize, kind: u32): u32 {
  const next = state + NEXT + <usize>kind * 8 * MODEL_BYTES;
  const large = state + LARGE + <usize>(kind >> 2) * 3 * MODEL_BYTES;
  let count: u32 = 0;
  let place: u32 = 1;
  while (place < 64) {
    const symbol = takeSymbol(next + <usize>load<u8>(state + CLASSES + place) * MODEL_BYTES);
    if (symbol == END_OF_BLOCK) return count;
    let isLarge: u32;
    let sign: u32;
    if (symbol < LONG_RUN) {
      place += (symbol - 1) >> 1;
      isLarge = (symbol - 1) & 1;
      sign = takeBits(1);
    } else {
      const run = takeSymbol(state + LONG) << 2;
      const bits = takeBits(4);
      place += SHORT_RUNS + run + (bits >> 2);
      isLarge = (bits >> 1) & 1;
      sign = bits & 1;
    }
    if (place > 63) return 64;
    const magnitude: u32 =
      isLarge == 0 ? 1 : takeLarge(large + (place < 3 ? 0 : place < 10 ? 1 : 2) * MODEL_BYTES);
    const at = (<usize>load<u8>(state + ORDER + place)) << 1;
    const value = min<i32>(<i32>(magnitude * <u32>load<u16>(steps + at)), MOST);
    store<i16>(block + at, sign != 0 ? -value : value);
    count++;
    place++;
  }
  return count;
}

function clearBlock(block: usize): void {
  const zero = i16x8.splat(0);
  for (let at = block; at < block + 128; at += 16) v128.store(at, zero);
}

/** Reads the blocks of a plane of `w` by `h`; false when they are malformed. */
function takePlane(
  plane: usize,
  w: u32,
  h: u32,
  colour: u32,
  mayBeFine: bool,
  room: usize,
  state: usize,
): bool {
  memory.fill(room + MEANS, 0, 128);
  const block = room + BLOCK;
  const means = room + MEANS;
  const busy = room + BUSY;
  clearBlock(block);
  for (let y: u32 = 0; y < h; y += 8) {
    for (let x: u32 = 0; x < w; x += 8) {
      const column = (x >> 1) + 4;
      const activity = activityAt(busy, column, x, y);
      const models = state + MEAN + <usize>(colour * 3 + activity) * MODEL_BYTES;
      let told = toldMean(means, column, x, y);
      let steps = state + STEPS + <usize>colour * STEPS_BYTES;
      let shift: i32 = 0;
      let bits = takeSymbol(models);
      if (bits == FINE) {
        bits = takeSymbol(models);
        if (bits == FINE || !mayBeFine) return false;
        steps += 2 * STEPS_BYTES;
        shift = FINE_SHIFT;
        told <<= FINE_SHIFT;
      }
      let rest = <i32>takeBits(bits);
      if (bits != 0 && rest >> (bits - 1) == 0) rest += 1 - (1 << bits);
      const mean = told + rest;
      if (abs(mean) > MOST_MEAN) return false;
      const kept = (mean + ((1 << shift) >> 1)) >> shift;
      store<i32>(means, kept);
      store<i32>(means + column, kept);

      const count = takeBlock(block, state, steps, (colour << 2) | activity);
      if (count > 63) return false;
      store<u32>(busy, count);
      store<u32>(busy + column, count);
      const value = max<i32>(-MOST, min<i32>(MOST, mean * <i32>load<u16>(steps)));
      const plain = plane + <usize>y * PLANE_ROW_BYTES + (x << 1);
      if (count == 0) {
        flat(value, plain);
      } else {
        store<i16>(block, value);
        backward(block, block, 16, 1);
        transpose(block);
        backward(block, plain, PLANE_ROW_BYTES, 3);
        clearBlock(block);
      }
    }
  }
  return true;
}

/**
 * Reads `w` by `h` pixels at `source` and paints them at `to`; teaches the state. The answer is where they ended,
 * or 0 when they are malformed.
 */
export function decodeTransform(
  source: usize,
  end: usize,
  w: u32,
  h: u32,
  room: usize,
  state: usize,
  to: usize,
  stride: u32,
): usize {
  if (source + 3 > end) return 0;
  const first = <u32>load<u8>(source);
  const quality = first & ~HALVED;
  const shift: u32 = (first & HALVED) != 0 ? 1 : 0;
  let length = <u32>load<u8>(source, 1);
  source += 2;
  if (length > 127) length = (length & 127) | ((<u32>load<u8>(source++)) << 7);
  if (quality < 1 || quality > FINEST || length > <u32>(end - source)) return 0;
  startTaking(source, source + length);
  if (!startSymbols(source + length, end)) return 0;
  prepareSteps(state, quality);
  const planes = room + PLANES;
  const mayBeFine = quality + FINER <= FINEST;
  if (!takePlane(planes, w, h, 0, mayBeFine, room, state)) return 0;
  for (let plane: usize = PLANE_BYTES; plane < 3 * PLANE_BYTES; plane += PLANE_BYTES)
    if (!takePlane(planes + plane, (w + shift) >> shift, (h + shift) >> shift, 1, mayBeFine, room, state))
      return 0;
  const stop = endSymbols();
  if (stop == 0 || !tookAll()) return 0;
  paintPlanes(planes, shift != 0, to, stride, w, h, room + BLOCK);
  return stop;
}
