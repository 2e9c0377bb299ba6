/** Figures as people read them. */
import type { Say } from '../messages.js';

/** Bytes in decimal kilobytes, megabytes or gigabytes. */
export function sizeInWords(say: Say, bytes: number): string {
  if (bytes < 1e6) return say('unit.kb', { value: Math.round(bytes / 1e3) });
  if (bytes < 1e9) return say('unit.mb', { value: Math.round(bytes / 1e5) / 10 });
  return say('unit.gb', { value: Math.round(bytes / 1e8) / 10 });
}

/** Milliseconds with as many digits as they deserve. */
export function milliseconds(value: number): number {
  return value < 10 ? Math.round(value * 10) / 10 : Math.round(value);
}

/** A line's rate in kilobits or megabits per second. */
export function rateInWords(say: Say, kilobits: number): string {
  if (kilobits < 1000) return say('unit.kbit', { value: Math.round(kilobits) });
  return say('unit.mbit', { value: Math.round(kilobits / 100) / 10 });
}
