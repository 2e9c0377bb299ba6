/** What a search for the capacity is made with; all of it goes into the report, so that it can be made again. */
import type { QualityName } from '../../codecs/index.js';
import type { TransportWish } from '../../engine/index.js';
import type { SceneName } from '../hosts/index.js';

/** What is counted: sessions of a host and a viewer each, or viewers of one session. */
export type Counted = 'sessions' | 'viewers';

export interface CapacitySettings {
  readonly counted: Counted;
  /** The 99th percentile of display latency stays below it, milliseconds. */
  readonly limitMs: number;
  /** No more are tried. */
  readonly max: number;
  /** Whether viewers decode; those that do not acknowledge what they were sent at once. */
  readonly decode: boolean;
  /**
   * Bytes of each frame of hosts that send prepared frames, `fps` in a second, to viewers that do not decode; 0: hosts code
   * a simulated desktop, or a file.
   */
  readonly frameBytes: number;
  /** None where hosts show a file. */
  readonly scenes: readonly SceneName[];
  /** The name of the recording or video that each host shows, over and over, and what it is known by. */
  readonly replay?: string;
  readonly replaySha256?: string;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly seed: number;
  readonly level: QualityName;
  /** Threads that help each host to code; as many as it takes by itself unless told. */
  readonly threads?: number;
  readonly transport: TransportWish;
  /** Everybody's access line, the relay at its other end, in words that `parseLink` reads. */
  readonly link: string;
  /** Seconds before a step counts, and that it counts at least. */
  readonly warmup: number;
  readonly duration: number;
}

/** The wire lets a session have so many viewers. */
export const MOST_VIEWERS = 64;
/** More than that no machine can load by itself. */
export const MOST_SESSIONS = 1000;
/** In words of `parseLink`: straight to the relay. */
export const NO_LINK = 'none';

export const DEFAULT_CAPACITY: CapacitySettings = {
  counted: 'sessions',
  limitMs: 100,
  max: 64,
  decode: true,
  frameBytes: 0,
  scenes: ['typing', 'form', 'terminal'],
  width: 1920,
  height: 1080,
  fps: 60,
  seed: 1,
  level: 'high',
  transport: 'auto',
  link: NO_LINK,
  warmup: 2,
  duration: 5,
};
