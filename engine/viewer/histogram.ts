/**
 * Latencies in an HDR histogram: microseconds, three significant digits, constant memory. Only the histogram
 * itself is imported from the package, not its index, which would bring 120 kB of WebAssembly and zlib into
 * the page.
 */
import { constructorFromBucketSize } from 'hdr-histogram-js/dist/JsHistogramFactory.js';
import type { Micros } from '../clock.js';

const SIGNIFICANT_DIGITS = 3;
/** One minute; what takes longer is recorded as that. */
const HIGHEST: Micros = 60_000_000;

export interface HistogramSummary {
  readonly samples: number;
  readonly p50: Micros;
  readonly p90: Micros;
  readonly p95: Micros;
  readonly p99: Micros;
  readonly max: Micros;
  readonly mean: Micros;
}

const Counts = constructorFromBucketSize(32);

export class LatencyHistogram {
  /** The package's histogram, for its encoders. */
  readonly counts = new Counts(1, HIGHEST, SIGNIFICANT_DIGITS);

  get samples(): number {
    return this.counts.totalCount;
  }

  /** A latency below nothing (clocks are compared with an error) counts as nothing. */
  record(latency: Micros): void {
    if (Number.isNaN(latency)) return;
    this.counts.recordValue(Math.min(HIGHEST, Math.max(0, Math.round(latency))));
  }

  /** 0 when there are no samples. */
  percentile(percent: number): Micros {
    return this.samples === 0 ? 0 : this.counts.getValueAtPercentile(percent);
  }

  /** Adds the other's samples exactly, as if they had been recorded here. */
  add(other: LatencyHistogram): void {
    this.counts.add(other.counts);
  }

  reset(): void {
    this.counts.reset();
  }

  summary(): HistogramSummary {
    const empty = this.samples === 0;
    return {
      samples: this.samples,
      p50: this.percentile(50),
      p90: this.percentile(90),
      p95: this.percentile(95),
      p99: this.percentile(99),
      max: empty ? 0 : this.counts.maxValue,
      mean: empty ? 0 : this.counts.mean,
    };
  }
}
