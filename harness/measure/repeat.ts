/**
 * One run says how latencies spread within it; only several say how far runs differ. So a run is repeated until the mean
 * of its runs' medians is known well enough, or time is up. In virtual time, where a seed gives one report, every run
 * has a seed of its own.
 */
import type { ChannelName } from './channels.js';
import type { MeasureReport } from './report.js';
import type { MeasureSettings } from './settings.js';

export interface Sureness {
  /** Half the width of the 95 % confidence interval, percent of the mean. */
  readonly percent: number;
  /** No run is started after so many seconds. */
  readonly limitSeconds: number;
}

/** Fewer tell nothing of how far runs differ. */
const LEAST_RUNS = 3;
/** What people wait for: the figures that must be known. */
const KNOWN: readonly ChannelName[] = ['display', 'clickToPicture'];

/** The settings of a repetition, from 0. */
export function repetition(settings: MeasureSettings, index: number): MeasureSettings {
  return settings.virtual ? { ...settings, seed: settings.seed + index } : settings;
}

/** Whether the runs so far are enough. */
export function isSure(runs: readonly MeasureReport[], { percent }: Sureness): boolean {
  if (runs.length < LEAST_RUNS) return false;
  return KNOWN.every((channel) => {
    const medians = runs.map(({ channels }) => channels[channel].p50);
    return halfWidth(medians) <= percent / 100;
  });
}

/** Half the width of the mean's 95 % confidence interval (Student's t), as a part of the mean; 0 for a mean of 0. */
export function halfWidth(values: readonly number[]): number {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  if (mean === 0) return 0;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  return (student95(count - 1) * Math.sqrt(variance / count)) / mean;
}

/** Two-sided 95 % quantiles of Student's t for 1 to 10 degrees of freedom; beyond, an expansion about the normal. */
const STUDENT = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];
const NORMAL = 1.96;

function student95(degrees: number): number {
  return STUDENT[degrees - 1] ?? NORMAL + (NORMAL ** 3 + NORMAL) / (4 * degrees);
}
