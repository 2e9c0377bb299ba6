/**
 * Numbers, stamps and sends input and overlay events, and knows when each was made until the host says that
 * it has acted on it. An event that is made before the relay has confirmed the control or the tool that it
 * needs is held for a moment: the wish and the event travel by different links, and the event could overtake.
 */
import type { Clock, Micros } from '../clock.js';
import {
  type AppliedAck,
  Channel,
  type EventHead,
  encodeInput,
  encodeOverlay,
  type InputAction,
  type OverlayAction,
} from '../protocol/index.js';

/** Whether an event may go now, may go soon (what it needs was asked for), or not at all. */
export type Permission = 'now' | 'soon' | 'no';

/** Events that wait for an answer from the host; older ones are forgotten. */
const MAX_UNANSWERED = 1_024;
/** Events that wait for the relay's confirmation, and how long they may. */
const MAX_HELD = 256;
const MAX_HELD_FOR: Micros = 2_000_000;

export interface SentEvent {
  /** As it goes over the wire. */
  readonly message: Uint8Array;
  readonly sequence: number;
  readonly createdAt: Micros;
  readonly kind: InputAction['kind'] | OverlayAction['kind'];
  /** Something that a person expects to see a reaction to, not a mere movement. */
  readonly press: boolean;
}

interface Held {
  readonly message: Uint8Array;
  readonly createdAt: Micros;
  readonly permission: () => Permission;
}

export class EventSender {
  readonly #clock: Clock;
  readonly #send: (message: Uint8Array) => void;
  readonly #unanswered = new Map<number, SentEvent>();
  #held: Held[] = [];
  /** The next number of each channel. They go on over reconnects. */
  #inputs = 1;
  #overlays = 1;
  #buttons = 0;

  constructor(clock: Clock, send: (message: Uint8Array) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  /** @throws SightlineError `bad-argument` when the action does not fit a message. */
  input(viewer: number, action: InputAction, permission: () => Permission): SentEvent | undefined {
    if (permission() === 'no') return undefined;
    const head: EventHead = { viewer, sequence: this.#inputs, createdAt: this.#clock.now() };
    const message = encodeInput({ ...head, ...action });
    this.#inputs = next(this.#inputs);
    return this.#dispatch(Channel.Input, message, head, action.kind, this.#isPress(action), permission);
  }

  /** @throws SightlineError `bad-argument` when the action does not fit a message. */
  overlay(viewer: number, action: OverlayAction, permission: () => Permission): SentEvent | undefined {
    if (permission() === 'no') return undefined;
    const head: EventHead = { viewer, sequence: this.#overlays, createdAt: this.#clock.now() };
    const message = encodeOverlay({ ...head, ...action });
    this.#overlays = next(this.#overlays);
    return this.#dispatch(Channel.Overlay, message, head, action.kind, false, permission);
  }

  /** The relay has confirmed something: what was held for it goes, in order. */
  release(): void {
    const now = this.#clock.now();
    const held = this.#held;
    this.#held = [];
    for (const event of held) {
      const permission = now - event.createdAt > MAX_HELD_FOR ? 'no' : event.permission();
      if (permission === 'now') this.#send(event.message);
      else if (permission === 'soon') this.#held.push(event);
    }
  }

  /** The host acted on an event; undefined when it is not one that we wait for. */
  applied(ack: AppliedAck): SentEvent | undefined {
    const key = keyOf(ack.channel, ack.sequence);
    const event = this.#unanswered.get(key);
    this.#unanswered.delete(key);
    return event;
  }

  /** The connection is lost: nothing of it will be answered. */
  reset(): void {
    this.#unanswered.clear();
    this.#held = [];
    this.#buttons = 0;
  }

  #dispatch(
    channel: AppliedAck['channel'],
    message: Uint8Array,
    head: EventHead,
    kind: SentEvent['kind'],
    press: boolean,
    permission: () => Permission,
  ): SentEvent {
    const event: SentEvent = { message, sequence: head.sequence, createdAt: head.createdAt, kind, press };
    if (this.#unanswered.size === MAX_UNANSWERED) {
      for (const oldest of this.#unanswered.keys()) {
        this.#unanswered.delete(oldest);
        break;
      }
    }
    this.#unanswered.set(keyOf(channel, head.sequence), event);
    // Behind what is held already, so that a press never overtakes the movement before it.
    if (permission() === 'now' && this.#held.length === 0) this.#send(message);
    else if (this.#held.length < MAX_HELD) {
      this.#held.push({ message, createdAt: head.createdAt, permission });
      if (permission() === 'now') this.release();
    }
    return event;
  }

  #isPress(action: InputAction): boolean {
    if (action.kind === 'key') return action.down;
    if (action.kind !== 'pointer') return true;
    const pressed = (action.buttons & ~this.#buttons) !== 0;
    this.#buttons = action.buttons;
    return pressed;
  }
}

function next(sequence: number): number {
  return sequence === 0xffffffff ? 1 : sequence + 1;
}

/** One number for channel and sequence. */
function keyOf(channel: number, sequence: number): number {
  return sequence * 8 + channel;
}
