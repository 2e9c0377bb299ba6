/** What a viewer hears: decoded, and given to the part of the session that it concerns. */
import { AUTO_STREAM, SightlineError } from '../../codecs/index.js';
import type { ChatLog } from '../chat/index.js';
import {
  Channel,
  type ClockMessage,
  type Control,
  type ControlMessage,
  decodeAck,
  decodeChat,
  decodeClock,
} from '../protocol/index.js';
import type { ClockSync } from './clock-sync.js';
import type { EventSender } from './event-sender.js';
import type { FrameReceiver } from './frame-receiver.js';
import type { HandlerCaller } from './handler-caller.js';
import type { Measurements } from './measurements.js';
import type { ViewerState } from './types.js';

export interface InboxParts {
  readonly chat: ChatLog;
  readonly receiver: FrameReceiver;
  readonly sync: ClockSync;
  readonly sender: EventSender;
  readonly measurements: Measurements;
  readonly caller: HandlerCaller;
  state(): ViewerState;
  update(change: Partial<ViewerState>): void;
  /** Takes in what another participant drew or showed. */
  takeOverlay(message: Uint8Array): void;
  /** A text that was not known yet has come. */
  newText(message: Uint8Array): void;
  /** The relay has acted on our wishes up to `revision`. */
  seen(revision: number): void;
  /** Whether the relay has us in control, waiting for it, or neither. */
  controlIs(place: 'ours' | 'waiting' | 'none'): void;
}

export class Inbox {
  readonly #parts: InboxParts;

  constructor(parts: InboxParts) {
    this.#parts = parts;
  }

  /** One message after the welcome, and what it says when it is on the control channel. A fault is told, not thrown. */
  receive(message: Uint8Array, control: ControlMessage | undefined): void {
    try {
      if (control !== undefined) this.#onControl(control);
      else this.#onOther(message);
    } catch (error) {
      this.#parts.caller.problem(error);
    }
  }

  #onOther(message: Uint8Array): void {
    const { chat, receiver } = this.#parts;
    switch (message[0]) {
      case Channel.Chat:
        if (chat.receive(decodeChat(message))) this.#parts.newText(message);
        return;
      case Channel.Display:
        receiver.receive(message);
        if (receiver.stale !== this.#parts.state().stale) this.#parts.update({ stale: receiver.stale });
        return;
      case Channel.Overlay:
        this.#parts.takeOverlay(message);
        return;
      case Channel.Ack:
        this.#onAck(message);
        return;
      case Channel.Clock:
        this.#onClock(decodeClock(message));
        return;
      default:
        throw unexpected('input');
    }
  }

  /** An answer to a question of before a return of the host comes too late, and is no fault. */
  #onClock(message: ClockMessage): void {
    if (message.kind !== 'pong') throw unexpected('clock');
    this.#parts.sync.answer(message);
  }

  #onAck(message: Uint8Array): void {
    const { chat, measurements, sender } = this.#parts;
    const ack = decodeAck(message);
    if (ack.kind !== 'applied') throw unexpected('frame ack');
    if (ack.channel === Channel.Chat) {
      const createdAt = chat.answered(ack.sequence);
      if (createdAt !== undefined) measurements.chatted(createdAt, ack);
      return;
    }
    const event = sender.applied(ack);
    if (event !== undefined) measurements.applied(event, ack);
  }

  #onControl(message: ControlMessage): void {
    const { sync, update } = this.#parts;
    switch (message.type) {
      case 'host-state': {
        const { host } = this.#parts.state();
        const returned = message.state === 'present' && host !== 'present';
        // The host that returns may be another process with another clock.
        if (returned && host !== 'unknown') sync.start();
        update({ host: message.state, hostName: message.name, hostQuiet: message.quiet ?? false });
        return;
      }
      case 'participants':
        this.#onParticipants(message);
        return;
      case 'level-state':
        update({ level: message.level });
        if (message.level !== AUTO_STREAM) update({ auto: undefined });
        return;
      case 'auto-state': {
        const { quality, text, reason } = message;
        update({ auto: { quality, text, reason } });
        return;
      }
      default:
        throw unexpected(message.type);
    }
  }

  #onParticipants({ list, controller }: Control<'participants'>): void {
    const { viewer } = this.#parts.state();
    this.#parts.update({ participants: list, controller });
    const own = list.find((one) => one.viewer === viewer);
    // A list of before we joined says nothing of us.
    if (own === undefined) return;
    this.#parts.seen(own.wishes ?? 0);
    this.#parts.controlIs(controller === viewer ? 'ours' : own.waiting === undefined ? 'none' : 'waiting');
  }
}

function unexpected(what: string): SightlineError {
  return new SightlineError('bad-message', `A viewer does not expect this: ${what}.`, { field: 'type' });
}
