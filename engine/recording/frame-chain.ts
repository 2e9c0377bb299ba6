/**
 * Which display slices follow one another: the rule of a viewer, without pixels. A frame counts when all its
 * slices came in order and it builds on the frame held, or on nothing.
 */
import type { StreamLevel } from '../../codecs/index.js';
import type { SliceHeader } from '../protocol/index.js';

export type SlicePlace =
  /** Does not follow; nothing can be made of it. */
  | 'misfit'
  /** Begins a frame that covers the whole picture. */
  | 'whole'
  /** Begins a frame that builds on the one held. */
  | 'next'
  /** Another slice of the frame under way. */
  | 'more';

export class FrameChain {
  #held = 0;
  #level: StreamLevel = 0;
  #width = 0;
  #height = 0;
  #first: SliceHeader | undefined;
  #slices = 0;

  /** The newest whole frame; 0: none. */
  get held(): number {
    return this.#held;
  }

  /** Whether a frame is half done. */
  get open(): boolean {
    return this.#first !== undefined;
  }

  get level(): StreamLevel {
    return this.#level;
  }

  get width(): number {
    return this.#width;
  }

  get height(): number {
    return this.#height;
  }

  /** Where this slice belongs. `complete` follows when it was the last of its frame. */
  place(header: SliceHeader): SlicePlace {
    if (!header.first) {
      if (this.#first === undefined || !this.#continues(this.#first, header)) return 'misfit';
      this.#slices++;
      return 'more';
    }
    const whole = header.base === 0;
    if (header.slice !== 0 || !(whole || this.#builds(header))) return 'misfit';
    this.#first = header;
    this.#slices = 1;
    // As at a viewer: what was shown does not count any more once a whole picture has begun to replace it.
    if (whole) this.#held = 0;
    return whole ? 'whole' : 'next';
  }

  /** The frame under way is whole: it is held from now on. */
  complete(): void {
    const { frame, level, width, height } = this.#first!;
    this.hold(frame, level, width, height);
  }

  /** Forgets the frame under way, of which nothing was applied: the one held before it still stands. */
  abandon(): void {
    this.#first = undefined;
  }

  /** Nothing can follow but a whole picture. */
  lose(): void {
    this.#first = undefined;
    this.#held = 0;
  }

  /** Goes on from a frame that came another way: a checkpoint's. */
  hold(frame: number, level: StreamLevel, width: number, height: number): void {
    this.#first = undefined;
    this.#held = frame;
    this.#level = level;
    this.#width = width;
    this.#height = height;
  }

  #builds(header: SliceHeader): boolean {
    return (
      this.#first === undefined &&
      header.base === this.#held &&
      header.level === this.#level &&
      header.width === this.#width &&
      header.height === this.#height
    );
  }

  #continues(first: SliceHeader, header: SliceHeader): boolean {
    return (
      header.slice === this.#slices &&
      header.frame === first.frame &&
      header.base === first.base &&
      header.level === first.level &&
      header.viewer === first.viewer &&
      header.width === first.width &&
      header.height === first.height
    );
  }
}
