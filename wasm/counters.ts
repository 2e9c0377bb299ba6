/**
 * What modes are used for: f64 counters of tiles, pixels, bytes and milliseconds, for each level and mode. A block is
 * written by one instance at a time and read by anybody, by other threads too.
 */
import { FLAG_WHOLE_TILE } from './tile';

/** Room for modes to come; the sum is COUNTERS_BYTES in codecs/layout.ts. */
const MODES: usize = 16;
const COUNTER_BYTES: usize = 32;

/** Imported as `counters.now`: a clock in milliseconds, or one that stands still where nobody wants times. */
export declare function now(): f64;

/** Counts a tile: its mode byte, its pixels, its bytes with the head, and when its coding began. */
export function countTile(counters: usize, level: u32, mode: u32, pixels: u32, bytes: u32, began: f64): void {
  const at = counters + (<usize>level * MODES + (mode & ~FLAG_WHOLE_TILE & (<u32>MODES - 1))) * COUNTER_BYTES;
  store<f64>(at, load<f64>(at) + 1);
  store<f64>(at, load<f64>(at, 8) + <f64>pixels, 8);
  store<f64>(at, load<f64>(at, 16) + <f64>bytes, 16);
  store<f64>(at, load<f64>(at, 24) + now() - began, 24);
}
