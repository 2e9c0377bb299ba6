/** The file that the Lab panel saves. Figures bear the names that they have in the reports of `sightline measure`. */
import type { ConsoleState } from '../app/state.js';
import type { LabMoment } from './history.js';

export function figuresFile({ viewer, quality, stats }: ConsoleState, history: readonly LabMoment[]) {
  const now = history.at(-1);
  const channels = Object.entries(now?.figures.channels ?? {});
  return {
    program: 'sightline console',
    savedAt: new Date(now?.at ?? 0).toISOString(),
    settings: {
      width: viewer.width,
      height: viewer.height,
      level: quality,
      viewers: viewer.participants.length,
      viewer: 'page',
      /** Simulated at this viewer, over the network as it is. */
      simulatedLink: now?.figures.link ?? 'none',
    },
    /** Since the session began. */
    channels: Object.fromEntries(channels.map(([name, { total }]) => [name, total])),
    clockErrorMs: now?.figures.clockError,
    frames: stats?.frames ?? 0,
    bytesPerFrame: now?.figures.bytesPerFrame,
    /** The last minute, twice a second: medians of the last samples, means of the last frames, rates. */
    history: history.map(({ at, figures }) => ({
      at: new Date(at).toISOString(),
      ...figures,
      channels: Object.fromEntries(
        Object.entries(figures.channels).map(([name, { p50, p95, p99 }]) => [name, { p50, p95, p99 }]),
      ),
    })),
  };
}
