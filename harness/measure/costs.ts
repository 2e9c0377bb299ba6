/**
 * What work is taken to cost in virtual time. The figures are the medians of `npm run bench` on the machine of
 * docs/BENCHMARKS.md, rounded; they are fixed, so that two runs give the same figures on every machine. They tell a
 * link's share of a latency from the engine's; how fast the engine is on a machine, only real time tells.
 */
import type { Micros, Work, WorkKind } from '../../engine/index.js';

interface Cost {
  /** Microseconds. */
  readonly each: Micros;
  /** Nanoseconds. */
  readonly perPixel: number;
  readonly perByte: number;
}

const COSTS: Readonly<Record<WorkKind, Cost>> = {
  /** A technician's event, without what the customer's programs do then. */
  apply: { each: 15, perPixel: 0, perByte: 0 },
  /** Copying what has changed. */
  capture: { each: 30, perPixel: 0.3, perByte: 0 },
  /** Looking for changes and moves, and bringing the reference up to date. */
  compare: { each: 30, perPixel: 1, perByte: 0 },
  encode: { each: 60, perPixel: 10, perByte: 4 },
  'relay-frame': { each: 4, perPixel: 0, perByte: 0 },
  'relay-event': { each: 4, perPixel: 0, perByte: 0 },
  'relay-other': { each: 4, perPixel: 0, perByte: 0 },
  /** A message to one link. */
  send: { each: 10, perPixel: 0, perByte: 0.6 },
  decode: { each: 20, perPixel: 8, perByte: 4 },
};

export function costOf({ kind, pixels, bytes }: Work): Micros {
  const { each, perPixel, perByte } = COSTS[kind];
  return Math.round(each + (pixels * perPixel + bytes * perByte) / 1000);
}
