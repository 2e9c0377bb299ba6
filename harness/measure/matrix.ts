/**
 * Many measurements in a row: every combination of what is listed. Each is a run of its own, in processes of its own,
 * so that none warms another up.
 */
import type { QualityName, Size } from '../../codecs/index.js';
import type { SceneName } from '../hosts/index.js';
import type { MeasureProgress } from './measurement.js';
import { isSure, repetition, type Sureness } from './repeat.js';
import type { ReplayPaths, ReplaySettings } from './replays.js';
import type { MeasureReport } from './report.js';
import { measure } from './run.js';
import type { MeasureSettings } from './settings.js';

/** What is varied, each with at least one value. */
export interface MatrixLists {
  /** Scenes that are shown together, for each run. */
  readonly scenes: readonly (readonly SceneName[])[];
  /** Of scenes: a recording has its own. */
  readonly sizes: readonly Size[];
  /** Recordings and videos, each for runs of its own. */
  readonly replays?: readonly ReplaySettings[];
  readonly levels: readonly QualityName[];
  readonly viewers: readonly number[];
  readonly hosts: readonly number[];
  /** Threads that help to code; undefined: as many as the host takes by itself. */
  readonly threads: readonly (number | undefined)[];
  readonly links: readonly string[];
}

export type FixedSettings = Omit<
  MeasureSettings,
  | 'scenes'
  | 'replay'
  | 'replaySha256'
  | 'pace'
  | 'width'
  | 'height'
  | 'level'
  | 'viewers'
  | 'hosts'
  | 'threads'
  | 'link'
>;

/** What a host shows. */
type Shown =
  | Pick<MeasureSettings, 'scenes' | 'width' | 'height'>
  | ({ readonly scenes: [] } & ReplaySettings);

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
  for (const shown of everythingShown(lists)) {
    for (const level of lists.levels) {
      for (const viewers of lists.viewers) {
        for (const hosts of lists.hosts) {
          for (const threads of lists.threads) {
            const rest = { ...fixed, ...shown, level, viewers, hosts };
            const run = threads === undefined ? rest : { ...rest, threads };
            runs = runs.concat(lists.links.map((link) => ({ ...run, link })));
          }
        }
      }
    }
  }
  return runs;
}

function everythingShown({ scenes, sizes, replays = [] }: MatrixLists): Shown[] {
  return [
    ...scenes.flatMap((scenes) => sizes.map(({ width, height }) => ({ scenes, width, height }))),
    ...replays.map((replay) => ({ scenes: [], ...replay })),
  ];
}

export interface MatrixOptions {
  readonly onProgress?: (progress: MatrixProgress) => void;
  /** Each run is repeated until it is known so well; once unless told. */
  readonly until?: Sureness;
  /** Where the files are that runs show. */
  readonly replays?: ReplayPaths;
  /** Seconds, for the time that is left. */
  readonly now?: () => number;
}

/** Makes one run after the other, and gives each report as it comes. Rejects with the first run's `SightlineError`. */
export async function* measureAll(
  runs: readonly MeasureSettings[],
  options: MatrixOptions = {},
): AsyncGenerator<MeasureReport> {
  const { until, replays, onProgress = () => {}, now = () => performance.now() / 1000 } = options;
  const start = now();
  let shares = 0;
  for (const [run, settings] of runs.entries()) {
    const runStart = now();
    const reports: MeasureReport[] = [];
    do {
      const onRunProgress = (progress: MeasureProgress): void => {
        const share = progress.done * shareOf(settings);
        const passed = now() - start;
        const left = runs.slice(run).reduce((sum, each) => sum + shareOf(each), 0) - share;
        // How often a run will be repeated, nobody knows.
        const isKnown = shares + share > 0 && until === undefined;
        const secondsLeft = isKnown ? (passed * left) / (shares + share) : undefined;
        onProgress({ ...progress, run, runs: runs.length, settings, secondsLeft });
      };
      const report = await measure(repetition(settings, reports.length), onRunProgress, replays);
      reports.push(report);
      yield report;
    } while (until !== undefined && !isSure(reports, until) && now() - runStart < until.limitSeconds);
    shares += shareOf(settings);
  }
}

/** What a run takes beside the others. */
function shareOf({ duration, warmup, verifyFrames, rate }: MeasureSettings): number {
  return duration + warmup + verifyFrames / rate + 2;
}
