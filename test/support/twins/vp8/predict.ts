/** Twin of prediction (RFC 6386, sections 12 and 18). */
import { clamp, H_PRED, type PlanePicture, sampleAt, TM_PRED, V_PRED, type Vector } from './formats.js';

/** A sample of the picture that is being made: 127 above it, 129 to its left. */
function around(plane: PlanePicture, x: number, y: number): number {
  if (y < 0) return 127;
  if (x < 0) return 129;
  return plane.samples[y * plane.width + x]!;
}

/** A square of `size` samples at (x, y) by a 16x16 or chroma mode. */
export function predictSquare(
  plane: PlanePicture,
  x: number,
  y: number,
  size: number,
  mode: number,
): number[] {
  const over = (column: number) => around(plane, x + column, y - 1);
  const left = (row: number) => around(plane, x - 1, y + row);
  const indices = Array.from({ length: size }, (_, index) => index);
  const edges = [...(y > 0 ? indices.map(over) : []), ...(x > 0 ? indices.map(left) : [])];
  const sum = edges.reduce((total, sample) => total + sample, 0);
  const mean = edges.length === 0 ? 128 : Math.floor((sum + edges.length / 2) / edges.length);
  return indices.flatMap((row) =>
    indices.map((column) => {
      if (mode === V_PRED) return over(column);
      if (mode === H_PRED) return left(row);
      if (mode === TM_PRED) return clamp(left(row) + over(column) - over(-1), 0, 255);
      return mean;
    }),
  );
}

/** A 4x4 block by its mode; `over` is the 8 samples above it. */
export function predictSmall(
  plane: PlanePicture,
  x: number,
  y: number,
  mode: number,
  over: readonly number[],
): number[] {
  const left = [0, 1, 2, 3].map((row) => around(plane, x - 1, y + row));
  // From the lowest to the left, around the corner, to the last above: section 12.3.
  const edge = [...left.toReversed(), around(plane, x - 1, y - 1), ...over];
  const corner = 4;
  const at = (index: number) => edge[clamp(index, 0, edge.length - 1)]!;
  const two = (index: number) => (at(index) + at(index + 1) + 1) >> 1;
  const three = (index: number) => (at(index - 1) + 2 * at(index) + at(index + 1) + 2) >> 2;
  const mean = ([...left, ...over.slice(0, 4)].reduce((sum, sample) => sum + sample, 0) + 4) >> 3;
  const pick = (row: number, column: number): number => {
    switch (mode) {
      case 1:
        return clamp(left[row]! + over[column]! - at(corner), 0, 255);
      case 2:
        return three(corner + 1 + column);
      case 3:
        return three(corner - 1 - row);
      case 4:
        return three(corner + 2 + row + column);
      case 5:
        return three(corner - row + column);
      case 6: {
        const way = 2 * column - row;
        if (way < 0) return three(corner + 1 + way);
        return way % 2 === 0 ? two(corner + way / 2) : three(corner + (way + 1) / 2);
      }
      case 7: {
        const place = corner + 1 + column + (row >> 1);
        // Two places go on along the edge instead: section 12.3's B_VL_PRED is irregular there.
        if (column === 3 && row === 2) return three(corner + 6);
        if (column === 3 && row === 3) return three(corner + 7);
        return row % 2 === 0 ? two(place) : three(place + 1);
      }
      case 8: {
        const way = 2 * row - column;
        if (way < 0) return three(corner - 1 - way);
        return way % 2 === 0 ? two(corner - 1 - way / 2) : three(corner - (way + 1) / 2);
      }
      case 9: {
        const way = column + 2 * row;
        if (way > 5) return left[3]!;
        if (way === 5) return (left[2]! + 3 * left[3]! + 2) >> 2;
        return way % 2 === 0 ? two(corner - 2 - way / 2) : three(corner - 2 - (way - 1) / 2);
      }
      default:
        return mean;
    }
  };
  return [0, 1, 2, 3].flatMap((row) => [0, 1, 2, 3].map((column) => pick(row, column)));
}

/** Section 18.3. */
const TAPS = [
  [0, 0, 128, 0, 0, 0],
  [0, -6, 123, 12, -1, 0],
  [2, -11, 108, 36, -8, 1],
  [0, -9, 93, 50, -6, 0],
  [3, -16, 77, 77, -16, 3],
  [0, -6, 50, 93, -9, 0],
  [1, -8, 36, 108, -11, 2],
  [0, -1, 12, 123, -6, 0],
];

/** A square of `size` samples at (x, y) moved by a vector in eighths: along rows first, then along columns. */
export function predictMoved(
  plane: PlanePicture,
  x: number,
  y: number,
  size: number,
  vector: Vector,
): number[] {
  const left = x + (vector.x >> 3);
  const top = y + (vector.y >> 3);
  const filter = (taps: readonly number[], sample: (offset: number) => number) =>
    clamp((taps.reduce((sum, tap, index) => sum + tap * sample(index - 2), 0) + 64) >> 7, 0, 255);
  const along = (column: number, row: number) =>
    filter(TAPS[vector.x & 7]!, (offset) => sampleAt(plane, left + column + offset, top + row));
  const lines = Array.from({ length: size + 5 }, (_, row) =>
    Array.from({ length: size }, (_, column) => along(column, row - 2)),
  );
  const out: number[] = [];
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      out.push(filter(TAPS[vector.y & 7]!, (offset) => lines[row + 2 + offset]![column]!));
    }
  }
  return out;
}
