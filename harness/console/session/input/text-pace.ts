/**
 * Text on its way to the host, in pieces. A long text is sent no faster than the relay lets anybody's input pass, with
 * room for the pointer beside it; what is typed meanwhile comes after it.
 */
import type { InputAction } from '../../../../engine/protocol/index.js';

/** Pieces that go at once, and then in every step. The relay lets 1000 events a second pass, 2000 at once. */
const AT_ONCE = 100;
const STEP_PIECES = 25;
const STEP_MS = 50;

/** Calls `run` once, so many milliseconds later. */
export type PaceTimer = (milliseconds: number, run: () => void) => void;

export interface TextPaceOptions {
  /** Whether input reaches the host now. */
  active(): boolean;
  send(action: InputAction): void;
  /** The host got a part of a text only. */
  cutOff(): void;
  readonly after?: PaceTimer;
}

export class TextPace {
  readonly #options: TextPaceOptions;
  readonly #after: PaceTimer;
  readonly #waiting: (InputAction | (() => void))[] = [];
  /** Pieces that may go before the next step. */
  #allowed = AT_ONCE;
  #isStepping = false;

  constructor(options: TextPaceOptions) {
    this.#options = options;
    this.#after = options.after ?? ((milliseconds, run) => setTimeout(run, milliseconds));
  }

  /** Whether nothing waits. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  add(piece: InputAction): void {
    this.#waiting.push(piece);
    this.#flush();
  }

  /** Runs `act` after everything that waits. */
  afterwards(act: () => void): void {
    this.#waiting.push(act);
    this.#flush();
  }

  #flush(): void {
    while (this.#waiting.length > 0 && this.#allowed > 0) {
      if (!this.#options.active()) {
        this.#waiting.length = 0;
        this.#options.cutOff();
        break;
      }
      const next = this.#waiting.shift()!;
      if (typeof next === 'function') next();
      else {
        this.#allowed--;
        this.#options.send(next);
      }
    }
    if (this.#allowed < AT_ONCE && !this.#isStepping) this.#step();
  }

  #step(): void {
    this.#isStepping = true;
    this.#after(STEP_MS, () => {
      this.#isStepping = false;
      this.#allowed = Math.min(AT_ONCE, this.#allowed + STEP_PIECES);
      this.#flush();
    });
  }
}
