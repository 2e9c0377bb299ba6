/** The report of one run. `harness/reports/` puts runs into files, and says in a schema what these hold. */
import type { ChannelFigures } from './blocks.js';
import type { ChannelName, StageFigures } from './channels.js';
import type { Series } from './series.js';
import type { MeasureSettings } from './settings.js';
import type { Spike } from './spikes.js';

export interface MeasureReport {
  readonly settings: MeasureSettings;
  readonly transport: { readonly name: string; readonly reason: string };
  /** ISO 8601; absent in virtual time, which begins at no date. */
  readonly startedAt?: string;
  readonly channels: Readonly<Record<ChannelName, ChannelFigures>>;
  /** Where the time went, channel by channel. */
  readonly stages: Readonly<Partial<Record<ChannelName, readonly StageFigures[]>>>;
  /** How wrong the comparison of two clocks can be, in any sample. */
  readonly clockErrorMs: number;
  /** Shown by the measured viewer in the display phase. */
  readonly frames: number;
  readonly framesPerSecond: number;
  readonly bytesPerFrame: number;
  /** CPU of each process per delivered frame; of the viewers, per frame and viewer. */
  readonly cpuMsPerFrame: { readonly host: number; readonly relay: number; readonly viewer: number };
  /** Of the file that went to the host beside the session; 0: none did. */
  readonly bulkBytesPerSecond: number;
  /**
   * How long the host waited, until the end of the display phase, for pictures of its file that were due: at most so much
   * of a display latency is the laboratory's own. Of a replay only.
   */
  readonly fileWaitMs?: number;
  readonly framesCompared: number;
  /** Frames in which the viewer's picture was not the host's. */
  readonly mismatches: number;
  readonly series: Series;
  /** The slowest samples of each channel, slowest first. */
  readonly spikes: Readonly<Partial<Record<ChannelName, readonly Spike[]>>>;
}
