/** Processor time, as the operating system counts it. */

/** User and system time of this process so far, all its threads together, in milliseconds. */
export function processCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
