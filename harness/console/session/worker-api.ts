/**
 * What the page and its worker say to each other. The worker holds the links, the decoder and both canvases;
 * the page holds the buttons. Everything is plain data.
 */
import type { DecodeThreads, ModeTable, QualityName, StreamLevel } from '../../../codecs/index.js';
import type { ChatEntry } from '../../../engine/chat/index.js';
import type { InputAction, Point, Tool } from '../../../engine/protocol/index.js';
import type { OffsetEstimate, ViewerState } from '../../../engine/viewer/index.js';
import type { LabFigures, LabRecord, LabRun } from './lab-api.js';

export interface StartOptions {
  /** The session's address: the page's own, with the token after `#`. */
  readonly address: string;
  /** Where the compiled kernels are. */
  readonly kernels: string;
  readonly name: string;
  readonly quality: QualityName;
  readonly picture: OffscreenCanvas;
  readonly overlay: OffscreenCanvas;
  /** What this technician had drawn in the page before this one. */
  readonly drawings: readonly Drawing[];
}

/** A stroke: x, y, x, y … in pixels of the host's picture. */
export type Drawing = readonly number[];

export type ToWorker =
  | ({ readonly kind: 'start' } & StartOptions)
  | { readonly kind: 'quality'; readonly quality: QualityName }
  /** What the others see of this technician. */
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'control'; readonly wanted: boolean }
  /** Gives the control to another viewer. */
  | { readonly kind: 'hand-over'; readonly to: number }
  | { readonly kind: 'tool'; readonly tool: Tool }
  | { readonly kind: 'recording'; readonly active: boolean }
  /** A marker in the recording, set at `at`; `text` may be empty. */
  | { readonly kind: 'marker'; readonly text: string; readonly at: number }
  /** `at` is when the technician did it: microseconds of the clock that page and worker share. */
  | { readonly kind: 'input'; readonly action: InputAction; readonly at: number }
  /** The whiteboard's pen: pixels of the host's picture, in the order of drawing. */
  | {
      readonly kind: 'pen';
      readonly phase: 'down' | 'move' | 'up';
      readonly points: readonly Point[];
      readonly at: number;
    }
  | {
      readonly kind: 'laser';
      readonly visible: boolean;
      readonly x: number;
      readonly y: number;
      readonly at: number;
    }
  /** One's own drawings, or everybody's. */
  | { readonly kind: 'erase'; readonly scope: 'mine' | 'all' }
  /** Takes back one's last stroke. */
  | { readonly kind: 'undo' }
  | { readonly kind: 'chat'; readonly text: string; readonly at: number }
  /** Says again what was not delivered. */
  | { readonly kind: 'chat-again'; readonly entry: number }
  /** Device pixels per host pixel, so that overlays are drawn as sharp as the screen; whether the page is seen. */
  | { readonly kind: 'view'; readonly scale: number; readonly visible: boolean }
  | { readonly kind: 'retry' }
  /** The page is shown again, or the network is back: see at once whether the links live. */
  | { readonly kind: 'look' }
  /** The picture as it is shown: with drawings, or without. */
  | { readonly kind: 'screenshot'; readonly id: number; readonly drawings: boolean }
  | { readonly kind: 'hash'; readonly id: number }
  /** Whether the Lab panel's figures are wanted. */
  | { readonly kind: 'figures'; readonly wanted: boolean }
  /** What a report says of the last minutes; nothing without figures. */
  | { readonly kind: 'lab-run'; readonly id: number }
  /** The line that is simulated at this viewer, in words that the link model reads. */
  | { readonly kind: 'line'; readonly words: string }
  /** A laboratory watches: keep records of everything. */
  | { readonly kind: 'watch' }
  /** The page goes away: leave the session at once. */
  | { readonly kind: 'leave' };

/** Milliseconds. */
export interface LatencyFigures {
  readonly p50: number;
  readonly p95: number;
  readonly samples: number;
}

export interface StatsFigures {
  readonly framesPerSecond: number;
  readonly kilobitsPerSecond: number;
  readonly frames: number;
  readonly display?: LatencyFigures;
  readonly input?: LatencyFigures;
  readonly laser?: LatencyFigures;
  readonly whiteboard?: LatencyFigures;
  /** Milliseconds per frame spent turning and painting pixels in the worker, mean of the last second's. */
  readonly paint: number;
  /** What was decoded in each mode since the session began. */
  readonly modes: ModeTable;
  readonly decoding: DecodeThreads;
  /** Frames that could not be applied. */
  readonly faults: number;
  /** While the Lab panel wants them. */
  readonly lab?: LabFigures;
}

export type RecordingState =
  | { readonly active: false }
  /** Recorded time in microseconds. */
  | { readonly active: true; readonly bytes: number; readonly duration: number };

/** A recording of this page that has ended. */
export interface Recorded {
  readonly file: Blob;
  /** Without suffix. */
  readonly name: string;
  /** The browser keeps it beyond this page, under its name. */
  readonly kept: boolean;
  readonly bytes: number;
  /** Microseconds. */
  readonly duration: number;
  /** It ended because it was stopped, not by a failure. */
  readonly whole: boolean;
}

/** What a tool in the technician's hand does. */
export type OverlayMessage = PenMessage | LaserMessage;
export type PenMessage = Omit<Extract<ToWorker, { kind: 'pen' }>, 'at'>;
export type LaserMessage = Omit<Extract<ToWorker, { kind: 'laser' }>, 'at'>;

export type FromWorker =
  /** The session as the viewer core sees it. */
  | { readonly kind: 'viewer'; readonly viewer: ViewerState }
  /** The page's own address holds no token: nothing can be tried. */
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'frame'; readonly frame: number; readonly level: StreamLevel }
  /** One's own drawings have changed: these are there now. */
  | { readonly kind: 'drawings'; readonly drawings: readonly Drawing[] }
  /** Something was said, or its state has changed. */
  | { readonly kind: 'chat'; readonly entry: ChatEntry }
  | { readonly kind: 'stats'; readonly stats: StatsFigures }
  | { readonly kind: 'recording'; readonly recording: RecordingState }
  | { readonly kind: 'recorded'; readonly recorded: Recorded }
  /** `by` has erased everybody's drawings; `whose` were there, as far as it was this page's technician. */
  | { readonly kind: 'erased'; readonly by: number; readonly whose: readonly number[] }
  /** `isFull`: what the browser allows the page to keep is used up. */
  | { readonly kind: 'recording-failed'; readonly reason: string; readonly isFull: boolean }
  /** What was asked cannot be answered. */
  | { readonly kind: 'failed'; readonly id: number; readonly reason: string }
  /** Without a picture: the browser could not make it. */
  | { readonly kind: 'screenshot'; readonly id: number; readonly png: Blob | undefined }
  | { readonly kind: 'hash'; readonly id: number; readonly sha256: string; readonly frame: number }
  | { readonly kind: 'lab-run'; readonly id: number; readonly run: LabRun | undefined }
  /** For a laboratory that watches: what has happened since the last time. */
  | {
      readonly kind: 'records';
      readonly records: readonly LabRecord[];
      readonly offset: OffsetEstimate | undefined;
    }
  /** Something went wrong that a person must know; `code` is a SightlineError's. */
  | { readonly kind: 'fault'; readonly code: string; readonly message: string };
