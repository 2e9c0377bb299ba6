/** Coder of text-like tiles: see text-model.ts for the models, docs/CODEC.md for the order of decisions. */
import {
  encodeBit,
  encodeOneOf,
  encodeTree,
  endRangeEncoder,
  rangeEncoderAt,
  startRangeEncoder,
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
  placeOf,
  ROW_BYTES,
  ROW_SAME,
  SPAN_BREAK,
  SPAN_WHOLE,
  spanLength,
  trustModel,
} from './text-model';

/** What the tile in work has changed in the memories: where (u64), and what it was (u64). */
let journal: usize = 0;

/** Room for a tile's changes. */
export const JOURNAL_BYTES: usize = 2 * 16 * 64 * 64;

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
  const size = paletteSize(state);
  const isKnown = load<u32>(state + PALETTE + (index << 2)) == code && index < size;
  encodeBit(state + KNOWN + (flat << 2), isKnown ? 0 : 1);
  if (isKnown) {
    encodeOneOf(size, index);
    return;
  }
  store<u8>(place, addColour(state, code));
  const bytes = state + BYTES;
  if (level == 3) {
    encodeTree(bytes, 8, ((code >> 8) - (beside >> 8)) & 255);
    const promised = promisedColour(state + LINE, code, beside);
    const differs = ((code ^ promised) & 0xff00ff) != 0;
    encodeBit(state + AS_PROMISED, differs ? 1 : 0);
    if (differs) {
      encodeTree(bytes + 1024, 8, (code - promised) & 255);
      encodeTree(bytes + 2048, 8, ((code >> 16) - (promised >> 16)) & 255);
    }
    learnLine(state + LINE, code, beside);
  } else if (level == 2) {
    encodeTree(bytes, 8, code >> 8);
    encodeTree(bytes + 1024, 8, code & 255);
  } else {
    encodeTree(bytes, level == 1 ? 8 : 4, code);
  }
}

/** Notes an entry of the memory as it is, and teaches it. @inline */
function teach(place: usize, entry: u64, name: u32, code: u32): void {
  store<u64>(journal, place);
  store<u64>(journal, entry, 8);
  journal += 16;
  store<u64>(place, learned(entry, name, code));
}

/** Codes the pixel at `at`, whose neighbours are not all equal. */
function encodePixel(state: usize, at: usize, w: u32, n: u32, nw: u32, ne: u32, level: u32): void {
  const code = load<u32>(at);
  const name = nameOfSix(at, w, n, nw, ne);
  const nameByTwo = nameOfTwo(w, n);
  const place = placeOfSix(name);
  const placeByTwo = placeOfTwo(nameByTwo);
  let entry = load<u64>(place);
  let entryByTwo = load<u64>(placeByTwo);
  teach(place, entry, name, code);
  teach(placeByTwo, entryByTwo, nameByTwo, code);
  entry = known(entry, name);
  entryByTwo = known(entryByTwo, nameByTwo);
  const first = firstOf(entry);
  const other = otherOf(entry);
  const firstByTwo = firstOf(entryByTwo);
  const otherByTwo = otherOf(entryByTwo);
  if (first != NONE) {
    const trust = trustOf(entry);
    const agrees = (u32(other != first) << 2) | agreement(first, firstByTwo, otherByTwo);
    encodeBit(
      state + FORETOLD + (((trustModel(trust, first, w, n) << 3) | agrees) << 2),
      first == code ? 0 : 1,
    );
    if (first == code) return;
    if (other != first) {
      encodeBit(state + OTHER + (trustModel(trust, other, w, n) << 2), other == code ? 0 : 1);
      if (other == code) return;
    }
  }
  if (firstByTwo != NONE) {
    const trust = trustOf(entryByTwo);
    const hasOther = otherByTwo != firstByTwo;
    if (firstByTwo != first && firstByTwo != other) {
      const models = state + FORETOLD_BY_TWO + (first != NONE ? 64 * 4 : 0);
      const model = (u32(hasOther) << 5) | trustModel(trust, firstByTwo, w, n);
      encodeBit(models + (model << 2), firstByTwo == code ? 0 : 1);
      if (firstByTwo == code) return;
    }
    if (hasOther && otherByTwo != first && otherByTwo != other) {
      encodeBit(
        state + OTHER_BY_TWO + (trustModel(trust, otherByTwo, w, n) << 2),
        otherByTwo == code ? 0 : 1,
      );
      if (otherByTwo == code) return;
    }
  }
  const models = neighbourModels(state, w, n, nw, ne);
  if (w != first && w != other && w != firstByTwo && w != otherByTwo) {
    encodeBit(models, code == w ? 0 : 1);
    if (code == w) return;
  }
  if (n != first && n != other && n != firstByTwo && n != otherByTwo && n != w) {
    encodeBit(models + 4, code == n ? 0 : 1);
    if (code == n) return;
  }
  if (ne != first && ne != other && ne != firstByTwo && ne != otherByTwo && ne != w && ne != n) {
    encodeBit(models + 8, code == ne ? 0 : 1);
    if (code == ne) return;
  }
  if (nw != first && nw != other && nw != firstByTwo && nw != otherByTwo && nw != w && nw != n && nw != ne) {
    encodeBit(models + 12, code == nw ? 0 : 1);
    if (code == nw) return;
  }
  encodeNew(state, code, w, level, 0);
}

/** Takes back what the tile in work has changed in the memories since `start`. */
function forget(start: usize): void {
  while (journal > start) {
    journal -= 16;
    store<u64>(<usize>load<u64>(journal), load<u64>(journal, 8));
  }
}

/**
 * Codes the `w` by `h` codes that lie in the room, and teaches state and memories. The answer is the end of what was
 * written, or 0 when it would be `most` bytes or more: then the memories are as they were, and the state is worth
 * nothing. Room after `target` is needed for `most` and a row at worst (WORST_ROW_BYTES), at `changes` for
 * JOURNAL_BYTES.
 */
export function encodeText(
  room: usize,
  w: u32,
  h: u32,
  level: u32,
  state: usize,
  memories: usize,
  changes: usize,
  target: usize,
  most: u32,
): usize {
  startRangeEncoder(target);
  useMemory(state, memories);
  journal = changes;
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
    if (<u32>(rangeEncoderAt() - target) + 2 >= most) {
      forget(changes);
      return 0;
    }
  }
  store<u32>(state + BACKGROUND, load<u32>(room + FIRST_PIXEL));
  const end = endRangeEncoder();
  if (<u32>(end - target) < most) return end;
  forget(changes);
  return 0;
}
