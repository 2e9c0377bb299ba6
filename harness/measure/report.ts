/** The report of a measurement: `sightline measure --json` writes it as it is. */
import type { ChannelFigures, ChannelName, StageFigures } from './channels.js';
import type { MachineDescription } from './machine.js';
import type { MeasureSettings } from './settings.js';

/** Where a frame's time goes, mean milliseconds per frame; `total` is the median of the display latency. */
export interface Stages {
  /** The source writes the picture. */
  readonly capture: number;
  /** Compare, moves, bringing the reference up to date. */
  readonly compare: number;
  /** From the first to the last slice, handing them to the socket included. */
  readonly encode: number;
  /** The links to and from the relay: the medians of a frame's last slice. */
  readonly send: number;
  /** Median. */
  readonly decode: number;
  /** The sum of these. */
  readonly work: number;
  readonly total: number;
}

export interface MeasureReport {
  readonly machine: MachineDescription;
  readonly settings: MeasureSettings;
  readonly transport: { readonly name: string; readonly reason: string };
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
  readonly displayStages: Stages;
  /** Of the file that went to the host beside the session; 0: none did. */
  readonly bulkBytesPerSecond: number;
  readonly framesCompared: number;
  /** Frames in which the viewer's picture was not the host's. */
  readonly mismatches: number;
}
