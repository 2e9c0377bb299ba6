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
  #leftPixels = 0;

  constructor(size: Size) {
    super(AUTO_STREAM, size);
    this.loss = new LossMap(size);
    this.#late = new Uint32Array(this.loss.boxes.length);
    this.#sentLate = new Uint32Array(this.loss.boxes.length);
  }

  /** How much of what is pending the last packet had no room for. */
  get leftPixels(): number {
    return this.isPending ? this.#leftPixels : 0;
  }

  /** Nobody is in the stream any more; those who held its frames may come back. */
  override stop(): void {
    this.joinPending(this.loss.boxes);
    this.#late.fill(0);
    super.stop();
  }

  /** As a level's stream; what is not exact moves along with the picture. */
  override packet(frame: number, change?: FrameChange, drawnAt?: Micros): LevelPacket {
    const packet = super.packet(frame, change, drawnAt);
    if (packet.moves.length > 0 && !this.loss.isEmpty) {
      // A move may cover what was not exact by pixels like those below: no change to those who miss the move.
      mergeDamage(this.#late, this.loss.boxes);
      this.loss.moved(packet.moves);
    }
    return packet;
  }

  /** A packet that sharpens the tiles of `order`, which have rested. */
  refinement(frame: number, order: Uint32Array, drawnAt: Micros): LevelPacket {
    const packet = super.packet(frame, undefined, drawnAt);
    for (const tile of order) packet.boxes[tile] = this.loss.due[tile]!;
    return packet;
  }

  /**
   * Keeps what has become of a packet. The answer is what it has carried that viewers of older frames would not be
   * given as a change: valid until the next call.
   */
  settle(packet: Packet, outcome: Outcome, audience: Audience): Uint32Array {
    const { boxes, drawnAt, refinement, quality = EXACT } = packet;
    const late = this.#sentLate;
    if (audience === 'stream') {
      late.set(this.#late);
      this.#late.fill(0);
    } else late.fill(0);
    this.#leftPixels = 0;
    if (!this.isActive) return late;
    for (let tile = 0; tile < boxes.length; tile++) {
      const box = boxes[tile]!;
      if (box === 0) continue;
      if (outcome.left[tile] !== 0) {
        if (refinement === true) continue;
        this.putBack(tile, box, drawnAt);
        this.#leftPixels += boxArea(box);
        this.#late[tile] = unionBox(late[tile]!, box);
        continue;
      }
      if (outcome.approximate[tile] !== 0) this.loss.lost(tile, box, quality & 0x7f);
      else if (audience !== 'beside') this.loss.exact(tile, box);
      if (refinement === true) late[tile] = unionBox(late[tile]!, box);
    }
    return late;
  }
}
