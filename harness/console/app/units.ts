/** Figures as people read them. */
import type { Say } from '../messages.js';

/** Bytes in decimal kilobytes or megabytes. */
export function sizeInWords(say: Say, bytes: number): string {
  return bytes < 1e6
    ? say('unit.kb', { value: Math.round(bytes / 1e3) })
    : say('unit.mb', { value: Math.round(bytes / 1e5) / 10 });
}

/** Milliseconds with as many digits as they deserve. */
export function milliseconds(value: number): number {
  return value < 10 ? Math.round(value * 10) / 10 : Math.round(value);
}
