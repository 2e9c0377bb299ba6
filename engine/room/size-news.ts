/**
 * The size of the host's picture, as its viewers are told. A person who drags a window's edge changes it with every
 * frame: viewers hear of the newest size at a rate, and a host that changes it faster than any screen is refused.
 */
import { SightlineError } from '../../codecs/index.js';
import type { Clock } from '../clock.js';
import type { RoomLimits } from './limits.js';
import { TokenBucket } from './token-bucket.js';

export class SizeNews {
  width = 0;
  height = 0;
  readonly #clock: Clock;
  readonly #changes: TokenBucket;
  readonly #news: TokenBucket;
  readonly #tell: () => void;
  #cancel: (() => void) | undefined;

  /** `tell` says the present size to everybody. */
  constructor(clock: Clock, limits: RoomLimits, tell: () => void) {
    this.#clock = clock;
    this.#changes = new TokenBucket(limits.sizeRate, clock.now());
    this.#news = new TokenBucket(limits.sizeNewsRate, clock.now());
    this.#tell = tell;
  }

  /** What a host says of itself when it comes; everybody is told of that anyway. */
  set(width: number, height: number): void {
    this.cancel();
    this.width = width;
    this.height = height;
  }

  /** A frame begins, of a picture of this size. Throws `SightlineError` (`refused`) for a flood of changes. */
  saw(width: number, height: number): void {
    if (width === this.width && height === this.height) return;
    const now = this.#clock.now();
    if (!this.#changes.take(now)) {
      throw new SightlineError('refused', 'The picture changes its size too often.', { field: 'rate' });
    }
    this.width = width;
    this.height = height;
    if (this.#cancel !== undefined) return;
    if (this.#news.take(now)) this.#tell();
    else {
      this.#cancel = this.#clock.after(this.#news.wait(now), () => {
        this.#cancel = undefined;
        this.#news.take(this.#clock.now());
        this.#tell();
      });
    }
  }

  /** There is nobody who would have to be told. */
  cancel(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
