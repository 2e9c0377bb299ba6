/** The moves of a slice body, which come first in it (docs/CODEC.md). */
import type { Move } from '../../codecs/index.js';

const MOVE_BYTES = 12;

/** Of a body that a decoder has accepted; what is cut off is left out. */
export function movesOf(body: Uint8Array): Move[] {
  if (body.length < 2) return [];
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const count = Math.min(view.getUint16(0, true), Math.floor((body.length - 2) / MOVE_BYTES));
  return Array.from({ length: count }, (_, index) => {
    const at = 2 + index * MOVE_BYTES;
    const word = (place: number) => view.getUint16(at + place * 2, true);
    return { fromX: word(0), fromY: word(1), x: word(2), y: word(3), width: word(4), height: word(5) };
  });
}
