/**
 * Where a measurement takes place: a relay, a host and viewers that are joined by links. Two places look the same to a
 * measurement: processes and sockets of this machine in real time, and a world in virtual time.
 */
import type { Rect } from '../../codecs/index.js';
import type {
  Clock,
  HeadlessViewer,
  HostStats,
  HostTrace,
  Micros,
  OffsetEstimate,
  RelayTrace,
  ViewerHandlers,
} from '../../engine/index.js';
import type { Health } from './health.js';
import type { MeasuredHandlers, MeasuredViewer } from './measured-viewer.js';
import type { FrameHash } from './processes.js';

/** What has been used and done up to a moment. */
export interface Usage {
  /** CPU time, microseconds; of all viewers together. */
  readonly cpu: { readonly host: Micros; readonly relay: Micros; readonly viewers: Micros };
  readonly host: HostStats;
  /** How long the host waited for pictures of its file that were due; of a replay only. */
  readonly fileWait?: Micros;
  /** Of the processes, since it was asked last, garbage on the lab's clock; there are none in virtual time. */
  readonly health?: Readonly<Record<'host' | 'relay' | 'viewers', Health>>;
}

/** What host and relay tell of the way of frames and events, on their own clocks, and how these are to be read. */
export interface Traces {
  readonly host: readonly HostTrace[];
  readonly relay: readonly RelayTrace[];
  /** The lab's clock minus the other's. */
  readonly offsets: Offsets;
}

export interface Offsets {
  readonly host: OffsetEstimate;
  readonly relay: OffsetEstimate;
}

export interface Lab {
  /** Everything that happens to technicians and in the measurement happens on this clock. */
  readonly clock: Clock;
  readonly transport: { readonly name: string; readonly reason: string };
  /** Where clicking gives the focus to a text field, in the picture's pixels; undefined without such a scene. */
  readonly textField: Rect | undefined;
  /** Called with each hash that the host sends. */
  onHash: ((hash: FrameHash) => void) | undefined;
  /** Lets a measurement go on until it is done. */
  run<T>(measurement: Promise<T>): Promise<T>;
  /** Lets a file go from the technician to the host from now on; the answer ends it, and tells its bytes per second. */
  startBulk(windowBytes: number): () => Promise<number>;
  /** The viewer who is measured: the first. */
  openTechnician(handlers: MeasuredHandlers): Promise<MeasuredViewer>;
  /** Viewers are numbered from 0. */
  openViewer(index: number, handlers: ViewerHandlers): Promise<HeadlessViewer>;
  usage(): Promise<Usage>;
  /** The host's clock, as it is known now. */
  readonly hostOffset: OffsetEstimate;
  /** What was told since the last call. */
  traces(): Promise<Traces>;
  setHashing(on: boolean): void;
  /** Leaves nothing behind. */
  close(): Promise<void>;
}
