/** From the recording's times to the video's, and when a picture may be shown. All in microseconds. */
import type { Micros } from '../clock.js';

export class Timeline {
  readonly from: Micros;
  readonly to: Micros;
  readonly speed: number;
  /** Pictures in a second where they are shown at a steady rate. */
  readonly fps: number | undefined;
  /** The last slot that has a picture. */
  #slot = -1;
  #hasBegun = false;

  constructor(from: Micros, to: Micros, speed: number, fps: number | undefined) {
    this.from = from;
    this.to = to;
    this.speed = speed;
    this.fps = fps;
  }

  /** Where a moment of the recording is in the video. */
  at(time: Micros): Micros {
    return Math.max(0, Math.min(time, this.to) - this.from) / this.speed;
  }

  /**
   * When, at the latest, a change of `time` is to be shown: with the end of the slot that it falls into, or of the
   * next one that is free, because a later picture of the same slot is the better one. At once without slots.
   */
  due(time: Micros): Micros {
    if (this.fps === undefined) return time;
    const end = ((this.#slotFor(time) + 0.5) * 1e6) / this.fps;
    return this.from + end * this.speed;
  }

  /**
   * Takes the place for a change of `time`; answers when it is shown, in the video's time. The first picture is there
   * from the beginning, though it took a moment to come.
   */
  place(time: Micros): Micros {
    const isFirst = !this.#hasBegun;
    this.#hasBegun = true;
    if (this.fps === undefined) return isFirst ? 0 : this.at(time);
    this.#slot = isFirst ? 0 : this.#slotFor(time);
    return (this.#slot * 1e6) / this.fps;
  }

  #slotFor(time: Micros): number {
    return Math.max(this.#slot + 1, Math.round((this.at(time) * this.fps!) / 1e6));
  }
}
