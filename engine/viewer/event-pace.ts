/**
 * Whether what a technician does arrives as fast as it is made. The host answers every event that it has acted on, so
 * the time that an answer takes, over the quickest of late, is what waits on the way there and back: in our own line, in
 * sockets that do not say so, in the host's line.
 */
import type { Micros } from '../clock.js';
import { Recent } from '../flow/index.js';
import type { AppliedAck } from '../protocol/index.js';

/** So much longer than the quickest of late, and what is sent now would wait for what was sent before. */
const LATE: Micros = 150_000;
/** How long a quickest answer is believed: between one and two of these. */
const MEMORY: Micros = 30_000_000;
/**
 * An event of another channel that was sent so long before one that is answered will not be: events of different
 * channels may pass each other on the way, but only by what positions are held back.
 */
const LOST: Micros = 1_000_000;
/** Events that may be unanswered; older ones are forgotten. */
const MOST_UNANSWERED = 512;

interface Sent {
  readonly channel: number;
  readonly sequence: number;
  readonly at: Micros;
}

export class EventPace {
  readonly #quickest = new Recent<Micros>(MEMORY, (a, b) => a < b);
  /** Oldest first. */
  #sent: Sent[] = [];

  sent(channel: number, sequence: number, now: Micros): void {
    if (this.#sent.length === MOST_UNANSWERED) this.#sent.shift();
    this.#sent.push({ channel, sequence, at: now });
  }

  /**
   * The host has acted on an event; what was sent before it on its channel, and not answered, was left out on the way, and
   * so was what was sent long before on another.
   */
  answered({ channel, sequence }: Pick<AppliedAck, 'channel' | 'sequence'>, now: Micros): void {
    const index = this.#sent.findIndex((one) => one.channel === channel && one.sequence === sequence);
    if (index < 0) return;
    const { at } = this.#sent[index]!;
    this.#quickest.add(now - at, now);
    this.#sent = this.#sent.filter(
      (one, place) => place > index || (one.channel !== channel && at - one.at < LOST),
    );
  }

  /** Whether an answer is overdue. Before the first one nothing is known. */
  isLate(now: Micros): boolean {
    const oldest = this.#sent[0];
    const quickest = this.#quickest.best;
    return oldest !== undefined && quickest !== undefined && now - oldest.at > quickest + LATE;
  }

  reset(): void {
    this.#sent = [];
  }
}
