import type { Micros } from '../clock.js';

/** The best value of late: of the present span of time and the one before it. */
export class Recent<T> {
  #present: T | undefined;
  #before: T | undefined;
  #since: Micros = 0;

  constructor(
    private readonly memory: Micros,
    private readonly better: (a: T, b: T) => boolean,
  ) {}

  get best(): T | undefined {
    if (this.#present === undefined) return this.#before;
    if (this.#before === undefined) return this.#present;
    return this.better(this.#before, this.#present) ? this.#before : this.#present;
  }

  add(value: T, now: Micros, memory = 0): void {
    if (this.#present === undefined || now - this.#since > Math.max(this.memory, memory)) {
      this.#before = this.#present;
      this.#present = value;
      this.#since = now;
    } else if (this.better(value, this.#present)) {
      this.#present = value;
    }
  }
}
