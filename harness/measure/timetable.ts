/**
 * An open loop: events at fixed times, whether the last one was answered or not, so that a slow answer cannot
 * hide the samples that would have followed it (no coordinated omission).
 */
import type { Clock, Micros } from '../../engine/index.js';

/**
 * Node's timers come up to two milliseconds late on an idle machine: that is the generator's own coarseness, and
 * the event simply happens then. What is later than that waited for something, and its wait belongs to its latency.
 */
export const TIMER_RESOLUTION: Micros = 2_000;

export interface TimetableOptions {
  readonly clock: Clock;
  /** Events per second. */
  readonly rate: number;
  /** Microseconds; the last event is before its end. */
  readonly duration: Micros;
  /** `late` is how long after its time the event is made, 0 within the timers' resolution: part of its latency. */
  readonly event: (index: number, late: Micros) => void;
}

/** Resolves when the duration is over. */
export function runTimetable({ clock, rate, duration, event }: TimetableOptions): Promise<void> {
  const start = clock.now();
  const interval = 1e6 / rate;
  return new Promise((resolve) => {
    let index = 0;
    const next = (): void => {
      const now = clock.now();
      while (index * interval < duration && start + index * interval <= now) {
        const late = now - (start + index * interval);
        event(index, late > TIMER_RESOLUTION ? late : 0);
        index++;
      }
      if (index * interval >= duration) clock.after(start + duration - now, resolve);
      else clock.after(start + index * interval - now, next);
    };
    next();
  });
}
