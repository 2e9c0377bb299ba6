/** Twin of macroblock modes and vectors (RFC 6386, sections 11, 16 and 17). */
import { KEY_SUBMODES } from '../../../../codecs/vp8/mode-tables.js';
import type { BoolDecoder } from './bool.js';
import {
  B_PRED,
  CHROMA_TREE,
  clamp,
  KEY_MODE_TREE,
  type Macroblock,
  MODE_CONTEXTS,
  MODE_TREE,
  NEAR,
  NEAREST,
  NEW,
  outsideBlock,
  PART_ODDS,
  PART_TREE,
  SEGMENT_TREE,
  SHORT_TREE,
  SPLIT,
  SPLIT_ODDS,
  SPLIT_TREE,
  SPLITS,
  STILL,
  SUBMODE_TREE,
  VECTOR_MODE_TREE,
  type Vector,
} from './formats.js';
import type { Header } from './header.js';

/** Blocks by row and column; outside is intra. */
export type Grid = (column: number, row: number) => Macroblock;

export interface GridSize {
  readonly columns: number;
  readonly rows: number;
}

export function readBlock(header: Header, at: Grid, column: number, row: number, size: GridSize): Macroblock {
  const bool = header.modes;
  const block = outsideBlock();
  const { state } = header;
  if (header.segmentOdds) block.segment = bool.tree(SEGMENT_TREE, header.segmentOdds);
  block.empty = header.codedOdds !== undefined && bool.bit(header.codedOdds) === 1;
  if (header.key) {
    block.mode = bool.tree(KEY_MODE_TREE, [145, 156, 163, 128]);
    readSubmodes(block, (index) => {
      const over = index < 4 ? at(column, row - 1).submodes[index + 12]! : block.submodes[index - 4]!;
      const left = index % 4 === 0 ? at(column - 1, row).submodes[index + 3]! : block.submodes[index - 1]!;
      const from = (over * 10 + left) * 9;
      return bool.tree(SUBMODE_TREE, KEY_SUBMODES.slice(from, from + 9));
    });
    block.chroma = bool.tree(CHROMA_TREE, [142, 114, 183]);
  } else if (bool.bit(header.interOdds) === 0) {
    block.mode = bool.tree(MODE_TREE, state.modes);
    readSubmodes(block, () => bool.tree(SUBMODE_TREE, [120, 90, 79, 133, 87, 85, 80, 111, 151]));
    block.chroma = bool.tree(CHROMA_TREE, state.chromaModes);
  } else {
    block.reference = bool.bit(header.lastOdds) === 0 ? 1 : 2 + bool.bit(header.goldenOdds);
    readVectors(header, block, at, column, row, size);
  }
  return block;
}

function readSubmodes(block: Macroblock, read: (index: number) => number): void {
  // What other modes count as: DC, VE, HE, TM.
  if (block.mode !== B_PRED) block.submodes.fill([0, 2, 3, 1][block.mode]!);
  else for (let index = 0; index < 16; index++) block.submodes[index] = read(index);
}

const same = (a: Vector, b: Vector) => a.x === b.x && a.y === b.y;

function readVectors(
  header: Header,
  block: Macroblock,
  at: Grid,
  column: number,
  row: number,
  size: GridSize,
): void {
  const bool = header.modes;
  const over = at(column, row - 1);
  const left = at(column - 1, row);
  const corner = at(column - 1, row - 1);
  const found: Vector[] = [STILL];
  const weights = [0, 0, 0, 0];
  for (const [neighbour, weight] of [
    [over, 2],
    [left, 2],
    [corner, 1],
  ] as const) {
    if (neighbour.reference === 0) continue;
    let rank = 0;
    if (!same(neighbour.vector, STILL)) {
      if (found.length === 1 || !same(found.at(-1)!, neighbour.vector)) found.push(neighbour.vector);
      rank = found.length - 1;
    }
    weights[rank]! += weight;
  }
  if (weights[3]! > 0 && same(found[3]!, found[1]!)) weights[1]!++;
  let [, nearest = STILL, near = STILL] = found;
  let [zeroWeight, nearestWeight, nearWeight] = weights as [number, number, number, number];
  if (nearWeight > nearestWeight) {
    [nearest, near] = [near, nearest];
    [nearestWeight, nearWeight] = [nearWeight, nearestWeight];
  }
  const split = (neighbour: Macroblock) => (neighbour.mode === SPLIT ? 1 : 0);
  const splitWeight = (split(over) + split(left)) * 2 + split(corner);
  const inside = (vector: Vector): Vector => ({
    x: clamp(vector.x, -column * 64 - 64, (size.columns - 1 - column) * 64 + 64),
    y: clamp(vector.y, -row * 64 - 64, (size.rows - 1 - row) * 64 + 64),
  });
  const best = inside(nearestWeight >= zeroWeight ? nearest : STILL);
  block.mode = bool.tree(VECTOR_MODE_TREE, [
    MODE_CONTEXTS[zeroWeight]![0]!,
    MODE_CONTEXTS[nearestWeight]![1]!,
    MODE_CONTEXTS[nearWeight]![2]!,
    MODE_CONTEXTS[splitWeight]![3]!,
  ]);
  if (block.mode === NEAREST) block.vector = inside(nearest);
  else if (block.mode === NEAR) block.vector = inside(near);
  else if (block.mode === NEW) block.vector = readVector(bool, header.state.vectors, best);
  block.vectors.fill(block.vector);
  if (block.mode === SPLIT) readParts(header, block, over, left, best);
}

function readParts(
  header: Header,
  block: Macroblock,
  over: Macroblock,
  left: Macroblock,
  best: Vector,
): void {
  const bool = header.modes;
  const parts = SPLITS[bool.tree(SPLIT_TREE, SPLIT_ODDS)]!;
  for (let part = 0; part <= parts[15]!; part++) {
    const first = parts.indexOf(part);
    const a = first < 4 ? over.vectors[first + 12]! : block.vectors[first - 4]!;
    const l = first % 4 === 0 ? left.vectors[first + 3]! : block.vectors[first - 1]!;
    const context = same(l, a) ? (same(a, STILL) ? 4 : 3) : same(a, STILL) ? 2 : same(l, STILL) ? 1 : 0;
    const kind = bool.tree(PART_TREE, PART_ODDS[context]!);
    const vector =
      kind === 0 ? l : kind === 1 ? a : kind === 2 ? STILL : readVector(bool, header.state.vectors, best);
    parts.forEach((owner, index) => {
      if (owner === part) block.vectors[index] = vector;
    });
  }
  block.vector = block.vectors[15]!;
}

function readVector(bool: BoolDecoder, odds: readonly number[], best: Vector): Vector {
  const y = best.y + readComponent(bool, odds.slice(0, 19));
  return { y, x: best.x + readComponent(bool, odds.slice(19)) };
}

/** Section 17.2. */
function readComponent(bool: BoolDecoder, odds: readonly number[]): number {
  let size = 0;
  if (bool.bit(odds[0]!) === 1) {
    for (const bit of [0, 1, 2, 9, 8, 7, 6, 5, 4]) size += bool.bit(odds[9 + bit]!) << bit;
    if (size <= 15 || bool.bit(odds[12]!) === 1) size += 8;
  } else {
    size = bool.tree(SHORT_TREE, odds.slice(2, 9));
  }
  return size !== 0 && bool.bit(odds[1]!) === 1 ? -size : size;
}
