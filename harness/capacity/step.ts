/** What is measured at one number of sessions or viewers, and how strained the system was. Pure. */

export const PARTY_NAMES = ['relay', 'hosts', 'viewers', 'links'] as const;
/** Who has processes: `links` are those that make sockets as slow as a link is said to be. */
export type PartyName = (typeof PARTY_NAMES)[number];

/** How a process fared. */
export interface ProcessFigures {
  /** CPU time over time, 1: one core was used all the time. With threads it may be more. */
  readonly cores: number;
  /** Part of the time in which its event loop was not waiting for anything, 0 to 1. */
  readonly loopBusy: number;
  /** How late its event loop came to a timer, 99th percentile, milliseconds. */
  readonly loopDelayMs: number;
}

export interface PartyFigures {
  readonly processes: number;
  /** Of all its processes together. */
  readonly cores: number;
  /** The worst figures of any process. */
  readonly busiest: ProcessFigures;
}

export interface SocketFigures {
  /** The most that was waiting in the relay's sockets at one moment. */
  readonly bufferedBytes: number;
  /** Viewers that were left out of the fan-out until they had caught up; messages not forwarded. */
  readonly cuts: number;
  readonly dropped: number;
  /** Links closed because they did not read. */
  readonly tooSlow: number;
}

export interface StepFigures {
  readonly count: number;
  readonly seconds: number;
  /** Frames that showed something new, of all viewers, and their latencies from drawn to decoded (or received). */
  readonly samples: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** An HDR histogram of microseconds in HdrHistogram's V2 compressed encoding, base64; histograms merge. */
  readonly histogram: string;
  /** Such frames of a viewer: the mean, and of the one that had fewest. */
  readonly framesPerSecond: { readonly mean: number; readonly least: number };
  /** Out of the relay. */
  readonly megabytesPerSecond: number;
  /** Viewers that had no picture in time. */
  readonly without: number;
  readonly parties: Readonly<Record<PartyName, PartyFigures>>;
  /** Of all cores, 0 to 1: what was used, and what programs that are not of this measurement used. */
  readonly machine: { readonly cores: number; readonly busy: number; readonly others: number };
  readonly sockets: SocketFigures;
  /** There was no memory for so many; nothing else was measured. */
  readonly isOutOfMemory: boolean;
}

/**
 * The least part of the frames that a viewer alone is shown. A latency counts from the oldest change that a frame shows,
 * but what a starved host never came to draw has no latency: that is in the rate.
 */
export const LEAST_RATE = 0.5;

/** Above 1 is too much, infinity when it cannot be had. `aloneRate`: frames per second of the only viewer. */
export function strainOf(step: StepFigures, limitMs: number, aloneRate: number): number {
  if (step.isOutOfMemory || step.without > 0) return Number.POSITIVE_INFINITY;
  const wanted = aloneRate * LEAST_RATE;
  const { least } = step.framesPerSecond;
  // Nothing was shown to somebody: neither was a latency measured.
  if (step.samples === 0 || least === 0) return Number.POSITIVE_INFINITY;
  return Math.max(step.p99Ms / limitMs, wanted / least);
}
