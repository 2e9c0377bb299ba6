/**
 * What the viewers of one colour level have been sent, and what they still miss.
 *
 * The stream's viewers hold the picture as of frame `last`, except that tiles in `pending` have changed since.
 * While the level's window is shut, damage is joined into `pending`; when it opens, one packet carries the
 * newest pixels of all of it.
 *
 * A packet may carry its frame's moves only when no move reads from pending damage: there the viewers' pixels
 * are older than those that the host moved. Otherwise the area that the moves changed is coded like any other.
 */
import {
  type FrameChange,
  fillDamage,
  isColourLevel,
  type Move,
  markHeld,
  mergeDamage,
  type Size,
  type StreamLevel,
  TILE_SIZE,
  tileColumns,
  tileRows,
  unionBox,
  unpackBox,
} from '../../codecs/index.js';
import type { Micros } from '../clock.js';

/** What `packet` gives: a frame's worth for every viewer of the level that holds `base`. */
export interface LevelPacket {
  readonly level: StreamLevel;
  readonly frame: number;
  readonly base: number;
  readonly drawnAt: Micros;
  /** Damage to be coded, marked where viewers hold what was there (BOX_HELD): valid until the next call on the stream. */
  readonly boxes: Uint32Array;
  readonly moves: readonly Move[];
}

const NO_MOVES: readonly Move[] = [];

export class LevelStream {
  readonly level: StreamLevel;
  readonly #size: Size;
  readonly #columns: number;
  readonly #pending: Uint32Array;
  readonly #boxes: Uint32Array;
  #last = 0;
  #isActive = false;
  #isPending = false;
  #drawnAt: Micros = Number.POSITIVE_INFINITY;

  constructor(level: StreamLevel, size: Size) {
    this.level = level;
    this.#size = size;
    this.#columns = tileColumns(size.width);
    const tiles = this.#columns * tileRows(size.height);
    this.#pending = new Uint32Array(tiles);
    this.#boxes = new Uint32Array(tiles);
  }

  /** Whether there are viewers that have been given a picture, and so are to be kept up to date. */
  get isActive(): boolean {
    return this.#isActive;
  }

  /** The frame that they hold; 0: nothing that is of use. */
  get last(): number {
    return this.#last;
  }

  /** Whether viewers miss something that has been drawn. */
  get isPending(): boolean {
    return this.#isPending;
  }

  /** Somebody was given the whole picture of `frame`, and nobody else is in the stream: it goes on from there. */
  startAt(frame: number): void {
    this.stop();
    this.#isActive = true;
    this.#last = frame;
  }

  /** Its viewers' pictures are of no use any more: the next packet covers everything. */
  startOver(): void {
    this.#isActive = true;
    this.#last = 0;
    this.#isPending = true;
    fillDamage(this.#pending, this.#size);
  }

  /** Nobody is in the stream any more. */
  stop(): void {
    this.#isActive = false;
    this.#last = 0;
    this.#clear();
  }

  /** Keeps a frame's damage for later. */
  absorb(change: FrameChange, drawnAt: Micros): void {
    mergeDamage(this.#pending, change.changed);
    this.#isPending = true;
    this.#drawnAt = Math.min(this.#drawnAt, drawnAt);
  }

  /** Keeps what a packet was to carry and did not. */
  putBack(tile: number, box: number): void {
    this.#pending[tile] = unionBox(this.#pending[tile]!, box);
    this.#isPending = true;
  }

  /** Joins what is missing into `target`. */
  joinPending(target: Uint32Array): void {
    if (this.#isPending) mergeDamage(target, this.#pending);
  }

  /** The damage that `packet` would carry: valid until the next call on the stream. */
  damage(change?: FrameChange): Uint32Array {
    this.#join(change);
    return this.#boxes;
  }

  /** Everything that is missing up to `frame`, which `change` has just brought; without it, what is pending. */
  packet(frame: number, change?: FrameChange, drawnAt: Micros = Number.POSITIVE_INFINITY): LevelPacket {
    const moves = this.#join(change);
    const packet = {
      level: this.level,
      frame,
      base: this.#last,
      drawnAt: Math.min(this.#drawnAt, drawnAt),
      boxes: this.#boxes,
      moves,
    };
    this.#last = frame;
    this.#clear();
    return packet;
  }

  /** Puts what is missing into the packet's boxes; the answer is the moves that go before. */
  #join(change: FrameChange | undefined): readonly Move[] {
    this.#boxes.set(this.#pending);
    if (change === undefined) return NO_MOVES;
    const isFollowed = change.moves.every((move) => !this.#isPendingIn(move));
    mergeDamage(this.#boxes, isFollowed ? change.residual : change.changed);
    if (!isFollowed) return NO_MOVES;
    if (isColourLevel(this.level)) markHeld(this.#boxes, change.moves, this.#size, this.#pending);
    return change.moves;
  }

  #clear(): void {
    if (this.#isPending) this.#pending.fill(0);
    this.#isPending = false;
    this.#drawnAt = Number.POSITIVE_INFINITY;
  }

  /** Whether the area that a move reads from has pending damage. */
  #isPendingIn(move: Move): boolean {
    if (!this.#isPending) return false;
    const right = move.fromX + move.width;
    const bottom = move.fromY + move.height;
    for (let row = Math.floor(move.fromY / TILE_SIZE); row * TILE_SIZE < bottom; row++) {
      for (let column = Math.floor(move.fromX / TILE_SIZE); column * TILE_SIZE < right; column++) {
        const box = unpackBox(this.#pending[row * this.#columns + column]!);
        if (box === undefined) continue;
        const left = column * TILE_SIZE + box.x;
        const top = row * TILE_SIZE + box.y;
        if (left < right && left + box.width > move.fromX && top < bottom && top + box.height > move.fromY) {
          return true;
        }
      }
    }
    return false;
  }
}
