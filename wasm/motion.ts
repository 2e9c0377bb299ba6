/**
 * The search for moves: votes give shifts, shifts give rectangles of equal pixels, rectangles become moves in an
 * order in which each reads its source before another one overwrites it.
 */
import { BOX_MARK, TILE, TILE_SHIFT } from './box';
import { bestRectangle, clearFound, compareCells, samePixels, sumChanged } from './cells';
import { MOVE_BYTES } from './moves';
import {
  CANDIDATES,
  CELL_HEIGHT,
  CELL_HEIGHT_SHIFT,
  CELL_WIDTH,
  CELL_WIDTH_SHIFT,
  CHANGED_CELLS,
  cellColumns,
  cellRows,
  FOUND,
  matchCellsAt,
  TRIED,
} from './search';
import { voteAnchors, voteVertical } from './votes';

/** A move pays when it makes this many cells (16 by 8 pixels) right: about half a tile. */
const MIN_GAIN: u32 = 16;
/** Of a cell's rows every so many are compared: to weigh a cell, and to match it. */
const CHANGED_ROW_STEP: u32 = 3;
const MATCH_ROW_STEP: u32 = 2;
/** Rectangles taken from one shift; what is left then is small. */
const MAX_PER_SHIFT: u32 = 8;
/**
 * Anchors are looked for when vertical shifts leave this many changed cells (8 tiles) and more than half of what
 * there was: the lines that a scroll uncovers were nowhere before.
 */
const MIN_ANCHOR_CELLS: u32 = 256;

/** Marks the cells that differ, looking at the changed tiles only. */
function markChanged(
  picture: usize,
  reference: usize,
  stride: u32,
  width: u32,
  height: u32,
  boxes: usize,
  scratch: usize,
): void {
  const cells = scratch + CHANGED_CELLS;
  const pitch = cellColumns(width);
  const rows = cellRows(height);
  const columns = (width + TILE - 1) >> TILE_SHIFT;
  const tiles = columns * ((height + TILE - 1) >> TILE_SHIFT);
  memory.fill(cells, 0, pitch * rows);
  for (let tile: u32 = 0; tile < tiles; tile++) {
    if ((load<u32>(boxes + (tile << 2)) & BOX_MARK) == 0) continue;
    const left = (tile % columns) * (TILE / CELL_WIDTH);
    const top = (tile / columns) * (TILE / CELL_HEIGHT);
    const right = min<u32>(left + TILE / CELL_WIDTH, pitch);
    const bottom = min<u32>(top + TILE / CELL_HEIGHT, rows);
    compareCells(
      picture,
      reference,
      stride,
      width,
      height,
      0,
      0,
      left,
      top,
      right,
      bottom,
      CHANGED_ROW_STEP,
      cells,
    );
    for (let row = top; row < bottom; row++) {
      for (let cell = cells + row * pitch + left; cell < cells + row * pitch + right; cell++) {
        store<u8>(cell, load<u8>(cell) ^ 1);
      }
    }
  }
}

/** Widens the rectangle found to the exact edges of what matches, by less than a cell on each side. */
function writeGrown(
  picture: usize,
  reference: usize,
  stride: u32,
  width: u32,
  height: u32,
  dx: i32,
  dy: i32,
  scratch: usize,
  move: usize,
): void {
  const found = scratch + FOUND;
  let x = load<u32>(found) << CELL_WIDTH_SHIFT;
  let y = load<u32>(found, 4) << CELL_HEIGHT_SHIFT;
  let right = min<u32>(x + (load<u32>(found, 8) << CELL_WIDTH_SHIFT), width);
  let bottom = min<u32>(y + (load<u32>(found, 12) << CELL_HEIGHT_SHIFT), height);
  const shift = <isize>reference - <isize>picture + <isize>dy * <isize>stride + ((<isize>dx) << 2);

  for (let step: u32 = 1; step < CELL_HEIGHT && y > 0 && <i32>y + dy > 0; step++) {
    const at = picture + (y - 1) * stride + (x << 2);
    if (!samePixels(at, <usize>(<isize>at + shift), right - x)) break;
    y--;
  }
  for (let step: u32 = 1; step < CELL_HEIGHT && bottom < height && <i32>bottom + dy < <i32>height; step++) {
    const at = picture + bottom * stride + (x << 2);
    if (!samePixels(at, <usize>(<isize>at + shift), right - x)) break;
    bottom++;
  }
  for (let step: u32 = 1; step < CELL_WIDTH && x > 0 && <i32>x + dx > 0; step++) {
    if (!sameColumn(picture + ((x - 1) << 2), shift, stride, y, bottom)) break;
    x--;
  }
  for (let step: u32 = 1; step < CELL_WIDTH && right < width && <i32>right + dx < <i32>width; step++) {
    if (!sameColumn(picture + (right << 2), shift, stride, y, bottom)) break;
    right++;
  }
  store<u16>(move, <i32>x + dx);
  store<u16>(move, <i32>y + dy, 2);
  store<u16>(move, x, 4);
  store<u16>(move, y, 6);
  store<u16>(move, right - x, 8);
  store<u16>(move, bottom - y, 10);
}

function sameColumn(column: usize, shift: isize, stride: u32, y: u32, bottom: u32): bool {
  for (; y < bottom; y++) {
    const at = column + y * stride;
    if (!samePixels(at, <usize>(<isize>at + shift), 1)) return false;
  }
  return true;
}

function meets(x: u32, y: u32, otherX: u32, otherY: u32, w: u32, h: u32, otherW: u32, otherH: u32): bool {
  return x < otherX + otherW && otherX < x + w && y < otherY + otherH && otherY < y + h;
}

/**
 * Puts the moves into an order in which no target covers a source that is still to be read, as far as there is
 * one: in a ring, one of them is read too late, which costs bytes but never exactness.
 */
function order(moves: usize, count: u32): void {
  for (let first: u32 = 0; first + 1 < count; first++) {
    let chosen = first;
    for (let index = first; index < count; index++) {
      const move = moves + index * MOVE_BYTES;
      let free = true;
      for (let other = first; other < count && free; other++) {
        if (other == index) continue;
        const later = moves + other * MOVE_BYTES;
        free = !meets(
          load<u16>(move, 4),
          load<u16>(move, 6),
          load<u16>(later),
          load<u16>(later, 2),
          load<u16>(move, 8),
          load<u16>(move, 10),
          load<u16>(later, 8),
          load<u16>(later, 10),
        );
      }
      if (free) {
        chosen = index;
        break;
      }
    }
    if (chosen == first) continue;
    const a = moves + first * MOVE_BYTES;
    const b = moves + chosen * MOVE_BYTES;
    const low = load<u64>(a);
    const high = load<u32>(a, 8);
    store<u64>(a, load<u64>(b));
    store<u32>(a, load<u32>(b, 8), 8);
    store<u64>(b, low);
    store<u32>(b, high, 8);
  }
}

/**
 * Looks for moves that turn parts of the reference into parts of the picture and writes them at `moves`, at
 * most `most`; the answer is their number. `boxes` is what has changed. With `anchors`, windows dragged in any
 * direction are looked for where vertical shifts explain little; TRIED says whether that was done, and of use.
 */
export function findMoves(
  picture: usize,
  reference: usize,
  stride: u32,
  width: u32,
  height: u32,
  boxes: usize,
  scratch: usize,
  moves: usize,
  most: u32,
  anchors: u32,
): u32 {
  store<u32>(scratch + TRIED, 0);
  const columns = (width + TILE - 1) >> TILE_SHIFT;
  const tiles = columns * ((height + TILE - 1) >> TILE_SHIFT);
  // The region that has changed, in cells; tiles are whole cells.
  let left: u32 = cellColumns(width);
  let top: u32 = cellRows(height);
  let right: u32 = 0;
  let bottom: u32 = 0;
  for (let tile: u32 = 0; tile < tiles; tile++) {
    if ((load<u32>(boxes + (tile << 2)) & BOX_MARK) == 0) continue;
    const x = ((tile % columns) << TILE_SHIFT) >> CELL_WIDTH_SHIFT;
    const y = ((tile / columns) << TILE_SHIFT) >> CELL_HEIGHT_SHIFT;
    left = min<u32>(left, x);
    top = min<u32>(top, y);
    right = max<u32>(right, min<u32>(x + TILE / CELL_WIDTH, cellColumns(width)));
    bottom = max<u32>(bottom, min<u32>(y + TILE / CELL_HEIGHT, cellRows(height)));
  }
  if (right == 0) return 0;

  const candidates = voteVertical(picture, reference, stride, width, height, boxes, scratch);
  if (candidates == 0 && anchors == 0) return 0;

  markChanged(picture, reference, stride, width, height, boxes, scratch);
  let remaining = sumChanged(scratch, width, height, left, top, right, bottom);
  const atFirst = remaining;
  let count: u32 = 0;
  let allowance: u32 = width * height * 2;
  let available = candidates;
  let round: u32 = 0;
  let beforeAnchors: u32 = 0;
  while (round < 2) {
    for (let index: u32 = 0; index < available && count < most && remaining >= MIN_GAIN; index++) {
      const dx = load<i32>(scratch + CANDIDATES + (index << 4));
      const dy = load<i32>(scratch + CANDIDATES + (index << 4), 4);
      const match = scratch + matchCellsAt(width, height);
      compareCells(
        picture,
        reference,
        stride,
        width,
        height,
        dx,
        dy,
        left,
        top,
        right,
        bottom,
        MATCH_ROW_STEP,
        match,
      );
      for (let taken: u32 = 0; taken < MAX_PER_SHIFT && count < most; taken++) {
        const gain = bestRectangle(scratch, width, height, left, top, right, bottom);
        if (gain < MIN_GAIN) break;
        const move = moves + count * MOVE_BYTES;
        writeGrown(picture, reference, stride, width, height, dx, dy, scratch, move);
        const area = <u32>load<u16>(move, 8) * <u32>load<u16>(move, 10);
        if (area > allowance) break;
        allowance -= area;
        count++;
        clearFound(scratch, width);
        remaining = sumChanged(scratch, width, height, left, top, right, bottom);
      }
    }
    round++;
    available = 0;
    if (round == 1 && anchors != 0 && remaining >= MIN_ANCHOR_CELLS && remaining * 2 > atFirst) {
      store<u32>(scratch + TRIED, 1);
      beforeAnchors = count;
      available = voteAnchors(picture, reference, stride, width, height, boxes, scratch);
    }
    if (available == 0) break;
  }
  if (load<u32>(scratch + TRIED) != 0 && count > beforeAnchors) store<u32>(scratch + TRIED, 2);
  order(moves, count);
  return count;
}
