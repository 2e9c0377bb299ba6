/** How long to wait before connecting again. */
import type { Micros } from './clock.js';

/** The first wait: a relay that restarts is back within about a second. */
const FIRST: Micros = 250_000;
/** The longest: a person who watches should not wait much longer than the outage. */
const LONGEST: Micros = 5_000_000;
/** The longest while somebody else is about to come back: whoever waits for a host that lost the same relay. */
export const SOON: Micros = 1_000_000;

/**
 * Doubles with every attempt (from 0) up to a limit; of that between half and all, so that many viewers who
 * lost one relay do not come back in the same instant.
 */
export function backoffDelay(attempt: number, random: () => number, longest: Micros = LONGEST): Micros {
  const full = Math.min(longest, FIRST * 2 ** Math.min(attempt, 20));
  return full * (0.5 + 0.5 * random());
}
