/** Figures of histograms and of ratios of sums, for units that are taken more or less often. */
import { quantile, type SparseHistogram, trimmedMean } from '../histogram.js';
import type { Units } from './bootstrap.js';

/** What a figure of a distribution is. */
export type Statistic = { readonly quantile: number } | { readonly trimmed: number };

/** A figure of the samples of all units together. */
export function histogramUnits(
  histograms: readonly SparseHistogram[],
  statistic: Statistic,
  together: number,
): Units {
  const values = Float64Array.from(new Set(histograms.flatMap((each) => [...each.values]))).sort();
  const places = new Map<number, number>();
  for (let i = 0; i < values.length; i++) places.set(values[i]!, i);
  const rows = histograms.map((each) => Int32Array.from(each.values, (value) => places.get(value)!));
  const own = histograms.map((each) => Float64Array.from(each.counts));
  const counts = new Float64Array(values.length);
  return {
    count: histograms.length,
    together,
    figure(weights) {
      counts.fill(0);
      let total = 0;
      for (const [unit, row] of rows.entries()) {
        const weight = weights[unit]!;
        if (weight === 0) continue;
        const ownCounts = own[unit]!;
        for (let i = 0; i < row.length; i++) counts[row[i]!]! += ownCounts[i]! * weight;
        total += histograms[unit]!.total * weight;
      }
      if (total === 0) return Number.NaN;
      return 'quantile' in statistic
        ? quantile(values, counts, total, statistic.quantile)
        : trimmedMean(values, counts, total, statistic.trimmed);
    },
  };
}

/** Something per something, such as bytes per frame: sums over all units, divided. */
export function rateUnits(above: readonly number[], below: readonly number[], together: number): Units {
  return {
    count: above.length,
    together,
    figure(weights) {
      let [sum, by] = [0, 0];
      for (let unit = 0; unit < above.length; unit++) {
        sum += above[unit]! * weights[unit]!;
        by += below[unit]! * weights[unit]!;
      }
      return by === 0 ? Number.NaN : sum / by;
    },
  };
}
