/** Coder of text-like tiles: see text-model.ts for the models, docs/CODEC.md for the order of decisions. */
import {
  encodeBit,
  encodeByte,
  encodeTree,
  endRangeEncoder,
  rangeEncoderAt,
  startRangeEncoder,
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
  placeOf,
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

/** Whether `w` codes at `row` are those of the row above. */
function sameAsAbove(row: usize, w: u32): bool {
  let at = row;
  const end = row + (w << 2);
  for (; at + 16 <= end; at += 16) {
    if (v128.any_true(v128.xor(v128.load(at), v128.load(at - ROW_BYTES)))) return false;
  }
  for (; at < end; at += 4) if (load<u32>(at) != load<u32>(at - ROW_BYTES)) return false;
  return true;
}

/** Codes a colour that no neighbour has. */
function encodeNew(state: usize, code: u32, beside: u32, level: u32, flat: u32): void {
  const place = placeOf(state, code);
  const index = <u32>load<u8>(place);
  const known = load<u32>(state + PALETTE + (index << 2)) == code && index < load<u32>(state + PALETTE_USED);
  encodeBit(state + KNOWN + (flat << 2), known ? 0 : 1);
  if (known) {
    encodeByte(index);
    return;
  }
  store<u8>(place, addColour(state, code));
  const bytes = state + BYTES;
  if (level == 3) {
    const green = ((code >> 8) - (beside >> 8)) & 255;
    encodeTree(bytes, 8, green);
    encodeTree(bytes + 1024, 8, (code - beside - green) & 255);
    encodeTree(bytes + 2048, 8, ((code >> 16) - (beside >> 16) - green) & 255);
  } else if (level == 2) {
    encodeTree(bytes, 8, code >> 8);
    encodeTree(bytes + 1024, 8, code & 255);
  } else {
    encodeTree(bytes, level == 1 ? 8 : 4, code);
  }
}

/** Codes the pixel at `at`, whose neighbours are not all equal. */
function encodePixel(state: usize, at: usize, w: u32, n: u32, nw: u32, ne: u32, level: u32): void {
  const code = load<u32>(at);
  const sum = sumOfTwo(w, n);
  const place = entryOfSix(state, at, sum, nw, ne);
  const placeOfTwo = entryOfTwo(state, sum);
  const entry = load<u32>(place);
  const entryByTwo = load<u32>(placeOfTwo);
  store<u32>(place, remembered(entry, code));
  store<u32>(placeOfTwo, remembered(entryByTwo, code));
  let foretold: u32 = NONE;
  if (entry != 0) {
    foretold = entry & 0xffffff;
    encodeBit(state + FORETOLD + foretoldModel(entry, w, n), foretold == code ? 0 : 1);
    if (foretold == code) return;
  }
  let byTwo: u32 = NONE;
  if (entryByTwo != 0 && (entryByTwo & 0xffffff) != foretold) {
    byTwo = entryByTwo & 0xffffff;
    const models = state + FORETOLD_BY_TWO + (foretold != NONE ? 32 * 4 : 0);
    encodeBit(models + foretoldModel(entryByTwo, w, n), byTwo == code ? 0 : 1);
    if (byTwo == code) return;
  }
  const models = neighbourModels(state, w, n, nw, ne);
  if (w != foretold && w != byTwo) {
    encodeBit(models, code == w ? 0 : 1);
    if (code == w) return;
  }
  if (n != foretold && n != byTwo && n != w) {
    encodeBit(models + 4, code == n ? 0 : 1);
    if (code == n) return;
  }
  if (ne != foretold && ne != byTwo && ne != w && ne != n) {
    encodeBit(models + 8, code == ne ? 0 : 1);
    if (code == ne) return;
  }
  if (nw != foretold && nw != byTwo && nw != w && nw != n && nw != ne) {
    encodeBit(models + 12, code == nw ? 0 : 1);
    if (code == nw) return;
  }
  encodeNew(state, code, w, level, 0);
}

/**
 * Codes the `w` by `h` codes that lie in the room, and teaches the state. The answer is the end of what was
 * written, or 0 when it would be `most` bytes or more: then the state is worth nothing. Room after `target` is
 * needed for `most` and a row at worst (WORST_ROW_BYTES).
 */
export function encodeText(
  room: usize,
  w: u32,
  h: u32,
  level: u32,
  state: usize,
  target: usize,
  most: u32,
): usize {
  startRangeEncoder(target);
  let row = room + FIRST_PIXEL;
  let wasSame: usize = 0;
  for (let y: u32 = 0; y < h; y++) {
    padLeft(row);
    const same = sameAsAbove(row, w);
    encodeBit(state + ROW_SAME + wasSame, same ? 0 : 1);
    wasSame = same ? 4 : 0;
    if (!same) {
      let at = row;
      const end = row + (w << 2);
      let nw = load<u32>(at - ROW_BYTES - 4);
      let n = load<u32>(at - ROW_BYTES);
      let left = load<u32>(at - 4);
      while (at < end) {
        const ne = load<u32>(at - ROW_BYTES + 4);
        if (left == n && n == nw && n == ne) {
          const length = spanLength(at, n, <u32>(end - at) >> 2);
          let same: u32 = 0;
          while (same < length && load<u32>(at + (same << 2)) == n) same++;
          const bits = placeBits(length);
          encodeBit(state + SPAN_WHOLE + (bits << 2), same == length ? 0 : 1);
          at += same << 2;
          if (same < length) {
            encodeTree(state + SPAN_BREAK + (bits << 8), bits, same);
            left = load<u32>(at);
            encodeNew(state, left, n, level, 1);
            at += 4;
          }
          nw = load<u32>(at - ROW_BYTES - 4);
          n = load<u32>(at - ROW_BYTES);
          continue;
        }
        encodePixel(state, at, left, n, nw, ne, level);
        left = load<u32>(at);
        nw = n;
        n = ne;
        at += 4;
      }
    }
    padRight(row, w);
    row += ROW_BYTES;
    if (<u32>(rangeEncoderAt() - target) + 2 >= most) return 0;
  }
  store<u32>(state + BACKGROUND, load<u32>(room + FIRST_PIXEL));
  const end = endRangeEncoder();
  return <u32>(end - target) < most ? end : 0;
}
