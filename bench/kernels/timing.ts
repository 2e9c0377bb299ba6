/** Timing of short functions side by side. */
import Benchmark from 'benchmark';

/** Every function has this many short turns, in turn: what slows the machine for a while slows them all. */
const ROUNDS = 12;
/** Fewest samples per turn, each of about 50 ms of calls, and most time per turn in seconds. */
const MIN_SAMPLES = 2;
const MAX_TIME = 0.1;

/**
 * Median time of one call of each function, in ms. Every function is sampled by the `benchmark` package, which
 * finds out by itself how many calls a sample needs; the median forgives what else the machine does.
 */
export function medianMs(functions: Readonly<Record<string, () => void>>): Record<string, number> {
  const samples: Record<string, number[]> = {};
  for (let round = 0; round < ROUNDS; round++) {
    const entries = Object.entries(functions);
    // Every round begins with another function, and every second one runs backwards: none is always the one
    // that follows what evicts most.
    const order = [...entries.slice(round % entries.length), ...entries.slice(0, round % entries.length)];
    if (round % 2 === 1) order.reverse();
    for (const [name, fn] of order) {
      const bench = new Benchmark(name, fn, { maxTime: MAX_TIME, minSamples: MIN_SAMPLES });
      bench.run();
      const failure = (bench as unknown as { error?: unknown }).error;
      if (failure !== undefined) throw failure;
      samples[name] = [...(samples[name] ?? []), ...bench.stats.sample];
    }
  }
  return Object.fromEntries(Object.entries(samples).map(([name, times]) => [name, median(times) * 1000]));
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}
