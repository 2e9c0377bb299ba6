/**
 * Reads a film one frame ahead, into a picture of its own: what has a timetable is ready when it is due, however long a
 * decoder takes to hand a frame over.
 */
import { blankPicture, type Picture, type Rect } from '../../../codecs/index.js';
import type { Micros } from '../../../engine/index.js';
import { copyArea } from './copy-area.js';
import type { ReplayReader } from './reader.js';

interface ReadyFrame {
  readonly at: Micros;
  readonly damage: readonly Rect[];
}

export class AheadReader implements ReplayReader {
  readonly #reader: ReplayReader;
  #picture: Picture | undefined;
  #ready: ReadyFrame | undefined;

  /** @param reader Of frames of one size. */
  constructor(reader: ReplayReader) {
    this.#reader = reader;
  }

  get width(): number {
    return this.#reader.width;
  }

  get height(): number {
    return this.#reader.height;
  }

  async peek(): Promise<Micros | undefined> {
    if (this.#ready !== undefined) return this.#ready.at;
    const at = await this.#reader.peek();
    if (at === undefined) return undefined;
    const isFresh = this.#picture === undefined;
    this.#picture ??= blankPicture(this);
    const damage = await this.#reader.read(this.#picture, isFresh);
    if (damage === undefined) return undefined;
    this.#ready = { at, damage };
    return at;
  }

  async read(picture: Picture, fresh: boolean): Promise<readonly Rect[] | undefined> {
    const ready = this.#ready;
    if (ready === undefined) return undefined;
    this.#ready = undefined;
    const { width, height } = this;
    const damage = fresh ? [{ x: 0, y: 0, width, height }] : ready.damage;
    for (const area of damage) copyArea(this.#picture!, picture, area);
    return damage;
  }

  async rewind(): Promise<void> {
    this.#ready = undefined;
    await this.#reader.rewind();
  }

  close(): Promise<void> {
    return this.#reader.close();
  }
}
