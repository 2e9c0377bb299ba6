/**
 * Many measurements in a row: every combination of what is listed. Each is a run of its own, in processes of its own,
 * so that none warms another up.
 */
import type { QualityName, Size } from '../../codecs/index.js';
import type { SceneName } from '../hosts/index.js';
import type { MeasureProgress } from './measurement.js';
import type { MeasureReport } from './report.js';
import { measure } from './run.js';
import type { MeasureSettings } from './settings.js';

/** What is varied, each with at least one value. */
export interface MatrixLists {
  /** Scenes that are shown together, for each run. */
  readonly scenes: readonly (readonly SceneName[])[];
  readonly sizes: readonly Size[];
  readonly levels: readonly QualityName[];
  readonly viewers: readonly number[];
  readonly hosts: readonly number[];
  /** Threads that help to code; undefined: as many as the host takes by itself. */
  readonly threads: readonly (number | undefined)[];
  readonly links: readonly string[];
}

export type FixedSettings = Omit<
  MeasureSettings,
  'scenes' | 'width' | 'height' | 'level' | 'viewers' | 'hosts' | 'threads' | 'link'
>;

export interface MatrixProgress extends MeasureProgress {
  /** The run under way, from 0, and how many there are. */
  readonly run: number;
  readonly runs: number;
  readonly settings: MeasureSettings;
  /** Of all runs, seconds; undefined until a run has shown how long one takes. */
  readonly secondsLeft: number | undefined;
}

/** Every combination, links innermost: what is compared most is measured side by side. */
export function expandMatrix(lists: MatrixLists, fixed: FixedSettings): MeasureSettings[] {
  let runs: MeasureSettings[] = [];
  for (const scenes of lists.scenes) {
    for (const { width, height } of lists.sizes) {
      for (const level of lists.levels) {
        for (const viewers of lists.viewers) {
          for (const hosts of lists.hosts) {
            for (const threads of lists.threads) {
              const rest = { ...fixed, scenes, width, height, level, viewers, hosts };
              const run = threads === undefined ? rest : { ...rest, threads };
              runs = runs.concat(lists.links.map((link) => ({ ...run, link })));
            }
          }
        }
      }
    }
  }
  return runs;
}

/**
 * Makes one run after the other, and gives each report as it comes. Rejects with the first run's `SightlineError`.
 *
 * @param now Seconds, for the time that is left.
 */
export async function* measureAll(
  runs: readonly MeasureSettings[],
  onProgress: (progress: MatrixProgress) => void = () => {},
  now: () => number = () => performance.now() / 1000,
): AsyncGenerator<MeasureReport> {
  const start = now();
  let shares = 0;
  for (const [run, settings] of runs.entries()) {
    yield await measure(settings, (progress) => {
      const share = progress.done * shareOf(settings);
      const passed = now() - start;
      const left = runs.slice(run).reduce((sum, each) => sum + shareOf(each), 0) - share;
      const secondsLeft = shares + share === 0 ? undefined : (passed * left) / (shares + share);
      onProgress({ ...progress, run, runs: runs.length, settings, secondsLeft });
    });
    shares += shareOf(settings);
  }
}

/** What a run takes beside the others. */
function shareOf({ duration, warmup, verifyFrames, rate }: MeasureSettings): number {
  return duration + warmup + verifyFrames / rate + 2;
}
