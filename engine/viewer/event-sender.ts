/**
 * Numbers, stamps, encodes and sends input and overlay events, and knows when each was made until the host says that
 * it has acted on it. While events arrive late, positions are thinned to the newest.
 */
import type { Clock, Micros } from '../clock.js';
import {
  type AppliedAck,
  Channel,
  type EventHead,
  encodeInput,
  encodeOverlay,
  eventHeadOf,
  type InputAction,
  type OverlayAction,
} from '../protocol/index.js';
import { Thinner } from '../transport/thinner.js';
import { EventPace } from './event-pace.js';

/** More than that waits for the link: what is sent now would arrive late. */
const BEHIND_BYTES = 512;
/** Events that wait for the host's answer; older ones are forgotten. */
const MAX_UNANSWERED = 1_024;
const LAST_SEQUENCE = 0xffffffff;

export interface SentEvent {
  readonly sequence: number;
  readonly createdAt: Micros;
  readonly kind: InputAction['kind'] | OverlayAction['kind'];
  /** Something that a person expects to see a reaction to, not a mere movement. */
  readonly press: boolean;
}

export interface NewEvent extends SentEvent {
  /** As it goes over the wire. */
  readonly message: Uint8Array;
}

/** The link that events go by. */
export interface EventLink {
  send(message: Uint8Array): void;
  /** Bytes that wait for it, as far as it says. */
  bufferedBytes(): number;
}

export class EventSender {
  readonly #clock: Clock;
  readonly #pace = new EventPace();
  readonly #thinner: Thinner;
  readonly #unanswered = new Map<number, SentEvent>();
  /** The next number of each channel. They go on over reconnects. */
  #inputs = 1;
  #overlays = 1;
  #buttons = 0;

  constructor(clock: Clock, link: EventLink) {
    this.#clock = clock;
    this.#thinner = new Thinner(clock, {
      isBehind: () => link.bufferedBytes() > BEHIND_BYTES || this.#pace.isLate(clock.now()),
      leftOut: (message) => {
        this.#unanswered.delete(keyOf(message[0]!, eventHeadOf(message).sequence));
      },
      send: (message) => {
        this.#pace.sent(message[0]!, eventHeadOf(message).sequence, clock.now());
        link.send(message);
      },
    });
  }

  /** @throws SightlineError `bad-argument` when the action does not fit a message. */
  input(viewer: number, action: InputAction, createdAt: Micros = this.#clock.now()): NewEvent {
    const head: EventHead = { viewer, sequence: this.#inputs, createdAt };
    const message = encodeInput({ ...head, ...action });
    this.#inputs = next(this.#inputs);
    return this.#remember(Channel.Input, message, head, action.kind, this.#isPress(action));
  }

  /** @throws SightlineError `bad-argument` when the action does not fit a message. */
  overlay(viewer: number, action: OverlayAction, createdAt: Micros = this.#clock.now()): NewEvent {
    const head: EventHead = { viewer, sequence: this.#overlays, createdAt };
    const message = encodeOverlay({ ...head, ...action });
    this.#overlays = next(this.#overlays);
    return this.#remember(Channel.Overlay, message, head, action.kind, false);
  }

  /** Sends an event, or lets it wait for a later one that stands for both. */
  send({ message }: NewEvent): void {
    this.#thinner.send(message);
  }

  /** Sends what waits: something is about to be said that it should come before. */
  flush(): void {
    this.#thinner.flush();
  }

  /** The host acted on an event; undefined when it is not one that we wait for. */
  applied(ack: AppliedAck): SentEvent | undefined {
    const key = keyOf(ack.channel, ack.sequence);
    this.#pace.answered(ack, this.#clock.now());
    this.#thinner.look();
    const event = this.#unanswered.get(key);
    this.#unanswered.delete(key);
    return event;
  }

  /** The connection is lost: nothing of it will be answered. */
  reset(): void {
    this.#unanswered.clear();
    this.#pace.reset();
    this.#thinner.close();
    this.#buttons = 0;
  }

  #remember(
    channel: AppliedAck['channel'],
    message: Uint8Array,
    { sequence, createdAt }: EventHead,
    kind: SentEvent['kind'],
    press: boolean,
  ): NewEvent {
    for (const oldest of this.#unanswered.keys()) {
      if (this.#unanswered.size < MAX_UNANSWERED) break;
      this.#unanswered.delete(oldest);
    }
    this.#unanswered.set(keyOf(channel, sequence), { sequence, createdAt, kind, press });
    return { message, sequence, createdAt, kind, press };
  }

  #isPress(action: InputAction): boolean {
    if (action.kind === 'key') return action.down;
    if (action.kind !== 'pointer') return true;
    const pressed = (action.buttons & ~this.#buttons) !== 0;
    this.#buttons = action.buttons;
    return pressed;
  }
}

/** 0 is left out: it numbers what the relay sends on a viewer's behalf. */
function next(sequence: number): number {
  return sequence === LAST_SEQUENCE ? 1 : sequence + 1;
}

/** One number for channel and sequence. */
function keyOf(channel: number, sequence: number): number {
  return sequence * 8 + channel;
}
