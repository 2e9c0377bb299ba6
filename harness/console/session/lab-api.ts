/**
 * What the page tells a laboratory that watches it, and how one drives it: `window.sightline.lab`. Plain data; all times
 * are microseconds of the clock that page and worker share, unless they are said to be the host's.
 */
import type { ChatEntry } from '../../../engine/chat/index.js';
import type { InputAction, Tool } from '../../../engine/protocol/index.js';
import type {
  LatencyChannel,
  OffsetEstimate,
  ShownFrame,
  ViewerState,
} from '../../../engine/viewer/index.js';
import type { Marker } from '../../hosts/marker.js';
import type { RunReport } from '../../reports/index.js';

/** When a frame came to the canvas. */
export interface PaintTimes {
  /** The animation frame began. */
  readonly paintAt: number;
  /** All that waited is painted: the canvas holds the frame. */
  readonly composedAt: number;
}

/** A frame that was read back from the canvas. */
export interface FrameRecord extends Omit<ShownFrame, 'presented' | 'damage'>, PaintTimes {
  readonly kind: 'frame';
  /** The coded marker was read from the canvas, in the same animation frame. */
  readonly presentedAt: number;
  /** What the marker said; undefined without one. */
  readonly marker: Marker | undefined;
}

/** An action that was asked for. */
export interface SentRecord {
  readonly kind: 'sent';
  readonly channel: 'input' | 'overlay' | 'chat';
  /** 0: it could not be sent. */
  readonly sequence: number;
  /** When it was due; when the session had given it to its link. */
  readonly at: number;
  readonly sentAt: number;
}

/** The host has acted on an event. */
export interface AppliedRecord {
  readonly kind: 'applied';
  readonly channel: Exclude<LatencyChannel, 'display' | 'clickToPicture'>;
  readonly sequence: number;
  /** From when the event was due until the host had acted on it, by the offset that was believed then. */
  readonly latency: number;
  readonly offset: number;
}

export type LabRecord = FrameRecord | SentRecord | AppliedRecord;

/** What has gathered since it was taken last. */
export interface LabTaken {
  readonly records: readonly LabRecord[];
  readonly viewer: ViewerState;
  /** The page's clock minus the host's; undefined while unknown. */
  readonly offset: OffsetEstimate | undefined;
  /** Number of the newest frame on the canvas. */
  readonly frame: number;
}

/** What a laboratory may have the page do: the same messages that its buttons send. */
export type LabAction =
  | { readonly kind: 'quality'; readonly quality: ViewerState['quality'] }
  | { readonly kind: 'control'; readonly wanted: boolean }
  | { readonly kind: 'tool'; readonly tool: Tool }
  | { readonly kind: 'input'; readonly action: InputAction; readonly at: number }
  | {
      readonly kind: 'pen';
      readonly phase: 'down' | 'move' | 'up';
      readonly points: readonly { readonly x: number; readonly y: number }[];
      readonly at: number;
    }
  | {
      readonly kind: 'laser';
      readonly visible: boolean;
      readonly x: number;
      readonly y: number;
      readonly at: number;
    }
  | { readonly kind: 'chat'; readonly text: ChatEntry['text']; readonly at: number };

export interface LabDoor {
  /** From now on the page keeps records, and reads the marker back from each frame: a little work for each. */
  watch(): void;
  take(): LabTaken;
  send(action: LabAction): void;
}

// -- the Lab panel ------------------------------------------------------------------------------------------------

/** What becomes of a frame, as far as a viewer can tell, in order; together they are the display's latency. */
export const LAB_STAGES = ['travel', 'arrive', 'decode', 'animation', 'compose'] as const;
export type LabStage = (typeof LAB_STAGES)[number];

/** Milliseconds; of the last samples. */
export interface ChannelNow {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** What a page can tell of a run in a report; the page's state tells the rest. */
export type LabRun = Pick<
  RunReport,
  | 'channels'
  | 'stages'
  | 'clockErrorMs'
  | 'frames'
  | 'framesPerSecond'
  | 'bytesPerFrame'
  | 'series'
  | 'spikes'
>;

export interface LabFigures {
  readonly channels: Readonly<Partial<Record<LatencyChannel, ChannelNow>>>;
  /** Means of the last frames, milliseconds; undefined before the first. */
  readonly stages: Readonly<Record<LabStage, number>> | undefined;
  /** Frames that the host numbered, that were decoded here, and pictures that were put on the canvas. */
  readonly sentPerSecond: number;
  readonly decodedPerSecond: number;
  readonly shownPerSecond: number;
  readonly bytesPerFrame: number;
  /** Frames that are decoded and not on the canvas. */
  readonly unpainted: number;
  /** Waiting on the simulated line, both ways. */
  readonly lineBytes: number;
  /** How wrong the comparison with the host's clock can be, milliseconds. */
  readonly clockError: number | undefined;
  /** The simulated line, in words. */
  readonly link: string;
}
