/** Timing of short functions side by side. */
import Benchmark from 'benchmark';

/** Every function has this many turns, in turn: what slows the machine for a while slows them all. */
const ROUNDS = 3;
/** Most time per turn, in seconds: some hundred runs of a millisecond. */
const MAX_TIME = 0.25;

/**
 * Median time of one call of each function, in ms. Every function is sampled by the `benchmark` package, which
 * finds out by itself how many calls a sample needs; the median forgives what else the machine does.
 */
export function medianMs(functions: Readonly<Record<string, () => void>>): Record<string, number> {
  const samples: Record<string, number[]> = {};
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, fn] of Object.entries(functions)) {
      const bench = new Benchmark(name, fn, { maxTime: MAX_TIME, minSamples: 8 });
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
