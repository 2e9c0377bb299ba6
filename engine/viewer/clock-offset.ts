/**
 * Two clocks compared by an exchange of time stamps. We ask at `asked`, the other answers at `answered` (its
 * clock), the answer comes at `received`. Whatever the ways there and back took, our clock read something
 * between `asked` and `received` when the other read `answered`. So the offset (ours minus theirs) lies in
 * [asked - answered, received - answered]: its middle is the estimate, half the round trip its error bound,
 * and the smallest round trip wins. Crystals drift apart, so the bound of a sample grows with its age.
 *
 * A clock may also jump: a machine sleeps, or somebody sets it. Then an older exchange and a newer one cannot both be
 * true of the same clocks, their intervals lie too far apart, and what is older says nothing any more.
 */
import type { Micros } from '../clock.js';

/**
 * Most that two clocks drift apart: 200 millionths. Crystals keep within 50, two of them within 100, and a
 * clock that is being slewed into step adds as much again.
 */
const MAX_DRIFT = 200e-6;
/** Samples kept; a newer one with a worse round trip may win when the best has grown old. */
const KEPT = 32;

export interface OffsetEstimate {
  /** Our clock minus theirs. */
  readonly offset: Micros;
  /** The true offset is within this of the estimate, either way. */
  readonly error: Micros;
}

interface Sample extends OffsetEstimate {
  readonly at: Micros;
}

export class ClockOffset {
  #samples: Sample[] = [];

  /** Takes one exchange. Answers that came before they were asked for are not believed. */
  add(asked: Micros, answered: Micros, received: Micros): void {
    const roundTrip = received - asked;
    if (!(roundTrip >= 0)) return;
    const sample = { offset: asked + roundTrip / 2 - answered, error: roundTrip / 2, at: asked };
    if (!this.#samples.every((older) => agree(older, sample))) {
      this.#samples = this.#samples.filter((older) => agree(older, sample));
    }
    if (this.#samples.length === KEPT) this.#samples.shift();
    this.#samples.push(sample);
  }

  /** The best estimate at the time `now` of our clock; undefined before the first exchange. */
  estimate(now: Micros): OffsetEstimate | undefined {
    let best: OffsetEstimate | undefined;
    for (const sample of this.#samples) {
      const error = sample.error + Math.abs(now - sample.at) * MAX_DRIFT;
      if (best === undefined || error < best.error) best = { offset: sample.offset, error };
    }
    return best;
  }

  /** Another process answers from now on: what is known of the old one's clock does not count. */
  reset(): void {
    this.#samples.length = 0;
  }
}

/** Whether two exchanges can both be true: their intervals overlap, as far as the clocks may have drifted between them. */
function agree(a: Sample, b: Sample): boolean {
  return Math.abs(a.offset - b.offset) <= a.error + b.error + Math.abs(b.at - a.at) * MAX_DRIFT;
}
