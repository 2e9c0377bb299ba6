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

/** From so many milliseconds on nobody counts them any more. */
export const SECONDS_FROM_MS = 10_000;

/** Milliseconds as seconds, with a tenth. */
export function seconds(milliseconds: number): number {
  return Math.round(milliseconds / 100) / 10;
}

/** A time in milliseconds as milliseconds or seconds. */
export function durationInWords(say: Say, value: number): string {
  if (value < SECONDS_FROM_MS) return say('unit.ms', { value: milliseconds(value) });
  return say('unit.seconds', { value: seconds(value) });
}

/** A line's rate in kilobits or megabits per second. */
export function rateInWords(say: Say, kilobits: number): string {
  if (kilobits < 1000) return say('unit.kbit', { value: Math.round(kilobits) });
  return say('unit.mbit', { value: Math.round(kilobits / 100) / 10 });
}

/** Microseconds as m:ss or h:mm:ss; with tenths where asked for. */
export function timeInWords(micros: number, withTenths = false): string {
  const tenths = Math.floor(micros / 100_000);
  const seconds = Math.floor(tenths / 10);
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const head = hours > 0 ? `${hours}:${two(minutes)}` : String(minutes);
  return `${head}:${two(seconds % 60)}${withTenths ? `.${tenths % 10}` : ''}`;
}
