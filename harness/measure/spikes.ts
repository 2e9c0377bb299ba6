/** The slowest samples, each with what happened to it and around it: what a spike is explained by. */
import type { Micros, PacketTrace } from '../../engine/index.js';
import type { ChannelName } from './channels.js';
import type { SeriesRecorder } from './series.js';
import type { StageName } from './stage-kinds.js';

export interface StageTime {
  readonly stage: StageName;
  readonly time: Micros;
}

export interface SlowSample {
  /** On the lab's clock. */
  readonly start: Micros;
  readonly latency: Micros;
  readonly stages: readonly StageTime[];
  /** Of the frame that showed it. */
  readonly packet: PacketTrace | undefined;
}

/** A slow sample, as the report holds it. */
export interface Spike {
  /** When the sample began, seconds since samples began to count. */
  readonly at: number;
  readonly latencyMs: number;
  readonly stages: readonly { readonly stage: StageName; readonly ms: number }[];
  readonly frame?: {
    readonly bytes: number;
    readonly slices: number;
    /** What waited in the host's link when the frame was sent. */
    readonly bufferedBytes: number;
    /** Frames of its level that were on their way: the window in use. */
    readonly inFlight: number;
  };
  /** Collections while the sample was on its way. */
  readonly garbage: readonly { readonly process: string; readonly ms: number }[];
}

/** Of each channel. */
const KEPT = 8;

export class SlowestSamples {
  readonly byChannel = new Map<ChannelName, SlowSample[]>();

  add(channel: ChannelName, sample: SlowSample): void {
    const kept = this.byChannel.get(channel) ?? [];
    this.byChannel.set(channel, kept);
    if (kept.length === KEPT && kept[KEPT - 1]!.latency >= sample.latency) return;
    const place = kept.findIndex(({ latency }) => latency < sample.latency);
    kept.splice(place < 0 ? kept.length : place, 0, sample);
    kept.length = Math.min(kept.length, KEPT);
  }
}

export function describeSpikes(
  slowest: ReadonlyMap<ChannelName, readonly SlowSample[]>,
  recorder: SeriesRecorder,
): Partial<Record<ChannelName, readonly Spike[]>> {
  const collections = recorder.garbage();
  const describe = ({ start, latency, stages, packet }: SlowSample): Spike => ({
    at: milli((start - recorder.origin) / 1000),
    latencyMs: milli(latency),
    stages: stages.map(({ stage, time }) => ({ stage, ms: milli(time) })),
    ...(packet === undefined
      ? {}
      : {
          frame: {
            bytes: packet.bytes,
            slices: packet.slices,
            bufferedBytes: packet.bufferedBytes,
            inFlight: packet.inFlight,
          },
        }),
    garbage: collections
      .filter(({ garbage: { at, duration } }) => at < start + latency && at + duration > start)
      .map(({ party, garbage }) => ({ process: party, ms: milli(garbage.duration) })),
  });
  return Object.fromEntries([...slowest].map(([channel, samples]) => [channel, samples.map(describe)]));
}

/** Microseconds as milliseconds, or milliseconds as seconds, with three digits after the point. */
function milli(value: number): number {
  return Math.round(value) / 1000;
}
