/** Where playing is in a recording: the wall clock, made to run faster, slower, to stop and to jump. */
import type { Clock, Micros } from '../../../../engine/clock.js';

export const MIN_SPEED = 0.25;
export const MAX_SPEED = 16;

/** As a clock it tells recorded time, so that what fades with time fades at the speed of playing. */
export class PlaybackClock implements Clock {
  readonly #wall: Clock;
  readonly #end: Micros;
  #running = false;
  #speed = 1;
  /** The position at the moment `#since` of the wall clock. */
  #position: Micros = 0;
  #since: Micros;

  /** Stands at 0; never runs past `end`. */
  constructor(wall: Clock, end: Micros) {
    this.#wall = wall;
    this.#end = end;
    this.#since = wall.now();
  }

  get running(): boolean {
    return this.#running;
  }

  get speed(): number {
    return this.#speed;
  }

  /** The recorded moment that is due now. */
  now(): Micros {
    if (!this.#running) return this.#position;
    const passed = Math.max(0, this.#wall.now() - this.#since) * this.#speed;
    return Math.min(this.#end, this.#position + passed);
  }

  /** Wall time until `time` is due; 0 when it is, infinite while the clock stands. */
  until(time: Micros): Micros {
    const rest = time - this.now();
    if (rest <= 0) return 0;
    return this.#running ? rest / this.#speed : Number.POSITIVE_INFINITY;
  }

  start(): void {
    this.moveTo(this.now());
    this.#running = true;
  }

  stop(): void {
    this.moveTo(this.now());
    this.#running = false;
  }

  /** Speeds outside of what is offered are brought into it. */
  setSpeed(speed: number): void {
    this.moveTo(this.now());
    this.#speed = Math.min(MAX_SPEED, Math.max(MIN_SPEED, speed));
  }

  moveTo(position: Micros): void {
    this.#position = Math.min(this.#end, Math.max(0, position));
    this.#since = this.#wall.now();
  }

  /** While the clock stands nothing comes due: whoever waits must ask again when it runs or has moved. */
  after(delay: Micros, run: () => void): () => void {
    if (!this.#running) return () => {};
    return this.#wall.after(delay / this.#speed, run);
  }
}
