/** What the running figures were in the last minute, for small curves and for the file. Pure. */
import type { LatencyChannel } from '../../../../engine/viewer/index.js';
import type { LabFigures } from '../lab-api.js';

/** Figures come twice a second: one minute. */
export const KEPT = 120;

export interface LabMoment {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly figures: LabFigures;
}

/** The history after one more moment. */
export function remember(history: readonly LabMoment[], moment: LabMoment): readonly LabMoment[] {
  return [...history.slice(-(KEPT - 1)), moment];
}

/** A channel's recent medians, oldest first; undefined where it had no samples yet. */
export function medians(history: readonly LabMoment[], channel: LatencyChannel): (number | undefined)[] {
  return history.map(({ figures }) => figures.channels[channel]?.p50);
}

/** A curve as the `d` of an SVG path, from 0 at the bottom to the largest value at the top; empty below two values. */
export function curve(values: readonly (number | undefined)[], width: number, height: number): string {
  const known = values.filter((value) => value !== undefined);
  if (known.length < 2) return '';
  const top = Math.max(...known, Number.MIN_VALUE);
  const step = width / (KEPT - 1);
  const left = width - (values.length - 1) * step;
  let path = '';
  for (const [index, value] of values.entries()) {
    if (value === undefined) continue;
    const x = (left + index * step).toFixed(1);
    const y = (height - 1 - (value / top) * (height - 2)).toFixed(1);
    path += `${path === '' ? 'M' : 'L'}${x} ${y}`;
  }
  return path;
}
