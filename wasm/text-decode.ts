/** Decoder of text-like tiles: the mirror of text-encode.ts. */
import {
  decodeBit,
  decodeByte,
  decodeTree,
  rangeDecoderEnd,
  rangeDecoderOverran,
  startRangeDecoder,
} from './range';
import {
  addColour,
  BACKGROUND,
  BYTES,
  entryOfSix,
  entryOfTwo,
  FIRST_PIXEL,
  FORETOLD,
  FORETOLD_BY_TWO,
  foretoldModel,
  KNOWN,
  neighbourModels,
  PALETTE,
  PALETTE_USED,
  padLeft,
  padRight,
  placeBits,
  prepareRoom,
  ROW_BYTES,
  ROW_SAME,
  remembered,
  SPAN_BREAK,
  SPAN_WHOLE,
  spanLength,
  sumOfTwo,
} from './text-model';

/** No code has 32 bits. */
const NONE: u32 = 0xffffffff;

/** A colour that no neighbour has, or NONE when it names a place of the palette that is not filled. */
function decodeNew(state: usize, beside: u32, level: u32, flat: u32): u32 {
  if (decodeBit(state + KNOWN + (flat << 2)) == 0) {
    const index = decodeByte();
    return index < load<u32>(state + PALETTE_USED) ? load<u32>(state + PALETTE + (index << 2)) : NONE;
  }
  const bytes = state + BYTES;
  let code: u32;
  if (level == 3) {
    const green = decodeTree(bytes, 8);
    const blue = decodeTree(bytes + 1024, 8) + green + beside;
    const red = decodeTree(bytes + 2048, 8) + green + (beside >> 16);
    code = (blue & 255) | (((green + (beside >> 8)) & 255) << 8) | ((red & 255) << 16);
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
  entry: u32,
  entryByTwo: u32,
  w: u32,
  n: u32,
  nw: u32,
  ne: u32,
  level: u32,
): u32 {
  let foretold: u32 = NONE;
  if (entry != 0) {
    foretold = entry & 0xffffff;
    if (decodeBit(state + FORETOLD + foretoldModel(entry, w, n)) == 0) return foretold;
  }
  let byTwo: u32 = NONE;
  if (entryByTwo != 0 && (entryByTwo & 0xffffff) != foretold) {
    byTwo = entryByTwo & 0xffffff;
    const models = state + FORETOLD_BY_TWO + (foretold != NONE ? 32 * 4 : 0);
    if (decodeBit(models + foretoldModel(entryByTwo, w, n)) == 0) return byTwo;
  }
  const models = neighbourModels(state, w, n, nw, ne);
  if (w != foretold && w != byTwo && decodeBit(models) == 0) return w;
  if (n != foretold && n != byTwo && n != w && decodeBit(models + 4) == 0) return n;
  if (ne != foretold && ne != byTwo && ne != w && ne != n && decodeBit(models + 8) == 0) return ne;
  if (nw != foretold && nw != byTwo && nw != w && nw != n && nw != ne) {
    if (decodeBit(models + 12) == 0) return nw;
  }
  return decodeNew(state, w, level, 0);
}

/** @inline */
function decodePixel(state: usize, at: usize, w: u32, n: u32, nw: u32, ne: u32, level: u32): u32 {
  const sum = sumOfTwo(w, n);
  const place = entryOfSix(state, at, sum, nw, ne);
  const placeOfTwo = entryOfTwo(state, sum);
  const entry = load<u32>(place);
  const entryByTwo = load<u32>(placeOfTwo);
  const code = chosenCode(state, entry, entryByTwo, w, n, nw, ne, level);
  store<u32>(place, remembered(entry, code));
  store<u32>(placeOfTwo, remembered(entryByTwo, code));
  return code;
}

/**
 * Reads `w` by `h` codes into the room; the answer is the end of what was read, or 0 when it is malformed. Never
 * reads at or after `end`, and writes nothing but room and state.
 */
export function decodeText(
  from: usize,
  end: usize,
  room: usize,
  w: u32,
  h: u32,
  level: u32,
  state: usize,
): usize {
  startRangeDecoder(from, end);
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
