/** One clock for all processes of a machine: latencies between them need no estimate. */
import { type Micros, systemClock } from '../../engine/index.js';

/**
 * What to add to this process's `systemClock` for a time that every process of this machine reads the same. Both stand on
 * the system's monotonic clock, so it does not change while the process runs.
 */
export function machineTimeOffset(): Micros {
  return Number(process.hrtime.bigint() / 1000n) - systemClock.now();
}
