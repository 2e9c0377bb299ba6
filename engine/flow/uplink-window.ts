/**
 * How much of something large may be on a line that carries small things, too, so that these wait only a little.
 *
 * What is on its way is acknowledged piece by piece. How long that takes, over the quickest of late, is what waits in
 * the line's queues, wherever those are. While it is less than `QUEUE_TARGET` the window grows by what was
 * acknowledged, so at most to the double in a round trip; above, it shrinks. (The principle of LEDBAT, RFC 6817, with
 * round trips in the place of one-way delays, and without its slow growth: what is sent is bounded.)
 *
 * `AckWindow` looks for the rate of frames that come one by one, and takes gaps below a display's refresh for chance;
 * here pieces are small and many, and it would find less than what a far and fast line carries.
 */
import type { Micros } from '../clock.js';
import { Recent } from './recent.js';

/** What may wait in the line's queues, as time. */
const QUEUE_TARGET: Micros = 40_000;
/** Of the first round trip: about two small pieces. */
const FIRST_WINDOW = 8_192;
const LEAST_WINDOW = 1_024;
const LARGEST_WINDOW = 4 * 1024 * 1024;
/** How long a quickest round trip is believed: between one and two of these. */
const DELAY_MEMORY: Micros = 60_000_000;
/** What is left of a rate after each piece that came more slowly. */
const RATE_DECAY = 0.98;

interface Piece {
  readonly sentAt: Micros;
  readonly bytes: number;
  /** Bytes acknowledged when it was sent. */
  readonly before: number;
  /** Whether it waited for the window to open. */
  readonly isPaced: boolean;
}

export class UplinkWindow {
  readonly #pieces: Piece[] = [];
  readonly #quickest = new Recent<Micros>(DELAY_MEMORY, (a, b) => a < b);
  #bytes = 0;
  #window = FIRST_WINDOW;
  #acknowledged = 0;
  /** Number of the newest piece acknowledged. */
  #count = 0;
  #rate = 0;

  get bytesInFlight(): number {
    return this.#bytes;
  }

  /** Bytes that may be in flight before the window shuts. */
  get budget(): number {
    return this.#window;
  }

  /** Bytes per second that came through, of late; 0 before the first piece. */
  get rate(): number {
    return this.#rate;
  }

  /** Whether another piece may be sent: always when none is on its way. */
  get isOpen(): boolean {
    return this.#pieces.length === 0 || this.#bytes < this.#window;
  }

  /** @param isPaced Whether it waited for the window to open: what did not says nothing of how wide that should be. */
  sent(bytes: number, now: Micros, isPaced = true): void {
    this.#pieces.push({ sentAt: now, bytes, before: this.#acknowledged, isPaced });
    this.#bytes += bytes;
  }

  /** The first `count` pieces of all have come. A number that is not new, or was never sent, is left aside. */
  received(count: number, now: Micros): void {
    if (count > this.#count + this.#pieces.length) return;
    for (; this.#count < count; this.#count++) this.#came(this.#pieces.shift()!, now);
  }

  /** Nothing is on its way any more, and the next piece is the first again. What is known of the line stays. */
  reset(): void {
    this.#pieces.length = 0;
    this.#bytes = 0;
    this.#count = 0;
  }

  /** What is on its way counts as come: nothing was heard of it for too long. */
  forget(): void {
    this.#count += this.#pieces.length;
    this.#pieces.length = 0;
    this.#bytes = 0;
    this.#window = FIRST_WINDOW;
  }

  #came({ sentAt, bytes, before, isPaced }: Piece, now: Micros): void {
    const wasUsed = this.#bytes >= this.#window / 2;
    this.#bytes -= bytes;
    this.#acknowledged += bytes;
    const roundTrip = Math.max(1, now - sentAt);
    this.#quickest.add(roundTrip, now);
    this.#rate = Math.max(((this.#acknowledged - before) * 1e6) / roundTrip, this.#rate * RATE_DECAY);
    if (!isPaced) return;
    const queue = roundTrip - this.#quickest.best!;
    // From 1 without a queue over 0 at the target to -1/2.
    const change = Math.max(-0.5, 1 - queue / QUEUE_TARGET);
    if (change > 0 && !wasUsed) return;
    this.#window = Math.min(LARGEST_WINDOW, Math.max(LEAST_WINDOW, this.#window + change * bytes));
  }
}
