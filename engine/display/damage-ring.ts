/**
 * What changed in each of the last frames, so that a viewer which holds any of them can be brought to the
 * newest one with exactly what it misses. What changed before them is kept more coarsely, so that a viewer that
 * is minutes behind (a picture takes four on a modem) is sent a little too much instead of everything: another
 * whole picture would put it as far behind again, and fill the host's link for all the others
 * (bench/decisions/013-remembering-damage.md).
 */
import { boxArea, mergeDamage } from '../../codecs/index.js';
import type { Micros } from '../clock.js';

/** Four seconds at 60 frames per second that are remembered frame by frame. */
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
  readonly #older: OlderDamage;
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
    this.#older = new OlderDamage(tiles);
  }

  /** Remembers what frame `frame` changed. Frame numbers grow. */
  push(frame: number, drawnAt: Micros, boxes: Uint32Array, autoOnly = false): void {
    if (this.#count === this.#capacity) this.#forgetOldest();
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
   * when `base` is not remembered: the whole picture is wanted then, and `target` is untouched. For a `base` that is
   * older than the frames remembered one by one it may be more than what changed.
   */
  since(base: number, target: Uint32Array, auto = false): Micros | undefined {
    let newer = 0;
    for (; newer < this.#count; newer++) {
      const frame = this.#frames[this.#slot(newer)]!;
      if (frame === base) break;
      if (frame < base) return undefined;
    }
    let oldest = Number.POSITIVE_INFINITY;
    if (newer === this.#count) {
      const older = this.#older.since(base, target, auto);
      if (older === undefined) return undefined;
      oldest = older;
    }
    for (let age = 0; age < newer; age++) {
      const slot = this.#slot(age);
      if (!auto && this.#autoOnly[slot] !== 0) continue;
      mergeDamage(target, this.#boxes.subarray(slot * this.#tiles, (slot + 1) * this.#tiles));
      oldest = Math.min(oldest, this.#drawnAt[slot]!);
    }
    return oldest;
  }

  #forgetOldest(): void {
    const slot = this.#next;
    const boxes = this.#boxes.subarray(slot * this.#tiles, (slot + 1) * this.#tiles);
    this.#older.push(this.#frames[slot]!, this.#drawnAt[slot]!, boxes, this.#autoOnly[slot] !== 0);
  }

  /** The place of the frame that is `age` frames older than the newest. */
  #slot(age: number): number {
    return (this.#next - 1 - age + this.#capacity) % this.#capacity;
  }
}

/** Spans of older frames. */
const SPANS = 24;

/** What the frames of a span changed, all together. */
interface Span {
  readonly boxes: Uint32Array;
  /** Of frames that only the auto stream's viewers were sent. */
  readonly autoBoxes: Uint32Array;
  first: number;
  last: number;
  drawnAt: Micros;
  autoDrawnAt: Micros;
  /** Frames in it, and pixels that they changed. */
  frames: number;
  area: number;
}

/**
 * The damage of frames that are no longer remembered one by one, in spans of frames. A span counts as a whole, so that
 * nothing is ever missing; a viewer that holds one of its frames is sent too much by what the frames before that one
 * changed. So, when there are too many, the two neighbours are joined that make this the least: the area of the older
 * one, for each frame of the newer. A new page is never joined to the typing that follows it.
 */
class OlderDamage {
  readonly #tiles: number;
  /** Oldest first. */
  readonly #spans: Span[] = [];

  constructor(tiles: number) {
    this.#tiles = tiles;
  }

  push(frame: number, drawnAt: Micros, boxes: Uint32Array, autoOnly: boolean): void {
    const span = this.#spans.length < SPANS ? this.#emptySpan() : this.#join();
    span.first = frame;
    span.last = frame;
    span.frames = 1;
    if (autoOnly) {
      span.autoBoxes.set(boxes);
      span.autoDrawnAt = drawnAt;
    } else {
      span.boxes.set(boxes);
      span.drawnAt = drawnAt;
    }
    span.area = areaOf(boxes);
    this.#spans.push(span);
  }

  /** As of the ring. */
  since(base: number, target: Uint32Array, auto: boolean): Micros | undefined {
    const oldestSpan = this.#spans[0];
    if (oldestSpan === undefined || base < oldestSpan.first) return undefined;
    let oldest = Number.POSITIVE_INFINITY;
    for (const span of this.#spans) {
      if (span.last <= base) continue;
      mergeDamage(target, span.boxes);
      oldest = Math.min(oldest, span.drawnAt);
      if (!auto) continue;
      mergeDamage(target, span.autoBoxes);
      oldest = Math.min(oldest, span.autoDrawnAt);
    }
    return oldest;
  }

  #emptySpan(): Span {
    const boxes = new Uint32Array(this.#tiles);
    const autoBoxes = new Uint32Array(this.#tiles);
    const never = Number.POSITIVE_INFINITY;
    return { boxes, autoBoxes, first: 0, last: 0, drawnAt: never, autoDrawnAt: never, frames: 0, area: 0 };
  }

  /** Joins two neighbours; the answer is the one that is empty then, out of the list. */
  #join(): Span {
    const spans = this.#spans;
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let at = 0; at < spans.length - 1; at++) {
      const harm = spans[at]!.area * spans[at + 1]!.frames;
      if (harm < least) {
        least = harm;
        best = at;
      }
    }
    const older = spans[best]!;
    const [newer] = spans.splice(best + 1, 1) as [Span];
    mergeDamage(older.boxes, newer.boxes);
    mergeDamage(older.autoBoxes, newer.autoBoxes);
    older.last = newer.last;
    older.frames += newer.frames;
    older.area = areaOf(older.boxes) + areaOf(older.autoBoxes);
    older.drawnAt = Math.min(older.drawnAt, newer.drawnAt);
    older.autoDrawnAt = Math.min(older.autoDrawnAt, newer.autoDrawnAt);
    newer.boxes.fill(0);
    newer.autoBoxes.fill(0);
    newer.drawnAt = Number.POSITIVE_INFINITY;
    newer.autoDrawnAt = Number.POSITIVE_INFINITY;
    return newer;
  }
}

function areaOf(boxes: Uint32Array): number {
  let area = 0;
  for (const box of boxes) area += boxArea(box);
  return area;
}
