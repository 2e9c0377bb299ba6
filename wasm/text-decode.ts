/** Decoder of text-like tiles: the mirror of text-encode.ts. */
import { decodeBit, decodeTree, rangeDecoderEnd, rangeDecoderOverran, startRangeDecoder } from './range';
import {
  addColour,
  BACKGROUND,
  BYTES,
  FIRST_PIXEL,
  FORETOLD,
  INDEX,
  KNOWN,
  memoryEntry,
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
} from './text-model';

/** No code has 32 bits. */
const NONE: u32 = 0xffffffff;

/** A colour that no neighbour has, or NONE when it names a place of the palette that is not filled. */
function decodeNew(state: usize, beside: u32, level: u32, flat: u32): u32 {
  if (decodeBit(state + KNOWN + (flat << 2)) == 0) {
    const index = decodeTree(state + INDEX, 8);
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

function decodePixel(state: usize, at: usize, w: u32, n: u32, nw: u32, ne: u32, level: u32): u32 {
  const place = memoryEntry(state, at, w, n, nw, ne);
  const entry = load<u32>(place);
  const trust = entry >>> 24;
  let code: u32 = NONE;
  let foretold: u32 = NONE;
  if (trust != 0) {
    foretold = entry & 0xffffff;
    const model = FORETOLD + (((trust << 2) | ((<u32>(foretold == w)) << 1) | <u32>(foretold == n)) << 2);
    if (decodeBit(state + model) == 0) code = foretold;
  }
  if (code == NONE) {
    const models = neighbourModels(state, w, n, nw, ne);
    if (w != foretold && decodeBit(models) == 0) code = w;
    else if (n != foretold && n != w && decodeBit(models + 4) == 0) code = n;
    else if (ne != foretold && ne != w && ne != n && decodeBit(models + 8) == 0) code = ne;
    else if (nw != foretold && nw != w && nw != n && nw != ne && decodeBit(models + 12) == 0) code = nw;
    else code = decodeNew(state, w, level, 0);
  }
  store<u32>(place, remembered(entry, code));
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
