/** Calls the handlers that an application gave: their faults must not become faults of the stream. */
import { SightlineError } from '../../codecs/index.js';

export class HandlerCaller {
  /** Faults of the network and of handlers so far. */
  problems = 0;
  readonly #onProblem: ((error: SightlineError) => void) | undefined;

  constructor(onProblem: ((error: SightlineError) => void) | undefined) {
    this.#onProblem = onProblem;
  }

  call(handler: () => void): void {
    try {
      handler();
    } catch (cause) {
      this.problem(new SightlineError('internal', 'A handler of the viewer failed.', { cause }));
    }
  }

  /** Counts and tells what was not right; anything that is not a `SightlineError` becomes an internal one. */
  problem(error: unknown): void {
    this.problems++;
    const told =
      error instanceof SightlineError
        ? error
        : new SightlineError('internal', 'A message could not be taken.', { cause: error });
    try {
      this.#onProblem?.(told);
    } catch {
      // A handler for problems that fails has nobody left to tell; the count remains.
      this.problems++;
    }
  }
}
