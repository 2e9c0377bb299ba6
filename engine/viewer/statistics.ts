/** What a session counts and measures: cheap to keep, read when somebody looks. */
import type { Clock, Micros } from '../clock.js';
import type { OffsetEstimate } from './clock-offset.js';
import type { CompleteFrame } from './frame-receiver.js';
import { type HistogramSummary, LatencyHistogram } from './histogram.js';
import { RateMeter } from './rate-meter.js';
import { LATENCY_CHANNELS, type LatencyChannel } from './types.js';

/** Samples that "recent" percentiles look at: a few seconds of frames. */
const RECENT = 256;

export interface RecentLatency {
  readonly samples: number;
  readonly p50: Micros;
  readonly p95: Micros;
  readonly p99: Micros;
}

export interface LatencyReport {
  /** Since the session started, over all connections. Worked out when it is read, in about a millisecond. */
  readonly total: HistogramSummary;
  /** Of the last samples: what a person looks at. */
  readonly recent: RecentLatency;
}

export interface ViewerStatistics {
  readonly frames: number;
  /** Frames that brought this viewer alone up to date. */
  readonly updates: number;
  /** Frames that only sharpened what was there. */
  readonly refinements: number;
  readonly slices: number;
  /** Of all messages received. */
  readonly bytes: number;
  /** Without refinements. */
  readonly framesPerSecond: number;
  readonly kilobitsPerSecond: number;
  /** Time spent decoding, microseconds. */
  readonly decode: Micros;
  readonly problems: number;
  readonly refreshesAsked: number;
  readonly connections: number;
  /** Viewer's clock minus the host's. */
  readonly offset: OffsetEstimate | undefined;
  readonly latency: Readonly<Record<LatencyChannel, LatencyReport>>;
}

class LatencyMeter {
  readonly total = new LatencyHistogram();
  readonly #recent = new Float64Array(RECENT);
  #count = 0;

  record(latency: Micros): void {
    this.total.record(latency);
    this.#recent[this.#count++ % RECENT] = Math.max(0, latency);
  }

  report(): LatencyReport {
    const sorted = this.#recent.slice(0, Math.min(this.#count, RECENT)).sort();
    const at = (percent: number) => sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0;
    const histogram = this.total;
    return {
      get total() {
        return histogram.summary();
      },
      recent: { samples: sorted.length, p50: at(50), p95: at(95), p99: at(99) },
    };
  }
}

export class StatisticsKeeper {
  readonly #clock: Clock;
  readonly #rate = new RateMeter();
  readonly #meters: Record<LatencyChannel, LatencyMeter> = {
    display: new LatencyMeter(),
    input: new LatencyMeter(),
    clickToPicture: new LatencyMeter(),
    whiteboard: new LatencyMeter(),
    laser: new LatencyMeter(),
    chat: new LatencyMeter(),
  };
  frames = 0;
  updates = 0;
  refinements = 0;
  slices = 0;
  bytes = 0;
  decode: Micros = 0;
  refreshesAsked = 0;
  connections = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  received(bytes: number): void {
    this.bytes += bytes;
    this.#rate.add(this.#clock.now(), bytes, 0);
  }

  shown({ header, slices, decode, addressed }: CompleteFrame): void {
    this.frames++;
    this.slices += slices;
    this.decode += decode;
    if (addressed) this.updates++;
    if (header.refinement) this.refinements++;
    else this.#rate.add(this.#clock.now(), 0, 1);
  }

  latency(channel: LatencyChannel, latency: Micros): void {
    this.#meters[channel].record(latency);
  }

  /** The whole session's histogram of a channel, to be merged or encoded by a report. */
  histogram(channel: LatencyChannel): LatencyHistogram {
    return this.#meters[channel].total;
  }

  snapshot(offset: OffsetEstimate | undefined, problems: number): ViewerStatistics {
    const { framesPerSecond, bytesPerSecond } = this.#rate.read(this.#clock.now());
    const { frames, updates, refinements, slices, bytes, decode, refreshesAsked, connections } = this;
    const reports = LATENCY_CHANNELS.map((channel) => [channel, this.#meters[channel].report()] as const);
    return {
      frames,
      updates,
      refinements,
      slices,
      bytes,
      framesPerSecond,
      kilobitsPerSecond: (bytesPerSecond * 8) / 1_000,
      decode,
      problems,
      refreshesAsked,
      connections,
      offset,
      latency: Object.fromEntries(reports) as Record<LatencyChannel, LatencyReport>,
    };
  }
}
