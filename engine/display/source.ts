/**
 * A frame source is whatever has a screen: a simulated desktop, a replayed recording, a real display.
 * It writes its picture straight into the pipeline's shared memory, once per captured frame.
 */
import type { Picture, Rect } from '../../codecs/index.js';
import type { Micros } from '../clock.js';
import type { ChatMessage, InputEvent, OverlayEvent } from '../protocol/index.js';

export interface Capture {
  /** When the oldest change in this picture was drawn, on the host's clock: the start of display latency. */
  readonly drawnAt: Micros;
  /** Areas that may have changed since the last capture; absent means anywhere. */
  readonly damage?: readonly Rect[];
  /** The source's own frame number (a replay's); frame numbers on the wire follow it where they can. */
  readonly frame?: number;
}

/** What the engine tells the source, and what the source tells the engine. */
export interface SourceEvents {
  /** The picture has changed and wants to be captured. May be called as often as the source likes. */
  changed(): void;
  /** The source has no more frames (a replay's end). */
  ended(): void;
}

export interface FrameSource {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** Starts drawing; from now on `events` may be called. */
  start(events: SourceEvents): void;
  /**
   * Writes the newest picture into `picture`, which still holds what the last capture wrote: only changed
   * areas need writing. Undefined when nothing has changed after all. After a change of size the picture is a
   * new, black one: all of it is to be written.
   */
  capture(picture: Picture): Capture | undefined | Promise<Capture | undefined>;
  /** A technician's pointer, wheel, key or text. Returns when it has been acted on. */
  input?(event: InputEvent): void;
  /** A technician's whiteboard or laser, to be shown on the host's screen. */
  overlay?(event: OverlayEvent): void;
  /** What a technician has written, to be shown to the customer. */
  chat?(message: ChatMessage): void;
  /** Something that the customer must see, in words: a recording started, somebody joined. */
  notice?(notice: HostNotice): void;
  stop(): void;
}

export type HostNotice =
  | { readonly kind: 'recording'; readonly active: boolean; readonly viewer: number; readonly name: string }
  | { readonly kind: 'control'; readonly active: boolean; readonly viewer: number; readonly name: string };
