/** Vectors of macroblocks: what the neighbours suggest, and how they are written (RFC 6386, sections 16.3 and 17). */
import { bitCost, putBit, putLiteral } from './bool';
import { packVector, vectorX, vectorY } from './inter';
import { bestProbability, saving } from './probabilities';
import { columns, gridOf, gridStride, isIntraAt, modes, rows, vectors } from './state';
import { NEAR, NEAREST, SPLIT, VECTOR_DEFAULTS, VECTOR_UPDATES, ZERO } from './tables';

/** Probabilities of the modes by what the neighbours have (section 16.3): rows by count. */
const MODE_CONTEXTS: usize = memory.data<u8>([
  7, 1, 1, 143, 14, 18, 14, 107, 135, 64, 57, 68, 60, 56, 128, 65, 159, 134, 128, 34, 234, 188, 128, 28,
]);

/** Probability of ZERO where all neighbours stand still. */
export const STILL_ODDS: u32 = 234;

/** What the neighbours suggest: found vectors by rank, and how much speaks for each. */
const FOUND = memory.data(16, 16);
const WEIGHTS = memory.data(16, 16);

/** The vectors of modes NEAREST and NEAR, and what NEW and split ones are told relative to. */
export let nearest: u32 = 0;
export let near: u32 = 0;
export let best: u32 = 0;
/** Probabilities of the four branches: not ZERO, not NEAREST, not NEAR, SPLIT. */
let zeroOdds: u32 = 0;
let nearestOdds: u32 = 0;
let nearOdds: u32 = 0;
let splitOdds: u32 = 0;

let rank: usize = 0;

function ask(cell: u32, weight: u32): void {
  if (isIntraAt(cell)) return;
  const vector = load<u32>(vectors + (cell << 2));
  let at: usize = 0;
  if (vector != 0) {
    if (rank == 0 || vector != load<u32>(FOUND + (rank << 2))) store<u32>(FOUND + (++rank << 2), vector);
    at = rank;
  }
  store<u32>(WEIGHTS + (at << 2), load<u32>(WEIGHTS + (at << 2)) + weight);
}

function isSplit(cell: u32): u32 {
  return load<u8>(modes + (cell << 2)) == SPLIT ? 1 : 0;
}

/** Keeps a block within 16 pixels of the picture's edges, as sections 5 and 16.3 want. */
function clamped(vector: u32, column: u32, row: u32): u32 {
  const left = -((<i32>column) << 6) - 64;
  const right = ((<i32>(columns - 1 - column)) << 6) + 64;
  const top = -((<i32>row) << 6) - 64;
  const bottom = ((<i32>(rows - 1 - row)) << 6) + 64;
  return packVector(
    max<i32>(left, min<i32>(right, vectorX(vector))),
    max<i32>(top, min<i32>(bottom, vectorY(vector))),
  );
}

/** Looks at the neighbours of a macroblock: sets the vectors and probabilities above. */
export function askNeighbours(column: u32, row: u32): void {
  const cell = gridOf(column, row);
  const over = cell - gridStride;
  v128.store(FOUND, i32x4.splat(0));
  v128.store(WEIGHTS, i32x4.splat(0));
  rank = 0;
  ask(over, 2);
  ask(cell - 1, 2);
  ask(over - 1, 1);
  let first = load<u32>(FOUND, 4);
  let second = load<u32>(FOUND, 8);
  let firstWeight = load<u32>(WEIGHTS, 4);
  let secondWeight = load<u32>(WEIGHTS, 8);
  // With three vectors, the third may be the first again.
  if (load<u32>(WEIGHTS, 12) != 0 && load<u32>(FOUND, 12) == first) firstWeight++;
  const zeroWeight = load<u32>(WEIGHTS);
  if (secondWeight > firstWeight) {
    const vector = first;
    first = second;
    second = vector;
    const weight = firstWeight;
    firstWeight = secondWeight;
    secondWeight = weight;
  }
  const splits = (isSplit(over) + isSplit(cell - 1)) * 2 + isSplit(over - 1);
  zeroOdds = load<u8>(MODE_CONTEXTS + zeroWeight * 4);
  nearestOdds = load<u8>(MODE_CONTEXTS + firstWeight * 4, 1);
  nearOdds = load<u8>(MODE_CONTEXTS + secondWeight * 4, 2);
  splitOdds = load<u8>(MODE_CONTEXTS + splits * 4, 3);
  nearest = clamped(first, column, row);
  near = clamped(second, column, row);
  best = clamped(firstWeight >= zeroWeight ? first : 0, column, row);
}

/** 1/256 bits of an inter mode after `askNeighbours`. */
export function vectorModeCost(mode: u32): u32 {
  if (mode == ZERO) return bitCost(0, zeroOdds);
  let cost = bitCost(1, zeroOdds);
  if (mode == NEAREST) return cost + bitCost(0, nearestOdds);
  cost += bitCost(1, nearestOdds);
  if (mode == NEAR) return cost + bitCost(0, nearOdds);
  return cost + bitCost(1, nearOdds) + bitCost(mode == SPLIT ? 1 : 0, splitOdds);
}

/** Writes an inter mode after `askNeighbours`. */
export function putVectorMode(mode: u32): void {
  putBit(mode != ZERO ? 1 : 0, zeroOdds);
  if (mode == ZERO) return;
  putBit(mode != NEAREST ? 1 : 0, nearestOdds);
  if (mode == NEAREST) return;
  putBit(mode != NEAR ? 1 : 0, nearOdds);
  if (mode == NEAR) return;
  putBit(mode == SPLIT ? 1 : 0, splitOdds);
}

/** Probabilities of a component's bits, row then column, and how often each was 0 and 1 in this frame. */
const ODDS = memory.data(38, 16);
const SEEN = memory.data(38 * 8, 16);
const SIGN: usize = 1;
const SHORT: usize = 2;
const LONG: usize = 9;
/** Largest component of a difference that can be told. */
const MOST: i32 = 1023;

export function resetVectorOdds(): void {
  memory.copy(ODDS, VECTOR_DEFAULTS, 38);
}

export function startVectors(): void {
  memory.fill(SEEN, 0, 38 * 8);
}

/** What a walk along a component's bits does with each of them. */
const COST: u32 = 0;
const COUNT: u32 = 1;
const WRITE: u32 = 2;
let walked: u32 = 0;

function visit(kind: u32, at: usize, bit: u32): void {
  if (kind == COST) {
    walked += bitCost(bit, load<u8>(ODDS + at));
  } else if (kind == WRITE) {
    putBit(bit, load<u8>(ODDS + at));
  } else {
    const seen = SEEN + (at << 3) + (bit << 2);
    store<u32>(seen, load<u32>(seen) + 1);
  }
}

/** Walks along the bits of a component (section 17.2). */
function walk(kind: u32, base: usize, value: i32): void {
  const size = <u32>abs(value);
  if (size < 8) {
    visit(kind, base, 0);
    const high = size >> 2;
    const middle = (size >> 1) & 1;
    visit(kind, base + SHORT, high);
    visit(kind, base + SHORT + (high != 0 ? 4 : 1), middle);
    visit(kind, base + SHORT + (high != 0 ? 5 : 2) + middle, size & 1);
    if (size == 0) return;
  } else {
    visit(kind, base, 1);
    for (let bit: u32 = 0; bit < 3; bit++) visit(kind, base + LONG + bit, (size >> bit) & 1);
    for (let bit: u32 = 9; bit > 3; bit--) visit(kind, base + LONG + bit, (size >> bit) & 1);
    // Below 16 the last one must be set, or it were a short one.
    if (size > 15) visit(kind, base + LONG + 3, (size >> 3) & 1);
  }
  visit(kind, base + SIGN, value < 0 ? 1 : 0);
}

/** Whether a vector can be told at all: relative to another, which may be as long. */
export function canReach(x: i32, y: i32): bool {
  return abs(x) <= 2 * MOST && abs(y) <= 2 * MOST;
}

/** Whether a vector can be told relative to `best`. */
export function canTell(vector: u32): bool {
  return abs(vectorX(vector) - vectorX(best)) <= MOST && abs(vectorY(vector) - vectorY(best)) <= MOST;
}

/** 1/256 bits of a vector relative to `best`. */
export function vectorCost(vector: u32): u32 {
  walked = 0;
  walk(COST, 0, vectorY(vector) - vectorY(best));
  walk(COST, 19, vectorX(vector) - vectorX(best));
  return walked;
}

export function countVector(vector: u32): void {
  walk(COUNT, 0, vectorY(vector) - vectorY(best));
  walk(COUNT, 19, vectorX(vector) - vectorX(best));
}

export function putVector(vector: u32): void {
  walk(WRITE, 0, vectorY(vector) - vectorY(best));
  walk(WRITE, 19, vectorX(vector) - vectorX(best));
}

/** Writes which probabilities of vectors change and to what, and changes them. */
export function writeVectorOdds(): void {
  for (let at: usize = 0; at < 38; at++) {
    const odds = <u32>load<u8>(VECTOR_UPDATES + at);
    const was = <u32>load<u8>(ODDS + at);
    const zeros = load<u32>(SEEN + (at << 3));
    const ones = load<u32>(SEEN + (at << 3), 4);
    // 7 bits: even, but 1 for 0.
    const seven = bestProbability(zeros, ones) >> 1;
    const next = seven == 0 ? 1 : seven << 1;
    const price = <i64>((7 << 8) + bitCost(1, odds)) - <i64>bitCost(0, odds);
    const changes = next != was && saving(zeros, ones, was, next) > price;
    putBit(changes ? 1 : 0, odds);
    if (!changes) continue;
    putLiteral(seven, 7);
    store<u8>(ODDS + at, <u8>next);
  }
}
