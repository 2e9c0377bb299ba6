/** Many viewers in one process. */
import {
  type Clock,
  LatencyHistogram,
  loadKernelModule,
  type Micros,
  systemClock,
} from '../../engine/index.js';
import { histogramText } from '../histogram-text.js';
import { childTask, serve } from './child.js';
import { LoadViewer } from './load-viewer.js';
import { machineTimeOffset } from './machine-time.js';
import type { CapacitySettings } from './settings.js';

export interface ViewersTask {
  readonly settings: Pick<CapacitySettings, 'decode' | 'level'>;
}

/** What a viewer watches. */
export interface Target {
  /** `http://host:port/#TOKEN` */
  readonly address: string;
  /** Of the session's host. */
  readonly timeOffset: Micros;
}

/** A viewer for each, those that are there already first; answered when all have a picture, or the time is up. */
export interface Watch {
  readonly targets: readonly Target[];
  readonly limit: Micros;
}

export interface Watched {
  /** Viewers without a picture. */
  readonly without: number;
}

export interface ViewersInterval {
  readonly samples: number;
  readonly histogram: string;
  /** Frames of each viewer that showed something new. */
  readonly frames: readonly number[];
}

const { settings } = childTask<ViewersTask>();
const module = await loadKernelModule();
const clock: Clock = systemClock;
const here = machineTimeOffset();
const latencies = new LatencyHistogram();
const viewers: LoadViewer[] = [];

serve<ViewersInterval>({
  ready: {},
  begin() {
    latencies.reset();
    for (const viewer of viewers) viewer.frames = 0;
  },
  end: () => ({
    samples: latencies.samples,
    histogram: histogramText(latencies),
    frames: viewers.map(({ frames }) => frames),
  }),
  async answer({ targets, limit }: Watch): Promise<Watched> {
    for (const viewer of viewers.splice(targets.length)) viewer.close();
    for (const { address, timeOffset } of targets.slice(viewers.length)) {
      const offset = here - timeOffset;
      viewers.push(
        new LoadViewer({
          module,
          clock,
          address,
          ...settings,
          onLatency: (latency) => latencies.record(latency + offset),
        }),
      );
    }
    const timeUp = new Promise<void>((resolve) => void clock.after(limit, resolve));
    await Promise.race([Promise.all(viewers.map(({ shown }) => shown)), timeUp]);
    return { without: viewers.filter(({ hasPicture }) => !hasPicture).length };
  },
  stop() {
    for (const viewer of viewers) viewer.close();
  },
});
