/** What one party of a room may cost the others. Every limit can be set; the defaults carry their reasons. */
import type { Micros } from '../clock.js';
import type { Rate } from '../protocol/index.js';
import type { OtherRates } from './buckets.js';

export interface RoomLimits {
  /** How long a viewer whose links were lost can come back as the same one. */
  readonly seatHold: Micros;
  /** How long it has the control again then, unless somebody else has asked for it meanwhile. */
  readonly controlHold: Micros;
  /** Viewers of one session. The participants message lists them all, so 64 is also the wire's limit. */
  readonly maxViewers: number;
  /** Bytes that a link may have waiting besides the display frames that its window let through. */
  readonly maxBufferedBytes: number;
  /** Bytes of whiteboard strokes kept per session for those who join later. */
  readonly maxStrokeBytes: number;
  /** What was said in a session and is kept for those who join later: messages, and their bytes. */
  readonly maxChatMessages: number;
  readonly maxChatBytes: number;
  /** How often one party may say what, where that is not as the catalogue has it. */
  readonly rates: OtherRates;
  /** Changes of the picture's size that a host may make. */
  readonly sizeRate: Rate;
  /** ...and how often its viewers are told of them. */
  readonly sizeNewsRate: Rate;
  /** Whole pictures that one viewer may make the host code; more wait their turn. */
  readonly refreshRate: Rate;
}

export const DEFAULT_ROOM_LIMITS: RoomLimits = {
  // A dead link is found on either side within 16 s, and the viewer dials at once.
  seatHold: 20_000_000,
  controlHold: 10_000_000,
  maxViewers: 64,
  maxBufferedBytes: 4 * 1024 * 1024,
  maxStrokeBytes: 64 * 1024,
  maxChatMessages: 200,
  maxChatBytes: 64 * 1024,
  rates: {},
  // A person who drags a window's edge changes it with every frame of a 60 Hz display, and hosts send fewer.
  sizeRate: { perSecond: 60, burst: 120 },
  sizeNewsRate: { perSecond: 5, burst: 2 },
  refreshRate: { perSecond: 2, burst: 8 },
};
