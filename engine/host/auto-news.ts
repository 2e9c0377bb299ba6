/** Tells viewers how the auto stream is coded: changes only, and not more often than a person reads. */
import type { Clock, Micros } from '../clock.js';
import type { Control } from '../protocol/index.js';

type AutoState = Control<'auto-state'>;

const SHORTEST_INTERVAL: Micros = 500_000;

export class AutoNews {
  readonly #clock: Clock;
  readonly #tell: (state: AutoState) => void;
  #told: AutoState | undefined;
  #newest: AutoState | undefined;
  #toldAt: Micros = Number.NEGATIVE_INFINITY;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, tell: (state: AutoState) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /** Things stand like this now. */
  update(state: Omit<AutoState, 'type'>): void {
    this.#newest = { type: 'auto-state', ...state };
    if (this.#cancel !== undefined) return;
    const wait = this.#toldAt + SHORTEST_INTERVAL - this.#clock.now();
    if (wait <= 0) this.#tellNewest();
    else this.#cancel = this.#clock.after(wait, () => this.#tellNewest());
  }

  /** Somebody is there who was told nothing yet. */
  again(): void {
    this.#told = undefined;
    if (this.#newest !== undefined) this.update(this.#newest);
  }

  close(): void {
    this.#cancel?.();
  }

  #tellNewest(): void {
    this.#cancel = undefined;
    const { quality, text, reason } = this.#newest!;
    const told = this.#told;
    if (told?.quality === quality && told.text === text && told.reason === reason) return;
    this.#told = this.#newest;
    this.#toldAt = this.#clock.now();
    this.#tell(this.#newest!);
  }
}
