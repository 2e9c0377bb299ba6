/** What a lab in virtual time does otherwise than it should, so that a self-check can see whether it is found. */
import type { Clock, FrameSource, Micros, WorkKind } from '../../engine/index.js';

/**
 * What is made longer: every piece of a kind of work, or every wait of a kind.
 * - `timetable`: the technician's timer for the next event comes late.
 * - `notice`: the host has drawn, and is told so late, as if it were busy or the level's window were shut.
 * - `coder`: a picture is captured and compared, and the host is held up by something else before it codes it.
 */
export type Disturbed = WorkKind | 'timetable' | 'notice' | 'coder';

export interface Disturbance {
  readonly what: Disturbed;
  readonly delay: Micros;
}

export const UNDISTURBED: Disturbance = { what: 'timetable', delay: 0 };

/** By how much this is made longer. */
export function delayOf({ what, delay }: Disturbance, of: Disturbed): Micros {
  return what === of ? delay : 0;
}

/** A clock whose timers all come late; without delay, the clock itself. */
export function withLateTimers(clock: Clock, late: Micros): Clock {
  if (late === 0) return clock;
  return { now: () => clock.now(), after: (delay, run) => clock.after(delay + late, run) };
}

/** A source that tells late that it has drawn something; without delay, the source itself. */
export function withLateNotices(source: FrameSource, clock: Clock, late: Micros): FrameSource {
  if (late === 0) return source;
  return {
    name: source.name,
    width: source.width,
    height: source.height,
    start({ changed, ended }) {
      source.start({ changed: () => clock.after(late, changed), ended });
    },
    capture: (picture) => source.capture(picture),
    input: (event) => source.input?.(event),
    overlay: (event) => source.overlay?.(event),
    chat: (message) => source.chat?.(message),
    notice: (notice) => source.notice?.(notice),
    stop: () => source.stop(),
  };
}
