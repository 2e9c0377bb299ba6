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

/** The process's monotonic clock. Its timers do not keep a process alive. */
export const systemClock: Clock = {
  now: () => (performance.timeOrigin + performance.now()) * 1000,
  after(delay, run) {
    const timer = setTimeout(run, Math.max(0, delay / 1000));
    if (typeof timer === 'object') timer.unref?.();
    return () => clearTimeout(timer);
  },
};
