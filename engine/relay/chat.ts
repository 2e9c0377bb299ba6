/**
 * The conversation of a session. The relay says who wrote a text and when, sends it to everybody (its author, too,
 * who learns so that it was taken, and in which order), and keeps the newest for those who come later.
 */
import type { Clock, Micros } from '../clock.js';
import { type ChatMessage, decodeChat, encodeChat, eventHeadOf } from '../protocol/index.js';
import type { Counters } from './counters.js';
import type { RelayLimits } from './limits.js';
import type { TokenBucket } from './token-bucket.js';

export interface ChatAuthor {
  /** Viewer id; 0: the host. */
  readonly id: number;
  readonly name: string;
  readonly chats: TokenBucket;
}

export class Chat {
  readonly #clock: Clock;
  readonly #limits: RelayLimits;
  readonly #counters: Counters;
  readonly #toAll: (message: Uint8Array) => void;
  /** The newest, oldest first, as they are told to those who come later. */
  #kept: Uint8Array[] = [];
  #bytes = 0;
  #lastAt: Micros = 0;

  constructor(clock: Clock, limits: RelayLimits, counters: Counters, toAll: (message: Uint8Array) => void) {
    this.#clock = clock;
    this.#limits = limits;
    this.#counters = counters;
    this.#toAll = toAll;
  }

  /** Bytes that are kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** What was said, for somebody who was not there. */
  get history(): readonly Uint8Array[] {
    return this.#kept;
  }

  /**
   * Somebody says something. `answer` tells the author alone what was taken before: it has repeated itself.
   * Throws when the message is malformed.
   */
  receive(
    { id: viewer, name, chats }: ChatAuthor,
    message: Uint8Array,
    answer: (message: Uint8Array) => void,
  ): void {
    const said = decodeChat(message);
    const now = this.#clock.now();
    if (!chats.take(now)) {
      this.#counters.dropped.rate++;
      return;
    }
    const known = this.#kept.find((kept) => isSame(kept, viewer, said));
    if (known !== undefined) {
      answer(known);
      return;
    }
    // People read it as a time of day. Two messages never have the same: it is their order.
    this.#lastAt = Math.max(this.#clock.wall?.() ?? now, this.#lastAt + 1);
    const stamped = { ...said, viewer, name, sentAt: this.#lastAt };
    this.#keep(encodeChat({ ...stamped, earlier: true }));
    this.#toAll(encodeChat({ ...stamped, earlier: false }));
  }

  #keep(message: Uint8Array): void {
    this.#kept = [...this.#kept, message];
    this.#bytes += message.byteLength;
    while (this.#kept.length > this.#limits.maxChatMessages || this.#bytes > this.#limits.maxChatBytes) {
      this.#bytes -= this.#kept[0]!.byteLength;
      this.#kept = this.#kept.slice(1);
    }
  }
}

/** Whether a kept message is what `author` says: it repeats itself when it has not heard that it was taken. */
function isSame(kept: Uint8Array, author: number, said: ChatMessage): boolean {
  const { viewer, sequence, createdAt } = eventHeadOf(kept);
  return viewer === author && sequence === said.sequence && createdAt === said.createdAt;
}
