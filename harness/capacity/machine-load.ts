/** How much of the machine is in use, by this measurement and by other programs. */
import { cpus } from 'node:os';
import type { PartyFigures, StepFigures } from './step.js';

/** Since the machine's start, milliseconds of all cores. */
export interface CpuTimes {
  readonly busy: number;
  readonly all: number;
}

export interface MachineTimes {
  readonly before: CpuTimes;
  readonly after: CpuTimes;
  readonly seconds: number;
}

export function cpuTimes(): CpuTimes {
  let busy = 0;
  let all = 0;
  for (const { times } of cpus()) {
    const used = times.user + times.nice + times.sys + times.irq;
    busy += used;
    all += used + times.idle;
  }
  return { busy, all };
}

/** Parts of all cores. What the system tells and what processes tell are counted differently, and stay within 0 to 1. */
export function machineFigures(
  { before, after }: MachineTimes,
  cores: number,
  parties: readonly PartyFigures[],
): StepFigures['machine'] {
  const ours = Math.min(1, parties.reduce((sum, party) => sum + party.cores, 0) / cores);
  // The system counts in hundredths of a second: over nothing it tells nothing.
  const told = after.all > before.all ? (after.busy - before.busy) / (after.all - before.all) : ours;
  const busy = Math.min(1, Math.max(ours, told));
  return { cores, busy, others: busy - ours };
}
