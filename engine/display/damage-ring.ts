/**
 * What changed in each of the last frames, so that a viewer which holds any of them can be brought to the
 * newest one with exactly what it misses.
 */
import { mergeDamage } from '../../codecs/index.js';
import type { Micros } from '../clock.js';

/** Four seconds at 60 frames per second: a viewer that is further behind gets the whole picture. */
const FRAMES = 256;

export class DamageRing {
  readonly #tiles: number;
  readonly #capacity: number;
  /** Boxes of `capacity` frames, `tiles` each. */
  readonly #boxes: Uint32Array;
  readonly #frames: Float64Array;
  readonly #drawnAt: Float64Array;
  /** Not 0: only the auto stream's viewers were sent something. */
  readonly #autoOnly: Uint8Array;
  #count = 0;
  #next = 0;

  /** @param tiles Tiles of the picture, the length of every frame's damage. */
  constructor(tiles: number, capacity = FRAMES) {
    this.#tiles = tiles;
    this.#capacity = capacity;
    this.#boxes = new Uint32Array(tiles * capacity);
    this.#frames = new Float64Array(capacity);
    this.#drawnAt = new Float64Array(capacity);
    this.#autoOnly = new Uint8Array(capacity);
  }

  /** Remembers what frame `frame` changed. Frame numbers grow. */
  push(frame: number, drawnAt: Micros, boxes: Uint32Array, autoOnly = false): void {
    this.#boxes.set(boxes, this.#next * this.#tiles);
    this.#frames[this.#next] = frame;
    this.#drawnAt[this.#next] = drawnAt;
    this.#autoOnly[this.#next] = autoOnly ? 1 : 0;
    this.#next = (this.#next + 1) % this.#capacity;
    this.#count = Math.min(this.#count + 1, this.#capacity);
  }

  /**
   * Frame `frame` has carried, on the auto stream, `boxes` that had changed before: a viewer that holds an older
   * frame of that stream misses them, too. A frame that is not the newest one remembered becomes it.
   */
  sentLate(frame: number, drawnAt: Micros, boxes: Uint32Array): void {
    if (this.#count === 0 || this.#frames[this.#slot(0)] !== frame) {
      this.push(frame, drawnAt, boxes, true);
      return;
    }
    const slot = this.#slot(0);
    mergeDamage(this.#boxes.subarray(slot * this.#tiles, (slot + 1) * this.#tiles), boxes);
  }

  /**
   * Joins into `target` what changed after frame `base`; for viewers of the auto stream also what that sent late
   * or again. The answer is when the oldest of those changes was drawn (infinite when there was none), or undefined
   * when `base` is not remembered: the whole picture is wanted then, and `target` is untouched.
   */
  since(base: number, target: Uint32Array, auto = false): Micros | undefined {
    let newer = 0;
    for (;;) {
      if (newer === this.#count) return undefined;
      const frame = this.#frames[this.#slot(newer)]!;
      if (frame === base) break;
      if (frame < base) return undefined;
      newer++;
    }
    let oldest = Number.POSITIVE_INFINITY;
    for (let age = 0; age < newer; age++) {
      const slot = this.#slot(age);
      if (!auto && this.#autoOnly[slot] !== 0) continue;
      mergeDamage(target, this.#boxes.subarray(slot * this.#tiles, (slot + 1) * this.#tiles));
      oldest = Math.min(oldest, this.#drawnAt[slot]!);
    }
    return oldest;
  }

  /** The place of the frame that is `age` frames older than the newest. */
  #slot(age: number): number {
    return (this.#next - 1 - age + this.#capacity) % this.#capacity;
  }
}
