/** Decoder of natural tiles: the mirror of gradient-encode.ts. */
import {
  activityOf,
  COLOUR_MEANS,
  degreeOf,
  ESCAPE,
  FOLDED,
  FOLDED_ABOVE,
  foretell,
  GREEN_MEANS,
  joined,
  meanAfter,
  PIXELS,
  PIXELS_ABOVE,
  parameterOf,
  prepareGradientRoom,
  RUN_MEAN,
} from './gradient-model';

// The bits read ahead; set up and left within one call.
let bits: u64 = 0;
let filled: u32 = 0;
let source: usize = 0;
let sourceEnd: usize = 0;
/** Bits that were taken after the end, where they are zeros. */
let missing: u32 = 0;

function refill(): void {
  if (source + 4 <= sourceEnd) {
    bits |= (<u64>load<u32>(source)) << filled;
    source += 4;
    filled += 32;
    return;
  }
  while (filled <= 32) {
    if (source < sourceEnd) bits |= (<u64>load<u8>(source++)) << filled;
    else missing += 8;
    filled += 8;
  }
}

function take(parameter: u32): u32 {
  if (filled < 32) refill();
  const quotient = <u32>ctz(bits);
  if (quotient >= ESCAPE) {
    // More zeros than any code has are taken as an escape too: the end of the input shows what is missing.
    const value = <u32>(bits >> (ESCAPE + 1)) & 255;
    bits >>= ESCAPE + 9;
    filled -= ESCAPE + 9;
    return value;
  }
  const length = quotient + 1 + parameter;
  const value = (quotient << parameter) | (<u32>(bits >> (quotient + 1)) & ((1 << parameter) - 1));
  bits >>= length;
  filled -= length;
  return value;
}

function takeLearning(place: usize): u32 {
  const mean = load<u32>(place);
  const value = take(parameterOf(mean)) & 255;
  store<u32>(place, meanAfter(mean, value));
  return value;
}

/**
 * Reads `w` by `h` codes and puts them into rows `rowBytes` apart, by groups of four that may reach over a
 * row's end by 12 bytes. The answer is the end of what was read, or 0 when it is malformed.
 */
export function decodeGradient(
  from: usize,
  end: usize,
  codes: usize,
  rowBytes: usize,
  w: u32,
  h: u32,
  level: u32,
  room: usize,
  state: usize,
): usize {
  bits = 0;
  filled = 0;
  missing = 0;
  source = from;
  sourceEnd = end;
  prepareGradientRoom(room);
  for (let y: u32 = 0; y < h; y++) {
    const firstFolded = load<u32>(room, FOLDED_ABOVE);
    store<u32>(room, firstFolded, FOLDED_ABOVE - 4);
    const firstPixel = load<u32>(room, PIXELS_ABOVE);
    let w1 = i32x4.splat(firstPixel);
    let nw = w1;
    let foldedW = i32x4.splat(firstFolded);
    let x: u32 = 0;
    let run: u32 = 0;
    let inRun = false;
    for (; x < w; x++) {
      const at = room + (x << 2);
      const n = v128.load32_zero(at + PIXELS_ABOVE);
      const told = foretell(w1, n, nw);
      nw = n;
      const around = <u32>(
        i32x4.extract_lane(
          activityOf(
            foldedW,
            v128.load32_zero(at + FOLDED_ABOVE),
            v128.load32_zero(at + FOLDED_ABOVE - 4),
            v128.load32_zero(at + FOLDED_ABOVE + 4),
          ),
          0,
        )
      );
      if (around == 0 && !inRun) {
        run = takeLearning(state + RUN_MEAN);
        if (run > w - x) return 0;
        inRun = true;
      }
      if (run > 0) {
        run--;
        w1 = told;
        foldedW = i32x4.splat(0);
      } else {
        inRun = false;
        // What `takeLearning` does three times, with the bits at hand: most of the time goes here.
        let ahead = bits;
        let count = filled;
        let green: u32 = 0;
        let values: u32 = 0;
        let means = state + GREEN_MEANS;
        for (let shift: u32 = 0; shift < 24; shift += 8) {
          const place = means + (degreeOf(((around >> shift) & 255) + green) << 2);
          const mean = load<u32>(place);
          const parameter = parameterOf(mean);
          if (count < 32) {
            bits = ahead;
            filled = count;
            refill();
            ahead = bits;
            count = filled;
          }
          const quotient = <u32>ctz(ahead);
          let length = quotient + 1 + parameter;
          let value = (quotient << parameter) | (<u32>(ahead >> (quotient + 1)) & ((1 << parameter) - 1));
          if (quotient >= ESCAPE) {
            length = ESCAPE + 9;
            value = <u32>(ahead >> (ESCAPE + 1));
          }
          value &= 255;
          ahead >>= length;
          count -= length;
          store<u32>(place, meanAfter(mean, value));
          values |= value << shift;
          green = values & 255;
          means = state + COLOUR_MEANS;
        }
        bits = ahead;
        filled = count;
        foldedW = i32x4.splat(values);
        const one = i8x16.splat(1);
        const rest = v128.xor(i8x16.shr_u(foldedW, 1), i8x16.neg(v128.and(foldedW, one)));
        w1 = i8x16.add(told, rest);
      }
      store<u32>(at, <u32>i32x4.extract_lane(w1, 0), PIXELS);
      store<u32>(at, <u32>i32x4.extract_lane(foldedW, 0), FOLDED);
    }
    const last = room + (w << 2);
    store<u32>(last, load<u32>(last, FOLDED - 4), FOLDED);
    for (x = 0; x < w; x += 4)
      v128.store(codes + (x << 2), joined(v128.load(room + (x << 2), PIXELS), level));
    codes += rowBytes;
    memory.copy(room + PIXELS_ABOVE, room + PIXELS, w << 2);
    memory.copy(room + FOLDED_ABOVE, room + FOLDED, (w + 1) << 2);
    // Zeros are taken for what is missing; a few may wait unread.
    if (missing > filled) return 0;
  }
  return source - <usize>((filled - missing) >> 3);
}
