/**
 * Places kept for viewers whose links were lost: who shows its key within the time is the same viewer again. To the
 * others a lost viewer has left, so that nothing waits for it; the control goes back to it if nobody has asked meanwhile.
 */
import type { Clock } from '../clock.js';
import type { RelayLimits } from './limits.js';
import { matches } from './secrets.js';
import type { RoomViewer } from './viewer.js';

interface Seat {
  readonly keyHash: Buffer;
  readonly lostAt: number;
  readonly controlled: boolean;
  readonly cancel: () => void;
}

export class Seats {
  readonly #clock: Clock;
  readonly #limits: RelayLimits;
  /** By viewer number, the longest lost first. */
  readonly #seats = new Map<number, Seat>();

  constructor(clock: Clock, limits: RelayLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** The viewer's links are lost. */
  keep({ id, resumeHash }: RoomViewer, controlled: boolean): void {
    for (const oldest of this.#seats.keys()) {
      if (this.#seats.size < this.#limits.maxViewers) break;
      this.#forget(oldest);
    }
    const cancel = this.#clock.after(this.#limits.seatHold, () => this.#seats.delete(id));
    this.#seats.set(id, { keyHash: resumeHash, lostAt: this.#clock.now(), controlled, cancel });
  }

  /** The viewer is back, if that is its key. The answer: whether it may have the control again. */
  take(id: number, key: string): { readonly controls: boolean } | undefined {
    const seat = this.#seats.get(id);
    if (seat === undefined || !matches(key, seat.keyHash)) return undefined;
    this.#forget(id);
    const isSoon = this.#clock.now() - seat.lostAt <= this.#limits.controlHold;
    return { controls: seat.controlled && isSoon };
  }

  /** The session is over. */
  clear(): void {
    for (const id of [...this.#seats.keys()]) this.#forget(id);
  }

  #forget(id: number): void {
    this.#seats.get(id)?.cancel();
    this.#seats.delete(id);
  }
}
