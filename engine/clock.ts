/**
 * Time is injected. Whatever waits, expires or measures takes a `Clock`; tests run on a fake one.
 */

/** Microseconds since an arbitrary origin of this process; never goes back. */
export type Micros = number;

export interface Clock {
  now(): Micros;
  /**
   * Microseconds since 1970, for times of day and to notice that the machine slept; may jump either way. A clock
   * without one has no other time than `now`.
   */
  wall?(): Micros;
  /** Calls `run` once, `delay` microseconds from now (early by `TIMER_SLACK` at most); the answer cancels it. */
  after(delay: Micros, run: () => void): () => void;
  /** Some work was done just now. A real clock went on meanwhile and needs no telling; a virtual one does. */
  spend?(work: Work): void;
}

/** The host's, the relay's (reading what is to be sent on, and sending it to one link), and the viewer's. */
export type WorkKind =
  | 'apply'
  | 'capture'
  | 'compare'
  | 'encode'
  | 'relay-frame'
  | 'relay-event'
  | 'relay-other'
  | 'send'
  | 'decode';

/** A piece of work, by what its time depends on. */
export interface Work {
  readonly kind: WorkKind;
  /** Pixels looked at, written or read. */
  readonly pixels: number;
  /** Of messages made, sent on or read. */
  readonly bytes: number;
}

/** How early `run` may be called: what the platform's whole milliseconds leave over. */
export const TIMER_SLACK: Micros = 1000;

/** The longest delay of a JavaScript timer, milliseconds: 24 days. Longer ones would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * The process's monotonic clock. Its timers do not keep a process alive. A timer of Node's on a busy loop may come
 * almost two milliseconds early (its delay is cut to whole ones, and so is the time at which it starts): it is then
 * set again for the rest.
 */
export const systemClock: Clock = {
  now: () => (performance.timeOrigin + performance.now()) * 1000,
  wall: () => Date.now() * 1000,
  after(delay, run) {
    const due = systemClock.now() + delay;
    let timer: ReturnType<typeof setTimeout>;
    const set = (rest: Micros): void => {
      timer = setTimeout(fire, Math.min(LONGEST_TIMER_MS, Math.max(0, rest / 1000)));
      if (typeof timer === 'object') timer.unref?.();
    };
    const fire = (): void => {
      const rest = due - systemClock.now();
      if (rest > TIMER_SLACK) set(rest);
      else run();
    };
    set(delay);
    return () => clearTimeout(timer);
  },
};
