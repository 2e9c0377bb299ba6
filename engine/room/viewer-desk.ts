/** What viewers say: checked, stamped, thinned, and passed on or acted on. */
import type { Clock } from '../clock.js';
import {
  Channel,
  type ChatMessage,
  type Control,
  type ControlMessage,
  channelOf,
  dispatch,
  type FrameAck,
  type Handlers,
  type HelloType,
  type Message,
  type MessagesFrom,
  type OverlayEvent,
  stampAckViewer,
  stampClockViewer,
} from '../protocol/index.js';
import type { Chat } from './chat.js';
import type { Counters } from './counters.js';
import { admit } from './gate.js';
import { levelFor } from './levels.js';
import type { Overlays } from './overlays.js';
import type { Roster } from './roster.js';
import type { RoomViewer } from './viewer.js';

/** A beat is heard by the link itself, where there are any. */
type FromViewers = Exclude<MessagesFrom<'technician' | 'customer' | 'observer'>, HelloType | 'clock-beat'>;

export interface ViewerDeskPort {
  toHost(message: Uint8Array): void;
  say(viewer: RoomViewer, message: ControlMessage): void;
  /** By the viewer's quick link. */
  answer(viewer: RoomViewer, message: Uint8Array): void;
  /** Tells the host which level the viewer watches. */
  announceLevel(viewer: RoomViewer): void;
  /** Tells the viewer what was said before it came. */
  tellChat(viewer: RoomViewer): void;
  /** Sends the viewer pictures from now on, or none. */
  changeWatching(viewer: RoomViewer, watching: boolean): void;
  /** Something about the participants has changed. */
  tellParticipants(): void;
  /** The viewer has given up that lane. */
  laneLost(viewer: RoomViewer, lane: number): void;
}

export class ViewerDesk {
  readonly #clock: Clock;
  readonly #counters: Counters;
  readonly #roster: Roster;
  readonly #overlays: Overlays;
  readonly #chat: Chat;
  readonly #port: ViewerDeskPort;
  readonly #handlers: Handlers<FromViewers, RoomViewer> = {
    'input-pointer': (event, message, viewer) => viewer.input.receive(event, message),
    'input-wheel': (event, message, viewer) => viewer.input.receive(event, message),
    'input-key': (event, message, viewer) => viewer.input.receive(event, message),
    'input-text': (event, message, viewer) => viewer.input.receive(event, message),
    'overlay-stroke': (event, message, viewer) => this.#overlay(viewer, event, message),
    'overlay-erase': (event, message, viewer) => this.#overlay(viewer, event, message),
    'overlay-laser': (event, message, viewer) => this.#overlay(viewer, event, message),
    'chat-said': (said, _, viewer) => this.#hear(viewer, said),
    'chat-earlier': (said, _, viewer) => this.#hear(viewer, said),
    'ack-frame': (ack, message, viewer) => this.#ack(viewer, ack, message),
    'clock-ping': (_, message, viewer) => {
      stampClockViewer(message, viewer.id);
      this.#port.toHost(message);
    },
    'set-quality': ({ quality }, _, viewer) => {
      this.#setQuality(viewer, quality);
      this.#port.tellParticipants();
    },
    'set-control': ({ wanted }, _, viewer) => {
      this.#roster.changeControl(viewer, wanted);
      this.#port.tellParticipants();
    },
    'set-tool': ({ tool }, _, viewer) => {
      this.#overlays.changeTool(viewer, tool);
      this.#port.tellParticipants();
    },
    'set-recording': ({ active }, _, viewer) => {
      viewer.recording = active;
      this.#port.tellParticipants();
    },
    'set-name': ({ name }, _, viewer) => {
      viewer.rename(name);
      this.#port.tellParticipants();
    },
    wishes: (wishes, _, viewer) => this.#takeWishes(viewer, wishes),
    'want-refresh': (_, __, viewer) => viewer.feed.wantWhole(),
    'lane-lost': ({ lane }, _, viewer) => this.#port.laneLost(viewer, lane),
  };

  constructor(
    clock: Clock,
    counters: Counters,
    roster: Roster,
    overlays: Overlays,
    chat: Chat,
    port: ViewerDeskPort,
  ) {
    this.#clock = clock;
    this.#counters = counters;
    this.#roster = roster;
    this.#overlays = overlays;
    this.#chat = chat;
    this.#port = port;
  }

  /**
   * One message of a viewer, by any of its links: to the gate, and to its handler. Throws `SightlineError` when the link
   * must go.
   */
  receive(viewer: RoomViewer, message: Uint8Array): void {
    this.#counters.received(channelOf(message), message.byteLength);
    dispatch(message, undefined, this.#handlers, viewer, this.#admits);
  }

  readonly #admits = (row: Message, viewer: RoomViewer): boolean => {
    this.#counters.named(row);
    const refusal = admit(viewer, row, this.#clock.now());
    if (refusal === undefined) return true;
    if (row.channel === Channel.Input) viewer.input.close();
    this.#counters.notAdmitted(row, refusal);
    return false;
  };

  #ack(viewer: RoomViewer, { frame }: FrameAck, message: Uint8Array): void {
    const now = this.#clock.now();
    const news = viewer.feed.acknowledged(frame, now);
    // News is as rare as frames are; only repetitions can be a flood.
    if (news === 'never-sent' || (news === 'old' && !viewer.takes('ack', now))) {
      this.#counters.dropped.ack++;
      return;
    }
    // Without a lane it waits for the first picture, which must not wait for it.
    if (news === 'new' && !viewer.caughtUp) this.#port.tellChat(viewer);
    stampAckViewer(message, viewer.id);
    this.#port.toHost(message);
  }

  #hear(viewer: RoomViewer, said: ChatMessage): void {
    this.#chat.receive(viewer, said, (known) => this.#port.answer(viewer, known));
  }

  #overlay(viewer: RoomViewer, event: OverlayEvent, message: Uint8Array): void {
    this.#overlays.receive(viewer, event, message);
  }

  /**
   * What a viewer wishes for now. It may come more than once, by both links, and late: only what is newer than all
   * before counts, and the list of participants shows which that is.
   */
  #takeWishes(viewer: RoomViewer, wishes: Control<'wishes'>): void {
    const { revision, name, quality, tool, control, to, recording, watching } = wishes;
    if (revision <= viewer.wishes) {
      this.#port.say(viewer, this.#roster.participants());
      return;
    }
    viewer.wishes = revision;
    viewer.rename(name);
    if (quality !== viewer.quality) this.#setQuality(viewer, quality);
    this.#overlays.changeTool(viewer, tool);
    this.#roster.changeControl(viewer, control, to);
    viewer.recording = recording;
    if (watching !== viewer.watching) this.#port.changeWatching(viewer, watching);
    this.#port.tellParticipants();
  }

  #setQuality(viewer: RoomViewer, quality: RoomViewer['quality']): void {
    viewer.quality = quality;
    const level = levelFor(quality);
    this.#port.say(viewer, { type: 'level-state', level, quality });
    if (level !== viewer.feed.level) {
      this.#roster.moveTo(viewer, level, () => this.#port.announceLevel(viewer));
    }
  }
}
