/**
 * One viewer's input on its way to the host: whose turn it is, and how much of it. More than the rate allows is
 * thinned so that nothing stays pressed: of the pointer's moves the newest is kept and sent on as soon as it may be, a
 * key or button that is let go always passes, and what is pressed meanwhile is dropped whole.
 */
import type { Clock } from '../clock.js';
import { encodeInput, Held, type InputAction, stampEventViewer } from '../protocol/index.js';
import type { Counters } from './counters.js';
import type { TokenBucket } from './token-bucket.js';

export interface InputPacePort {
  /** Whether the viewer may still act on the host. */
  mayAct(): boolean;
  /** False when there is no host. */
  toHost(message: Uint8Array): boolean;
}

export class InputPace {
  readonly #viewer: number;
  readonly #clock: Clock;
  readonly #counters: Counters;
  readonly #port: InputPacePort;
  readonly #bucket: TokenBucket;
  /** What was sent on and is still held. */
  readonly #held = new Held();
  /** The newest move that waits for its turn: a copy. */
  #move: Uint8Array | undefined;
  #cancelMove = () => {};

  constructor(viewer: number, bucket: TokenBucket, clock: Clock, counters: Counters, port: InputPacePort) {
    this.#viewer = viewer;
    this.#clock = clock;
    this.#counters = counters;
    this.#port = port;
    this.#bucket = bucket;
  }

  /** One input message of the viewer, that may act. */
  receive(action: InputAction, message: Uint8Array): void {
    const isMove = this.#held.isMove(action);
    // A newer place takes the place of the one that waits; anything else comes after it.
    if (action.kind === 'pointer') this.#forgetMove();
    else if (this.#move !== undefined && this.#bucket.take(this.#clock.now())) this.#sendMove();
    stampEventViewer(message, this.#viewer);
    if (this.#bucket.take(this.#clock.now()) || this.#held.lets(action)) {
      if (this.#port.toHost(message)) this.#held.take(action);
      else this.#held.clear();
    } else if (isMove) this.#keepMove(message);
    else this.#counters.dropped.rate++;
  }

  /** Lets go of what the viewer holds: its releases may have been lost on the way here. */
  letGo(): void {
    if (this.#move !== undefined) this.#forgetMove();
    for (const action of this.#held.letGo()) {
      this.#port.toHost(encodeInput({ viewer: this.#viewer, sequence: 0, createdAt: 0, ...action }));
    }
  }

  /** The viewer may no longer act, or the host is gone: the host has let go of everything itself. */
  close(): void {
    this.#held.clear();
    if (this.#move !== undefined) this.#forgetMove();
  }

  #keepMove(message: Uint8Array): void {
    this.#move = message.slice();
    this.#moveLater();
  }

  #moveLater(): void {
    this.#cancelMove = this.#clock.after(this.#bucket.wait(this.#clock.now()), () => {
      if (!this.#port.mayAct()) this.close();
      else if (this.#bucket.take(this.#clock.now())) this.#sendMove();
      // Timers may be early.
      else this.#moveLater();
    });
  }

  #sendMove(): void {
    const move = this.#move!;
    this.#move = undefined;
    this.#cancelMove();
    this.#port.toHost(move);
  }

  #forgetMove(): void {
    if (this.#move === undefined) return;
    this.#move = undefined;
    this.#cancelMove();
    this.#counters.dropped.rate++;
  }
}
