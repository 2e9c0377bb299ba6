/**
 * Slice decoder. Everything that is read from a slice is checked before it is used: sizes against the input,
 * rectangles against the picture, lengths against the rectangle. A fault ends the decoding with an error and
 * its offset; nothing outside the picture and the scratch is ever written, and nothing traps.
 */
import { BOX_MARK, packBox, TILE, TILE_SHIFT } from './box';
import { expandCode } from './colour';
import { countTile, now } from './counters';
import { decodeGradient } from './gradient-decode';
import { GRADIENT_ROOM_BYTES, GRADIENT_STATE_BYTES, resetGradientState } from './gradient-model';
import { lz4Decompress } from './lz4';
import { MOVE_BYTES, moveRect } from './moves';
import { codeAt, fill, paintCodes, paintIndices, paintRaw, paintRuns } from './paint';
import { decodeText } from './text-decode';
import { MEMORY_BYTES, memoryBits } from './text-memory';
import { FIRST_PIXEL, ROOM_BYTES, ROW_BYTES, resetTextState, TEXT_STATE_BYTES } from './text-model';
import {
  codeBytes,
  FLAG_WHOLE_TILE,
  indexBits,
  MAX_MOVES_PER_SLICE,
  MAX_PACKED_BYTES,
  MAX_RUN_COLOURS,
  MAX_TILES_PER_SLICE,
  MODE_GRADIENT,
  MODE_PALETTE,
  MODE_PALETTE_LZ4,
  MODE_RAW,
  MODE_RAW_LZ4,
  MODE_RUNS,
  MODE_SOLID,
  MODE_TEXT,
  MODE_TRANSFORM,
  MODE_TWO_COLOUR,
  packedBytes,
  rawBytes,
} from './tile';
import { decodeTransform, TRANSFORM_DECODE_ROOM_BYTES } from './transform-decode';
import { resetTransformState } from './transform-model';

// Places in the scratch. The sum is in codecs/layout.ts.
/** Offset of a fault in the slice, u32. */
const FAULT_AT: usize = 0;
/** Opaque pixel per palette index; unused ones are 0, which is how an index out of range shows. */
const PALETTE: usize = 64;
/** Opaque pixel per code of level 1, written once by `prepareDecoder`. */
const LOW_TABLE: usize = PALETTE + 1024;
const UNPACKED: usize = LOW_TABLE + 1024;
/** Rectangles touched: x, y, width, height, u16 each; moves first. */
const RECTS: usize = UNPACKED + MAX_PACKED_BYTES + 64;

/** A tile's codes while it is decoded, and the models that a slice's tiles share. */
const ROOM: usize = RECTS + ((<usize>(MAX_MOVES_PER_SLICE + MAX_TILES_PER_SLICE)) << 3) + 64;
const GRADIENT_ROOM: usize = ROOM + ROOM_BYTES;
const TEXT_STATE: usize = GRADIENT_ROOM + GRADIENT_ROOM_BYTES;
const TEXT_MEMORY: usize = TEXT_STATE + TEXT_STATE_BYTES;
const GRADIENT_STATE: usize = TEXT_MEMORY + MEMORY_BYTES;
const TRANSFORM_ROOM: usize = GRADIENT_STATE + GRADIENT_STATE_BYTES;
const TRANSFORM_STATE: usize = TRANSFORM_ROOM + TRANSFORM_DECODE_ROOM_BYTES;

const BAD_SLICE: i32 = -1;
const BAD_TILE: i32 = -2;

/** Writes the tables that decoding reads; once per scratch. */
export function prepareDecoder(scratch: usize): void {
  for (let code: u32 = 0; code < 256; code++)
    store<u32>(scratch + LOW_TABLE + (code << 2), expandCode(code, 1));
}

function readPalette(at: usize, colours: u32, level: u32, scratch: usize): void {
  const bytes = codeBytes(level);
  const palette = scratch + PALETTE;
  memory.fill(palette, 0, 1024);
  for (let index: u32 = 0; index < colours; index++) {
    store<u32>(palette + (index << 2), expandCode(codeAt(at, bytes), level));
    at += bytes;
  }
}

/**
 * Reads one tile's pixels at `at` and paints them into the rectangle at `to`; the answer is the end of what
 * was read, or 0 when it is malformed.
 */
function readPixels(
  mode: u32,
  at: usize,
  end: usize,
  level: u32,
  scratch: usize,
  to: usize,
  stride: u32,
  w: u32,
  h: u32,
): usize {
  const bytes = codeBytes(level);
  const palette = scratch + PALETTE;
  const low = scratch + LOW_TABLE;
  if (mode == MODE_SOLID) {
    if (at + bytes > end) return 0;
    fill(to, stride, w, h, expandCode(codeAt(at, bytes), level));
    return at + bytes;
  }
  if (mode == MODE_RAW) {
    const size = rawBytes(w, h, level);
    if (at + size > end) return 0;
    paintRaw(at, level, low, to, stride, w, h);
    return at + size;
  }
  if (mode == MODE_RAW_LZ4) {
    const size = rawBytes(w, h, level);
    const next = unpackBlock(at, end, size, scratch);
    if (next != 0) paintRaw(scratch + UNPACKED, level, low, to, stride, w, h);
    return next;
  }
  if (mode == MODE_TEXT) {
    const state = scratch + TEXT_STATE;
    const next = decodeText(at, end, scratch + ROOM, w, h, level, state, scratch + TEXT_MEMORY);
    if (next != 0) paintCodes(scratch + ROOM + FIRST_PIXEL, level, low, to, stride, w, h);
    return next;
  }
  if (mode == MODE_GRADIENT && level >= 2) {
    const codes = scratch + ROOM + FIRST_PIXEL;
    const state = scratch + GRADIENT_STATE;
    const next = decodeGradient(
      at,
      end,
      to,
      stride,
      codes,
      ROW_BYTES,
      w,
      h,
      level,
      scratch + GRADIENT_ROOM,
      state,
    );
    if (next != 0) paintCodes(codes, level, low, to, stride, w, h);
    return next;
  }
  if (mode == MODE_TRANSFORM && level == 3)
    return decodeTransform(at, end, w, h, scratch + TRANSFORM_ROOM, scratch + TRANSFORM_STATE, to, stride);
  if (mode > MODE_RAW_LZ4) return 0;

  let colours: u32 = 2;
  if (mode != MODE_TWO_COLOUR) {
    if (at >= end) return 0;
    colours = <u32>load<u8>(at++) + 1;
    if (colours < 2) return 0;
  }
  if (at + colours * bytes > end) return 0;
  readPalette(at, colours, level, scratch);
  at += colours * bytes;
  if (mode == MODE_RUNS) {
    if (colours > MAX_RUN_COLOURS) return 0;
    return paintRuns(at, end, palette, to, stride, w, h);
  }
  const bits = indexBits(colours);
  const size = packedBytes(w, h, bits);
  if (mode == MODE_PALETTE_LZ4) {
    const next = unpackBlock(at, end, size, scratch);
    if (next == 0 || !paintIndices(scratch + UNPACKED, bits, palette, to, stride, w, h)) return 0;
    return next;
  }
  // Two-colour and palette
  if (at + size > end || !paintIndices(at, bits, palette, to, stride, w, h)) return 0;
  return at + size;
}

/** Reads a block's length and decompresses it to exactly `size` bytes; the answer is its end, or 0. */
function unpackBlock(at: usize, end: usize, size: u32, scratch: usize): usize {
  if (at + 2 > end) return 0;
  const length = <u32>load<u16>(at);
  at += 2;
  if (length > <u32>(end - at)) return 0;
  if (lz4Decompress(at, length, scratch + UNPACKED, size) != size) return 0;
  return at + length;
}

function fault(scratch: usize, offset: usize, code: i32): i32 {
  store<u32>(scratch + FAULT_AT, <u32>offset);
  return code;
}

/**
 * Decodes one slice body of `length` bytes into the picture. The answer is the number of rectangles written at
 * RECTS, or BAD_SLICE or BAD_TILE with the offset of the fault at FAULT_AT. Every tile is counted at `counters`.
 */
export function decodeSlice(
  body: usize,
  length: u32,
  picture: usize,
  stride: u32,
  width: u32,
  height: u32,
  level: u32,
  scratch: usize,
  counters: usize,
): i32 {
  const end = body + length;
  let rect = scratch + RECTS;
  if (level > 3 || length < 4) return fault(scratch, 0, BAD_SLICE);
  const moves = <u32>load<u16>(body);
  let at = body + 2;
  if (moves > MAX_MOVES_PER_SLICE || at + moves * MOVE_BYTES + 2 > end) return fault(scratch, 0, BAD_SLICE);
  // No frame moves more than twice its picture: it bounds what a few hostile bytes can cost.
  let allowance: u32 = width * height * 2;
  for (let index: u32 = 0; index < moves; index++) {
    const fromX = <u32>load<u16>(at);
    const fromY = <u32>load<u16>(at, 2);
    const x = <u32>load<u16>(at, 4);
    const y = <u32>load<u16>(at, 6);
    const w = <u32>load<u16>(at, 8);
    const h = <u32>load<u16>(at, 10);
    const inside = fromX + w <= width && x + w <= width && fromY + h <= height && y + h <= height;
    if (w == 0 || h == 0 || !inside || w * h > allowance) return fault(scratch, at - body, BAD_SLICE);
    allowance -= w * h;
    moveRect(picture, stride, fromX, fromY, x, y, w, h);
    store<u64>(rect, load<u64>(at, 4));
    rect += 8;
    at += MOVE_BYTES;
  }

  const tiles = <u32>load<u16>(at);
  if (tiles > MAX_TILES_PER_SLICE) return fault(scratch, at - body, BAD_SLICE);
  at += 2;
  resetTextState(scratch + TEXT_STATE, level, memoryBits(tiles));
  resetGradientState(scratch + GRADIENT_STATE);
  resetTransformState(scratch + TRANSFORM_STATE);
  const columns = (width + TILE - 1) >> TILE_SHIFT;
  const rows = (height + TILE - 1) >> TILE_SHIFT;
  for (let index: u32 = 0; index < tiles; index++) {
    const start = at;
    const began = now();
    if (at + 3 > end) return fault(scratch, start - body, BAD_TILE);
    const tile = <u32>load<u16>(at);
    const mode = <u32>load<u8>(at, 2);
    at += 3;
    if (tile >= columns * rows) return fault(scratch, start - body, BAD_TILE);
    const left = (tile % columns) << TILE_SHIFT;
    const top = (tile / columns) << TILE_SHIFT;
    const tileWidth = min<u32>(TILE, width - left);
    const tileHeight = min<u32>(TILE, height - top);
    let box = packBox(0, 0, tileWidth - 1, tileHeight - 1);
    if ((mode & FLAG_WHOLE_TILE) == 0) {
      if (at + 3 > end) return fault(scratch, start - body, BAD_TILE);
      box = <u32>load<u16>(at) | ((<u32>load<u8>(at, 2)) << 16) | BOX_MARK;
      at += 3;
    }
    const x0 = box & 63;
    const y0 = (box >> 6) & 63;
    const x1 = (box >> 12) & 63;
    const y1 = (box >> 18) & 63;
    if (x1 < x0 || y1 < y0 || x1 >= tileWidth || y1 >= tileHeight)
      return fault(scratch, start - body, BAD_TILE);
    const w = x1 + 1 - x0;
    const h = y1 + 1 - y0;
    const to = picture + (top + y0) * stride + ((left + x0) << 2);
    at = readPixels(mode & ~FLAG_WHOLE_TILE, at, end, level, scratch, to, stride, w, h);
    if (at == 0) return fault(scratch, start - body, BAD_TILE);
    countTile(counters, level, mode, w * h, <u32>(at - start), began);
    store<u16>(rect, left + x0);
    store<u16>(rect, top + y0, 2);
    store<u16>(rect, w, 4);
    store<u16>(rect, h, 6);
    rect += 8;
  }
  if (at != end) return fault(scratch, at - body, BAD_SLICE);
  return <i32>(moves + tiles);
}
