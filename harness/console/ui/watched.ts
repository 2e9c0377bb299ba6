/** A state that views follow, and sentences for the person. */

/** A state that changes as a whole. */
export abstract class Watched<State> {
  readonly #watchers = new Set<(state: State) => void>();

  abstract get state(): State;

  /** Calls `watcher` on every change of the state; the answer ends it. */
  watch(watcher: (state: State) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** The state is another one now. */
  protected changed(): void {
    const { state } = this;
    for (const watcher of this.#watchers) watcher(state);
  }
}

/** A state of which something is said, too. */
export abstract class Telling<State> extends Watched<State> {
  readonly #listeners = new Set<(sentence: string) => void>();

  /** Calls `listener` with every sentence for the person: shown for a moment and read out. The answer ends it. */
  listen(listener: (sentence: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** An empty sentence takes the one before away. */
  tell(sentence: string): void {
    for (const listener of this.#listeners) listener(sentence);
  }
}
