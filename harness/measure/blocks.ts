/**
 * Samples by the time at which they began. A phase's time is cut into equal pieces, and each keeps its own samples:
 * what follows closely resembles itself, and statistics must see how much the pieces differ.
 */
import type { Micros } from '../../engine/clock.js';
import { LatencyHistogram } from '../../engine/viewer/index.js';

/** Pieces of each phase: some are drawn together when they are resampled, and enough must be left then. */
export const BLOCKS = 20;

/** Latencies in milliseconds. */
export interface ChannelFigures {
  readonly samples: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
  readonly mean: number;
  readonly unit: 'ms';
  /**
   * An HDR histogram of microseconds in HdrHistogram's V2 compressed encoding, base64; histograms merge. Empty when
   * there are no samples.
   */
  readonly histogram: string;
  /** The same samples by when they began: one histogram for each of the equal pieces of the phase's time. */
  readonly blocks: readonly string[];
}

/** The phase under way, on the lab's clock. */
export class PhaseTime {
  #from: Micros = 0;
  #length: Micros = 1;

  begin(from: Micros, seconds: number): void {
    this.#from = from;
    this.#length = (seconds * 1e6) / BLOCKS;
  }

  /** What begins after the phase belongs to its last piece. */
  blockAt(at: Micros): number {
    return Math.min(BLOCKS - 1, Math.max(0, Math.floor((at - this.#from) / this.#length)));
  }
}

export class SampleSet {
  readonly #blocks: Micros[][] = Array.from({ length: BLOCKS }, () => []);

  add(block: number, latency: Micros): void {
    this.#blocks[block]!.push(latency);
  }

  /** All samples, and piece by piece. */
  histograms(): { readonly all: LatencyHistogram; readonly blocks: readonly LatencyHistogram[] } {
    const all = new LatencyHistogram();
    const blocks = this.#blocks.map((latencies) => {
      const own = new LatencyHistogram();
      for (const latency of latencies) {
        own.record(latency);
        all.record(latency);
      }
      return own;
    });
    return { all, blocks };
  }

  /** @param text Writes a histogram as reports hold it. */
  figures(text: (histogram: LatencyHistogram) => string): ChannelFigures {
    const { all, blocks } = this.histograms();
    return figuresOf(all, text(all), blocks.map(text));
  }
}

/** @param histogram `all`, and `blocks` its pieces, as reports hold them. */
export function figuresOf(
  all: LatencyHistogram,
  histogram: string,
  blocks: readonly string[],
): ChannelFigures {
  const { samples, p50, p90, p99, max, mean } = all.summary();
  return {
    samples,
    p50: p50 / 1000,
    p90: p90 / 1000,
    p99: p99 / 1000,
    max: max / 1000,
    mean: Math.round(mean) / 1000,
    unit: 'ms',
    histogram,
    blocks,
  };
}
