/**
 * The auto stream's controller on simulated links and kinds of work (simulation.ts): what it decides and what
 * comes of it. Virtual time, no pixels, no coder: figures compare controllers, not codecs.
 */
import type { BenchResult, BenchRow } from '../result.js';
import { benchMain } from '../result.js';
import { rankOf, type Shown, simulate, turns } from './simulation.js';
import { constantLink, LAN, SECOND, WORKLOADS } from './workloads.js';

const LINKS = {
  '256 kbit/s': constantLink(256e3, 60_000, 10_000),
  '1 Mbit/s': constantLink(1e6, 40_000, 10_000),
  '10 Mbit/s': constantLink(10e6, 20_000, 5_000),
  'far, 20 Mbit/s': constantLink(20e6, 200_000, 10_000),
  'local network': LAN,
};
const LENGTH = 30 * SECOND;

export function run(): Promise<BenchResult> {
  const rows: BenchRow[] = [];
  for (const [linkName, link] of Object.entries(LINKS)) {
    for (const [workName, draw] of Object.entries(WORKLOADS)) {
      const { frames, exactAt } = simulate({ link, draw, length: LENGTH });
      rows.push({ case: `${linkName}, ${workName}`, figures: figuresOf(frames, exactAt) });
    }
  }
  return Promise.resolve({
    name: 'auto-control',
    unit: 'per link and work, 30 s of virtual time',
    rows,
    notes: [
      'quality: mean over packets of new damage, 101 for exact; exact text: share of them whose text is exact.',
      'delay: from capture to shown, new damage; first: from drawing of a page to its first frame.',
      'to exact: mean time from the last drawing to the exact picture.',
      'turns: changes of direction of quality. wasted: kB refined and drawn over within half a second.',
    ],
  });
}

function figuresOf(frames: readonly Shown[], exactAt: readonly number[]): Record<string, number> {
  const drawn = frames.filter(({ isRefinement }) => !isRefinement);
  const refined = frames.filter(({ isRefinement }) => isRefinement);
  const delays = drawn.map(({ capturedAt, shownAt }) => (shownAt - capturedAt) / 1000).sort((a, b) => a - b);
  const toExact = exactAt.map((at) => {
    const last = drawn.findLast(({ capturedAt }) => capturedAt < at);
    return last === undefined ? 0 : (at - last.capturedAt) / 1000;
  });
  const wasted = refined.filter((each) =>
    drawn.some(
      ({ capturedAt, pixels }) =>
        pixels >= each.pixels && capturedAt > each.capturedAt && capturedAt < each.capturedAt + SECOND / 2,
    ),
  );
  return {
    quality: mean(drawn.map(({ decision }) => Math.floor(rankOf(decision)))),
    'exact text': mean(drawn.map(({ decision }) => (decision.textLevel === 3 ? 1 : 0))),
    packets: drawn.length,
    'kB drawn': sum(drawn) / 1000,
    'kB refined': sum(refined) / 1000,
    'wasted kB': sum(wasted) / 1000,
    'delay p50 ms': at(delays, 0.5),
    'p95 ms': at(delays, 0.95),
    'max ms': at(delays, 1),
    'to exact ms': mean(toExact),
    turns: turns(frames),
  };
}

function sum(frames: readonly Shown[]): number {
  return frames.reduce((total, { bytes }) => total + bytes, 0);
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : values.reduce((total, value) => total + value, 0) / values.length;
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

await benchMain(import.meta.url, run);
