/** A replay's file as it is read in virtual time: time stands still until the file has answered. */
import type { Picture, Rect } from '../../codecs/index.js';
import type { Micros, VirtualClock } from '../../engine/index.js';
import type { ReplayReader } from '../hosts/index.js';

export class OutsideReader implements ReplayReader {
  readonly #reader: ReplayReader;
  readonly #clock: VirtualClock;

  constructor(reader: ReplayReader, clock: VirtualClock) {
    this.#reader = reader;
    this.#clock = clock;
  }

  get width(): number {
    return this.#reader.width;
  }

  get height(): number {
    return this.#reader.height;
  }

  peek(): Promise<Micros | undefined> {
    return this.#clock.outside(this.#reader.peek());
  }

  read(picture: Picture, fresh: boolean): Promise<readonly Rect[] | undefined> {
    return this.#clock.outside(this.#reader.read(picture, fresh));
  }

  rewind(): Promise<void> {
    return this.#clock.outside(this.#reader.rewind());
  }

  close(): Promise<void> {
    return this.#reader.close();
  }
}
