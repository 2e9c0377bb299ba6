/** Which tiles were photographs or film when they were last coded with loss: what damage there will cost. */
import { boxArea, ColourLevel, packQuality } from '../../codecs/index.js';
import type { Outcome, Packet } from '../display/index.js';

const TEXT = 1;
const NATURAL = 2;

export class NaturalTiles {
  readonly #kind = new Map<number, typeof TEXT | typeof NATURAL>();

  clear(): void {
    this.#kind.clear();
  }

  /** Where only natural content may lose something, what lost is natural. */
  learn({ boxes, quality = 0 }: Packet, outcome: Outcome): void {
    if ((quality & 0x7f) === 0 || quality !== packQuality(quality & 0x7f, ColourLevel.High)) return;
    for (let tile = 0; tile < boxes.length; tile++) {
      if (boxes[tile] === 0 || outcome.left[tile] !== 0) continue;
      this.#kind.set(tile, outcome.approximate[tile] === 0 ? TEXT : NATURAL);
    }
  }

  /** How much of the boxes is natural, as far as is known; nothing when little is. */
  share(boxes: Uint32Array, tiles?: Uint32Array): { naturalShare?: number } {
    let known = 0;
    let natural = 0;
    let all = 0;
    const count = tiles?.length ?? boxes.length;
    for (let place = 0; place < count; place++) {
      const tile = tiles === undefined ? place : tiles[place]!;
      const area = boxArea(boxes[tile]!);
      if (area === 0) continue;
      all += area;
      const kind = this.#kind.get(tile);
      if (kind !== undefined) known += area;
      if (kind === NATURAL) natural += area;
    }
    return known * 2 > all ? { naturalShare: natural / known } : {};
  }
}
