/** When a recording's bytes get their checksums, and when they go to the target. */
import type { RecordingWriter } from '../../codecs/recording/index.js';
import type { Clock, Micros } from '../clock.js';

/** What was appended reaches the target within this time, so that a killed recorder loses less than a second. */
export const FLUSH_INTERVAL: Micros = 500_000;
/** From so many bytes on checksums are made at the next opportunity: a page must not stand still for many at once. */
const DIGEST_BYTES = 128 * 1024;

export class WritingPace {
  readonly #writer: RecordingWriter;
  readonly #clock: Clock;
  readonly #onFailure: (error: unknown) => void;
  #cancelSoon: (() => void) | undefined;
  #cancelLater: (() => void) | undefined;
  #isFlushing = false;
  /** Something has waited for its time while the target was at work. */
  #isLate = false;
  #isStopped = false;

  /** `onFailure` hears what the target failed with. */
  constructor(writer: RecordingWriter, clock: Clock, onFailure: (error: unknown) => void) {
    this.#writer = writer;
    this.#clock = clock;
    this.#onFailure = onFailure;
  }

  /** Call it when something was appended. */
  appended(): void {
    const { undigestedBytes, pendingBytes, hasFullBatch } = this.#writer;
    if (this.#isStopped || pendingBytes === 0) return;
    if (undigestedBytes >= DIGEST_BYTES || (hasFullBatch && !this.#isFlushing)) {
      this.#cancelSoon ??= this.#clock.after(0, () => this.#digest());
    }
    this.#cancelLater ??= this.#clock.after(FLUSH_INTERVAL, () => {
      this.#cancelLater = undefined;
      this.#isLate = true;
      this.#flush(false);
    });
  }

  /** Nothing happens any more. */
  stop(): void {
    this.#isStopped = true;
    this.#cancelSoon?.();
    this.#cancelLater?.();
  }

  #digest(): void {
    this.#cancelSoon = undefined;
    this.#writer.digest();
    if (this.#writer.hasFullBatch) this.#flush(true);
  }

  #flush(onlyFull: boolean): void {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    this.#isLate = false;
    // What stays behind now gets its own time when this is done.
    this.#cancelLater?.();
    this.#cancelLater = undefined;
    this.#writer.flush(onlyFull).then(
      () => {
        this.#isFlushing = false;
        if (this.#isStopped) return;
        if (this.#isLate) this.#flush(false);
        else if (this.#writer.hasFullBatch) this.#flush(true);
        else this.appended();
      },
      (error: unknown) => this.#onFailure(error),
    );
  }
}
