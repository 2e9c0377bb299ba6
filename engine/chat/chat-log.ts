/**
 * The conversation as one party knows it. The relay decides the order, by its own time stamps; what this party has
 * written stands at the end until the relay has sent it back. A connection that was lost loses nothing that the
 * relay has: it says everything again, and what is known already is recognised by author, number and time.
 */
import type { Clock, Micros } from '../clock.js';
import { type ChatMessage, encodeChat, tidyChatText } from '../protocol/index.js';

/** A text that the relay has not sent back after this time is not delivered, as far as its author can tell. */
export const CHAT_TIMEOUT: Micros = 10_000_000;
/** Entries that are kept: twice what the relay keeps, and some. The oldest go first. */
const MAX_ENTRIES = 500;

export interface ChatEntry {
  /** Names the entry in this log. */
  readonly id: number;
  /** The author's viewer id, 0: the host. */
  readonly viewer: number;
  readonly sequence: number;
  /** The author's, as the relay tells it; empty while it has not. */
  readonly name: string;
  /** Whether it was written here. */
  readonly own: boolean;
  readonly text: string;
  /** Author's clock. */
  readonly createdAt: Micros;
  /** Time of day at the relay, microseconds since 1970; 0 while the relay has not answered. */
  readonly sentAt: Micros;
  /** It was said before this party came, or while it was away. */
  readonly earlier: boolean;
  readonly state: 'sending' | 'sent' | 'failed';
}

export interface ChatPort {
  readonly clock: Clock;
  /** This party's own viewer id; 0: the host. */
  self(): number;
  /** False when there is no connection. */
  send(message: Uint8Array): boolean;
  /** An entry is new, or its state has changed. */
  changed(entry: ChatEntry): void;
}

export class ChatLog {
  readonly #port: ChatPort;
  #entries: ChatEntry[] = [];
  #lastId = 0;
  /** Goes on over reconnects. */
  #lastSequence = 0;
  /** When the texts were written that the other side has not answered yet, by their number. */
  readonly #unanswered = new Map<number, Micros>();

  constructor(port: ChatPort) {
    this.#port = port;
  }

  /** In the order of the conversation. A new list after every change. */
  get entries(): readonly ChatEntry[] {
    return this.#entries;
  }

  /**
   * Says something to everybody. Line ends are made the same, control characters and space around the text are left
   * out. The answer is the new entry, failed at once when there is no connection; undefined when nothing is left to
   * say. `createdAt` is when it was written, on this party's clock: now, unless it was written elsewhere.
   * @throws SightlineError `bad-argument` when the text is longer than `MAX_CHAT_UNITS`.
   */
  send(text: string, createdAt: Micros = this.#port.clock.now()): ChatEntry | undefined {
    return this.#say(text, createdAt, undefined);
  }

  /** Says again, as the same entry, what was not delivered. The answer as of `send`. */
  resend(id: number): ChatEntry | undefined {
    const failed = this.#entries.find((entry) => entry.id === id && entry.state === 'failed');
    return failed && this.#say(failed.text, this.#port.clock.now(), failed);
  }

  #say(text: string, createdAt: Micros, before: ChatEntry | undefined): ChatEntry | undefined {
    const tidy = tidyChatText(text);
    if (tidy === '') return undefined;
    const head = { viewer: this.#port.self(), sequence: this.#lastSequence + 1, createdAt };
    const said: ChatMessage = { ...head, sentAt: 0, earlier: false, name: '', text: tidy };
    const isSent = this.#port.send(encodeChat(said));
    this.#lastSequence = head.sequence;
    this.#unanswered.set(head.sequence, createdAt);
    this.#unanswered.delete(head.sequence - MAX_ENTRIES);
    const state = isSent ? 'sending' : 'failed';
    const entry: ChatEntry = { ...said, id: before?.id ?? ++this.#lastId, own: true, state };
    this.#put([...this.#entries.filter((other) => other !== before), entry], entry);
    if (isSent) this.#port.clock.after(CHAT_TIMEOUT, () => this.#giveUp(entry));
    return entry;
  }

  /**
   * Sends once more what the relay has not sent back: it may have been lost on the way. The relay knows by author,
   * number and time what it has already.
   */
  repeat(): void {
    for (const { viewer, sequence, createdAt, text, state } of this.#entries) {
      if (state !== 'sending' || viewer !== this.#port.self()) continue;
      this.#port.send(encodeChat({ viewer, sequence, createdAt, sentAt: 0, earlier: false, name: '', text }));
    }
  }

  /** Takes a message of the relay. False when it was known already. */
  receive(message: ChatMessage): boolean {
    const known = this.#entries.find((entry) => isSame(entry, message));
    if (known !== undefined && known.state === 'sent') return false;
    const { id, own } = known ?? { id: ++this.#lastId, own: false };
    const entry: ChatEntry = { ...message, id, own, state: 'sent' };
    const others = this.#entries.filter((other) => other !== known);
    let at = others.length;
    while (at > 0 && comesAfter(others[at - 1]!, entry)) at--;
    this.#put(others.toSpliced(at, 0, entry), entry);
    return true;
  }

  /** The other side has shown our text of that number: when it was written, once; undefined when it is not known. */
  answered(sequence: number): Micros | undefined {
    const createdAt = this.#unanswered.get(sequence);
    this.#unanswered.delete(sequence);
    return createdAt;
  }

  #giveUp(sending: ChatEntry): void {
    const index = this.#entries.indexOf(sending);
    if (index === -1) return;
    const entry: ChatEntry = { ...sending, state: 'failed' };
    this.#put(this.#entries.with(index, entry), entry);
  }

  #put(entries: ChatEntry[], changed: ChatEntry): void {
    this.#entries = entries.slice(-MAX_ENTRIES);
    this.#port.changed(changed);
  }
}

function isSame(entry: ChatEntry, { viewer, sequence, createdAt }: ChatMessage): boolean {
  return entry.viewer === viewer && entry.sequence === sequence && entry.createdAt === createdAt;
}

function comesAfter(entry: ChatEntry, { sentAt }: ChatEntry): boolean {
  return entry.state === 'sending' || (entry.state === 'sent' && entry.sentAt > sentAt);
}
