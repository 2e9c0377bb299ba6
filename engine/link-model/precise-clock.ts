/**
 * The process's clock with timers that come within a tenth of a millisecond on an idle machine, for a process that does
 * little else: a timer sleeps until its last millisecond and a half and then looks at every turn of the loop.
 */
import { type Clock, type Micros, systemClock } from '../clock.js';

/** Node's timers come up to so much late. */
const SLEEP_MARGIN: Micros = 1_500;

export const preciseClock: Clock = {
  now: systemClock.now,
  after(delay, run) {
    const due = systemClock.now() + delay;
    let isCancelled = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = (): void => {
      if (isCancelled) return;
      const rest = due - systemClock.now();
      if (rest <= 0) run();
      else if (rest <= SLEEP_MARGIN) setImmediate(look);
      else timer = setTimeout(look, Math.floor((rest - SLEEP_MARGIN) / 1000));
    };
    if (delay > SLEEP_MARGIN) timer = setTimeout(look, Math.floor((delay - SLEEP_MARGIN) / 1000));
    else setImmediate(look);
    return () => {
      isCancelled = true;
      clearTimeout(timer);
    };
  },
};
