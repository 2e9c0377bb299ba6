/** The ack channel: what was shown, and what was acted on. */
import { isStreamLevel, SightlineError, type StreamLevel } from '../../codecs/index.js';
import type { Micros } from '../clock.js';
import { openMessage, readMicros, requireLength, unknownType, viewOf } from './binary.js';
import { Channel } from './limits.js';

const TYPE_FRAME = 1;
const TYPE_APPLIED = 2;
const FRAME_ACK_BYTES = 32;
const APPLIED_ACK_BYTES = 24;

/** Viewer to host: a frame is decoded and, in a page, presented. */
export interface FrameAck {
  readonly kind: 'frame';
  readonly level: StreamLevel;
  /** Frames received and not yet decoded. */
  readonly queued: number;
  readonly frame: number;
  /** Filled in by the relay. */
  readonly viewer: number;
  /** Viewer's clock: first slice received, and frame presented. */
  readonly receivedAt: Micros;
  readonly presentedAt: Micros;
  /** Time spent decoding, microseconds. */
  readonly decode: number;
}

/** Host to viewer: an input, overlay or chat event was acted on or drawn. */
export interface AppliedAck {
  readonly kind: 'applied';
  /** The channel of the event. */
  readonly channel: typeof Channel.Input | typeof Channel.Overlay | typeof Channel.Chat;
  /** The viewer whose event it was: the relay delivers to it alone. */
  readonly viewer: number;
  readonly sequence: number;
  /** The first frame number that can show the event: one more than the newest frame when it was applied. */
  readonly frame: number;
  /** Host's clock. */
  readonly appliedAt: Micros;
}

export type Ack = FrameAck | AppliedAck;

export function encodeAck(ack: Ack): Uint8Array {
  const message = new Uint8Array(ack.kind === 'frame' ? FRAME_ACK_BYTES : APPLIED_ACK_BYTES);
  const view = viewOf(message);
  view.setUint8(0, Channel.Ack);
  if (ack.kind === 'frame') {
    view.setUint8(1, TYPE_FRAME);
    view.setUint8(2, ack.level);
    view.setUint8(3, Math.min(ack.queued, 255));
    view.setUint32(4, ack.frame, true);
    view.setUint32(8, ack.viewer, true);
    view.setUint32(12, Math.min(ack.decode, 0xffffffff), true);
    view.setFloat64(16, ack.receivedAt, true);
    view.setFloat64(24, ack.presentedAt, true);
  } else {
    view.setUint8(1, TYPE_APPLIED);
    view.setUint8(2, ack.channel);
    view.setUint32(4, ack.sequence, true);
    view.setUint32(8, ack.viewer, true);
    view.setUint32(12, ack.frame, true);
    view.setFloat64(16, ack.appliedAt, true);
  }
  return message;
}

/** Throws `SightlineError`. */
export function decodeAck(message: Uint8Array): Ack {
  const view = openMessage(message, Channel.Ack, 2);
  const type = view.getUint8(1);
  if (type === TYPE_FRAME) {
    requireLength(message, FRAME_ACK_BYTES);
    const level = view.getUint8(2);
    if (!isStreamLevel(level)) {
      throw new SightlineError('bad-message', `Stream ${level} is unknown.`, {
        field: 'level',
        offset: 2,
      });
    }
    return {
      kind: 'frame',
      level,
      queued: view.getUint8(3),
      frame: view.getUint32(4, true),
      viewer: view.getUint32(8, true),
      decode: view.getUint32(12, true),
      receivedAt: readMicros(view, 16, 'receivedAt'),
      presentedAt: readMicros(view, 24, 'presentedAt'),
    };
  }
  if (type === TYPE_APPLIED) {
    requireLength(message, APPLIED_ACK_BYTES);
    const channel = view.getUint8(2);
    if (channel !== Channel.Input && channel !== Channel.Overlay && channel !== Channel.Chat) {
      throw new SightlineError('bad-message', `Channel ${channel} is not acknowledged.`, {
        field: 'channel',
        offset: 2,
      });
    }
    return {
      kind: 'applied',
      channel,
      sequence: view.getUint32(4, true),
      viewer: view.getUint32(8, true),
      frame: view.getUint32(12, true),
      appliedAt: readMicros(view, 16, 'appliedAt'),
    };
  }
  return unknownType('ack', type);
}

/** The relay fills in who sent a frame ack, in place. */
export function stampAckViewer(message: Uint8Array, viewer: number): void {
  viewOf(message).setUint32(8, viewer, true);
}
