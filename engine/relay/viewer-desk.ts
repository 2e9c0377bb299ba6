/** What viewers say: checked, stamped, thinned, and passed on or acted on. */
import { SightlineError } from '../../codecs/index.js';
import type { Clock } from '../clock.js';
import {
  Channel,
  type Control,
  type ControlMessage,
  channelOf,
  decodeAck,
  decodeClock,
  decodeControl,
  stampAckViewer,
  stampClockViewer,
} from '../protocol/index.js';
import type { Chat } from './chat.js';
import type { Counters, DropReason } from './counters.js';
import { levelFor } from './levels.js';
import type { Overlays } from './overlays.js';
import type { RelayViewer } from './relay-viewer.js';
import type { Roster } from './roster.js';

export interface ViewerDeskPort {
  toHost(message: Uint8Array): void;
  say(viewer: RelayViewer, message: ControlMessage): void;
  /** By the viewer's quick link. */
  answer(viewer: RelayViewer, message: Uint8Array): void;
  /** Tells the host which level the viewer watches. */
  announceLevel(viewer: RelayViewer): void;
  /** Tells the viewer what was said before it came. */
  tellChat(viewer: RelayViewer): void;
  /** Sends the viewer pictures from now on, or none. */
  changeWatching(viewer: RelayViewer, watching: boolean): void;
  /** Something about the participants has changed. */
  tellParticipants(): void;
  /** The viewer has given up that lane. */
  laneLost(viewer: RelayViewer, lane: number): void;
}

export class ViewerDesk {
  readonly #clock: Clock;
  readonly #counters: Counters;
  readonly #roster: Roster;
  readonly #overlays: Overlays;
  readonly #chat: Chat;
  readonly #port: ViewerDeskPort;

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

  /** One message of a viewer, by either of its links. Throws `SightlineError` when it must not say that. */
  receive(viewer: RelayViewer, message: Uint8Array): void {
    const now = this.#clock.now();
    const channel = channelOf(message);
    this.#counters.received(channel, message.byteLength);
    switch (channel) {
      case Channel.Input:
        viewer.input.receive(message);
        return;
      case Channel.Overlay:
        if (viewer.overlays.take(now)) this.#overlays.receive(viewer, message);
        else this.#drop('rate');
        return;
      case Channel.Chat:
        this.#chat.receive(viewer, message, (known) => this.#port.answer(viewer, known));
        return;
      case Channel.Ack: {
        const ack = decodeAck(message);
        if (ack.kind !== 'frame') throw notAllowed('ack', 'A viewer acknowledges frames only.');
        const news = viewer.feed.acknowledged(ack.frame, now);
        // News is as rare as frames are; only repetitions can be a flood.
        if (news === 'never-sent' || (news === 'old' && !viewer.acks.take(now))) {
          this.#drop('ack');
          return;
        }
        // Without a lane it waits for the first picture, which must not wait for it.
        if (news === 'new' && !viewer.caughtUp) this.#port.tellChat(viewer);
        stampAckViewer(message, viewer.id);
        this.#port.toHost(message);
        return;
      }
      case Channel.Clock:
        if (decodeClock(message).kind !== 'ping')
          throw notAllowed('clock', 'A viewer does not tell the time.');
        if (!viewer.clocks.take(now)) {
          this.#drop('rate');
          return;
        }
        stampClockViewer(message, viewer.id);
        this.#port.toHost(message);
        return;
      case Channel.Control:
        if (!viewer.controls.take(now)) {
          throw new SightlineError('refused', 'Too many control messages.', { field: 'rate' });
        }
        this.#viewerWish(viewer, decodeControl(message));
        return;
      default:
        throw notAllowed('channel', `A viewer sends nothing on channel ${message[0]}.`);
    }
  }

  #viewerWish(viewer: RelayViewer, wish: ControlMessage): void {
    switch (wish.type) {
      case 'set-quality':
        this.#setQuality(viewer, wish.quality);
        break;
      case 'set-control':
        this.#roster.changeControl(viewer, wish.wanted);
        break;
      case 'set-tool':
        this.#overlays.changeTool(viewer, wish.tool);
        break;
      case 'set-recording':
        viewer.recording = wish.active;
        break;
      case 'wishes':
        this.#takeWishes(viewer, wish);
        return;
      case 'set-name':
        viewer.rename(wish.name);
        break;
      case 'want-refresh':
        viewer.feed.wantWhole();
        return;
      case 'lane-lost':
        this.#port.laneLost(viewer, wish.lane);
        return;
      default:
        throw notAllowed('type', `A viewer does not send ${wish.type}.`);
    }
    this.#port.tellParticipants();
  }

  /**
   * What a viewer wishes for now. It may come more than once, by both links, and late: only what is newer than all
   * before counts, and the list of participants shows which that is.
   */
  #takeWishes(viewer: RelayViewer, wishes: Control<'wishes'>): void {
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

  #setQuality(viewer: RelayViewer, quality: RelayViewer['quality']): void {
    viewer.quality = quality;
    const level = levelFor(quality);
    this.#port.say(viewer, { type: 'level-state', level, quality });
    if (level !== viewer.feed.level) {
      this.#roster.moveTo(viewer, level, () => this.#port.announceLevel(viewer));
    }
  }

  #drop(reason: DropReason): void {
    this.#counters.dropped[reason]++;
  }
}

/** A message that is sound but not for its sender to say. */
export function notAllowed(field: string, message: string): SightlineError {
  return new SightlineError('bad-message', message, { field, offset: 0 });
}
