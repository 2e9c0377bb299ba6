/**
 * A line of the engine's link model between this viewer and the network: what comes and what goes waits here as long as
 * it would on that line. Simulated at the viewer: the bytes have come by the real network first, and nobody else is
 * slowed down by it. All links of the page share the line, and nothing overtakes anything.
 */
import type { Clock } from '../../../../engine/clock.js';
import { Direction, type Flow } from '../../../../engine/link-model/direction.js';
import { parseLink } from '../../../../engine/link-model/parse.js';
import type { DirectionProfile } from '../../../../engine/link-model/profile.js';
import { seededRandom } from '../../../../engine/link-model/random.js';
import type { Dial, Link } from '../../../../engine/transport/link.js';

/** Losses and jitter are the same each time that a line is chosen. */
const SEED = 1;

export class SimulatedLine {
  readonly #clock: Clock;
  #down: Direction | undefined;
  #up: Direction | undefined;
  readonly #links = new Set<LineLink>();
  #words = 'none';

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** In words that `parseLink` reads; `none` is the network as it is. */
  get words(): string {
    return this.#words;
  }

  /**
   * What is sent and received from now on goes by that line. What is still on the line before comes off it at once: who
   * has tried a modem does not want to wait until it is empty.
   * @throws SightlineError `bad-argument`
   */
  set words(words: string) {
    const { down, up } = parseLink(words);
    this.#words = words;
    const random = seededRandom(SEED);
    const direction = (profile: DirectionProfile, returnDelay: number) =>
      words === 'none' ? undefined : new Direction({ profile, clock: this.#clock, random, returnDelay });
    this.#down = direction(down, up.delay);
    this.#up = direction(up, down.delay);
    for (const link of this.#links) link.use(this.#down, this.#up);
  }

  /** Bytes that wait on the line, both ways. */
  get waitingBytes(): number {
    let bytes = (this.#down?.queuedBytes ?? 0) + (this.#up?.queuedBytes ?? 0);
    for (const link of this.#links) bytes += link.waitingBytes;
    return bytes;
  }

  /** Opens links that go by the line. */
  over(dial: Dial): Dial {
    return async () => {
      const link: LineLink = new LineLink(await dial(), () => this.#links.delete(link));
      link.use(this.#down, this.#up);
      this.#links.add(link);
      return link;
    };
  }
}

/** A link whose messages wait on a line in both directions. */
class LineLink implements Link {
  onMessage: Link['onMessage'];
  onClose: Link['onClose'];
  readonly #link: Link;
  readonly #in = new Lane((message) => this.onMessage?.(message));
  readonly #out: Lane;

  constructor(link: Link, closed: () => void) {
    this.#link = link;
    this.#out = new Lane((message) => link.send(message));
    link.onMessage = (message) => this.#in.take(message);
    link.onClose = (code, reason) => {
      this.#in.close();
      this.#out.close();
      closed();
      this.onClose?.(code, reason);
    };
  }

  use(down: Direction | undefined, up: Direction | undefined): void {
    this.#in.use(down);
    this.#out.use(up);
  }

  get waitingBytes(): number {
    return this.#in.waitingBytes + this.#out.waitingBytes;
  }

  get bufferedBytes(): number {
    return this.#link.bufferedBytes + this.#out.waitingBytes;
  }

  send(message: Uint8Array): void {
    this.#out.take(message);
  }

  close(code?: number, reason?: string): void {
    this.#link.close(code, reason);
  }
}

/** One link's messages in one direction, in the order in which they came. */
class Lane {
  readonly #deliver: (message: Uint8Array) => void;
  #flow: Flow | undefined;
  #closed = false;
  /** On the line, oldest first. */
  #waiting: Uint8Array[] = [];

  constructor(deliver: (message: Uint8Array) => void) {
    this.#deliver = deliver;
  }

  get waitingBytes(): number {
    return this.#flow?.waitingBytes ?? 0;
  }

  use(direction: Direction | undefined): void {
    this.#flow?.close();
    this.#flow = direction?.open();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const message of waiting) if (!this.#closed) this.#deliver(message);
  }

  take(message: Uint8Array): void {
    if (this.#closed) return;
    if (this.#flow === undefined) {
      this.#deliver(message);
      return;
    }
    // A message is valid during the call only.
    this.#waiting.push(message.slice());
    this.#flow.send(message.byteLength, () => this.#deliver(this.#waiting.shift()!));
  }

  close(): void {
    this.#closed = true;
    this.#flow?.close();
    this.#waiting = [];
  }
}
