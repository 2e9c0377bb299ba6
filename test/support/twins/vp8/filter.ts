/** Twin of the normal loop filter (RFC 6386, section 15). */
import type { Eight } from '../eight.js';
import { B_PRED, clamp, type Macroblock, type PlanePicture, type Planes, SPLIT, ZERO } from './formats.js';
import type { Header } from './header.js';
import type { Grid, GridSize } from './modes.js';

const signed = (value: number) => clamp(value, -128, 127);

interface Limits {
  readonly edge: number;
  readonly interior: number;
  readonly steep: number;
}

/** One place of an edge; `at` is the first sample after it and `step` the way across. */
function filterPlace(samples: Uint8Array, at: number, step: number, limits: Limits, outer: boolean): void {
  const get = (index: number) => samples[at + index * step]!;
  const [p3, p2, p1, p0, q0, q1, q2, q3] = [-4, -3, -2, -1, 0, 1, 2, 3].map(get) as Eight;
  const jumps = [p3 - p2, p2 - p1, p1 - p0, q1 - q0, q2 - q1, q3 - q2].map(Math.abs);
  if (jumps.some((jump) => jump > limits.interior)) return;
  if (Math.abs(p0 - q0) * 2 + (Math.abs(p1 - q1) >> 1) > limits.edge) return;
  const steep = Math.abs(p1 - p0) > limits.steep || Math.abs(q1 - q0) > limits.steep;
  const put = (index: number, value: number) => {
    samples[at + index * step] = signed(value) + 128;
  };
  const s = (index: number) => get(index) - 128;
  const weight = signed((outer || steep ? signed(s(-2) - s(1)) : 0) + 3 * (s(0) - s(-1)));
  if (outer && !steep) {
    for (const [index, factor] of [
      [0, 27],
      [1, 18],
      [2, 9],
    ] as const) {
      const part = signed((factor * weight + 63) >> 7);
      const [before, after] = [s(-1 - index), s(index)];
      put(index, after - part);
      put(-1 - index, before + part);
    }
    return;
  }
  const down = signed(weight + 4) >> 3;
  const up = signed(weight + 3) >> 3;
  const half = (down + 1) >> 1;
  put(0, s(0) - down);
  put(-1, s(-1) + up);
  if (outer || steep) return;
  put(1, s(1) - half);
  put(-2, s(-2) + half);
}

function filterEdges(
  plane: PlanePicture,
  x: number,
  y: number,
  size: number,
  edges: { outer: Limits; inner: Limits },
  inside: boolean,
): void {
  const { width, samples } = plane;
  const columns = (at: number, limits: Limits, outer: boolean) => {
    for (let row = 0; row < size; row++) filterPlace(samples, (y + row) * width + at, 1, limits, outer);
  };
  const rows = (at: number, limits: Limits, outer: boolean) => {
    for (let column = 0; column < size; column++)
      filterPlace(samples, at * width + x + column, width, limits, outer);
  };
  if (x > 0) columns(x, edges.outer, true);
  if (inside) for (let at = 4; at < size; at += 4) columns(x + at, edges.inner, false);
  if (y > 0) rows(y, edges.outer, true);
  if (inside) for (let at = 4; at < size; at += 4) rows(y + at, edges.inner, false);
}

function levelOf(header: Header, block: Macroblock): number {
  const { segments, deltas } = header.state;
  let level = header.level;
  if (segments.enabled) {
    const own = segments.levels[block.segment]!;
    level = clamp(segments.absolute ? own : level + own, 0, 63);
  }
  if (!deltas.enabled) return level;
  level += deltas.references[block.reference]!;
  if (block.reference === 0) level += block.mode === B_PRED ? deltas.modes[0]! : 0;
  else level += deltas.modes[block.mode === ZERO ? 1 : block.mode === SPLIT ? 3 : 2]!;
  return clamp(level, 0, 63);
}

export function filterPicture(header: Header, planes: Planes, at: Grid, size: GridSize): void {
  if (header.level === 0) return;
  if (header.simpleFilter) throw new Error('the twin knows the normal filter only');
  for (let row = 0; row < size.rows; row++) {
    for (let column = 0; column < size.columns; column++) {
      const block = at(column, row);
      const level = levelOf(header, block);
      if (level === 0) continue;
      const steep = header.key ? [15, 40] : [15, 20, 40];
      const softened = level >> (header.sharpness > 4 ? 2 : header.sharpness > 0 ? 1 : 0);
      const interior = Math.max(
        1,
        header.sharpness > 0 ? Math.min(softened, 9 - header.sharpness) : softened,
      );
      const common = { interior, steep: steep.filter((least) => level >= least).length };
      const edges = {
        outer: { ...common, edge: (level + 2) * 2 + interior },
        inner: { ...common, edge: level * 2 + interior },
      };
      const inside = block.mode === B_PRED || block.mode === SPLIT || !block.empty;
      filterEdges(planes[0], column * 16, row * 16, 16, edges, inside);
      filterEdges(planes[1], column * 8, row * 8, 8, edges, inside);
      filterEdges(planes[2], column * 8, row * 8, 8, edges, inside);
    }
  }
}
