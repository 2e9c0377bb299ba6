/**
 * What a technician wishes for, as state: it is sent at each change, by the link that events go by, and again until
 * the relay shows that it has acted on it, whichever link or message is lost. Each change has a higher revision, so that
 * what comes late or twice does no harm.
 */
import type { Clock, Micros } from '../clock.js';
import type { Control } from '../protocol/index.js';

/** The first repetition; each one later waits twice as long, up to the last. */
const FIRST_WAIT: Micros = 500_000;
const LAST_WAIT: Micros = 8_000_000;

export type Wished = Omit<Control<'wishes'>, 'type' | 'revision'>;

export interface WishesPort {
  /** What is wished for now. */
  wished(): Wished;
  /** By the link that input and overlays go by, or by the main link. */
  send(wishes: Control<'wishes'>, link: 'fast' | 'main'): void;
}

export class Wishes {
  readonly #clock: Clock;
  readonly #port: WishesPort;
  /** Of the newest wishes; goes on over reconnects. */
  #revision = 0;
  /** The newest that the relay has acted on. */
  #seen = 0;
  #isJoined = false;
  #sent = 0;
  #cancel = () => {};

  constructor(clock: Clock, port: WishesPort) {
    this.#clock = clock;
    this.#port = port;
  }

  /** Whether the relay has acted on everything that is wished for. */
  get areSeen(): boolean {
    return this.#seen === this.#revision;
  }

  /** Something else is wished for. */
  changed(): void {
    this.#revision++;
    this.#again();
  }

  /** A connection stands; the relay may know nothing of before. */
  joined(): void {
    this.#isJoined = true;
    this.changed();
  }

  lost(): void {
    this.#isJoined = false;
    this.#cancel();
  }

  /** Events go by another link now: what is under way must not be overtaken, or is lost. */
  laneChanged(): void {
    if (!this.areSeen) this.#again();
  }

  /** The relay has acted on the wishes up to `revision`. */
  seen(revision: number): void {
    this.#seen = Math.max(this.#seen, Math.min(revision, this.#revision));
    if (this.areSeen) this.#cancel();
  }

  #again(): void {
    this.#sent = 0;
    this.#send();
  }

  #send(): void {
    this.#cancel();
    if (!this.#isJoined) return;
    // A link that is dead without a word swallows everything: every other repetition takes the other one.
    const link = this.#sent % 2 === 0 ? 'fast' : 'main';
    this.#port.send({ type: 'wishes', revision: this.#revision, ...this.#port.wished() }, link);
    const wait = Math.min(LAST_WAIT, FIRST_WAIT * 2 ** this.#sent++);
    this.#cancel = this.#clock.after(wait, () => this.#send());
  }
}
