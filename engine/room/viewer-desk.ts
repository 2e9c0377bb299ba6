/** What viewers say: checked, stamped, thinned, and passed on or acted on. */
import type { Clock } from '../clock.js';
import {
  Channel,
  type ChatMessage,
  type Control,
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
  type Tool,
} from '../protocol/index.js';
import type { Announcer } from './announcer.js';
import type { Chat } from './chat.js';
import type { Counters } from './counters.js';
import { levelFor } from './levels.js';
import type { Overlays } from './overlays.js';
import type { Post } from './post.js';
import { mayUse, type Rights } from './rights.js';
import type { Roster } from './roster.js';
import type { RoomViewer } from './viewer.js';

/** A beat is heard by the link itself, where there are any. */
type FromViewers = Exclude<MessagesFrom<'technician' | 'customer' | 'observer'>, HelloType | 'clock-beat'>;

export interface ViewerDeskParts {
  readonly clock: Clock;
  readonly counters: Counters;
  readonly roster: Roster;
  readonly post: Post;
  readonly overlays: Overlays;
  readonly chat: Chat;
  readonly announcer: Announcer;
  readonly rights: Rights;
  /** The gate. Throws `SightlineError` when the link must go. */
  admits(row: Message, viewer: RoomViewer): boolean;
  /** A viewer records, or does no longer. */
  recorded(viewer: RoomViewer, active: boolean): void;
  /** The viewer has given up that quick link of its own. */
  laneLost(viewer: RoomViewer, lane: number): void;
}

export class ViewerDesk {
  readonly #parts: ViewerDeskParts;
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
      this.#parts.post.toHost(message);
    },
    'set-quality': ({ quality }, _, viewer) => {
      this.#setQuality(viewer, quality);
      this.#parts.announcer.tellParticipants();
    },
    'set-control': ({ wanted }, _, viewer) => {
      this.#parts.roster.changeControl(viewer, wanted);
      this.#parts.announcer.tellParticipants();
    },
    'set-tool': ({ tool }, _, viewer) => {
      this.#takeTool(viewer, tool);
      this.#parts.announcer.tellParticipants();
    },
    'set-recording': ({ active }, _, viewer) => {
      this.#record(viewer, active);
      this.#parts.announcer.tellParticipants();
    },
    'set-name': ({ name }, _, viewer) => {
      viewer.rename(name);
      this.#parts.announcer.tellParticipants();
    },
    wishes: (wishes, _, viewer) => this.#takeWishes(viewer, wishes),
    'want-refresh': (_, __, viewer) => viewer.feed.wantWhole(),
    'lane-lost': ({ lane }, _, viewer) => this.#parts.laneLost(viewer, lane),
  };

  constructor(parts: ViewerDeskParts) {
    this.#parts = parts;
  }

  /**
   * One message of a viewer, by any of its links: to the gate, and to its handler. Throws `SightlineError` when the link
   * must go.
   */
  receive(viewer: RoomViewer, message: Uint8Array): void {
    viewer.heard();
    this.#parts.counters.received(channelOf(message), message.byteLength);
    dispatch(message, undefined, this.#handlers, viewer, this.#admits);
  }

  readonly #admits = (row: Message, viewer: RoomViewer): boolean => {
    if (this.#parts.admits(row, viewer)) return true;
    if (row.channel === Channel.Input) viewer.input.close();
    return false;
  };

  #ack(viewer: RoomViewer, { frame }: FrameAck, message: Uint8Array): void {
    const now = this.#parts.clock.now();
    const news = viewer.feed.acknowledged(frame, now);
    // News is as rare as frames are; only repetitions can be a flood.
    if (news === 'never-sent' || (news === 'old' && !viewer.takes('ack', now))) {
      this.#parts.counters.dropped.ack++;
      return;
    }
    // Without a lane it waits for the first picture, which must not wait for it.
    if (news === 'new' && !viewer.caughtUp) this.#parts.announcer.tellChat(viewer);
    stampAckViewer(message, viewer.id);
    this.#parts.post.toHost(message);
  }

  #hear(viewer: RoomViewer, said: ChatMessage): void {
    const { chat, post } = this.#parts;
    chat.receive(viewer, said, (known) => post.send(viewer.linkFor('quick'), known, viewer));
  }

  #overlay(viewer: RoomViewer, event: OverlayEvent, message: Uint8Array): void {
    this.#parts.overlays.receive(viewer, event, message);
  }

  /**
   * What a viewer wishes for now. It may come more than once, by both links, and late: only what is newer than all
   * before counts, and the list of participants shows which that is.
   */
  #takeWishes(viewer: RoomViewer, wishes: Control<'wishes'>): void {
    const { revision, name, quality, tool, control, to, recording, watching } = wishes;
    if (revision <= viewer.wishes) {
      this.#parts.post.say(viewer, this.#parts.roster.participants());
      return;
    }
    viewer.wishes = revision;
    viewer.rename(name);
    if (quality !== viewer.quality) this.#setQuality(viewer, quality);
    const may = this.#parts.rights.of(viewer);
    this.#takeTool(viewer, tool);
    this.#parts.roster.changeControl(viewer, control && may.has('control'), to);
    this.#record(viewer, recording && may.has('record'));
    viewer.watching = watching;
    this.#parts.rights.show(viewer);
    this.#parts.announcer.tellParticipants();
  }

  /** A tool that may not be used is none. */
  #takeTool(viewer: RoomViewer, tool: Tool): void {
    const { overlays, rights } = this.#parts;
    overlays.changeTool(viewer, mayUse(tool, rights.of(viewer)) ? tool : 'none');
  }

  #record(viewer: RoomViewer, active: boolean): void {
    if (active !== viewer.recording) this.#parts.recorded(viewer, active);
  }

  #setQuality(viewer: RoomViewer, quality: RoomViewer['quality']): void {
    viewer.quality = quality;
    const level = levelFor(quality);
    this.#parts.post.say(viewer, { type: 'level-state', level, quality });
    if (level !== viewer.feed.level) {
      this.#parts.roster.moveTo(viewer, level, () => this.#parts.announcer.tellLevel(viewer));
    }
  }
}
