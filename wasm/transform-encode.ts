/** Coder of lossy tiles: see transform-model.ts. */
import { codeNotes, MODEL_BYTES, NOTE_BYTES, noteSymbol } from './rans';
import { endPutting, putAt, putBits, startPutting } from './raw-bits';
import { isFlat, looksSharp, sumBlock } from './transform-look';
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
  PLACES,
  part,
  prepareSteps,
  SHORT_RUNS,
  STEPS,
  STEPS_BYTES,
  toldMean,
  transpose,
} from './transform-model';
import { fillPlanes, halvePlane, PLANE_BYTES, PLANE_ROW_BYTES } from './transform-planes';

// Places in the room, in bytes.
const PLANES: usize = 0;
/** O and P of half the width and height. */
const HALVES: usize = PLANES + 3 * PLANE_BYTES;
/** A block's 64 coefficients, then what is left of them after the division. */
const BLOCK: usize = HALVES + 2 * PLANE_BYTES;
const LEVELS: usize = BLOCK + 128;
/** Of each sort of steps: 32768 / (4 step), then what is taken off before, 128 bytes each. */
const DIVISORS: usize = LEVELS + 128;
const DIVISORS_BYTES: usize = 256;
/** Means and numbers of coefficients of the blocks above and to the left: u32 each, 9 of each. */
const MEANS: usize = DIVISORS + 4 * DIVISORS_BYTES;
const BUSY: usize = MEANS + 64;
/** The bits that go beside the symbols: no more than an ordinary tile takes. */
const BITS: usize = BUSY + 64;
const MOST_BITS_BYTES: usize = 16_384;
const NOTES: usize = BITS + MOST_BITS_BYTES;
/** A block at worst: a mean of two notes, and 63 coefficients of a symbol, a run and a size. */
const WORST_BLOCK_NOTES: usize = 2 + 63 * 3 + 1;
const WORST_BLOCK_BYTES: usize = 192;
const MOST_NOTES: usize = 32_768;
const NOTES_END: usize = NOTES + MOST_NOTES * NOTE_BYTES;
export const TRANSFORM_ROOM_BYTES: usize = NOTES_END + 64;

/** A block with fewer shades than this part of a step is flat: its coefficients would nearly all be nothing. */
const FLAT_PART: i32 = 6;
/** O and P are halved where that loses less, in the mean, than the square of a step over this. */
const HALVE_PART: u64 = 256;
/** One dimension of the transform, of eight columns at once, from rows `rowBytes` apart to eight vectors. */
function forward(from: usize, rowBytes: usize, to: usize): void {
  const x0 = v128.load(from);
  const x1 = v128.load(from + rowBytes);
  const x2 = v128.load(from + 2 * rowBytes);
  const x3 = v128.load(from + 3 * rowBytes);
  const x4 = v128.load(from + 4 * rowBytes);
  const x5 = v128.load(from + 5 * rowBytes);
  const x6 = v128.load(from + 6 * rowBytes);
  const x7 = v128.load(from + 7 * rowBytes);
  const s0 = i16x8.add(x0, x7);
  const s1 = i16x8.add(x1, x6);
  const s2 = i16x8.add(x2, x5);
  const s3 = i16x8.add(x3, x4);
  const d0 = i16x8.sub(x0, x7);
  const d1 = i16x8.sub(x1, x6);
  const d2 = i16x8.sub(x2, x5);
  const d3 = i16x8.sub(x3, x4);
  const e0 = i16x8.add(s0, s3);
  const e1 = i16x8.add(s1, s2);
  const e2 = i16x8.sub(s1, s2);
  const e3 = i16x8.sub(s0, s3);
  v128.store(to, i16x8.add(e0, e1));
  v128.store(to, i16x8.sub(e0, e1), 64);
  v128.store(to, i16x8.add(i16x8.add(e3, part(e3, C2)), part(e2, C6)), 32);
  v128.store(to, i16x8.sub(part(e3, C6), i16x8.add(e2, part(e2, C2))), 96);
  const d0c1 = i16x8.add(d0, part(d0, C1));
  const d1c1 = i16x8.add(d1, part(d1, C1));
  const d2c1 = i16x8.add(d2, part(d2, C1));
  const d3c1 = i16x8.add(d3, part(d3, C1));
  const d0c3 = i16x8.add(d0, part(d0, C3));
  const d1c3 = i16x8.add(d1, part(d1, C3));
  const d2c3 = i16x8.add(d2, part(d2, C3));
  const d3c3 = i16x8.add(d3, part(d3, C3));
  v128.store(to, i16x8.add(i16x8.add(d0c1, d1c3), i16x8.add(part(d2, C5), part(d3, C7))), 16);
  v128.store(to, i16x8.sub(i16x8.sub(d0c3, part(d1, C7)), i16x8.add(d2c1, part(d3, C5))), 48);
  v128.store(to, i16x8.add(i16x8.sub(part(d0, C5), d1c1), i16x8.add(part(d2, C7), d3c3)), 80);
  v128.store(to, i16x8.add(i16x8.sub(part(d0, C7), part(d1, C5)), i16x8.sub(d2c3, d3c1)), 112);
}

/** Divides the block's coefficients; the answer has a bit set for each place that is not 0. */
function divide(block: usize, levels: usize, divisors: usize): u64 {
  let places: u64 = 0;
  for (let half: usize = 0; half < 128; half += 32) {
    const a = v128.load(block + half);
    const b = v128.load(block + half, 16);
    const quotientA = i16x8.q15mulr_sat_s(
      i16x8.sub_sat_u(i16x8.abs(a), v128.load(divisors + half, 128)),
      v128.load(divisors + half),
    );
    const quotientB = i16x8.q15mulr_sat_s(
      i16x8.sub_sat_u(i16x8.abs(b), v128.load(divisors + half, 144)),
      v128.load(divisors + half, 16),
    );
    const signA = i16x8.shr_s(a, 15);
    const signB = i16x8.shr_s(b, 15);
    v128.store(levels + half, i16x8.sub(v128.xor(quotientA, signA), signA));
    v128.store(levels + half, i16x8.sub(v128.xor(quotientB, signB), signB), 16);
    const found = i8x16.bitmask(i8x16.gt_u(i8x16.narrow_i16x8_u(quotientA, quotientB), i8x16.splat(0)));
    places |= (<u64>(<u32>found)) << (half >> 1);
  }
  return places;
}

/** Sets up what `divide` works with. */
function prepareDivisors(state: usize, room: usize, sorts: usize): void {
  for (let sort: usize = 0; sort < sorts; sort++) {
    for (let place: usize = 0; place < 64; place++) {
      const step = <u32>load<u16>(state + STEPS + sort * STEPS_BYTES + (place << 1));
      const at = room + DIVISORS + sort * DIVISORS_BYTES + (place << 1);
      store<u16>(at, (16384 + step) / (2 * step));
      // A sixth of a step is given up: most of what is that small is noise, and dear.
      store<u16>(at, place == 0 ? 0 : (2 * step) / 3, 128);
    }
  }
}

/** Notes a magnitude of 2 or more. */
function noteLarge(note: usize, model: usize, magnitude: u32): usize {
  const over = magnitude - 2;
  if (over < HUGE) return noteSymbol(note, model, over);
  note = noteSymbol(note, model, HUGE);
  const rest = over - HUGE + 1;
  const bits = 32 - clz(rest);
  putBits(bits - 1, 4);
  putBits(rest & ((1 << (bits - 1)) - 1), bits - 1);
  return note;
}

/** Notes all coefficients of a block but the first; `places` has a bit for each that is not 0. */
function noteBlock(note: usize, room: usize, places: u64, state: usize, kind: u32): usize {
  // The same bits in the order of coding.
  let ordered: u64 = 0;
  while (places != 0) {
    ordered |= (<u64>1) << load<u8>(state + PLACES + <usize>ctz(places));
    places &= places - 1;
  }
  const next = state + NEXT + <usize>kind * 8 * MODEL_BYTES;
  const large = state + LARGE + <usize>(kind >> 2) * 3 * MODEL_BYTES;
  let from: u32 = 1;
  while (ordered != 0) {
    const place = <u32>ctz(ordered);
    ordered &= ordered - 1;
    const value = <i32>load<i16>(room + LEVELS + ((<usize>load<u8>(state + ORDER + place)) << 1));
    const sign = <u32>(value >>> 31);
    const magnitude = <u32>abs(value);
    const isLarge: u32 = magnitude > 1 ? 1 : 0;
    const run = place - from;
    const category = <u32>load<u8>(state + CLASSES + from);
    const model = next + <usize>category * MODEL_BYTES;
    if (run < SHORT_RUNS) {
      note = noteSymbol(note, model, 1 + (run << 1) + isLarge);
      putBits(sign, 1);
    } else {
      note = noteSymbol(note, model, LONG_RUN);
      note = noteSymbol(note, state + LONG, (run - SHORT_RUNS) >> 2);
      putBits((((run - SHORT_RUNS) & 3) << 2) | (isLarge << 1) | sign, 4);
    }
    if (isLarge != 0)
      note = noteLarge(note, large + (place < 3 ? 0 : place < 10 ? 1 : 2) * MODEL_BYTES, magnitude);
    from = place + 1;
  }
  return from < 64
    ? noteSymbol(note, next + <usize>load<u8>(state + CLASSES + from) * MODEL_BYTES, END_OF_BLOCK)
    : note;
}

/** Which blocks of Y are fine, a bit each; from `notePlane` of Y to those of O and P. */
let fineBlocks: u64 = 0;

/**
 * Notes the blocks of a plane of `w` by `h` (with what is repeated), row by row. `shift` is 1 when a block stands
 * for four of Y. The answer is where the next note goes, or 0 when there are too many.
 */
function notePlane(
  note: usize,
  plane: usize,
  w: u32,
  h: u32,
  colour: u32,
  shift: u32,
  mayBeFine: bool,
  room: usize,
  state: usize,
): usize {
  memory.fill(room + MEANS, 0, 128);
  const levels = room + LEVELS;
  const means = room + MEANS;
  const busy = room + BUSY;
  const flatLimit = <i32>load<u16>(state + STEPS + <usize>colour * STEPS_BYTES) / FLAT_PART;
  for (let y: u32 = 0; y < h; y += 8) {
    for (let x: u32 = 0; x < w; x += 8) {
      if (
        note + WORST_BLOCK_NOTES * NOTE_BYTES > room + NOTES_END ||
        putAt() + WORST_BLOCK_BYTES > room + NOTES
      )
        return 0;
      const from = plane + <usize>y * PLANE_ROW_BYTES + (x << 1);
      let sort = colour;
      let places: u64 = 0;
      if (isFlat(from, flatLimit)) {
        const sum = sumBlock(from);
        const step = (<i32>load<u16>(state + STEPS + <usize>colour * STEPS_BYTES)) << 2;
        const half = sum < 0 ? -(step >> 1) : step >> 1;
        store<i16>(levels, (sum + half) / step);
      } else {
        if (mayBeFine) {
          const bit = (((y >> 3) << shift) << 3) | ((x >> 3) << shift);
          if (colour == 0) {
            if (looksSharp(from)) {
              fineBlocks |= (<u64>1) << bit;
              sort = 2;
            }
          } else if (((fineBlocks >> bit) & (shift != 0 ? 0x303 : 1)) != 0) {
            sort = 3;
          }
        }
        forward(from, PLANE_ROW_BYTES, room + BLOCK);
        transpose(room + BLOCK);
        forward(room + BLOCK, 16, room + BLOCK);
        places = divide(room + BLOCK, levels, room + DIVISORS + <usize>sort * DIVISORS_BYTES);
      }

      const column = (x >> 1) + 4;
      const activity = activityAt(busy, column, x, y);
      const models = state + MEAN + <usize>(colour * 3 + activity) * MODEL_BYTES;
      const told = toldMean(means, column, x, y);
      let mean = <i32>load<i16>(levels);
      let rest = mean - told;
      if (sort >= 2) {
        note = noteSymbol(note, models, FINE);
        rest = mean - (told << FINE_SHIFT);
        mean = (mean + (1 << (FINE_SHIFT - 1))) >> FINE_SHIFT;
      }
      store<i32>(means, mean);
      store<i32>(means + column, mean);
      const bits = 32 - clz(<u32>abs(rest));
      note = noteSymbol(note, models, bits);
      putBits(<u32>(rest < 0 ? rest - 1 + (1 << bits) : rest), bits);

      const others = places & ~1;
      const count = <u32>popcnt(others);
      store<u32>(busy, count);
      store<u32>(busy + column, count);
      note = noteBlock(note, room, others, state, (colour << 2) | activity);
    }
  }
  return note;
}

/**
 * Codes `w` by `h` pixels with a quality of 1 to 100, and teaches the state. The answer is the end of what was
 * written at `target`, or 0 when it would be `most` bytes or more: then the state is worth nothing.
 */
export function encodeTransform(
  source: usize,
  stride: u32,
  w: u32,
  h: u32,
  quality: u32,
  room: usize,
  state: usize,
  target: usize,
  most: u32,
): usize {
  const mayBeFine = quality + FINER <= FINEST;
  if (prepareSteps(state, quality)) prepareDivisors(state, room, mayBeFine ? 4 : 2);
  const planes = room + PLANES;
  const halves = room + HALVES;
  fillPlanes(source, stride, w, h, planes);
  const columns = (w + 15) & ~15;
  const rows = (h + 15) & ~15;
  const lost =
    halvePlane(planes + PLANE_BYTES, halves, columns, rows) +
    halvePlane(planes + 2 * PLANE_BYTES, halves + PLANE_BYTES, columns, rows);
  const step = <u32>load<u16>(state + STEPS + STEPS_BYTES);
  const halved = <u64>lost * HALVE_PART < <u64>(w * h) * step * step;

  startPutting(room + BITS);
  fineBlocks = 0;
  let note = notePlane(room + NOTES, planes, w, h, 0, 0, mayBeFine, room, state);
  const shift: u32 = halved ? 1 : 0;
  const colours = halved ? halves : planes + PLANE_BYTES;
  for (let plane: usize = 0; plane < 2 && note != 0; plane++) {
    note = notePlane(
      note,
      colours + plane * PLANE_BYTES,
      (w + shift) >> shift,
      (h + shift) >> shift,
      1,
      shift,
      mayBeFine,
      room,
      state,
    );
  }
  if (note == 0) return 0;
  const bits = <u32>(endPutting() - (room + BITS));
  const header: u32 = bits < 128 ? 2 : 3;
  if (header + bits >= most) return 0;
  store<u8>(target, quality | (halved ? HALVED : 0));
  store<u8>(target, bits < 128 ? bits : bits | 0x80, 1);
  if (bits >= 128) store<u8>(target, bits >> 7, 2);
  memory.copy(target + header, room + BITS, bits);
  // Coded backwards from the end of the room that it may take.
  const to = target + header + bits;
  const end = target + most;
  const begin = codeNotes(room + NOTES, note, to, end);
  if (begin == 0) return 0;
  const length = <u32>(end - begin);
  memory.copy(to, begin, length);
  return header + bits + length < most ? to + length : 0;
}
