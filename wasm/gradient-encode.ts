/** Coder of natural tiles: see gradient-model.ts. */
import {
  ACTIVITY,
  activityOf,
  COLOUR_MEANS,
  degreeOf,
  ESCAPE,
  FOLDED,
  FOLDED_ABOVE,
  foretell,
  GREEN_MEANS,
  meanAfter,
  PIXELS,
  PIXELS_ABOVE,
  parameterOf,
  prepareGradientRoom,
  RUN_MEAN,
  separated,
} from './gradient-model';

// The bits that wait for a byte to be full; set up and left within one call.
let bits: u64 = 0;
let filled: u32 = 0;
let out: usize = 0;

/** Writes a Rice code: the quotient in zeros, a one, the remainder. */
function put(value: u32, parameter: u32): void {
  const quotient = value >> parameter;
  let length = quotient + 1 + parameter;
  let code = (((value & ((1 << parameter) - 1)) << 1) | 1) << quotient;
  if (quotient >= ESCAPE) {
    code = ((value << 1) | 1) << ESCAPE;
    length = ESCAPE + 9;
  }
  bits |= (<u64>code) << filled;
  filled += length;
  if (filled >= 32) {
    store<u32>(out, <u32>bits);
    out += 4;
    bits >>= 32;
    filled -= 32;
  }
}

function putLearning(value: u32, place: usize): void {
  const mean = load<u32>(place);
  store<u32>(place, meanAfter(mean, value));
  put(value, parameterOf(mean));
}

/** Foretells a row and notes what is left, and how much was left around each pixel. */
function foretellRow(codes: usize, w: u32, level: u32, room: usize): void {
  const row = room + PIXELS;
  const above = room + PIXELS_ABOVE;
  const folded = room + FOLDED;
  const foldedAbove = room + FOLDED_ABOVE;
  const end: usize = w << 2;
  const first = load<u32>(above);
  store<u32>(above - 4, first);
  store<u32>(row - 4, first);
  for (let x: usize = 0; x < end; x += 16) {
    const pixels = separated(v128.load(codes + x), level);
    v128.store(row + x, pixels);
    const rest = i8x16.sub(
      pixels,
      foretell(v128.load(row + x - 4), v128.load(above + x), v128.load(above + x - 4)),
    );
    v128.store(folded + x, v128.xor(i8x16.shl(rest, 1), i8x16.shr_s(rest, 7)));
  }
  store<u32>(folded + end, load<u32>(folded + end - 4));
  const firstFolded = load<u32>(foldedAbove);
  store<u32>(foldedAbove - 4, firstFolded);
  store<u32>(folded - 4, firstFolded);
  for (let x: usize = 0; x < end; x += 16) {
    v128.store(
      room + ACTIVITY + x,
      activityOf(
        v128.load(folded + x - 4),
        v128.load(foldedAbove + x),
        v128.load(foldedAbove + x - 4),
        v128.load(foldedAbove + x + 4),
      ),
    );
  }
}

/**
 * Codes `w` by `h` codes of rows `rowBytes` apart, of level 2 or 3, and teaches the state. The answer is the end
 * of what was written, or 0 when it would be `most` bytes or more: then the state is worth nothing.
 */
export function encodeGradient(
  codes: usize,
  rowBytes: usize,
  w: u32,
  h: u32,
  level: u32,
  room: usize,
  state: usize,
  target: usize,
  most: u32,
): usize {
  bits = 0;
  filled = 0;
  out = target;
  prepareGradientRoom(room);
  for (let y: u32 = 0; y < h; y++) {
    foretellRow(codes, w, level, room);
    codes += rowBytes;
    let x: u32 = 0;
    while (x < w) {
      const place = room + (x << 2);
      if (load<u32>(place, ACTIVITY) == 0) {
        let run: u32 = 0;
        const left = w - x;
        while (run < left && load<u32>(place + (run << 2), FOLDED) == 0) run++;
        putLearning(run, state + RUN_MEAN);
        x += run;
        if (run == left) break;
      }
      const at = room + (x << 2);
      // What `putLearning` does three times, with the bits at hand: most of the time goes here.
      const around = load<u32>(at, ACTIVITY);
      const folded = load<u32>(at, FOLDED);
      const green = folded & 255;
      let waiting = bits;
      let count = filled;
      let means = state + GREEN_MEANS;
      let more: u32 = 0;
      for (let shift: u32 = 0; shift < 24; shift += 8) {
        const place = means + (degreeOf(((around >> shift) & 255) + more) << 2);
        const value = (folded >> shift) & 255;
        const mean = load<u32>(place);
        store<u32>(place, meanAfter(mean, value));
        const parameter = parameterOf(mean);
        const quotient = value >> parameter;
        let length = quotient + 1 + parameter;
        let code = (((value & ((1 << parameter) - 1)) << 1) | 1) << quotient;
        if (quotient >= ESCAPE) {
          code = ((value << 1) | 1) << ESCAPE;
          length = ESCAPE + 9;
        }
        waiting |= (<u64>code) << count;
        count += length;
        if (count >= 32) {
          store<u32>(out, <u32>waiting);
          out += 4;
          waiting >>= 32;
          count -= 32;
        }
        means = state + COLOUR_MEANS;
        more = green;
      }
      bits = waiting;
      filled = count;
      x++;
    }
    memory.copy(room + PIXELS_ABOVE, room + PIXELS, w << 2);
    memory.copy(room + FOLDED_ABOVE, room + FOLDED, (w + 1) << 2);
    if (<u32>(out - target) + 4 >= most) return 0;
  }
  for (; filled > 0; filled -= min<u32>(filled, 8)) {
    store<u8>(out++, <u32>bits);
    bits >>= 8;
  }
  return <u32>(out - target) < most ? out : 0;
}
