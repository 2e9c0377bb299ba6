/** What a viewer hears: decoded, and given to the part of the session that it concerns. */
import { AUTO_STREAM } from '../../codecs/index.js';
import type { ChatLog } from '../chat/index.js';
import {
  type AppliedAck,
  Channel,
  type ChatMessage,
  type Control,
  type ControlMessage,
  dispatch,
  type Handlers,
  type MessagesTo,
  type WelcomeType,
} from '../protocol/index.js';
import type { ClockSync } from './clock-sync.js';
import type { EventSender } from './event-sender.js';
import type { FrameReceiver } from './frame-receiver.js';
import type { HandlerCaller } from './handler-caller.js';
import type { Measurements } from './measurements.js';
import type { ViewerState } from './types.js';

/** What comes after the welcome; the rest is heard by the connection and its links. */
type ToViewers = Exclude<MessagesTo<'technician'>, WelcomeType | 'refused' | 'clock-beat'>;

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
      dispatch(message, control, this.#handlers, undefined);
    } catch (error) {
      this.#parts.caller.problem(error);
    }
  }

  readonly #handlers: Handlers<ToViewers> = {
    'display-slice': (slice) => {
      const { receiver } = this.#parts;
      receiver.receive(slice);
      if (receiver.stale !== this.#parts.state().stale) this.#parts.update({ stale: receiver.stale });
    },
    'overlay-stroke': (_, message) => this.#parts.takeOverlay(message),
    'overlay-erase': (_, message) => this.#parts.takeOverlay(message),
    'overlay-laser': (_, message) => this.#parts.takeOverlay(message),
    'chat-said': (said, message) => this.#hear(said, message),
    'chat-earlier': (said, message) => this.#hear(said, message),
    'ack-applied': (ack) => this.#onAck(ack),
    /** An answer to a question of before a return of the host comes too late, and is no fault. */
    'clock-pong': (pong) => this.#parts.sync.answer(pong),
    'host-state': (message) => {
      const { sync, update } = this.#parts;
      const { host } = this.#parts.state();
      const returned = message.state === 'present' && host !== 'present';
      // The host that returns may be another process with another clock.
      if (returned && host !== 'unknown') sync.start();
      update({ host: message.state, hostName: message.name, hostQuiet: message.quiet ?? false });
    },
    capabilities: ({ list }) => this.#parts.update({ capabilities: list }),
    participants: (message) => this.#onParticipants(message),
    'level-state': ({ level }) => {
      this.#parts.update({ level });
      if (level !== AUTO_STREAM) this.#parts.update({ auto: undefined });
    },
    'auto-state': ({ quality, text, reason }) => this.#parts.update({ auto: { quality, text, reason } }),
  };

  #hear(said: ChatMessage, message: Uint8Array): void {
    if (this.#parts.chat.receive(said)) this.#parts.newText(message);
  }

  #onAck(ack: AppliedAck): void {
    const { chat, measurements, sender } = this.#parts;
    if (ack.channel === Channel.Chat) {
      const createdAt = chat.answered(ack.sequence);
      if (createdAt !== undefined) measurements.chatted(createdAt, ack);
      return;
    }
    const event = sender.applied(ack);
    if (event !== undefined) measurements.applied(event, ack);
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
