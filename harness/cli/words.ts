/** Figures as a person reads them. */

/** Bytes in decimal units, as disks and links count. */
export function bytesInWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`;
  if (bytes < 1e9) return `${(bytes / 1e6).toFixed(1)} MB`;
  return `${(bytes / 1e9).toFixed(2)} GB`;
}

/** Microseconds as h:mm:ss.s, or seconds when short. */
export function durationInWords(micros: number): string {
  const seconds = micros / 1e6;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.floor(seconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

/** Microseconds as seconds, to the millisecond. */
export function exactSeconds(micros: number): string {
  return `${(micros / 1e6).toFixed(3)} s`;
}

/** Microseconds as milliseconds with the digits that matter. */
export function milliseconds(micros: number): string {
  const value = micros / 1000;
  return value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0);
}
