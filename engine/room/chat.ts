/**
 * The conversation of a session. The relay says who wrote a text and when, sends it to everybody (its author, too,
 * who learns so that it was taken, and in which order), and keeps the newest for those who come later.
 */
import type { Clock, Micros } from '../clock.js';
import { type ChatMessage, encodeChat, eventHeadOf } from '../protocol/index.js';
import type { RoomLimits } from './limits.js';
import type { Party } from './party.js';

/** Passes on what somebody has said. */
type Pass = (message: Uint8Array, author: Party, text: string) => void;

export class Chat {
  readonly #clock: Clock;
  readonly #limits: RoomLimits;
  readonly #pass: Pass;
  /** The newest, oldest first, as they are told to those who come later. */
  #kept: Uint8Array[] = [];
  #bytes = 0;
  #lastAt: Micros = 0;

  constructor(clock: Clock, limits: RoomLimits, pass: Pass) {
    this.#clock = clock;
    this.#limits = limits;
    this.#pass = pass;
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
  receive(author: Party, said: ChatMessage, answer: (message: Uint8Array) => void): void {
    const { id: viewer, name } = author;
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
    this.#pass(encodeChat({ ...stamped, earlier: false }), author, said.text);
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
