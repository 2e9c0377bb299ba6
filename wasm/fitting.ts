/**
 * Fits moves together: each is grown to the exact edges of what is equal, and they are put into an order in which
 * all can read what was there before.
 */
import { RGB_MASK } from './box';
import { samePixels } from './cells';
import { MOVE_BYTES } from './moves';
import { CELL_HEIGHT, CELL_WIDTH, Search } from './search';

/**
 * A side is widened by less than two cells: one that is partly outside, and before it one in which the samples saw
 * no change.
 */
const MOST_COLUMNS: u32 = 2 * CELL_WIDTH - 1;
const MOST_ROWS: u32 = 2 * CELL_HEIGHT - 1;

function meets(x: u32, y: u32, w: u32, h: u32, otherX: u32, otherY: u32, otherW: u32, otherH: u32): bool {
  return x < otherX + otherW && otherX < x + w && y < otherY + otherH && otherY < y + h;
}

function sameVector(a: usize, b: usize): bool {
  return (
    <i32>load<u16>(a) - <i32>load<u16>(a, 4) == <i32>load<u16>(b) - <i32>load<u16>(b, 4) &&
    <i32>load<u16>(a, 2) - <i32>load<u16>(a, 6) == <i32>load<u16>(b, 2) - <i32>load<u16>(b, 6)
  );
}

/**
 * Gives a strip beside the target of move `index` to it; false when another target is in the way. One of the same
 * vector that the strip crosses from side to side is cut instead: the strip holds the same there.
 */
function claim(s: Search, index: u32, x: u32, y: u32, w: u32, h: u32): bool {
  const own = s.moves + index * MOVE_BYTES;
  for (let pass: u32 = 0; pass < 2; pass++) {
    for (let other: u32 = 0; other < s.count; other++) {
      const move = s.moves + other * MOVE_BYTES;
      const left: u32 = load<u16>(move, 4);
      const top: u32 = load<u16>(move, 6);
      const width: u32 = load<u16>(move, 8);
      const height: u32 = load<u16>(move, 10);
      if (other == index || !meets(x, y, w, h, left, top, width, height)) continue;
      const acrossRows = y <= top && y + h >= top + height && width > w;
      // The strip takes one end of the other target; it cannot divide it.
      const atLeft = acrossRows && x <= left;
      const atRight = acrossRows && x + w >= left + width;
      if (!sameVector(own, move) || (!atLeft && !atRight)) return false;
      if (pass == 0) continue;
      const cut = atLeft ? x + w - left : left + width - x;
      if (atLeft) {
        store<u16>(move, load<u16>(move) + <u16>cut);
        store<u16>(move, left + cut, 4);
      }
      store<u16>(move, width - cut, 8);
    }
  }
  return true;
}

/** Whether a row meets no move's target but that of `index`. */
function isFree(s: Search, index: u32, x: u32, y: u32, w: u32): bool {
  for (let other: u32 = 0; other < s.count; other++) {
    const move = s.moves + other * MOVE_BYTES;
    if (other == index) continue;
    if (meets(x, y, w, 1, load<u16>(move, 4), load<u16>(move, 6), load<u16>(move, 8), load<u16>(move, 10))) {
      return false;
    }
  }
  return true;
}

/** Groups of four pixels in which two rows differ. */
function differingGroups(a: usize, b: usize, width: u32): u32 {
  let count: u32 = 0;
  for (let x: u32 = 0; x < width; x += 4) {
    if (!samePixels(a + (x << 2), b + (x << 2), min<u32>(4, width - x))) count++;
  }
  return count;
}

/** Whether a row of a target is mostly wrong, or nearer to the picture unmoved: the samples overlooked an edge. */
function isBetterLeft(s: Search, shift: isize, x: u32, y: u32, width: u32): bool {
  const at = s.picture + y * s.stride + (x << 2);
  const moved = at + shift;
  if (samePixels(at, moved, width)) return false;
  const wrong = differingGroups(at, moved, width);
  return wrong * 8 > width || wrong > differingGroups(at, at + s.shift(0, 0), width);
}

/**
 * How many rows may be added to the target of move `index`, from row y on in steps of `way`: they are equal, free,
 * and the last of them was not right already. At most `most`.
 */
function rowsToTake(
  s: Search,
  index: u32,
  shift: isize,
  x: u32,
  y: i32,
  width: u32,
  way: i32,
  most: u32,
): u32 {
  const still = s.shift(0, 0);
  let useful: u32 = 0;
  for (let rows: u32 = 1; rows <= most; rows++) {
    const at = s.picture + <u32>y * s.stride + (x << 2);
    if (!samePixels(at, at + shift, width) || !isFree(s, index, x, y, width)) break;
    if (!samePixels(at, at + still, width)) useful = rows;
    y += way;
  }
  return useful;
}

/** How many pixels, at most `most`, equal their shifted ones in every row, going from x in steps of `way`. */
function equalColumns(s: Search, shift: isize, x: i32, way: i32, y: u32, bottom: u32, most: u32): u32 {
  let at = s.picture + y * s.stride + ((<usize>x) << 2);
  for (let row = y; row < bottom && most > 0; row++) {
    let equal: u32 = 0;
    let pixel = at;
    while (equal < most && ((load<u32>(pixel) ^ load<u32>(pixel + shift)) & RGB_MASK) == 0) {
      equal++;
      pixel += (<isize>way) << 2;
    }
    most = equal;
    at += s.stride;
  }
  return most;
}

/** Fits a move to the exact edges of what is equal, by less than two cells on each side. */
export function fitMove(s: Search, index: u32): void {
  const move = s.moves + index * MOVE_BYTES;
  let x: u32 = load<u16>(move, 4);
  let y: u32 = load<u16>(move, 6);
  let right = x + load<u16>(move, 8);
  let bottom = y + load<u16>(move, 10);
  const dx = <i32>load<u16>(move) - <i32>x;
  const dy = <i32>load<u16>(move, 2) - <i32>y;
  const shift = s.shift(dx, dy);

  while (bottom - y > CELL_HEIGHT && isBetterLeft(s, shift, x, y, right - x)) y++;
  while (bottom - y > CELL_HEIGHT && isBetterLeft(s, shift, x, bottom - 1, right - x)) bottom--;
  const trimmedTop = load<u16>(move, 6) != <u16>y;
  const trimmedBottom = <u32>load<u16>(move, 6) + load<u16>(move, 10) != bottom;

  const roomLeft = min<u32>(MOST_COLUMNS, <u32>min<i32>(x, <i32>x + dx));
  const wider = equalColumns(s, shift, <i32>x - 1, -1, y, bottom, roomLeft);
  if (wider > 0 && claim(s, index, x - wider, y, wider, bottom - y)) x -= wider;
  const roomRight = min<u32>(MOST_COLUMNS, s.width - <u32>max<i32>(right, <i32>right + dx));
  const further = equalColumns(s, shift, <i32>right, 1, y, bottom, roomRight);
  if (further > 0 && claim(s, index, right, y, further, bottom - y)) right += further;

  if (!trimmedTop) {
    const room = min<u32>(MOST_ROWS, <u32>min<i32>(y, <i32>y + dy));
    y -= rowsToTake(s, index, shift, x, <i32>y - 1, right - x, -1, room);
  }
  if (!trimmedBottom) {
    const room = min<u32>(MOST_ROWS, s.height - <u32>max<i32>(bottom, <i32>bottom + dy));
    bottom += rowsToTake(s, index, shift, x, bottom, right - x, 1, room);
  }

  store<u16>(move, <i32>x + dx);
  store<u16>(move, <i32>y + dy, 2);
  store<u16>(move, x, 4);
  store<u16>(move, y, 6);
  store<u16>(move, right - x, 8);
  store<u16>(move, bottom - y, 10);
}

/** Whether a move's target covers what another one reads. */
function overwrites(move: usize, other: usize): bool {
  return meets(
    load<u16>(move, 4),
    load<u16>(move, 6),
    load<u16>(move, 8),
    load<u16>(move, 10),
    load<u16>(other),
    load<u16>(other, 2),
    load<u16>(other, 8),
    load<u16>(other, 10),
  );
}

function swap(a: usize, b: usize): void {
  const low = load<u64>(a);
  const high = load<u32>(a, 8);
  store<u64>(a, load<u64>(b));
  store<u32>(a, load<u32>(b, 8), 8);
  store<u64>(b, low);
  store<u32>(b, high, 8);
}

/** The first move from `first` on that overwrites nothing that the others from there on read; -1: a ring. */
function nextMove(moves: usize, first: u32, count: u32): i32 {
  for (let index = first; index < count; index++) {
    let free = true;
    for (let other = first; other < count && free; other++) {
      free = other == index || !overwrites(moves + index * MOVE_BYTES, moves + other * MOVE_BYTES);
    }
    if (free) return index;
  }
  return -1;
}

/** The smallest of the moves from `first` on. */
function smallestMove(moves: usize, first: u32, count: u32): u32 {
  let smallest = first;
  let least = u32.MAX_VALUE;
  for (let index = first; index < count; index++) {
    const move = moves + index * MOVE_BYTES;
    const area = <u32>load<u16>(move, 8) * <u32>load<u16>(move, 10);
    if (area >= least) continue;
    least = area;
    smallest = index;
  }
  return smallest;
}

/**
 * Puts the moves into an order in which no target covers a source that is still to be read. Where they wait for
 * each other in a ring, the smallest is given up. The answer is how many are left.
 */
export function orderMoves(moves: usize, count: u32): u32 {
  let first: u32 = 0;
  while (first < count) {
    const chosen = nextMove(moves, first, count);
    if (chosen >= 0) {
      swap(moves + first * MOVE_BYTES, moves + chosen * MOVE_BYTES);
      first++;
    } else {
      count--;
      const smallest = smallestMove(moves, first, count + 1);
      if (smallest != count) swap(moves + smallest * MOVE_BYTES, moves + count * MOVE_BYTES);
    }
  }
  return count;
}
