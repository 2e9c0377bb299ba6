/**
 * Where content has gone, found by its hashes. Places are chosen by what is around them, so the same ones are
 * chosen before and after a scroll or a drag: each place of the frame before is noted under its hash, each of this
 * frame looks itself up and votes for the way between. Only changed macroblocks are looked at.
 */
import { packVector } from './inter';
import { before, columns, dirty, lumaAt, lumaStride, rows, source } from './state';
import { canReach } from './vectors';

/** Fewer changed macroblocks than this are coded sooner than searched. */
const LEAST_BLOCKS: u32 = 12;
/** A way needs so many votes; so many ways are kept. */
const LEAST_VOTES: u32 = 4;
export const MOST_WAYS: u32 = 4;

/** By 12 bits of the hash: the hash, and x and y, or AMBIGUOUS where it was met twice. */
const SLOTS: u32 = 4096;
const HASHES = memory.data(4096 * 4, 16);
const PLACES = memory.data(4096 * 4, 16);
const AMBIGUOUS: u32 = u32.MAX_VALUE;
/** By 8 bits of the way: the way in whole pixels, and its votes. */
const WAYS = memory.data(256 * 4, 16);
const VOTES = memory.data(256 * 4, 16);
/** The vectors that won, the most voted for first. */
const FOUND = memory.data(4 * 4, 16);

let found: u32 = 0;

export function foundCount(): u32 {
  return found;
}

export function foundAt(index: u32): u32 {
  return load<u32>(FOUND + (index << 2));
}

/** Looks for the ways that content of the `changed` macroblocks has gone. */
export function searchWays(changed: u32): void {
  found = 0;
  if (changed < LEAST_BLOCKS) return;
  memory.fill(HASHES, 0, SLOTS * 4);
  memory.fill(WAYS, 0, 256 * 4);
  memory.fill(VOTES, 0, 256 * 4);
  scan(before + lumaAt, true);
  scan(source + lumaAt, false);
  while (found < MOST_WAYS && takeMostVoted()) found++;
}

function scan(plane: usize, noting: bool): void {
  // A place looks at 8 pixels to its right and 2 rows down: those of the last ones may lie outside.
  for (let row: u32 = 0; row + 1 < rows; row++) {
    for (let column: u32 = 0; column + 1 < columns; column++) {
      if (load<u8>(dirty + row * columns + column) == 0) continue;
      for (let line: u32 = 0; line < 16; line++) {
        const y = (row << 4) + line;
        const x = column << 4;
        const at = plane + y * lumaStride + x;
        for (let left = chosen(at); left != 0; left &= left - 1) {
          const place = ctz(left);
          if (noting) note(at + place, x + place, y);
          else vote(at + place, x + place, y);
        }
      }
    }
  }
}

/** Which of 16 places are chosen: about one in 64 where there is something to see, none where it is flat. */
function chosen(at: usize): u32 {
  const a = v128.load(at);
  const b = v128.load(at, 1);
  const down = at + lumaStride;
  const mixed = i8x16.add(
    v128.xor(a, i8x16.shl(b, 1)),
    v128.xor(i8x16.shl(v128.load(down), 2), v128.load(down, 2)),
  );
  const hit = i8x16.eq(v128.and(mixed, i8x16.splat(63)), i8x16.splat(21));
  return i8x16.bitmask(v128.and(hit, i8x16.ne(a, b)));
}

function hashOf(at: usize): u32 {
  const first = load<u64>(at) * 0x9e3779b97f4a7c15;
  const second = load<u64>(at + lumaStride * 2) * 0xc2b2ae3d27d4eb4f;
  return <u32>((first ^ rotl<u64>(second, 29)) >> 32) | 1;
}

function note(at: usize, x: u32, y: u32): void {
  const hash = hashOf(at);
  const slot = (hash >> 20) << 2;
  const old = load<u32>(HASHES + slot);
  if (old == hash) {
    store<u32>(PLACES + slot, AMBIGUOUS);
  } else if (old == 0) {
    store<u32>(HASHES + slot, hash);
    store<u32>(PLACES + slot, (x << 16) | y);
  }
}

function vote(at: usize, x: u32, y: u32): void {
  const hash = hashOf(at);
  const slot = (hash >> 20) << 2;
  if (load<u32>(HASHES + slot) != hash) return;
  const place = load<u32>(PLACES + slot);
  if (place == AMBIGUOUS) return;
  const moveX = <i32>(place >> 16) - <i32>x;
  const moveY = <i32>(place & 0xffff) - <i32>y;
  if ((moveX == 0 && moveY == 0) || !canReach(moveX << 2, moveY << 2)) return;
  const way = packVector(moveX, moveY);
  let cell = ((way * 0x9e3779b1) >> 24) << 2;
  for (let tries = 0; tries < 8; tries++) {
    const held = load<u32>(WAYS + cell);
    if (held == way || held == 0) {
      store<u32>(WAYS + cell, way);
      store<u32>(VOTES + cell, load<u32>(VOTES + cell) + 1);
      return;
    }
    cell = (cell + 4) & 1023;
  }
}

/** Moves the way with the most votes to FOUND; whether there was one with enough. */
function takeMostVoted(): bool {
  let most: u32 = 0;
  let best: usize = 0;
  for (let cell: usize = 0; cell < 1024; cell += 4) {
    const votes = load<u32>(VOTES + cell);
    if (votes <= most) continue;
    most = votes;
    best = cell;
  }
  if (most < LEAST_VOTES) return false;
  const way = load<u32>(WAYS + best);
  store<u32>(VOTES + best, 0);
  store<u32>(FOUND + (found << 2), packVector((<i32>way >> 16) << 2, (<i32>(<i16>way)) << 2));
  return true;
}
