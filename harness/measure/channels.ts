/** The figures of one latency channel, in the shape of the report. */
import { encodeIntoCompressedBase64 } from 'hdr-histogram-js/dist/encoding.js';
import type { Micros } from '../../engine/index.js';
import { LatencyHistogram } from '../../engine/viewer/index.js';
import { STAGE_KINDS, STAGE_NAMES, type StageKind, type StageName } from './stages.js';

export const CHANNEL_NAMES = [
  'display',
  'input',
  'clickToPicture',
  'whiteboard',
  'whiteboardToViewers',
  'laser',
  'laserToViewers',
  'chat',
  'chatToViewers',
] as const;
export type ChannelName = (typeof CHANNEL_NAMES)[number];

/** Latencies in milliseconds. */
export interface ChannelFigures {
  readonly samples: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
  readonly mean: number;
  readonly unit: 'ms';
  /** An HDR histogram of microseconds in HdrHistogram's V2 compressed encoding, base64; histograms merge. */
  readonly histogram: string;
}

/** Where the time of a channel's samples went; what one sample spent in its stages adds up to its latency. */
export interface StageFigures extends ChannelFigures {
  readonly stage: StageName;
  readonly kind: StageKind;
}

/** Collects samples once it is told to. */
export class ChannelSamples {
  readonly #histograms = new Map<ChannelName, LatencyHistogram>(
    CHANNEL_NAMES.map((name) => [name, new LatencyHistogram()]),
  );
  /** The largest error of a comparison of two clocks in any sample. */
  clockError: Micros = 0;
  isCounting = false;

  record(channel: ChannelName, latency: Micros, clockError: Micros = 0): void {
    if (!this.isCounting) return;
    this.#histograms.get(channel)!.record(latency);
    this.clockError = Math.max(this.clockError, clockError);
  }

  median(channel: ChannelName): Micros {
    return this.#histograms.get(channel)!.percentile(50);
  }

  figures(): Record<ChannelName, ChannelFigures> {
    return Object.fromEntries(
      [...this.#histograms].map(([name, histogram]) => [name, figuresOf(histogram)]),
    ) as Record<ChannelName, ChannelFigures>;
  }
}

export function stageFigures(
  histograms: ReadonlyMap<ChannelName, ReadonlyMap<StageName, LatencyHistogram>>,
): Partial<Record<ChannelName, readonly StageFigures[]>> {
  return Object.fromEntries(
    [...histograms].map(([channel, stages]) => [
      channel,
      STAGE_NAMES.filter((stage) => stages.has(stage)).map((stage) => ({
        stage,
        kind: STAGE_KINDS[stage],
        ...figuresOf(stages.get(stage)!),
      })),
    ]),
  );
}

function figuresOf(histogram: LatencyHistogram): ChannelFigures {
  const { samples, p50, p90, p99, max, mean } = histogram.summary();
  return {
    samples,
    p50: p50 / 1000,
    p90: p90 / 1000,
    p99: p99 / 1000,
    max: max / 1000,
    mean: Math.round(mean) / 1000,
    unit: 'ms',
    histogram: encodeIntoCompressedBase64(histogram.counts),
  };
}
