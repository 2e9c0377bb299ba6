/** What hosts say: pictures, which are forwarded by their headers, and what goes with them. */
import { AUTO_STREAM, STREAM_NAMES } from '../../codecs/index.js';
import type { Clock } from '../clock.js';
import {
  Channel,
  type ChatMessage,
  channelOf,
  dispatch,
  type Handlers,
  type HelloType,
  type Message,
  type MessagesFrom,
  messageNamed,
  NO_VIEWER,
} from '../protocol/index.js';
import type { AnswerDesk } from './answer-desk.js';
import type { Chat } from './chat.js';
import type { Counters } from './counters.js';
import { FrameCheck } from './frame-check.js';
import type { HostParty } from './party.js';
import type { Post } from './post.js';
import type { Roster } from './roster.js';
import type { SizeNews } from './size-news.js';
import { emptySliceFields, readSliceFields } from './slice-fields.js';

const SLICE = messageNamed('display-slice');

/** What a host says beside its pictures; beats are heard by its link. */
type FromHosts = Exclude<MessagesFrom<'host'>, HelloType | 'clock-beat' | 'display-slice'>;

export interface HostDeskParts {
  readonly clock: Clock;
  readonly counters: Counters;
  readonly roster: Roster;
  readonly post: Post;
  readonly answers: AnswerDesk;
  readonly size: SizeNews;
  readonly chat: Chat;
  /** The gate. Throws `SightlineError` when the link must go. */
  admits(row: Message, host: HostParty): boolean;
  /** The customer consents to no more than that. */
  consents(host: HostParty, list: MessageList): void;
}

type MessageList = Parameters<Handlers<'consent'>['consent']>[0]['list'];

export class HostDesk {
  readonly #parts: HostDeskParts;
  readonly #slice = emptySliceFields();
  /** What the host sends to all of a level, by level. */
  readonly #broadcasts = STREAM_NAMES.map(() => new FrameCheck());
  readonly #admits: (row: Message, host: HostParty) => boolean;
  /** Of all hosts of this room: one that was started anew goes on after it. */
  #newestFrame = 0;

  constructor(parts: HostDeskParts) {
    this.#parts = parts;
    this.#admits = (row, host) => parts.admits(row, host);
  }

  get newestFrame(): number {
    return this.#newestFrame;
  }

  /** Another host, or another link of the same: its frames begin anew. */
  reset(): void {
    for (const check of this.#broadcasts) check.reset();
    this.#parts.answers.reset();
  }

  /** One message of the host, by any of its links. Throws `SightlineError` when the link must go. */
  receive(host: HostParty, message: Uint8Array): void {
    const { counters } = this.#parts;
    if (message[0] === Channel.Display) {
      readSliceFields(message, this.#slice);
      counters.received(Channel.Display, message.byteLength);
      if (this.#admits(SLICE, host)) this.#forward(message);
      return;
    }
    counters.received(channelOf(message), message.byteLength);
    dispatch(message, undefined, this.#handlers, host, this.#admits);
  }

  readonly #handlers: Handlers<FromHosts, HostParty> = {
    'ack-applied': (ack, message) => {
      // What the relay sent on a viewer's behalf is numbered 0, and nobody waits for its ack.
      if (ack.sequence !== 0) this.#parts.post.toViewer(ack.viewer, message);
    },
    'clock-pong': (pong, message) => this.#parts.post.toViewer(pong.viewer, message),
    'chat-said': (said, _, host) => this.#hear(host, said),
    'chat-earlier': (said, _, host) => this.#hear(host, said),
    /** Whom its next answer is for. */
    answer: (answer) => this.#parts.answers.name(answer),
    /** How the auto stream is coded, which that stream's viewers are told. */
    'auto-state': (_, message) => {
      const { post, roster } = this.#parts;
      for (const viewer of roster.audience(AUTO_STREAM)) post.send(viewer.links.main, message, viewer);
    },
    consent: ({ list }, _, host) => this.#parts.consents(host, list),
  };

  #hear(host: HostParty, said: ChatMessage): void {
    this.#parts.chat.receive(host, said, (known) => this.#parts.post.toHost(known));
  }

  #forward(message: Uint8Array): void {
    const { answers, clock, post, roster, size } = this.#parts;
    const slice = this.#slice;
    const bytes = message.byteLength;
    const now = clock.now();
    if (slice.viewer === NO_VIEWER) this.#broadcasts[slice.level]!.take(slice, bytes, true);
    if (slice.first) {
      size.saw(slice.width, slice.height);
      this.#newestFrame = Math.max(this.#newestFrame, slice.frame);
    }
    if (slice.viewer !== NO_VIEWER) {
      answers.forward(message, slice, now);
      return;
    }
    for (const viewer of roster.audience(slice.level)) {
      if (viewer.feed.takesBroadcast(slice, bytes, now)) post.send(viewer.links.main, message, viewer);
    }
    if (slice.last) post.tellFrame(slice, NO_VIEWER);
  }
}
