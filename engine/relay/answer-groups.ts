/** For whom the frames are that a host addresses to a group: viewers who wait for the same picture share one. */
import type { Control } from '../protocol/index.js';

/** Groups that are remembered: more answers than a host has under way. */
const MOST_GROUPS = 16;
const NOBODY: readonly number[] = [];

export class AnswerGroups {
  /** By the group's number, oldest first. */
  readonly #groups = new Map<number, readonly number[]>();

  /** The host says whom it will address by that number. */
  name({ group, viewers }: Control<'answer'>): void {
    this.#groups.delete(group);
    for (const oldest of this.#groups.keys()) {
      if (this.#groups.size < MOST_GROUPS) break;
      this.#groups.delete(oldest);
    }
    this.#groups.set(group, [...new Set(viewers)]);
  }

  /** Viewers by their numbers; nobody when the group was not named. */
  of(group: number): readonly number[] {
    return this.#groups.get(group) ?? NOBODY;
  }

  clear(): void {
    this.#groups.clear();
  }
}
