/** Timing of short functions side by side. */
import Benchmark from 'benchmark';

/** Most time per function, in seconds: enough for some hundred runs of a millisecond. */
const MAX_TIME = 0.7;

/**
 * Median time of one call of each function, in ms. Every function is sampled by the `benchmark` package, which
 * finds out by itself how many calls a sample needs; the median forgives what else the machine does.
 */
export function medianMs(functions: Readonly<Record<string, () => void>>): Record<string, number> {
  const medians: Record<string, number> = {};
  for (const [name, fn] of Object.entries(functions)) {
    const bench = new Benchmark(name, fn, { maxTime: MAX_TIME, minSamples: 15 });
    bench.run();
    const failure = (bench as unknown as { error?: unknown }).error;
    if (failure !== undefined) throw failure;
    const samples = [...bench.stats.sample].sort((a, b) => a - b);
    medians[name] = samples[samples.length >> 1]! * 1000;
  }
  return medians;
}
