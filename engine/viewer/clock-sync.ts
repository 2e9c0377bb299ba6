/** Asks the host, through the relay, what time it is: a burst at first, then now and then. */
import type { Clock, Micros } from '../clock.js';
import { type ClockMessage, encodeClock, NO_VIEWER } from '../protocol/index.js';
import { ClockOffset, type OffsetEstimate } from './clock-offset.js';

/** Exchanges of the burst: enough for one of them to meet empty queues. */
const BURST = 6;
/** Wait for an answer within the burst before asking again. */
const BURST_LIMIT: Micros = 500_000;
/** Afterwards: the drift of 3 s is below a millisecond, and 24 bytes cost nothing. */
const INTERVAL: Micros = 3_000_000;
/** Questions whose answers are still believed. */
const MAX_OPEN = 16;

export class ClockSync {
  readonly #offset = new ClockOffset();
  readonly #clock: Clock;
  readonly #send: (message: Uint8Array) => void;
  #open: Micros[] = [];
  #burst = 0;
  #cancel = () => {};

  constructor(clock: Clock, send: (message: Uint8Array) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  /** Starts from nothing: a new connection, or a host that has returned and may be another process. */
  start(): void {
    this.stop();
    this.#offset.reset();
    this.burst();
  }

  /** Asks a few times in a row: there is a better way to the host than before. */
  burst(): void {
    this.#burst = BURST;
    this.#ask();
  }

  stop(): void {
    this.#cancel();
    this.#open = [];
  }

  /** Viewer's clock minus the host's; undefined before the first answer. */
  estimate(): OffsetEstimate | undefined {
    return this.#offset.estimate(this.#clock.now());
  }

  /** Takes an answer; one to a question that is not open (any more) is left aside. */
  answer(message: ClockMessage): void {
    const index = this.#open.indexOf(message.askedAt);
    if (index < 0) return;
    this.#open.splice(index, 1);
    this.#offset.add(message.askedAt, message.answeredAt, this.#clock.now());
    if (this.#burst > 0) this.#ask();
  }

  #ask(): void {
    this.#cancel();
    const delay = this.#burst > 0 ? BURST_LIMIT : INTERVAL;
    this.#cancel = this.#clock.after(delay, () => this.#ask());
    if (this.#burst > 0) this.#burst--;
    const askedAt = this.#clock.now();
    // Two questions in one microsecond could not be told apart.
    if (this.#open.includes(askedAt)) return;
    if (this.#open.length === MAX_OPEN) this.#open.shift();
    this.#open.push(askedAt);
    this.#send(encodeClock({ kind: 'ping', viewer: NO_VIEWER, askedAt, answeredAt: 0 }));
  }
}
