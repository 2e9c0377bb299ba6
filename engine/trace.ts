/**
 * What a party can tell of the way of each thing that it handles: when, on its own clock. Told only to who asks, after
 * the work; a measurement puts the parties' stories together into stages.
 */
import type { StreamLevel } from '../codecs/index.js';
import type { Micros } from './clock.js';
import type { Channel } from './protocol/limits.js';

/** The channels on which technicians make something happen. */
export type EventChannel = typeof Channel.Input | typeof Channel.Overlay | typeof Channel.Chat;

/** A packet that the host has sent: a frame, or what brings one viewer up to date. */
export interface PacketTrace {
  readonly kind: 'packet';
  readonly level: StreamLevel;
  readonly frame: number;
  /** The one viewer that it is for; 0: all. */
  readonly viewer: number;
  readonly refinement: boolean;
  readonly drawnAt: Micros;
  /** Of the newest capture in it: it began, the picture was there, it was compared. */
  readonly captureAt: Micros;
  readonly capturedAt: Micros;
  readonly committedAt: Micros;
  /** Its coding began, and ended with the last slice given to the link. */
  readonly encodeAt: Micros;
  readonly sentAt: Micros;
  readonly bytes: number;
  readonly slices: number;
  /** What waited in the host's link then, bytes, and frames of the level that were on their way. */
  readonly bufferedBytes: number;
  readonly inFlight: number;
}

/** An event that the host's source has acted on. */
export interface AppliedTrace {
  readonly kind: 'applied';
  readonly channel: EventChannel;
  readonly viewer: number;
  readonly sequence: number;
  readonly receivedAt: Micros;
  readonly appliedAt: Micros;
}

export type HostTrace = PacketTrace | AppliedTrace;

/** A frame's last slice that the relay has sent on. */
export interface ForwardedFrame {
  readonly kind: 'frame';
  readonly level: StreamLevel;
  readonly frame: number;
  /** The one viewer that it is for; 0: all. */
  readonly viewer: number;
  readonly receivedAt: Micros;
  /** Given to the first link of those that it goes to. */
  readonly sentAt: Micros;
}

/** A technician's event that the relay has sent on. */
export interface ForwardedEvent {
  readonly kind: 'event';
  readonly channel: EventChannel;
  readonly viewer: number;
  readonly sequence: number;
  readonly receivedAt: Micros;
  readonly sentAt: Micros;
}

export type RelayTrace = ForwardedFrame | ForwardedEvent;
