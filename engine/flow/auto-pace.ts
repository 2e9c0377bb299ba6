/**
 * The frame rate that host and viewer keep up with. Who needs longer for a frame than the time between frames
 * gets fewer of them; only when that would be fewer than seven in a second, the quality falls as well, because
 * coarse natural content costs less to code and to decode. Quick to give way, slow to come back.
 */
import type { Micros } from '../clock.js';
import { COARSEST_EXACT_TEXT } from './auto-cost.js';
import type { AutoInputs } from './auto-types.js';

/** Times between packets; the first is no limit. */
export const INTERVALS: readonly Micros[] = [0, 33_000, 50_000, 67_000, 100_000, 150_000, 200_000, 333_000];
/** Longer is no longer a moving picture: from here on quality gives way, too. */
const LONGEST_MOVING = INTERVALS.indexOf(150_000);
/** A frame that takes less keeps up with a display of 60 Hz. */
const DISPLAY: Micros = 16_000;
/** Of each interval this share may be spent on a frame: the machine has other work. */
const LOAD = 0.8;
/** Weight of a new measurement. */
const GAIN = 0.25;
/** Frames that wait at the viewer from which on it is behind: one may always be there. */
const BEHIND = 2;
/** Shortest time between two steps up (while a queue is worked off), and between two steps back. */
const SLOWER_EVERY: Micros = 200_000;
const FASTER_AFTER: Micros = 1_000_000;
/** The same for steps of quality. */
const COARSER_EVERY: Micros = 500_000;
const FINER_AFTER: Micros = 3_000_000;
/** A shorter interval is taken when it would be kept with this much to spare. */
const SPARE = 0.85;

/** Plain data. */
export interface PaceState {
  decode: Micros;
  encode: Micros;
  /** Place in `INTERVALS`. */
  step: number;
  steppedAt: Micros;
  /** Rungs of quality given up. */
  rungs: number;
  rungsAt: Micros;
}

export function newPace(): PaceState {
  return { decode: 0, encode: 0, step: 0, steppedAt: 0, rungs: 0, rungsAt: 0 };
}

/** Takes in what the last frames took. Called for packets of new damage. */
export function learnPace(pace: PaceState, { now, decodeTime, encodeTime, queueDepth }: AutoInputs): void {
  pace.decode += GAIN * (decodeTime - pace.decode);
  pace.encode += GAIN * (encodeTime - pace.encode);
  const load = Math.max(pace.decode, pace.encode);
  const wanted = load <= DISPLAY ? 0 : load / LOAD;
  const needed = stepFor(wanted);
  const isBehind = queueDepth >= BEHIND;
  if (needed > pace.step) {
    step(pace, needed, now);
  } else if (isBehind) {
    if (now - pace.steppedAt >= SLOWER_EVERY && pace.step < INTERVALS.length - 1)
      step(pace, pace.step + 1, now);
  } else if (
    pace.step > 0 &&
    now - pace.steppedAt >= FASTER_AFTER &&
    wanted <= SPARE * INTERVALS[pace.step - 1]!
  ) {
    step(pace, pace.step - 1, now);
  }
  const sinceRungs = now - pace.rungsAt;
  if (pace.step > LONGEST_MOVING && sinceRungs >= COARSER_EVERY && pace.rungs < COARSEST_EXACT_TEXT) {
    pace.rungs++;
    pace.rungsAt = now;
  } else if (pace.step < LONGEST_MOVING && sinceRungs >= FINER_AFTER && pace.rungs > 0) {
    pace.rungs--;
    pace.rungsAt = now;
  }
}

export function minInterval(pace: PaceState): Micros {
  return INTERVALS[pace.step]!;
}

function step(pace: PaceState, to: number, now: Micros): void {
  pace.step = to;
  pace.steppedAt = now;
}

function stepFor(wanted: Micros): number {
  const at = INTERVALS.findIndex((interval) => interval >= wanted);
  return at < 0 ? INTERVALS.length - 1 : at;
}
