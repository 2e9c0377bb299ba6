/** A made-up system: everybody costs a share of something that is limited, and waits as in a queue. */
import type { CapacitySystem, StepFigures } from '../../harness/capacity/index.js';

export interface Model {
  /** Of each session or viewer. */
  readonly each: {
    /** Cores that the relay, the busiest process of hosts or viewers, and all processes together use. */
    readonly relay?: number;
    readonly hosts?: number;
    readonly viewers?: number;
    readonly machine?: number;
    readonly memory?: number;
    readonly buffered?: number;
  };
  readonly cores?: number;
  /** Cores that programs use which are not of the measurement. */
  readonly others?: number;
  readonly baseMs?: number;
  /** What a measurement is multiplied by; 1 unless given. */
  readonly noise?: () => number;
  /** The relay's loop comes so much later with each, though it uses no CPU. */
  readonly relayLoopMs?: number;
  /** Frames that everybody is shown are divided by the number, too. */
  readonly sharesFrames?: boolean;
}

const CORES = 64;
const FRAMES_PER_SECOND = 20;
const NEARLY_FULL = 0.999;

/** The 99th percentile with so many, without noise. */
export function latencyOf(model: Model, count: number): number {
  const { each, baseMs = 10, relayLoopMs = 0, cores = CORES, others = 0 } = model;
  const loads = [
    (each.relay ?? 0) * count,
    (each.hosts ?? 0) * count,
    (each.viewers ?? 0) * count,
    ((each.machine ?? 0) * count + others) / cores,
    (each.buffered ?? 0) * count,
  ];
  const wait = loads.reduce((sum, load) => sum + 1 / (1 - Math.min(NEARLY_FULL, load)), 0) / loads.length;
  return baseMs * wait + relayLoopMs * count;
}

export class ModelSystem implements CapacitySystem {
  readonly asked: number[] = [];
  isClosed = false;
  readonly #model: Model;

  constructor(model: Model) {
    this.#model = model;
  }

  measure(count: number): Promise<StepFigures> {
    this.asked.push(count);
    return Promise.resolve(stepOf(this.#model, count));
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

export function stepOf(model: Model, count: number): StepFigures {
  const { each, cores = CORES, others = 0, noise = () => 1, relayLoopMs = 0, sharesFrames = false } = model;
  const p99Ms = latencyOf(model, count) * noise();
  const party = (load: number, loopDelayMs = 0) => {
    const used = Math.min(1, load);
    return {
      processes: 1,
      cores: used,
      busiest: { cores: used, loopBusy: used, loopDelayMs },
    };
  };
  const parties = {
    relay: party((each.relay ?? 0) * count, relayLoopMs * count),
    hosts: party((each.hosts ?? 0) * count),
    viewers: party((each.viewers ?? 0) * count),
    links: { ...party(0), processes: 0 },
  };
  const ours = (each.machine ?? 0) * count;
  const busy = Math.min(1, (ours + others) / cores);
  const rate = sharesFrames ? FRAMES_PER_SECOND / count : FRAMES_PER_SECOND;
  const isFlooded = (each.buffered ?? 0) * count >= 1;
  return {
    count,
    seconds: 1,
    samples: 200,
    p50Ms: p99Ms / 2,
    p99Ms,
    maxMs: p99Ms,
    histogram: '',
    framesPerSecond: { mean: rate, least: rate },
    megabytesPerSecond: 1,
    without: 0,
    parties: { ...parties, viewers: { ...parties.viewers, cores: Math.max(ours, parties.viewers.cores) } },
    machine: { cores, busy, others: others / cores },
    sockets: { bufferedBytes: isFlooded ? 5e6 : 0, cuts: isFlooded ? 3 : 0, dropped: 0, tooSlow: 0 },
    isOutOfMemory: (each.memory ?? 0) * count > 1,
  };
}
