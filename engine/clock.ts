/**
 * Time is injected. Whatever waits, expires or measures takes a `Clock`; tests run on a fake one.
 */

/** Microseconds since an arbitrary origin of this process; never goes back. */
export type Micros = number;

export interface Clock {
  now(): Micros;
  /** Calls `run` once, `delay` microseconds from now; the answer cancels it. */
  after(delay: Micros, run: () => void): () => void;
}

/** The longest delay of a JavaScript timer, milliseconds: 24 days. Longer ones would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The process's monotonic clock. Its timers do not keep a process alive. */
export const systemClock: Clock = {
  now: () => (performance.timeOrigin + performance.now()) * 1000,
  after(delay, run) {
    const timer = setTimeout(run, Math.min(LONGEST_TIMER_MS, Math.max(0, delay / 1000)));
    if (typeof timer === 'object') timer.unref?.();
    return () => clearTimeout(timer);
  },
};
