/**
 * What parties do, on its way to one receiver. Everything goes at once while the receiver keeps up. When it is behind,
 * positions wait here, joined to the newest of each author, and go when it has caught up: so what it is shown is never
 * older than what its line takes, however fast others move. What is not a position never waits, and comes after the
 * positions that came before it.
 */
import type { Clock, Micros } from '../clock.js';
import { buttonsOf, eventHeadOf, isPosition, thinned } from '../protocol/index.js';

/** How often it is looked whether the receiver has caught up. */
const LOOK_EVERY: Micros = 20_000;
/** A position goes after so long, whatever else the line carries. */
const LONGEST_WAIT: Micros = 250_000;
/** Positions that may wait: more than that many people move, or strokes of one. */
const MOST_WAITING = 64;

export interface ThinnerPort {
  /** @param heldAt When the message came, if it has waited. It may be kept. */
  send(message: Uint8Array, heldAt?: Micros): void;
  /** Whether what is sent now would wait for what was sent before. */
  isBehind(): boolean;
  /** A message is not sent: another stands for it. */
  leftOut(message: Uint8Array): void;
}

interface Waiting {
  readonly author: number;
  readonly channel: number;
  message: Uint8Array;
  readonly heldAt: Micros;
}

export class Thinner {
  readonly #clock: Clock;
  readonly #port: ThinnerPort;
  /** In the order in which they came. */
  #waiting: Waiting[] = [];
  /** Of each author, as the newest message says. */
  readonly #buttons = new Map<number, number>();
  #cancelLook: (() => void) | undefined;

  constructor(clock: Clock, port: ThinnerPort) {
    this.#clock = clock;
    this.#port = port;
  }

  /** Positions that wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** An input or overlay message, sound and stamped with its author. It is copied if it must wait. */
  send(message: Uint8Array): void {
    const mayWait = isPosition(message) && !this.#isPress(message);
    if (this.#waiting.length === 0 && !(mayWait && this.#port.isBehind())) {
      this.#port.send(message);
      return;
    }
    const channel = message[0]!;
    if (!mayWait) {
      // Of other authors, too: an erasure may be of everybody's strokes.
      this.#flush((one) => one.channel === channel);
      this.#port.send(message);
      return;
    }
    const author = eventHeadOf(message).viewer;
    const last = this.#waiting.findLast((one) => one.author === author && one.channel === channel);
    if (last === undefined && !this.#port.isBehind()) {
      this.#port.send(message);
      return;
    }
    const joined = last === undefined ? undefined : thinned(last.message, message);
    if (last !== undefined && joined !== undefined) {
      this.#port.leftOut(last.message);
      last.message = joined;
    } else this.#hold({ author, channel, message: message.slice(), heldAt: this.#clock.now() });
  }

  /** The receiver may have caught up. */
  look(): void {
    if (this.#waiting.length === 0) return;
    const oldest = this.#clock.now() - LONGEST_WAIT;
    if (!this.#port.isBehind()) this.flush();
    else this.#flush(({ heldAt }) => heldAt <= oldest);
  }

  /** Sends whatever waits. */
  flush(): void {
    this.#flush(() => true);
  }

  /** Nobody is there any more: what waits is forgotten. */
  close(): void {
    this.#waiting = [];
    this.#buttons.clear();
    this.#cancelLook?.();
    this.#cancelLook = undefined;
  }

  /** Whether a pointer message presses a button or lets one go. */
  #isPress(message: Uint8Array): boolean {
    const buttons = buttonsOf(message);
    if (buttons === undefined) return false;
    const { viewer } = eventHeadOf(message);
    const before = this.#buttons.get(viewer) ?? 0;
    if (buttons === before) return false;
    if (buttons === 0) this.#buttons.delete(viewer);
    else this.#buttons.set(viewer, buttons);
    return true;
  }

  #hold(waiting: Waiting): void {
    this.#waiting.push(waiting);
    if (this.#waiting.length > MOST_WAITING) this.#send(this.#waiting.shift()!);
    this.#lookLater();
  }

  #flush(isDue: (waiting: Waiting) => boolean): void {
    const due = this.#waiting.filter(isDue);
    if (due.length === 0) return;
    this.#waiting = this.#waiting.filter((one) => !due.includes(one));
    for (const waiting of due) this.#send(waiting);
    if (this.#waiting.length === 0) {
      this.#cancelLook?.();
      this.#cancelLook = undefined;
    }
  }

  #send({ message, heldAt }: Waiting): void {
    this.#port.send(message, heldAt);
  }

  #lookLater(): void {
    this.#cancelLook ??= this.#clock.after(LOOK_EVERY, () => {
      this.#cancelLook = undefined;
      this.look();
      if (this.#waiting.length > 0) this.#lookLater();
    });
  }
}
