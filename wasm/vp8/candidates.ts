/** Vectors that are worth a try: the moves that the caller knows of, and the ways that the search found. */
import { packVector } from './inter';
import { foundAt, foundCount, MOST_WAYS } from './search';
import { canReach } from './vectors';

/** u32[6] each: where it goes to (x, y), its size, where it comes from. */
export const MOVES = memory.data(64 * 24, 16);
export const MOST_MOVES: u32 = 64;
let moves: u32 = 0;

const FOUND = memory.data(12 * 4, 16);
/** The search's come behind them. */
const MOST_FOUND: u32 = 12 - MOST_WAYS;

export function setMoves(count: u32): void {
  moves = count;
}

/** How many vectors there are for the macroblock at (x, y). */
export function candidateCount(x: i32, y: i32): u32 {
  let found: u32 = 0;
  for (let index: u32 = 0; index < moves && found < MOST_FOUND; index++) {
    const move = MOVES + index * 24;
    const toX = load<i32>(move);
    const toY = load<i32>(move, 4);
    if (x + 16 <= toX || y + 16 <= toY) continue;
    if (x >= toX + load<i32>(move, 8) || y >= toY + load<i32>(move, 12)) continue;
    const moveX = (load<i32>(move, 16) - toX) << 2;
    const moveY = (load<i32>(move, 20) - toY) << 2;
    if (!canReach(moveX, moveY)) continue;
    store<u32>(FOUND + (found++ << 2), packVector(moveX, moveY));
  }
  for (let index: u32 = 0; index < foundCount(); index++) {
    store<u32>(FOUND + (found++ << 2), foundAt(index));
  }
  return found;
}

/** Whether the caller knows of no moves. */
export function knowsNoMoves(): bool {
  return moves == 0;
}

export function candidateAt(index: u32): u32 {
  return load<u32>(FOUND + (index << 2));
}
