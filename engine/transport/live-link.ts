/**
 * A link that knows whether it lives. Sockets do not: when a network goes away without a word, both ends of a
 * connection go on believing in it, for minutes or for ever. So each end sends a beat every two seconds, and each end
 * judges what it hears itself: after four seconds without any message the link is quiet, which is shown to people, and
 * after fifteen it is given up. When only one direction is dead, the end that hears nothing closes the link, and the
 * other hears of that; when both are, each finds it by itself. Nobody waits for answers, so a long way costs nothing.
 *
 * A busy link is not a dead one. A slice of a photograph takes half a minute over a modem, and no part of a WebSocket
 * message is seen before all of it is there. So the sender of a long message says its length in a beat just before it,
 * and the receiver is patient for as long as so many bytes may take: on this link's own measure, once there is one. A
 * link that was given up wrongly is dialled anew and starts without a measure, with the longest patience. Senders
 * announce only what may take more than a second by what the other end says that it has received, so that a fast link
 * carries no announcements.
 */
import type { Clock, Micros } from '../clock.js';
import { type Beat, CloseCode, decodeBeat, encodeBeat, isBeat } from '../protocol/index.js';
import type { Link } from './link.js';

export interface HeartbeatTimes {
  /** Between two beats of one end. */
  readonly beat: Micros;
  /** A link that brings nothing for so long is quiet. Two beats are missing then. */
  readonly quiet: Micros;
  /** A link that brings nothing for so long is closed (`CloseCode.Timeout`). */
  readonly giveUp: Micros;
  /** The same after `ask`. */
  readonly answer: Micros;
}

export const HEARTBEAT: HeartbeatTimes = {
  beat: 2_000_000,
  quiet: 4_000_000,
  giveUp: 15_000_000,
  answer: 2_000_000,
};

/** Looks at the silence in a beat's time: what lies between a limit and its discovery. */
const LOOKS_PER_BEAT = 4;
/** A shorter message takes a modem less than a second. */
const ANNOUNCED_BYTES = 4096;
/** Bytes per second of the slowest line that is served: assumed until the link has shown better. */
const SLOWEST_LINE = 2_000;
/** The longest patience with one message: the largest allowed one over the slowest line would take ten minutes. */
const MAX_PATIENCE: Micros = 120_000_000;
/** So much longer than by the link's own measure may a message take. */
const PATIENCE_FACTOR = 2;
/** Announced messages whose speed counts: the slowest, since one that waited for a busy receiver looks fast. */
const SPEEDS_KEPT = 4;
/** Answers within one look; more are a flood. */
const MAX_ANSWERS = 10;
/**
 * Bytes per second that are reckoned with before the other end's first beat: what is shorter crosses the slowest line
 * in less time than a silence is borne.
 */
const FIRST_RATE = 24_000;
/** What remains of the best rate seen when the next beat comes. */
const RATE_MEMORY = 0.75;

export interface LiveLinkOptions {
  readonly clock: Clock;
  readonly times?: HeartbeatTimes;
  /** Silence that is explained elsewhere: another link of the same line is busy. */
  readonly patience?: () => Micros;
  /** The link has become quiet, or is heard again. */
  readonly onQuiet?: (quiet: boolean) => void;
  /** This process was not running for a while: the machine slept, or was very busy. */
  readonly onWake?: () => void;
}

export class LiveLink implements Link {
  onMessage: ((message: Uint8Array) => void) | undefined;
  onClose: ((code: number, reason: string) => void) | undefined;
  readonly #inner: Link;
  readonly #options: LiveLinkOptions;
  readonly #times: HeartbeatTimes;
  #isOpen = true;
  #isQuiet = false;
  #isAsked = false;
  /** Whether the next message matters for more than being one: spares the others all questions. */
  #isAwaited = false;
  #received = 0;
  #receivedAtLook = 0;
  #heardAt: Micros;
  #lookedAt: Micros;
  #wallAtLook: Micros;
  #looks = 0;
  #answers = 0;
  /** Announced and not there yet, with the time of its announcement. */
  #coming = 0;
  #comingSince: Micros = 0;
  /** Bytes per second of the last announced messages. */
  readonly #speeds: number[] = [];
  /** What the other end has received when its last beat came, and the best rate of late in bytes per second. */
  #peerReceived = 0;
  #peerBeatAt: Micros;
  #peerRate = FIRST_RATE;
  #isRateKnown = false;
  #cancelLook = () => {};
  #cancelAnswer = () => {};

  /** Takes over an open link's handlers. Both ends of it must do so. */
  constructor(inner: Link, options: LiveLinkOptions) {
    this.#inner = inner;
    this.#options = options;
    this.#times = options.times ?? HEARTBEAT;
    const now = options.clock.now();
    this.#heardAt = now;
    this.#lookedAt = now;
    this.#wallAtLook = this.#wall();
    this.#peerBeatAt = now;
    inner.onMessage = (message) => this.#receive(message);
    inner.onClose = (code, reason) => this.#ended(code, reason);
    this.#lookLater();
  }

  get bufferedBytes(): number {
    return this.#inner.bufferedBytes;
  }

  get isQuiet(): boolean {
    return this.#isQuiet;
  }

  /** How long silence is explained by the message that is coming. */
  get patience(): Micros {
    if (this.#coming === 0) return 0;
    const expected =
      this.#speeds.length === 0
        ? this.#coming / SLOWEST_LINE
        : (this.#coming / Math.min(...this.#speeds)) * PATIENCE_FACTOR;
    return Math.min(MAX_PATIENCE, expected * 1e6);
  }

  send(message: Uint8Array): void {
    const bytes = message.byteLength;
    if (bytes >= ANNOUNCED_BYTES && bytes > this.#peerRate) this.#beat({ coming: bytes });
    this.#inner.send(message);
  }

  close(code: number = CloseCode.Normal, reason = ''): void {
    if (!this.#isOpen) return;
    this.#inner.onClose = undefined;
    this.#inner.close(code, reason);
    this.#ended(code, reason);
  }

  /** Wants to hear something soon: there is reason to believe that the network has changed. */
  ask(): void {
    if (!this.#isOpen || this.#isAsked) return;
    this.#isAsked = true;
    this.#isAwaited = true;
    this.#beat({ answer: true });
    this.#cancelAnswer = this.#options.clock.after(this.#times.answer + this.#explained(), () =>
      this.#giveUp(),
    );
  }

  #receive(message: Uint8Array): void {
    if (!this.#isOpen) return;
    this.#received += message.byteLength;
    if (this.#isAwaited) this.#hear();
    if (isBeat(message)) this.#take(decodeBeat(message));
    else this.onMessage?.(message);
  }

  /** What was waited for, or whatever ends a silence. */
  #hear(): void {
    const now = this.#options.clock.now();
    this.#isAwaited = false;
    if (this.#isAsked) {
      this.#isAsked = false;
      this.#cancelAnswer();
    }
    if (this.#coming !== 0) {
      const took = Math.max(1, now - this.#comingSince);
      if (this.#speeds.length === SPEEDS_KEPT) this.#speeds.shift();
      this.#speeds.push((this.#coming / took) * 1e6);
      this.#coming = 0;
    }
    this.#heardAt = now;
    this.#setQuiet(false);
  }

  #take({ answer, coming, received }: Beat): void {
    const now = this.#options.clock.now();
    this.#coming = coming;
    this.#comingSince = now;
    if (coming !== 0) this.#isAwaited = true;
    const since = now - this.#peerBeatAt;
    if (since > this.#times.beat / 2) {
      const rate = (((received - this.#peerReceived) >>> 0) / since) * 1e6;
      this.#peerRate = this.#isRateKnown ? Math.max(rate, this.#peerRate * RATE_MEMORY) : rate;
      this.#isRateKnown = true;
      this.#peerReceived = received;
      this.#peerBeatAt = now;
    }
    if (answer && this.#answers++ < MAX_ANSWERS) this.#beat({});
  }

  #beat({ answer = false, coming = 0 }: Partial<Beat>): void {
    try {
      this.#inner.send(encodeBeat({ answer, coming, received: this.#received }));
    } catch {
      // Nobody waits for a beat: what it meets ends the link, and nothing else.
      this.#giveUp();
    }
  }

  #lookLater(): void {
    this.#cancelLook = this.#options.clock.after(this.#times.beat / LOOKS_PER_BEAT, () => this.#look());
  }

  #look(): void {
    const { clock, onWake } = this.#options;
    const now = clock.now();
    const wall = this.#wall();
    const missed = Math.max(now - this.#lookedAt, wall - this.#wallAtLook);
    this.#lookedAt = now;
    this.#wallAtLook = wall;
    this.#answers = 0;
    const isHeard = this.#received !== this.#receivedAtLook;
    this.#receivedAtLook = this.#received;
    // Who does not run does not hear: a silence that was slept through says nothing.
    const hasSlept = missed > this.#times.quiet;
    if (isHeard || hasSlept) this.#heardAt = now;
    this.#lookLater();
    if (++this.#looks % LOOKS_PER_BEAT === 0) this.#beat({});
    if (hasSlept) onWake?.();
    this.#judge(now - this.#heardAt);
  }

  #judge(silence: Micros): void {
    if (!this.#isOpen || silence < this.#times.quiet) return;
    const unexplained = silence - this.#explained();
    if (unexplained >= this.#times.quiet) this.#setQuiet(true);
    if (unexplained >= this.#times.giveUp) this.#giveUp();
  }

  #explained(): Micros {
    return this.patience + (this.#options.patience?.() ?? 0);
  }

  #setQuiet(quiet: boolean): void {
    if (quiet === this.#isQuiet) return;
    this.#isQuiet = quiet;
    if (quiet) this.#isAwaited = true;
    this.#options.onQuiet?.(quiet);
  }

  #giveUp(): void {
    this.close(CloseCode.Timeout, 'Nothing was heard for too long.');
  }

  #ended(code: number, reason: string): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#cancelLook();
    this.#cancelAnswer();
    this.onClose?.(code, reason);
  }

  #wall(): Micros {
    const { clock } = this.#options;
    return clock.wall?.() ?? clock.now();
  }
}
