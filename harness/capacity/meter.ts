/** How this process fares between two moments. */
import { type EventLoopUtilization, monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { ProcessFigures } from './step.js';

/** The probe is a timer: it is late by its own period at least, and must not be a load. */
const PROBE_MS = 10;

export class ProcessMeter {
  readonly #delay = monitorEventLoopDelay({ resolution: PROBE_MS });
  #since = performance.now();
  #cpu = process.cpuUsage();
  #loop: EventLoopUtilization = performance.eventLoopUtilization();

  constructor() {
    this.#delay.enable();
  }

  /** The interval begins now. */
  begin(): void {
    this.#delay.reset();
    this.#since = performance.now();
    this.#cpu = process.cpuUsage();
    this.#loop = performance.eventLoopUtilization();
  }

  /** Of the interval so far. */
  figures(): ProcessFigures {
    const { user, system } = process.cpuUsage(this.#cpu);
    const late = this.#delay.count === 0 ? 0 : this.#delay.percentile(99) / 1e6 - PROBE_MS;
    return {
      cores: (user + system) / 1000 / (performance.now() - this.#since),
      loopBusy: performance.eventLoopUtilization(this.#loop).utilization,
      loopDelayMs: Math.max(0, late),
    };
  }
}
