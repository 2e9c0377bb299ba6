/** How a process fares: its memory, how long its event loop was kept waiting, and its garbage collections. */
import { type IntervalHistogram, monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import type { Micros } from '../../engine/index.js';

/** A garbage collection. */
export interface Garbage {
  /** When it began, on the process's clock. */
  readonly at: Micros;
  readonly duration: Micros;
}

/** Since it was asked last. */
export interface Health {
  /** Resident, bytes. */
  readonly memory: number;
  /** The longest. */
  readonly loopDelay: Micros;
  readonly garbage: readonly Garbage[];
}

/** The delay's probe is a timer: it is late by its own period at least, and must not be a load. */
const PROBE_MS = 10;

export class HealthProbe {
  readonly #delay: IntervalHistogram = monitorEventLoopDelay({ resolution: PROBE_MS });
  readonly #observer: PerformanceObserver;
  #garbage: Garbage[] = [];

  constructor() {
    this.#observer = new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries()) {
        this.#garbage.push({ at: (performance.timeOrigin + startTime) * 1000, duration: duration * 1000 });
      }
    });
    this.#observer.observe({ entryTypes: ['gc'] });
    this.#delay.enable();
  }

  take(): Health {
    // The probe counts its own period; without a count there is no longest.
    const longest = this.#delay.count === 0 ? 0 : this.#delay.max / 1000 - PROBE_MS * 1000;
    this.#delay.reset();
    const garbage = this.#garbage;
    this.#garbage = [];
    return { memory: process.memoryUsage.rss(), loopDelay: Math.max(0, Math.round(longest)), garbage };
  }

  close(): void {
    this.#observer.disconnect();
    this.#delay.disable();
  }
}
