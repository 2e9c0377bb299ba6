/**
 * Virtual time. Nothing happens until somebody advances it; timers run in the order of their time and, at the
 * same time, of their making, so that a run is the same every time.
 */
import { setImmediate } from 'node:timers';
import { SightlineError } from '../../codecs/index.js';
import type { Clock, Micros } from '../clock.js';

interface Timer {
  readonly at: Micros;
  readonly order: number;
  readonly run: () => void;
}

/** Most timers that one call may run: a loop that never rests fails instead of hanging. */
const MAX_STEPS = 5_000_000;

export class VirtualClock implements Clock {
  #now: Micros;
  #made = 0;
  readonly #timers = new Heap();
  readonly #cancelled = new Set<Timer>();
  /** What was asked of the world outside and has not been told yet; the last of it. */
  #asked = 0;
  #lastAnswer: Promise<unknown> = Promise.resolve();

  constructor(start: Micros = 1_000_000) {
    this.#now = start;
  }

  now(): Micros {
    return this.#now;
  }

  after(delay: Micros, run: () => void): () => void {
    const timer: Timer = { at: this.#now + Math.max(0, delay), order: this.#made++, run };
    this.#timers.push(timer);
    return () => {
      if (this.#timers.has(timer)) this.#cancelled.add(timer);
    };
  }

  /** Timers that are still to run. */
  get pending(): number {
    return this.#timers.size - this.#cancelled.size;
  }

  /** When the next timer runs; undefined when there is none. */
  get nextAt(): Micros | undefined {
    return this.#peek()?.at;
  }

  /**
   * Asks the world outside, such as a file, of which virtual time knows nothing: no timer runs until it has answered.
   * Answers are told in the order of the questions, so that a run is the same every time however long they take.
   */
  outside<T>(answer: Promise<T>): Promise<T> {
    const before = this.#lastAnswer;
    this.#asked++;
    const told = (async () => {
      await Promise.allSettled([before, answer]);
      await settle();
      this.#asked--;
      return answer;
    })();
    this.#lastAnswer = told.catch(() => {});
    return told;
  }

  /** Lets `micros` pass; promises settle before, between and after the timers. */
  async advance(micros: Micros): Promise<void> {
    const end = this.#now + micros;
    await this.#settled();
    for (let steps = 0; ; steps++) {
      if (steps > MAX_STEPS) throw stuck();
      const timer = this.#peek();
      if (timer === undefined || timer.at > end) break;
      this.#runNext();
      await this.#settled();
    }
    this.#now = end;
  }

  /** The same without letting promises settle: for code that uses none. */
  advanceNow(micros: Micros): void {
    const end = this.#now + micros;
    for (let steps = 0; ; steps++) {
      if (steps > MAX_STEPS) throw stuck();
      const timer = this.#peek();
      if (timer === undefined || timer.at > end) break;
      this.#runNext();
    }
    this.#now = end;
  }

  /** Lets time pass until `done` says so; throws when `limit` has passed first. Answers how long it took. */
  async advanceUntil(done: () => boolean, limit: Micros = 60_000_000): Promise<Micros> {
    const start = this.#now;
    await this.#settled();
    while (!done()) {
      const timer = this.#peek();
      if (timer === undefined || timer.at > start + limit) {
        throw new SightlineError(
          'timeout',
          `Not so after ${((this.#now - start) / 1e6).toFixed(3)} s of virtual time${
            timer === undefined ? ', and nothing is left to happen' : ''
          }.`,
        );
      }
      this.#runNext();
      await this.#settled();
    }
    return this.#now - start;
  }

  /** Lets time pass until the promise settles, which nothing but timers may be waited for. */
  async untilSettled<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const note = (): void => {
      isSettled = true;
    };
    promise.then(note, note);
    await this.advanceUntil(() => isSettled, Number.POSITIVE_INFINITY);
    return promise;
  }

  /** Runs until no timer is due within `limit`; parties that wait for ever (a ping every few seconds) need a limit. */
  async runUntilIdle(limit: Micros = 60_000_000): Promise<void> {
    const end = this.#now + limit;
    await this.#settled();
    for (let timer = this.#peek(); timer !== undefined && timer.at <= end; timer = this.#peek()) {
      this.#runNext();
      await this.#settled();
    }
  }

  async #settled(): Promise<void> {
    await settle();
    while (this.#asked > 0) {
      await this.#lastAnswer;
      await settle();
    }
  }

  #peek(): Timer | undefined {
    for (let timer = this.#timers.peek(); timer !== undefined; timer = this.#timers.peek()) {
      if (!this.#cancelled.delete(timer)) return timer;
      this.#timers.pop();
    }
    return undefined;
  }

  #runNext(): void {
    const timer = this.#timers.pop()!;
    this.#now = Math.max(this.#now, timer.at);
    timer.run();
  }
}

/** Lets every promise that can settle do so. Uses no time. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** A binary heap of timers, the earliest on top. */
class Heap {
  readonly #items: Timer[] = [];
  readonly #members = new Set<Timer>();

  get size(): number {
    return this.#items.length;
  }

  has(timer: Timer): boolean {
    return this.#members.has(timer);
  }

  peek(): Timer | undefined {
    return this.#items[0];
  }

  push(timer: Timer): void {
    const items = this.#items;
    this.#members.add(timer);
    let index = items.push(timer) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!before(timer, items[parent]!)) break;
      items[index] = items[parent]!;
      index = parent;
    }
    items[index] = timer;
  }

  pop(): Timer | undefined {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    if (top === undefined || last === undefined) return undefined;
    this.#members.delete(top);
    if (items.length === 0) return top;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && before(items[child + 1]!, items[child]!)) child++;
      if (!before(items[child]!, last)) break;
      items[index] = items[child]!;
      index = child;
    }
    items[index] = last;
    return top;
  }
}

function stuck(): SightlineError {
  return new SightlineError('internal', `Virtual time made no progress after ${MAX_STEPS} timers.`);
}

function before(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
