/**
 * Samples by the time at which they began. A phase's time is cut into equal pieces, and each keeps its own samples:
 * what follows closely resembles itself, and statistics must see how much the pieces differ.
 */
import { encodeIntoCompressedBase64 } from 'hdr-histogram-js/dist/encoding.js';
import { LatencyHistogram, type Micros } from '../../engine/index.js';
import type { ChannelFigures } from './channels.js';

/** Pieces of each phase: some are drawn together when they are resampled, and enough must be left then. */
export const BLOCKS = 20;

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

  figures(): ChannelFigures {
    const all = new LatencyHistogram();
    const blocks = this.#blocks.map((latencies) => {
      const own = new LatencyHistogram();
      for (const latency of latencies) {
        own.record(latency);
        all.record(latency);
      }
      return encoded(own);
    });
    const { samples, p50, p90, p99, max, mean } = all.summary();
    return {
      samples,
      p50: p50 / 1000,
      p90: p90 / 1000,
      p99: p99 / 1000,
      max: max / 1000,
      mean: Math.round(mean) / 1000,
      unit: 'ms',
      histogram: encoded(all),
      blocks,
    };
  }
}

function encoded(histogram: LatencyHistogram): string {
  return histogram.samples === 0 ? '' : encodeIntoCompressedBase64(histogram.counts);
}
