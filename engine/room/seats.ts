/**
 * Places kept for viewers whose links were lost: who shows its key within the time is the same viewer again. To the
 * others a lost viewer has left, so that nothing waits for it; the control goes back to it if nobody has asked meanwhile.
 */
import type { Clock } from '../clock.js';
import type { Capability } from '../protocol/index.js';
import type { RoomLimits } from './limits.js';
import type { PartyRole } from './party.js';
import { matches } from './secrets.js';
import type { RoomViewer } from './viewer.js';

/** Who is back. */
export interface KeptSeat {
  readonly id: number;
  readonly role: PartyRole;
  readonly given: ReadonlySet<Capability>;
  readonly controls: boolean;
}

interface Seat {
  readonly keyHash: Buffer;
  readonly lostAt: number;
  readonly controlled: boolean;
  readonly role: PartyRole;
  readonly given: ReadonlySet<Capability>;
  readonly cancel: () => void;
}

export class Seats {
  readonly #clock: Clock;
  readonly #limits: RoomLimits;
  /** By viewer number, the longest lost first. */
  readonly #seats = new Map<number, Seat>();

  constructor(clock: Clock, limits: RoomLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** The viewer's links are lost. */
  keep({ id, resumeHash, role, given }: RoomViewer, controlled: boolean): void {
    for (const oldest of this.#seats.keys()) {
      if (this.#seats.size < this.#limits.maxViewers) break;
      this.#forget(oldest);
    }
    const cancel = this.#clock.after(this.#limits.seatHold, () => this.#seats.delete(id));
    this.#seats.set(id, { keyHash: resumeHash, lostAt: this.#clock.now(), controlled, role, given, cancel });
  }

  /** Whether a place is kept for who has this key. */
  has(id: number, key: string): boolean {
    const seat = this.#seats.get(id);
    return seat !== undefined && matches(key, seat.keyHash);
  }

  /** The viewer is back, if that is its key: what it was and might do, and whether it may have the control again. */
  take(id: number, key: string): KeptSeat | undefined {
    const seat = this.#seats.get(id);
    if (seat === undefined || !this.has(id, key)) return undefined;
    this.#forget(id);
    const isSoon = this.#clock.now() - seat.lostAt <= this.#limits.controlHold;
    const { role, given } = seat;
    return { id, role, given, controls: seat.controlled && isSoon };
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
