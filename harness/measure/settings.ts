/** What a measurement is made with; all of it goes into the report, so that it can be made again. */
import type { QualityName } from '../../codecs/index.js';
import type { TransportWish } from '../../engine/index.js';
import type { SceneName } from '../hosts/index.js';

export const VIEWER_KINDS = ['headless', 'page'] as const;
export type ViewerKind = (typeof VIEWER_KINDS)[number];

export interface MeasureSettings {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly seed: number;
  /** None where the host shows a file. */
  readonly scenes: readonly SceneName[];
  /** The name of the recording or video that the host shows, over and over; its first picture's size is the run's. */
  readonly replay?: string;
  /** What that file is known by: its SHA-256, hexadecimal. */
  readonly replaySha256?: string;
  /** How many times as fast as recorded it is shown; 1 unless told. */
  readonly pace?: number;
  /** What the viewers ask for. */
  readonly level: QualityName;
  /** Viewers that watch; the first is measured. */
  readonly viewers: number;
  /** What the first viewer is: the console's page in Chromium; absent: one that decodes in memory. */
  readonly viewer?: 'page';
  /** Hosts on the relay, each in a session of its own with one viewer that watches; the first is measured. */
  readonly hosts: number;
  /** Seconds, all timed phases together. */
  readonly duration: number;
  /** Seconds before samples count. */
  readonly warmup: number;
  /** Input and overlay events per second, on a timetable. */
  readonly rate: number;
  /** Frames compared with the host's by hash, after the timed phases. */
  readonly verifyFrames: number;
  readonly threads?: number;
  readonly transport: TransportWish;
  /** Whether viewers open a second link for input and overlays. */
  readonly lanes: boolean;
  /** Everybody's access line, the relay at its other end, in words that `parseLink` reads. */
  readonly link: string;
  /** The host's, where it has another. */
  readonly hostLink?: string;
  /** The last viewer's, where it has another. */
  readonly lastViewerLink?: string;
  /** Of a file that goes to the host meanwhile: most bytes on their way; 0: no file. */
  readonly bulkWindow: number;
  /** Whether time, network and the time that work takes are simulated. */
  readonly virtual: boolean;
}

/** A party's access line in words: the host's, or that of viewer 0 and up. */
export function lineOf(settings: MeasureSettings, party: 'host' | number): string {
  const { link, hostLink = link, lastViewerLink = link, viewers } = settings;
  if (party === 'host') return hostLink;
  return party > 0 && party === viewers - 1 ? lastViewerLink : link;
}

/** Where the random numbers of a party's line start. */
export function lineSeed(settings: MeasureSettings, party: 'host' | number): number {
  return settings.seed * 1000 + (party === 'host' ? 0 : party + 1);
}

export const DEFAULT_SETTINGS: MeasureSettings = {
  width: 1920,
  height: 1080,
  fps: 60,
  seed: 1,
  scenes: ['typing', 'form'],
  level: 'high',
  viewers: 2,
  hosts: 1,
  duration: 20,
  warmup: 2,
  rate: 20,
  verifyFrames: 60,
  transport: 'auto',
  lanes: true,
  link: 'none',
  bulkWindow: 0,
  virtual: false,
};
