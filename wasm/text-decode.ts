/** Decoder of text-like tiles: the mirror of text-encode.ts. */
import {
  decodeBit,
  decodeOneOf,
  decodeTree,
  rangeDecoderEnd,
  rangeDecoderOverran,
  startRangeDecoder,
} from './range';
import { learnLine, promisedColour } from './text-colour';
import {
  agreement,
  firstOf,
  known,
  learned,
  NONE,
  nameOfSix,
  nameOfTwo,
  otherOf,
  placeOfSix,
  placeOfTwo,
  trustOf,
  useMemory,
} from './text-memory';
import {
  AS_PROMISED,
  addColour,
  BACKGROUND,
  BYTES,
  FIRST_PIXEL,
  FORETOLD,
  FORETOLD_BY_TWO,
  KNOWN,
  LINE,
  neighbourModels,
  OTHER,
  OTHER_BY_TWO,
  PALETTE,
  padLeft,
  padRight,
  paletteSize,
  placeBits,
  prepareRoom,
  ROW_BYTES,
  ROW_SAME,
  SPAN_BREAK,
  SPAN_WHOLE,
  spanLength,
  trustModel,
} from './text-model';

/** A colour that no neighbour has, or NONE when it is said to be in an empty palette. */
function decodeNew(state: usize, beside: u32, level: u32, flat: u32): u32 {
  if (decodeBit(state + KNOWN + (flat << 2)) == 0) {
    const size = paletteSize(state);
    return size == 0 ? NONE : load<u32>(state + PALETTE + (decodeOneOf(size) << 2));
  }
  const bytes = state + BYTES;
  let code: u32;
  if (level == 3) {
    const green = ((decodeTree(bytes, 8) << 8) + beside) & 0xff00;
    const promised = promisedColour(state + LINE, green, beside);
    code = promised | green;
    if (decodeBit(state + AS_PROMISED) != 0) {
      const blue = (decodeTree(bytes + 1024, 8) + promised) & 255;
      code = green | blue | (((decodeTree(bytes + 2048, 8) << 16) + promised) & 0xff0000);
    }
    learnLine(state + LINE, code, beside);
  } else if (level == 2) {
    code = decodeTree(bytes, 8) << 8;
    code |= decodeTree(bytes + 1024, 8);
  } else {
    code = decodeTree(bytes, level == 1 ? 8 : 4);
  }
  addColour(state, code);
  return code;
}

/** The code among what is foretold and the neighbours, or a new one. @inline */
function chosenCode(
  state: usize,
  entry: u64,
  entryByTwo: u64,
  w: u32,
  n: u32,
  nw: u32,
  ne: u32,
  level: u32,
): u32 {
  const first = firstOf(entry);
  const other = otherOf(entry);
  const firstByTwo = firstOf(entryByTwo);
  const otherByTwo = otherOf(entryByTwo);
  if (first != NONE) {
    const trust = trustOf(entry);
    const agrees = (u32(other != first) << 2) | agreement(first, firstByTwo, otherByTwo);
    if (decodeBit(state + FORETOLD + (((trustModel(trust, first, w, n) << 3) | agrees) << 2)) == 0)
      return first;
    if (other != first && decodeBit(state + OTHER + (trustModel(trust, other, w, n) << 2)) == 0) return other;
  }
  if (firstByTwo != NONE) {
    const trust = trustOf(entryByTwo);
    const hasOther = otherByTwo != firstByTwo;
    if (firstByTwo != first && firstByTwo != other) {
      const models = state + FORETOLD_BY_TWO + (first != NONE ? 64 * 4 : 0);
      const model = (u32(hasOther) << 5) | trustModel(trust, firstByTwo, w, n);
      if (decodeBit(models + (model << 2)) == 0) return firstByTwo;
    }
    if (hasOther && otherByTwo != first && otherByTwo != other) {
      if (decodeBit(state + OTHER_BY_TWO + (trustModel(trust, otherByTwo, w, n) << 2)) == 0)
        return otherByTwo;
    }
  }
  const models = neighbourModels(state, w, n, nw, ne);
  if (w != first && w != other && w != firstByTwo && w != otherByTwo) {
    if (decodeBit(models) == 0) return w;
  }
  if (n != first && n != other && n != firstByTwo && n != otherByTwo && n != w) {
    if (decodeBit(models + 4) == 0) return n;
  }
  if (ne != first && ne != other && ne != firstByTwo && ne != otherByTwo && ne != w && ne != n) {
    if (decodeBit(models + 8) == 0) return ne;
  }
  if (nw != first && nw != other && nw != firstByTwo && nw != otherByTwo && nw != w && nw != n && nw != ne) {
    if (decodeBit(models + 12) == 0) return nw;
  }
  return decodeNew(state, w, level, 0);
}

/** @inline */
function decodePixel(state: usize, at: usize, w: u32, n: u32, nw: u32, ne: u32, level: u32): u32 {
  const name = nameOfSix(at, w, n, nw, ne);
  const nameByTwo = nameOfTwo(w, n);
  const place = placeOfSix(name);
  const placeByTwo = placeOfTwo(nameByTwo);
  const entry = load<u64>(place);
  const entryByTwo = load<u64>(placeByTwo);
  const code = chosenCode(state, known(entry, name), known(entryByTwo, nameByTwo), w, n, nw, ne, level);
  store<u64>(place, learned(entry, name, code));
  store<u64>(placeByTwo, learned(entryByTwo, nameByTwo, code));
  return code;
}

/**
 * Reads `w` by `h` codes into the room; the answer is the end of what was read, or 0 when it is malformed. Never
 * reads at or after `end`, and writes nothing but room, state and memories.
 */
export function decodeText(
  from: usize,
  end: usize,
  room: usize,
  w: u32,
  h: u32,
  level: u32,
  state: usize,
  memories: usize,
): usize {
  startRangeDecoder(from, end);
  useMemory(state, memories);
  prepareRoom(room, w, load<u32>(state + BACKGROUND));
  let row = room + FIRST_PIXEL;
  let wasSame: usize = 0;
  for (let y: u32 = 0; y < h; y++) {
    padLeft(row);
    const same = decodeBit(state + ROW_SAME + wasSame) == 0;
    wasSame = same ? 4 : 0;
    if (same) {
      memory.copy(row, row - ROW_BYTES, w << 2);
    } else {
      let at = row;
      const rowEnd = row + (w << 2);
      let nw = load<u32>(at - ROW_BYTES - 4);
      let n = load<u32>(at - ROW_BYTES);
      let left = load<u32>(at - 4);
      while (at < rowEnd) {
        const ne = load<u32>(at - ROW_BYTES + 4);
        if (left == n && n == nw && n == ne) {
          const length = spanLength(at, n, <u32>(rowEnd - at) >> 2);
          const bits = placeBits(length);
          let same = length;
          if (decodeBit(state + SPAN_WHOLE + (bits << 2)) != 0) {
            same = decodeTree(state + SPAN_BREAK + (bits << 8), bits);
            if (same >= length) return 0;
          }
          const stop = at + (same << 2);
          for (; at < stop; at += 4) store<u32>(at, n);
          if (same < length) {
            left = decodeNew(state, n, level, 1);
            if (left == NONE) return 0;
            store<u32>(at, left);
            at += 4;
          }
          nw = load<u32>(at - ROW_BYTES - 4);
          n = load<u32>(at - ROW_BYTES);
          continue;
        }
        left = decodePixel(state, at, left, n, nw, ne, level);
        if (left == NONE) return 0;
        store<u32>(at, left);
        nw = n;
        n = ne;
        at += 4;
      }
    }
    padRight(row, w);
    row += ROW_BYTES;
    if (rangeDecoderOverran()) return 0;
  }
  store<u32>(state + BACKGROUND, load<u32>(room + FIRST_PIXEL));
  return rangeDecoderEnd();
}
