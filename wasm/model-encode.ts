/**
 * Coding of a tile's pixels by models that a slice carries from tile to tile, or by themselves where that is
 * smaller. What is tried and does not win leaves no trace in the models.
 */
import { dearBits, EFFORT_SMALL, surveysGradient, triesGradient, triesText } from './choice';
import { reduceSpan } from './colour';
import { encodeGradient, surveyGradient } from './gradient-encode';
import { GRADIENT_ROOM_BYTES, GRADIENT_STATE_BYTES, PREDICTIONS, resetGradientState } from './gradient-model';
import { encodeFast, PLAIN_SCRATCH_BYTES } from './plain-encode';
import { encodeText, JOURNAL_BYTES } from './text-encode';
import { MEMORY_BYTES, memoryBits } from './text-memory';
import {
  BACKGROUND,
  FIRST_PIXEL,
  prepareRoom,
  ROOM_BYTES,
  ROW_BYTES,
  resetTextState,
  TEXT_STATE_BYTES,
} from './text-model';
import { MAX_PACKED_BYTES, MODE_GRADIENT, MODE_TEXT, rawBytes } from './tile';

// Places in the scratch, in bytes; before them are those of plain-encode.ts.
const ROOM: usize = PLAIN_SCRATCH_BYTES;
const GRADIENT_ROOM: usize = ROOM + ROOM_BYTES;
/** The models of text, and after them those of gradients. */
const TEXT_STATE: usize = GRADIENT_ROOM + GRADIENT_ROOM_BYTES;
const GRADIENT_STATE: usize = TEXT_STATE + TEXT_STATE_BYTES;
/** The models as they were before the tile. */
const SAVED_TEXT: usize = GRADIENT_STATE + GRADIENT_STATE_BYTES;
const SAVED_GRADIENT: usize = SAVED_TEXT + TEXT_STATE_BYTES;
/** What a row may add before the length is looked at. */
const WORST_ROW_BYTES: usize = 4096;
const AS_TEXT: usize = SAVED_GRADIENT + GRADIENT_STATE_BYTES;
const AS_GRADIENT: usize = AS_TEXT + MAX_PACKED_BYTES + WORST_ROW_BYTES;
/** Pixels unlike W, N, NW and NE; whether all are one colour. */
const SURVEYED: usize = AS_GRADIENT + MAX_PACKED_BYTES + WORST_ROW_BYTES;
/** What came after which neighbours, and what a tile changes in it. */
const TEXT_MEMORY: usize = SURVEYED + 64;
const TEXT_CHANGES: usize = TEXT_MEMORY + MEMORY_BYTES;
export const MODEL_SCRATCH_BYTES: usize = TEXT_CHANGES + JOURNAL_BYTES;

/** The models that every slice of so many tiles starts from. */
export function resetModels(scratch: usize, level: u32, tiles: u32): void {
  resetTextState(scratch + TEXT_STATE, level, memoryBits(tiles));
  resetGradientState(scratch + GRADIENT_STATE);
}

/** Reads a tile's codes into the room. */
function fillRoom(source: usize, stride: u32, w: u32, h: u32, level: u32, scratch: usize): void {
  const room = scratch + ROOM;
  prepareRoom(room, w, load<u32>(scratch + TEXT_STATE + BACKGROUND));
  const end = room + FIRST_PIXEL + <usize>h * ROW_BYTES;
  for (let row = room + FIRST_PIXEL; row < end; row += ROW_BYTES) {
    reduceSpan(source, row, w, level);
    store<u32>(row - 4, load<u32>(row - ROW_BYTES));
    store<u32>(row + (w << 2), load<u32>(row + (w << 2) - 4));
    source += stride;
  }
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

function saveGradient(scratch: usize): void {
  memory.copy(scratch + SAVED_GRADIENT, scratch + GRADIENT_STATE, GRADIENT_STATE_BYTES);
}

function restoreGradient(scratch: usize): void {
  memory.copy(scratch + GRADIENT_STATE, scratch + SAVED_GRADIENT, GRADIENT_STATE_BYTES);
}

/** Bytes of the room's codes as a gradient, written at AS_GRADIENT; 0 when they would be `most` or more. */
function asGradient(
  held: usize,
  heldStride: u32,
  w: u32,
  h: u32,
  level: u32,
  prediction: u32,
  scratch: usize,
  most: u32,
): u32 {
  const codes = scratch + ROOM + FIRST_PIXEL;
  const room = scratch + GRADIENT_ROOM;
  const state = scratch + GRADIENT_STATE;
  const target = scratch + AS_GRADIENT;
  const end = encodeGradient(
    codes,
    ROW_BYTES,
    held,
    heldStride,
    w,
    h,
    level,
    prediction,
    room,
    state,
    target,
    most,
  );
  return end == 0 ? 0 : <u32>(end - target);
}

/** The same, by the way to foretell that takes the fewest bytes. */
function asAnyGradient(
  held: usize,
  heldStride: u32,
  w: u32,
  h: u32,
  level: u32,
  scratch: usize,
  most: u32,
): u32 {
  let least = most;
  let best: u32 = PREDICTIONS;
  const ways: u32 = held == 0 ? 1 : PREDICTIONS;
  for (let way: u32 = 0; way < ways; way++) {
    const bytes = asGradient(held, heldStride, w, h, level, way, scratch, least);
    restoreGradient(scratch);
    if (bytes == 0) continue;
    least = bytes;
    best = way;
  }
  return best == PREDICTIONS ? 0 : asGradient(held, heldStride, w, h, level, best, scratch, most);
}

/** The same, by the way that some of the rows recommend; 0 also when text is surely smaller. */
function asLikelyGradient(
  held: usize,
  heldStride: u32,
  w: u32,
  h: u32,
  level: u32,
  dear: u32,
  scratch: usize,
  most: u32,
): u32 {
  const codes = scratch + ROOM + FIRST_PIXEL;
  const found = surveyGradient(codes, ROW_BYTES, held, heldStride, w, h, level, scratch + GRADIENT_ROOM);
  if (!triesGradient(w * h, found / PREDICTIONS, dear)) return 0;
  return asGradient(held, heldStride, w, h, level, found % PREDICTIONS, scratch, most);
}

/**
 * Writes the pixels at `out` and the mode with `flag` at `modeAt`; the answer is the end. At small effort every mode
 * is tried, at balanced effort those that the choice (choice.ts) calls for.
 */
export function encodeByModels(
  source: usize,
  stride: u32,
  held: usize,
  heldStride: u32,
  w: u32,
  h: u32,
  level: u32,
  effort: u32,
  modeAt: usize,
  flag: u32,
  out: usize,
  scratch: usize,
): usize {
  fillRoom(source, stride, w, h, level, scratch);
  survey(scratch, w, h);
  if (load<u32>(scratch + SURVEYED, 4) != 0)
    return encodeFast(source, stride, 1, 1, level, modeAt, flag, out, scratch);

  const pixels = w * h;
  const fresh = load<u32>(scratch + SURVEYED);
  const dear = dearBits(level, pixels, fresh);
  let best = rawBytes(w, h, level);
  let mode: u32 = 0;
  let plainEnd: usize = 0;
  if (effort == EFFORT_SMALL) {
    plainEnd = encodeFast(source, stride, w, h, level, modeAt, flag, out, scratch);
    best = min<u32>(best, <u32>(plainEnd - out));
  }
  saveGradient(scratch);
  let gradient: u32 = 0;
  if (surveysGradient(effort, level, pixels, fresh)) {
    gradient =
      effort == EFFORT_SMALL
        ? asAnyGradient(held, heldStride, w, h, level, scratch, best)
        : asLikelyGradient(held, heldStride, w, h, level, dear, scratch, best);
    if (gradient != 0) {
      best = gradient;
      mode = MODE_GRADIENT;
    }
  }
  if (triesText(effort, gradient, dear)) {
    const text = scratch + TEXT_STATE;
    const target = scratch + AS_TEXT;
    memory.copy(scratch + SAVED_TEXT, text, TEXT_STATE_BYTES);
    const end = encodeText(
      scratch + ROOM,
      w,
      h,
      level,
      text,
      scratch + TEXT_MEMORY,
      scratch + TEXT_CHANGES,
      target,
      best,
    );
    if (end != 0) {
      best = <u32>(end - target);
      mode = MODE_TEXT;
    } else {
      memory.copy(text, scratch + SAVED_TEXT, TEXT_STATE_BYTES);
    }
  }
  if (mode != MODE_GRADIENT) restoreGradient(scratch);
  if (mode == 0)
    return plainEnd != 0 ? plainEnd : encodeFast(source, stride, w, h, level, modeAt, flag, out, scratch);
  store<u8>(modeAt, mode | flag);
  memory.copy(out, scratch + (mode == MODE_TEXT ? AS_TEXT : AS_GRADIENT), best);
  return out + best;
}
