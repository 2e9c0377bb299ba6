/**
 * The viewer whose latencies are measured, whatever it is: one that decodes in memory, or the console's page in
 * Chromium. Everything that it tells is on the lab's clock unless said otherwise.
 */
import type { InputAction, Micros, OverlayAction } from '../../engine/index.js';
import type { LatencyChannel, ShownFrame, ViewerState } from '../../engine/viewer/index.js';
import type { Marker } from '../hosts/index.js';

/** What a page adds to the way of a frame. */
export interface ScreenTimes {
  /** The animation frame that painted it began. */
  readonly paintAt: Micros;
  /** The canvas holds it. */
  readonly composedAt: Micros;
  /** Its marker was read back from the canvas. */
  readonly presentedAt: Micros;
}

/** A frame that is shown; `drawnAt` is on the host's clock. */
export interface MeasuredFrame extends Omit<ShownFrame, 'presented' | 'damage'> {
  /** Only of a page. */
  readonly screen?: ScreenTimes;
  /** What the picture's coded marker says; undefined without one. */
  marker(): Marker | undefined;
}

/** When the viewer shows it. */
export function shownAt({ decodedAt, screen }: MeasuredFrame): Micros {
  return screen?.presentedAt ?? decodedAt;
}

export type EventKind = 'input' | 'overlay' | 'chat';

/** What a technician does at one time of a timetable. */
export type Deed =
  /** The first is what is measured. */
  | { readonly kind: 'input'; readonly actions: readonly InputAction[] }
  | { readonly kind: 'overlay'; readonly action: OverlayAction }
  | { readonly kind: 'chat'; readonly text: string };

/** Deeds at fixed times, whether the last was answered or not. */
export interface Plan {
  /** Per second. */
  readonly rate: number;
  /** Seconds. */
  readonly duration: number;
  readonly deed: (index: number) => Deed;
}

export interface MeasuredHandlers {
  onFrame(frame: MeasuredFrame): void;
  /** A deed of a plan was sent: when it was due, and when it was done. */
  onSent(kind: EventKind, sequence: number, intendedAt: Micros, sentAt: Micros): void;
  /** The host acted on an event. */
  onApplied(channel: Exclude<LatencyChannel, 'display' | 'clickToPicture'>, id: number, at: Micros): void;
}

export interface MeasuredViewer {
  readonly state: ViewerState;
  /** How wrong the viewer's times can be on the lab's clock. */
  readonly clockError: Micros;
  /** Waits until it shows a picture and knows the host's clock. */
  untilReady(limit: Micros): Promise<void>;
  until(condition: () => boolean, what: string): Promise<void>;
  setControl(wanted: boolean): void;
  setTool(tool: ViewerState['tool']): void;
  /** At once, and measured by nobody. */
  input(actions: readonly InputAction[]): void;
  /** Resolves when the plan's time is over. */
  perform(plan: Plan): Promise<void>;
  /** Calls `onHash` with the hashes of exact pictures, in the way of `hashOf`, until the answer is called. */
  hashes(onHash: (frame: number, hash: string) => void): () => void;
  close(): Promise<void>;
}
