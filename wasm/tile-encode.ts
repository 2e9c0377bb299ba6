/**
 * Tile coder: which mode a tile is coded in. Tiles are coded by themselves at fast effort. At balanced effort
 * they are coded by models that a slice carries from tile to tile; what does not win leaves no trace in them.
 * Scratch is passed in, so instances may work side by side.
 */
import { BOX_APPROXIMATE, BOX_HELD, TILE, TILE_SHIFT } from './box';
import { reduceSpan } from './colour';
import { countTile, now } from './counters';
import { encodeGradient, surveyGradient } from './gradient-encode';
import { GRADIENT_ROOM_BYTES, GRADIENT_STATE_BYTES, PREDICTIONS, resetGradientState } from './gradient-model';
import { CODES, encodePlain, PLAIN_SCRATCH_BYTES } from './plain-encode';
import { COPY_ROW_BYTES, reduceTile } from './reduce-tile';
import { encodeText } from './text-encode';
import {
  BACKGROUND,
  FIRST_PIXEL,
  prepareRoom,
  ROOM_BYTES,
  ROW_BYTES,
  resetTextState,
  TEXT_STATE_BYTES,
} from './text-model';
import {
  FLAG_WHOLE_TILE,
  MAX_PACKED_BYTES,
  MODE_GRADIENT,
  MODE_TEXT,
  MODE_TRANSFORM,
  rawBytes,
} from './tile';
import { looksNatural } from './transform-choice';
import { encodeTransform, TRANSFORM_ROOM_BYTES } from './transform-encode';
import { FINEST, resetTransformState, TRANSFORM_STATE_BYTES } from './transform-model';

const EFFORT_FAST: u32 = 0;
/** A gradient is tried where more than one pixel in this many is unlike its neighbours. */
const FRESH_SHARE: u32 = 16;

// Places in the scratch, in bytes. The sum is in codecs/layout.ts.
const ROOM: usize = PLAIN_SCRATCH_BYTES;
const GRADIENT_ROOM: usize = ROOM + ROOM_BYTES;
/** The models of text, and after them those of gradients. */
const STATES: usize = GRADIENT_ROOM + GRADIENT_ROOM_BYTES;
const STATES_BYTES: usize = TEXT_STATE_BYTES + GRADIENT_STATE_BYTES;
/** The models as they were before the tile. */
const SAVED: usize = STATES + STATES_BYTES;
/** What a row may add before the length is looked at. */
const WORST_ROW_BYTES: usize = 4096;
const AS_TEXT: usize = SAVED + STATES_BYTES;
const AS_GRADIENT: usize = AS_TEXT + MAX_PACKED_BYTES + WORST_ROW_BYTES;
/** Pixels unlike W, N, NW and NE; whether all are one colour. */
const SURVEYED: usize = AS_GRADIENT + MAX_PACKED_BYTES + WORST_ROW_BYTES;
const TRANSFORM_ROOM: usize = SURVEYED + 64;
/** The models of the transform, and as they were before the tile. */
const TRANSFORM_STATE: usize = TRANSFORM_ROOM + TRANSFORM_ROOM_BYTES;
const TRANSFORM_SAVED: usize = TRANSFORM_STATE + TRANSFORM_STATE_BYTES;
/** A tile's pixels with fewer colours. */
const REDUCED: usize = TRANSFORM_SAVED + TRANSFORM_STATE_BYTES;

function encodeFast(
  source: usize,
  stride: u32,
  w: u32,
  h: u32,
  level: u32,
  modeAt: usize,
  flag: u32,
  out: usize,
  scratch: usize,
): usize {
  let codes = scratch + CODES;
  for (let y: u32 = 0; y < h; y++) {
    reduceSpan(source, codes, w, level);
    source += stride;
    codes += w << 2;
  }
  return encodePlain(scratch, w, h, level, modeAt, flag, out);
}

/** Looks at the codes in the room: how many are unlike all their neighbours, and whether they are all one. */
function survey(scratch: usize, w: u32, h: u32): void {
  let row = scratch + ROOM + FIRST_PIXEL;
  const first = i32x4.splat(load<u32>(row));
  let fresh: u32 = 0;
  let others = i32x4.splat(0);
  for (let y: u32 = 0; y < h; y++) {
    const end = row + (w << 2);
    // The last group may reach over the row: those lanes are cut off.
    for (let at = row; at < end; at += 16) {
      const x = v128.load(at);
      const above = at - ROW_BYTES;
      const like = v128.or(
        v128.or(i32x4.eq(x, v128.load(at - 4)), i32x4.eq(x, v128.load(above))),
        v128.or(i32x4.eq(x, v128.load(above - 4)), i32x4.eq(x, v128.load(above + 4))),
      );
      const left = <u32>(end - at) >> 2;
      const lanes: u32 = left < 4 ? (1 << left) - 1 : 15;
      fresh += popcnt(~i32x4.bitmask(like) & lanes);
      if (left >= 4) others = v128.or(others, v128.xor(x, first));
      else
        for (let rest = at; rest < end; rest += 4)
          others = v128.or(others, v128.xor(v128.load32_splat(rest), first));
    }
    row += ROW_BYTES;
  }
  store<u32>(scratch + SURVEYED, fresh);
  store<u32>(scratch + SURVEYED, v128.any_true(others) ? 0 : 1, 4);
}

/**
 * Bits of a gradient for each fresh pixel from which on text is tried too: edges are dear to foretell by their
 * slope, noise is not. Where most pixels are fresh only what repeats exactly is cheaper as text.
 */
function dearBits(fresh: u32, count: u32, level: u32): u32 {
  if (fresh << 1 >= count) return 20;
  return level == 2 ? 14 : 10;
}

function encodeBalanced(
  source: usize,
  stride: u32,
  held: usize,
  heldStride: u32,
  w: u32,
  h: u32,
  level: u32,
  modeAt: usize,
  flag: u32,
  out: usize,
  scratch: usize,
): usize {
  const text = scratch + STATES;
  const gradient = text + TEXT_STATE_BYTES;
  const room = scratch + ROOM;
  prepareRoom(room, w, load<u32>(text + BACKGROUND));
  let from = source;
  for (let row = room + FIRST_PIXEL; row < room + FIRST_PIXEL + <usize>h * ROW_BYTES; row += ROW_BYTES) {
    reduceSpan(from, row, w, level);
    store<u32>(row - 4, load<u32>(row - ROW_BYTES));
    store<u32>(row + (w << 2), load<u32>(row + (w << 2) - 4));
    from += stride;
  }
  survey(scratch, w, h);
  const fresh = load<u32>(scratch + SURVEYED);
  if (load<u32>(scratch + SURVEYED, 4) != 0)
    return encodeFast(source, stride, 1, 1, level, modeAt, flag, out, scratch);

  const count = w * h;
  const codes = room + FIRST_PIXEL;
  const gradientRoom = scratch + GRADIENT_ROOM;
  const dear = fresh * dearBits(fresh, count, level);
  let best = rawBytes(w, h, level);
  let mode: u32 = 0;
  memory.copy(scratch + SAVED + TEXT_STATE_BYTES, gradient, GRADIENT_STATE_BYTES);
  if (level >= 2 && fresh * FRESH_SHARE > count) {
    const survey = surveyGradient(codes, ROW_BYTES, held, heldStride, w, h, level, gradientRoom);
    // A bit for each value's end, two thirds of which runs and small parameters save.
    const bits = survey / PREDICTIONS + count;
    if (bits + (bits >> 1) < dear) {
      const target = scratch + AS_GRADIENT;
      const end = encodeGradient(
        codes,
        ROW_BYTES,
        held,
        heldStride,
        w,
        h,
        level,
        survey % PREDICTIONS,
        gradientRoom,
        gradient,
        target,
        best,
      );
      if (end != 0) {
        best = <u32>(end - target);
        mode = MODE_GRADIENT;
      }
    }
  }
  if (mode == 0 || best << 3 > dear) {
    const target = scratch + AS_TEXT;
    memory.copy(scratch + SAVED, text, TEXT_STATE_BYTES);
    const end = encodeText(room, w, h, level, text, target, best);
    if (end != 0) {
      best = <u32>(end - target);
      mode = MODE_TEXT;
    } else {
      memory.copy(text, scratch + SAVED, TEXT_STATE_BYTES);
    }
  }
  if (mode != MODE_GRADIENT) memory.copy(gradient, scratch + SAVED + TEXT_STATE_BYTES, GRADIENT_STATE_BYTES);
  if (mode == 0) return encodeFast(source, stride, w, h, level, modeAt, flag, out, scratch);
  store<u8>(modeAt, mode | flag);
  memory.copy(out, mode == MODE_TEXT ? scratch + AS_TEXT : scratch + AS_GRADIENT, best);
  return out + best;
}

/** Codes a natural tile with loss; 0, and no trace, when it is not smaller than raw pixels. */
function encodeLossy(
  source: usize,
  stride: u32,
  w: u32,
  h: u32,
  quality: u32,
  modeAt: usize,
  flag: u32,
  out: usize,
  scratch: usize,
): usize {
  const state = scratch + TRANSFORM_STATE;
  memory.copy(scratch + TRANSFORM_SAVED, state, TRANSFORM_STATE_BYTES);
  const end = encodeTransform(
    source,
    stride,
    w,
    h,
    quality,
    scratch + TRANSFORM_ROOM,
    state,
    out,
    rawBytes(w, h, 3),
  );
  if (end != 0) store<u8>(modeAt, MODE_TRANSFORM | flag);
  else memory.copy(state, scratch + TRANSFORM_SAVED, TRANSFORM_STATE_BYTES);
  return end;
}

/**
 * Codes `count` jobs (tile index u32, box u32) from the picture into `out` with an effort (0 fast, 1 balanced) and a
 * quality (0 exact, codecs/coding.ts): u16 number of tiles, then the tiles. Where a box has BOX_HELD, `held` (a
 * picture of the same stride) has what viewers hold there so far. The caller has room for count times
 * MAX_TILE_BYTES and slack (codecs/layout.ts). Jobs whose box is empty or reaches out of the picture are left out.
 * Every tile is counted at `counters`. The answer is the number of bytes.
 */
export function encodeTiles(
  picture: usize,
  held: usize,
  stride: u32,
  pictureWidth: u32,
  pictureHeight: u32,
  level: u32,
  effort: u32,
  quality: u32,
  jobs: usize,
  count: u32,
  out: usize,
  scratch: usize,
  counters: usize,
): u32 {
  const columns = (pictureWidth + TILE - 1) >> TILE_SHIFT;
  const text = scratch + STATES;
  if (effort != EFFORT_FAST) {
    resetTextState(text, level);
    resetGradientState(text + TEXT_STATE_BYTES);
  }
  const natural: u32 = level == 3 ? min<u32>(quality & 127, FINEST) : 0;
  const coarse: u32 = level == 3 ? quality >> 8 : 0;
  if (natural != 0) resetTransformState(scratch + TRANSFORM_STATE);
  let end = out + 2;
  let written: u32 = 0;
  for (let job: u32 = 0; job < count; job++) {
    const tile = load<u32>(jobs + (job << 3));
    const box = load<u32>(jobs + (job << 3), 4);
    const left = (tile % columns) << TILE_SHIFT;
    const top = (tile / columns) << TILE_SHIFT;
    if (box == 0 || left >= pictureWidth || top >= pictureHeight) continue;
    const tileWidth = min<u32>(TILE, pictureWidth - left);
    const tileHeight = min<u32>(TILE, pictureHeight - top);
    const x0 = box & 63;
    const y0 = (box >> 6) & 63;
    const x1 = (box >> 12) & 63;
    const y1 = (box >> 18) & 63;
    if (x1 < x0 || y1 < y0 || x1 >= tileWidth || y1 >= tileHeight) continue;
    const w = x1 + 1 - x0;
    const h = y1 + 1 - y0;

    const offset = (top + y0) * stride + ((left + x0) << 2);
    const source = picture + offset;
    const before: usize = (box & BOX_HELD) != 0 ? held + offset : 0;
    const began = now();
    const start = end;
    store<u16>(end, tile);
    const modeAt = end + 2;
    end += 3;
    let flag = FLAG_WHOLE_TILE;
    if (w != tileWidth || h != tileHeight) {
      flag = 0;
      store<u16>(end, box);
      store<u8>(end, box >> 16, 2);
      end += 3;
    }
    written++;
    let from = source;
    let fromStride = stride;
    if ((natural | coarse) != 0) {
      if (looksNatural(source, stride, w, h)) {
        const next =
          natural == 0 ? <usize>0 : encodeLossy(source, stride, w, h, natural, modeAt, flag, end, scratch);
        if (next != 0) {
          end = next;
          store<u32>(jobs + (job << 3), box | BOX_APPROXIMATE, 4);
          countTile(counters, level, load<u8>(modeAt), w * h, <u32>(end - start), began);
          continue;
        }
      } else if (coarse != 0 && reduceTile(source, stride, w, h, coarse - 1, scratch + REDUCED)) {
        from = scratch + REDUCED;
        fromStride = COPY_ROW_BYTES;
        store<u32>(jobs + (job << 3), box | BOX_APPROXIMATE, 4);
      }
    }
    end =
      effort == EFFORT_FAST
        ? encodeFast(from, fromStride, w, h, level, modeAt, flag, end, scratch)
        : encodeBalanced(from, fromStride, before, stride, w, h, level, modeAt, flag, end, scratch);
    countTile(counters, level, load<u8>(modeAt), w * h, <u32>(end - start), began);
  }
  store<u16>(out, written);
  return <u32>(end - out);
}
