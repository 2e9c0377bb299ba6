/** Decoder of lossy tiles: see transform-model.ts. */
import { OPAQUE } from './box';
import { endSymbols, MODEL_BYTES, startSymbols, takeBits, takeSymbol } from './rans';
import {
  activityOf,
  C1,
  C2,
  C3,
  C5,
  C6,
  C7,
  CLASSES,
  END_OF_BLOCK,
  FINEST,
  HUGE,
  LARGE,
  LONG,
  LONG_RUN,
  MEAN,
  NEXT,
  ORDER,
  PLANE_BYTES,
  PLANE_ROW_BYTES,
  part,
  prepareSteps,
  SHORT_RUNS,
  STEPS,
  transpose,
} from './transform-model';

// Places in the room, in bytes.
const PLANES: usize = 0;
/** A block's 64 coefficients. */
const BLOCK: usize = PLANES + 3 * PLANE_BYTES;
/** Means and numbers of coefficients of the blocks to the left and above: u32 each, 9 of each plane. */
const MEANS: usize = BLOCK + 128;
const BUSY: usize = MEANS + 3 * 64;
export const TRANSFORM_DECODE_ROOM_BYTES: usize = BUSY + 3 * 64;

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
  return HUGE + 1 + (bits == 0 ? 1 : (1 << bits) | takeBits(bits));
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

/** Eight pixels of the three planes at `from`, at `to`. */
function join(from: usize, to: usize): void {
  const one = i16x8.splat(1);
  const y = i16x8.add(v128.load(from), i16x8.splat(257));
  const o = v128.load(from + PLANE_BYTES);
  const p = v128.load(from + 2 * PLANE_BYTES);
  const rest = i16x8.sub(y, p);
  const g = i16x8.shr_s(i16x8.add(y, p), 1);
  const r = i16x8.shr_s(i16x8.add(rest, o), 1);
  const b = i16x8.shr_s(i16x8.sub(rest, o), 1);
  const blueGreen = i8x16.narrow_i16x8_u(b, g);
  const redOpaque = i8x16.narrow_i16x8_u(r, i16x8.splat(255));
  const bg = i8x16.shuffle(blueGreen, blueGreen, 0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15);
  const ra = i8x16.shuffle(redOpaque, redOpaque, 0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15);
  v128.store(to, i16x8.shuffle(bg, ra, 0, 8, 1, 9, 2, 10, 3, 11));
  v128.store(to, i16x8.shuffle(bg, ra, 4, 12, 5, 13, 6, 14, 7, 15), 16);
}

/** Paints the planes. */
function paintPlanes(room: usize, to: usize, stride: u32, w: u32, h: u32): void {
  let from = room + PLANES;
  for (let y: u32 = 0; y < h; y++) {
    let at = from;
    let target = to;
    const whole = to + ((w & ~7) << 2);
    for (; target < whole; target += 32) {
      join(at, target);
      at += 16;
    }
    if ((w & 7) != 0) {
      // Beside the rectangle lies what is not ours to write: by way of the block.
      join(at, room + BLOCK);
      memory.copy(target, room + BLOCK, (w & 7) << 2);
    }
    from += PLANE_ROW_BYTES;
    to += stride;
  }
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
  if (source >= end) return 0;
  const quality = <u32>load<u8>(source);
  if (quality < 1 || quality > FINEST || !startSymbols(source + 1, end)) return 0;
  prepareSteps(state, quality);
  memory.fill(room + MEANS, 0, 6 * 64);
  const block = room + BLOCK;
  for (let y: u32 = 0; y < h; y += 8) {
    for (let x: u32 = 0; x < w; x += 8) {
      for (let plane: usize = 0; plane < 3; plane++) {
        const colour: u32 = plane == 0 ? 0 : 1;
        const means = room + MEANS + plane * 64;
        const busy = room + BUSY + plane * 64;
        const column = (x >> 1) + 4;
        const left = load<u32>(busy);
        const above = load<u32>(busy + column);
        const activity = activityOf(x == 0 ? above : left, y == 0 ? left : above);
        const told =
          y == 0
            ? load<i32>(means)
            : x == 0
              ? load<i32>(means + column)
              : (load<i32>(means) + load<i32>(means + column)) >> 1;
        const bits = takeSymbol(state + MEAN + <usize>(colour * 3 + activity) * MODEL_BYTES);
        let rest: i32 = 0;
        if (bits != 0) {
          rest = <i32>takeBits(bits);
          if (rest >> (bits - 1) == 0) rest += 1 - (1 << bits);
        }
        const mean = told + rest;
        if (abs(mean) > MOST_MEAN) return 0;
        store<i32>(means, mean);
        store<i32>(means + column, mean);

        const steps = state + STEPS + (colour << 7);
        memory.fill(block, 0, 128);
        const count = takeBlock(block, state, steps, (colour << 2) | activity);
        if (count > 63) return 0;
        store<u32>(busy, count);
        store<u32>(busy + column, count);
        const value = max<i32>(-MOST, min<i32>(MOST, mean * <i32>load<u16>(steps)));
        const plain = room + PLANES + plane * PLANE_BYTES + <usize>y * PLANE_ROW_BYTES + (x << 1);
        if (count == 0) {
          flat(value, plain);
        } else {
          store<i16>(block, value);
          backward(block, block, 16, 1);
          transpose(block);
          backward(block, plain, PLANE_ROW_BYTES, 3);
        }
      }
    }
  }
  const stop = endSymbols();
  if (stop != 0) paintPlanes(room, to, stride, w, h);
  return stop;
}
