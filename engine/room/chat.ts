/**
 * The conversation of a session. The relay says who wrote a text and when, sends it to everybody (its author, too,
 * who learns so that it was taken, and in which order), and keeps the newest for those who come later.
 */
import type { Clock, Micros } from '../clock.js';
import { type ChatMessage, encodeChat, eventHeadOf } from '../protocol/index.js';
import type { RelayLimits } from './limits.js';

export interface ChatAuthor {
  /** Viewer id; 0: the host. */
  readonly id: number;
  readonly name: string;
}

export class Chat {
  readonly #clock: Clock;
  readonly #limits: RelayLimits;
  readonly #toAll: (message: Uint8Array) => void;
  /** The newest, oldest first, as they are told to those who come later. */
  #kept: Uint8Array[] = [];
  #bytes = 0;
  #lastAt: Micros = 0;

  constructor(clock: Clock, limits: RelayLimits, toAll: (message: Uint8Array) => void) {
    this.#clock = clock;
    this.#limits = limits;
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
   */
  receive({ id: viewer, name }: ChatAuthor, said: ChatMessage, answer: (message: Uint8Array) => void): void {
    const now = this.#clock.now();
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
