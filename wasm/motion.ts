/**
 * The search for moves, greedy: the vectors of the last search, then those that elections give, are judged by some
 * of the cells that are still unexplained; the best one's rectangles are taken, and what they leave is judged again.
 * Targets never meet, and no move overwrites what a later one reads: every move reads what was there before.
 */
import { BOX_MARK, TILE, TILE_SHIFT } from './box';
import { judgeVector, markGains, matchCells, TEXTURE_GAIN } from './cells';
import { fitMove, orderMoves } from './fitting';
import { MOVE_BYTES } from './moves';
import { bestRectangle, takeFound } from './rectangles';
import {
  ASKED,
  CANDIDATES,
  CELL_HEIGHT,
  CELL_HEIGHT_SHIFT,
  CELL_WIDTH,
  CELL_WIDTH_SHIFT,
  cellColumns,
  cellRows,
  FOUND,
  GAINS,
  MAX_CANDIDATES,
  PREVIOUS,
  Search,
} from './search';
import { electHorizontal, electVector, electVertical } from './votes';

/** A move pays when it makes this many cells with texture right: half a tile. */
const MIN_CELLS: u32 = 16;
const MIN_GAIN: u32 = MIN_CELLS * TEXTURE_GAIN;
/** Rectangles taken from one vector; what is left then is small. */
const MAX_PER_VECTOR: u32 = 12;
/** A column of tiles votes when it has this many unexplained cells: less than 24 rows are typing. */
const MIN_COLUMN_CELLS: u32 = 12;
/** Elections of columns, and of those in vain, after which no column is asked any more. */
const MAX_ELECTIONS: u32 = 8;
const MAX_IN_VAIN: u32 = 3;
/** After an election in vain the columns beside it, which most likely show the same, are left out. */
const NEIGHBOURS: u32 = 2;
/** Other than vertical shifts are looked for when this many cells, and a quarter of all, are unexplained. */
const MIN_OTHER_CELLS: u32 = 128;

/** Finds the region that has changed; false when nothing has. */
function findRegion(s: Search): bool {
  const columns = s.tileColumns();
  const tiles = s.tiles();
  s.left = cellColumns(s.width);
  s.top = cellRows(s.height);
  s.right = 0;
  s.bottom = 0;
  for (let tile: u32 = 0; tile < tiles; tile++) {
    if ((load<u32>(s.boxes + (tile << 2)) & BOX_MARK) == 0) continue;
    const x = ((tile % columns) << TILE_SHIFT) >> CELL_WIDTH_SHIFT;
    const y = ((tile / columns) << TILE_SHIFT) >> CELL_HEIGHT_SHIFT;
    s.left = min<u32>(s.left, x);
    s.top = min<u32>(s.top, y);
    s.right = max<u32>(s.right, min<u32>(x + TILE / CELL_WIDTH, cellColumns(s.width)));
    s.bottom = max<u32>(s.bottom, min<u32>(y + TILE / CELL_HEIGHT, cellRows(s.height)));
  }
  return s.right != 0;
}

/** Writes the rectangle at FOUND as the next move. */
function addMove(s: Search, dx: i32, dy: i32): void {
  const found = s.scratch() + FOUND;
  const move = s.moves + s.count * MOVE_BYTES;
  const x = load<u32>(found) << CELL_WIDTH_SHIFT;
  const y = load<u32>(found, 4) << CELL_HEIGHT_SHIFT;
  store<u16>(move, <i32>x + dx);
  store<u16>(move, <i32>y + dy, 2);
  store<u16>(move, x, 4);
  store<u16>(move, y, 6);
  store<u16>(move, min<u32>(load<u32>(found, 8) << CELL_WIDTH_SHIFT, s.width - x), 8);
  store<u16>(move, min<u32>(load<u32>(found, 12) << CELL_HEIGHT_SHIFT, s.height - y), 10);
  s.count++;
}

/** Takes a vector's rectangles, the best first; false when there are none. */
function takeVector(s: Search, dx: i32, dy: i32): bool {
  let unexplained = matchCells(s, dx, dy);
  let taken: u32 = 0;
  while (taken < MAX_PER_VECTOR && s.count < s.most && unexplained >= MIN_GAIN) {
    const gain = bestRectangle(s);
    if (gain < MIN_GAIN) break;
    addMove(s, dx, dy);
    takeFound(s);
    unexplained -= gain;
    taken++;
  }
  return taken > 0;
}

/**
 * Judges the candidates and takes the best that explains at least `least` wanted cells, until none does; false when
 * none did.
 */
function takeCandidates(s: Search, list: usize, count: u32, least: u32): bool {
  let taken: bool = false;
  while (count > 0 && s.count < s.most && s.wanted >= MIN_CELLS) {
    let best: u32 = 0;
    let chosen: usize = 0;
    for (let index: u32 = 0; index < count; index++) {
      const vector = list + (index << 4);
      const judged = judgeVector(s, load<i32>(vector), load<i32>(vector, 4));
      if (judged <= best) continue;
      best = judged;
      chosen = vector;
    }
    if (best < least) break;
    taken = takeVector(s, load<i32>(chosen), load<i32>(chosen, 4)) || taken;
    // The last one takes its place.
    count--;
    memory.copy(chosen, list + (count << 4), 16);
  }
  return taken;
}

/** Cells of a column of tiles that its moves have uncovered: these were nowhere before. */
function uncoveredCells(s: Search, column: u32): u32 {
  let most: u32 = 0;
  for (let index: u32 = 0; index < s.count; index++) {
    const move = s.moves + index * MOVE_BYTES;
    const x: u32 = load<u16>(move, 4);
    if (x >= (column + 1) << TILE_SHIFT || x + load<u16>(move, 8) <= column << TILE_SHIFT) continue;
    const distance = abs<i32>(<i32>load<u16>(move, 6) - <i32>load<u16>(move, 2));
    most = max<u32>(most, distance);
  }
  return most == 0 ? 0 : ((most + 2 * CELL_HEIGHT - 1) >> CELL_HEIGHT_SHIFT) * (TILE / CELL_WIDTH);
}

/** The column of tiles with the most wanted cells of those that have not been asked; -1 when none has enough. */
function chooseColumn(s: Search): i32 {
  const gains = s.scratch() + GAINS;
  const pitch = cellColumns(s.width);
  const asked = s.scratch() + ASKED;
  let most: i32 = 0;
  let chosen: i32 = -1;
  for (let left = s.left; left < s.right; left += TILE / CELL_WIDTH) {
    const column = left / (TILE / CELL_WIDTH);
    if (load<u8>(asked + column) != 0) continue;
    const right = min<u32>(left + TILE / CELL_WIDTH, s.right);
    let count: i32 = 1 - MIN_COLUMN_CELLS - uncoveredCells(s, column);
    for (let row = s.top; row < s.bottom; row++) {
      for (let cell = gains + row * pitch + left; cell < gains + row * pitch + right; cell++) {
        if (load<u8>(cell) == TEXTURE_GAIN) count++;
      }
    }
    if (count <= most) continue;
    most = count;
    chosen = column;
  }
  return chosen;
}

/** Lets columns of tiles vote for vertical shifts, one after the other, while that explains something. */
function electShifts(s: Search): void {
  const asked = s.scratch() + ASKED;
  memory.fill(asked, 0, 128);
  let inVain: u32 = 0;
  for (let elections: u32 = 0; elections < MAX_ELECTIONS && inVain < MAX_IN_VAIN; elections++) {
    const column = s.count < s.most ? chooseColumn(s) : -1;
    if (column < 0) return;
    store<u8>(asked + column, 1);
    if (takeCandidates(s, s.scratch() + CANDIDATES, electVertical(s, column), MIN_CELLS)) continue;
    inVain++;
    const first = <u32>max<i32>(column - NEIGHBOURS, 0);
    memory.fill(asked + first, 1, min<u32>(column + NEIGHBOURS + 1, 128) - first);
  }
}

/** The row of tiles with the most wanted cells. */
function chooseRow(s: Search): u32 {
  const gains = s.scratch() + GAINS;
  const pitch = cellColumns(s.width);
  let most: u32 = 0;
  let chosen = s.top / (TILE / CELL_HEIGHT);
  for (let top = s.top; top < s.bottom; top += TILE / CELL_HEIGHT) {
    const bottom = min<u32>(top + TILE / CELL_HEIGHT, s.bottom);
    let count: u32 = 0;
    for (let row = top; row < bottom; row++) {
      for (let cell = gains + row * pitch + s.left; cell < gains + row * pitch + s.right; cell++) {
        if (load<u8>(cell) == TEXTURE_GAIN) count++;
      }
    }
    if (count <= most) continue;
    most = count;
    chosen = top / (TILE / CELL_HEIGHT);
  }
  return chosen;
}

/** Looks for what moved sideways, and for what moved in any direction. */
function electOthers(s: Search): void {
  const least = s.wanted >> 2;
  const list = s.scratch() + CANDIDATES;
  s.tried = 1;
  if (takeCandidates(s, list, electHorizontal(s, chooseRow(s)), MIN_CELLS)) s.tried = 2;
  if (s.wanted < MIN_OTHER_CELLS || s.wanted < least) return;
  if (takeCandidates(s, list, electVector(s), MIN_CELLS)) s.tried = 2;
}

/** Keeps the vectors of the moves, of which the next search tries first. */
function keepVectors(s: Search): void {
  const list = s.scratch() + PREVIOUS;
  let kept: u32 = 0;
  for (let index: u32 = 0; index < s.count && kept < MAX_CANDIDATES; index++) {
    const move = s.moves + index * MOVE_BYTES;
    const dx = <i32>load<u16>(move) - <i32>load<u16>(move, 4);
    const dy = <i32>load<u16>(move, 2) - <i32>load<u16>(move, 6);
    let known = false;
    for (let other: u32 = 0; other < kept; other++) {
      const vector = list + (other << 4);
      if (load<i32>(vector) == dx && load<i32>(vector, 4) == dy) known = true;
    }
    if (known) continue;
    store<i32>(list + (kept << 4), dx);
    store<i32>(list + (kept << 4), dy, 4);
    kept++;
  }
  s.previous = kept;
}

/**
 * Looks for moves that turn parts of the reference into parts of the picture and writes them at `moves`, at
 * most `most`; the answer is their number. `boxes` is what has changed. With `anchors`, windows dragged in any
 * direction are looked for where vertical shifts explain too little; `Search.tried` says whether that was done, and
 * of use. The scratch is kept from search to search and is zero at first.
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
  const s = changetype<Search>(scratch);
  s.tried = 0;
  s.picture = picture;
  s.reference = reference;
  s.stride = stride;
  s.width = width;
  s.height = height;
  s.boxes = boxes;
  s.moves = moves;
  s.count = 0;
  s.most = most;
  if (!findRegion(s)) return 0;
  markGains(s);
  const atFirst = s.wanted;
  // A quarter of the change is what a vector tried on suspicion must explain.
  takeCandidates(s, scratch + PREVIOUS, s.previous, max<u32>(MIN_CELLS, atFirst >> 2));
  electShifts(s);
  if (anchors != 0 && s.wanted >= MIN_OTHER_CELLS && s.wanted * 4 > atFirst) electOthers(s);
  for (let index: u32 = 0; index < s.count; index++) fitMove(s, index);
  s.count = orderMoves(moves, s.count);
  keepVectors(s);
  return s.count;
}
