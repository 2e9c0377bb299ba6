/**
 * The file that the Lab panel saves: a report of one run, as those of `sightline measure`. What it says was measured by
 * one viewer alone, in a session that people worked in: the host's screen and what was done are nobody's choice.
 */
import type { LabReport } from '../../../reports/index.js';
import type { LabRun } from '../lab-api.js';
import type { ConsoleState } from '../state.js';

/** What the page knows of where it runs. */
export interface PageMachine {
  readonly userAgent: string;
  readonly cores: number;
  /** Sightline's version. */
  readonly sightline: string;
}

/** @param savedAt Milliseconds since 1970. */
export function figuresReport(
  { viewer, quality, line }: ConsoleState,
  run: LabRun,
  { userAgent, cores, sightline }: PageMachine,
  savedAt: number,
): LabReport {
  const seconds = run.series.until.at(-1) ?? 0;
  return {
    format: 'sightline-report',
    version: 1,
    machine: {
      cpu: 'unknown',
      cores,
      memoryGiB: 0,
      system: systemIn(userAgent),
      browser: userAgent,
      sightline,
    },
    runs: [
      {
        settings: {
          width: viewer.width,
          height: viewer.height,
          fps: 0,
          seed: 0,
          scenes: [],
          level: quality,
          viewers: viewer.participants.length,
          viewer: 'page',
          live: true,
          hosts: 1,
          duration: 0,
          warmup: 0,
          rate: 0,
          verifyFrames: 0,
          transport: 'auto',
          lanes: true,
          link: line,
          bulkWindow: 0,
          virtual: false,
        },
        transport: { name: 'unknown', reason: 'A live session: its viewer does not know.' },
        startedAt: new Date(savedAt - seconds * 1000).toISOString(),
        ...run,
        bulkBytesPerSecond: 0,
        framesCompared: 0,
        mismatches: 0,
      },
    ],
  };
}

/** What a browser says of its system: the words in brackets, such as `X11; Linux x86_64`. */
function systemIn(userAgent: string): string {
  return /\(([^)]+)\)/.exec(userAgent)?.[1] ?? 'unknown';
}
