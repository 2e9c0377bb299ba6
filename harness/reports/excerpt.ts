/** A small copy of a report, to keep or to send. */
import type { LabReport, RunReport } from './format.js';

/** Of each channel. */
const SPIKES = 3;

/**
 * All figures and charts of a report without most of its bytes: of the stages only whole distributions, not those by
 * piece of time, and of the slowest samples the slowest. Comparing fewer than three runs on each side needs these
 * pieces: there it is left with the channels.
 */
export function excerptOf(report: LabReport): LabReport {
  return { ...report, runs: report.runs.map(excerptOfRun) };
}

function excerptOfRun(run: RunReport): RunReport {
  const each = <T>(record: Readonly<Record<string, T>>, of: (value: T) => T): Record<string, T> =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [name, of(value)]));
  return {
    ...run,
    stages: each(run.stages, (stages) => stages.map((stage) => ({ ...stage, blocks: [] }))),
    spikes: each(run.spikes, (spikes) => spikes.slice(0, SPIKES)),
  };
}
