/**
 * The auto stream: a level's stream, of which tiles may be sent with loss, or left for a later packet, and are
 * sharpened later. It keeps what its viewers hold not exactly.
 *
 * Whoever holds one of its frames is brought up to date by what changed since, what is not exact now, and what was
 * sent late or again since: the last is put on the damage ring by the frame that sent it.
 */
import {
  AUTO_STREAM,
  boxArea,
  EXACT,
  type FrameChange,
  mergeDamage,
  type Size,
  unionBox,
} from '../../codecs/index.js';
import type { Micros } from '../clock.js';
import { type LevelPacket, LevelStream } from './level-stream.js';
import { LossMap } from './loss-map.js';
import type { Outcome } from './outcome.js';
import type { Packet } from './packet.js';

/** Who gets a packet: those in the stream, one who is alone in it, or one beside others. */
export type Audience = 'stream' | 'alone' | 'beside';

export class AutoStream extends LevelStream {
  readonly loss: LossMap;
  /** What the ring does not know: pending because a packet left it, or covered by moves. */
  readonly #late: Uint32Array;
  readonly #sentLate: Uint32Array;
  /** By tile: the number of the packet that first had no room for what is pending there; 0: none. */
  readonly #leftBy: Uint32Array;
  /** ...and when the oldest of that was drawn. */
  readonly #leftDrawnAt: Float64Array;
  #newDrawnAt: Micros = Number.POSITIVE_INFINITY;
  readonly #isPlaced: Uint8Array;
  #packets = 0;
  #leftPixels = 0;

  constructor(size: Size) {
    super(AUTO_STREAM, size);
    this.loss = new LossMap(size);
    this.#late = new Uint32Array(this.loss.boxes.length);
    this.#sentLate = new Uint32Array(this.loss.boxes.length);
    this.#leftBy = new Uint32Array(this.loss.boxes.length);
    this.#leftDrawnAt = new Float64Array(this.loss.boxes.length);
    this.#isPlaced = new Uint8Array(this.loss.boxes.length);
  }

  /** How much of what is pending the last packet had no room for. */
  get leftPixels(): number {
    return this.isPending ? this.#leftPixels : 0;
  }

  /** Nobody is in the stream any more; those who held its frames may come back. */
  override stop(): void {
    this.joinPending(this.loss.boxes);
    this.#late.fill(0);
    this.#leftBy.fill(0);
    this.#leftPixels = 0;
    super.stop();
  }

  /** As a level's stream; what is not exact moves along with the picture. */
  override packet(frame: number, change?: FrameChange, drawnAt?: Micros): LevelPacket {
    const packet = super.packet(frame, change, drawnAt);
    this.#newDrawnAt = packet.drawnAt;
    if (packet.moves.length > 0 && !this.loss.isEmpty) {
      // A move may cover what was not exact by pixels like those below: no change to those who miss the move.
      mergeDamage(this.#late, this.loss.boxes);
      this.loss.moved(packet.moves);
    }
    return { ...packet, drawnAt: this.#oldest(packet.drawnAt) };
  }

  /** A packet that sharpens the tiles of `order`, which have rested. */
  refinement(frame: number, order: Uint32Array, drawnAt: Micros): LevelPacket {
    const packet = super.packet(frame, undefined, drawnAt);
    for (const tile of order) packet.boxes[tile] = this.loss.due[tile]!;
    return packet;
  }

  /**
   * Gives every second place in an order of tiles to the one that has waited longest since a packet had no room for
   * it: damage that never ends, which is always newer, would keep it waiting for ever.
   */
  shareWithLeft(order: Uint32Array): void {
    const left = order.filter((tile) => this.#leftBy[tile] !== 0);
    if (left.length === 0) return;
    left.sort((a, b) => this.#leftBy[a]! - this.#leftBy[b]!);
    const newest = order.slice();
    const isPlaced = this.#isPlaced.fill(0);
    let [nextNewest, nextLeft] = [0, 0];
    for (let place = 0; place < order.length; place++) {
      while (nextLeft < left.length && isPlaced[left[nextLeft]!] !== 0) nextLeft++;
      while (isPlaced[newest[nextNewest]!] !== 0) nextNewest++;
      const isTurnOfLeft = place % 2 === 1 && nextLeft < left.length;
      const tile = isTurnOfLeft ? left[nextLeft]! : newest[nextNewest]!;
      order[place] = tile;
      isPlaced[tile] = 1;
    }
  }

  /** When the oldest of what is pending was drawn: `newest` is that of what no packet has left. */
  #oldest(newest: Micros): Micros {
    let oldest = newest;
    if (this.#leftPixels === 0) return oldest;
    for (let tile = 0; tile < this.#leftBy.length; tile++) {
      if (this.#leftBy[tile] !== 0) oldest = Math.min(oldest, this.#leftDrawnAt[tile]!);
    }
    return oldest;
  }

  /**
   * Keeps what has become of a packet. The answer is what it has carried that viewers of older frames would not be
   * given as a change: valid until the next call.
   */
  settle(packet: Packet, outcome: Outcome, audience: Audience): Uint32Array {
    const { boxes, refinement, quality = EXACT } = packet;
    const late = this.#sentLate;
    if (audience === 'stream') {
      late.set(this.#late);
      this.#late.fill(0);
      this.#leftPixels = 0;
      this.#packets++;
    } else late.fill(0);
    if (!this.isActive) return late;
    for (let tile = 0; tile < boxes.length; tile++) {
      const box = boxes[tile]!;
      if (box === 0) continue;
      if (outcome.left[tile] !== 0) {
        if (refinement === true) continue;
        this.putBack(tile, box);
        this.#leftPixels += boxArea(box);
        if (this.#leftBy[tile] === 0) this.#leftDrawnAt[tile] = this.#newDrawnAt;
        this.#leftBy[tile] ||= this.#packets;
        this.#late[tile] = unionBox(late[tile]!, box);
        continue;
      }
      if (audience === 'stream') this.#leftBy[tile] = 0;
      if (outcome.approximate[tile] !== 0) this.loss.lost(tile, box, quality & 0x7f);
      else if (audience !== 'beside') this.loss.exact(tile, box);
      if (refinement === true) late[tile] = unionBox(late[tile]!, box);
    }
    return late;
  }
}
