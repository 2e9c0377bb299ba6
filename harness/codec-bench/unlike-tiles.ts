/** Which tiles of two pictures differ: what a last pass has to make exact. */
import { BYTES_PER_PIXEL, type Picture, TILE_SIZE, tileColumns, wholeBox } from '../../codecs/index.js';

/** Puts the whole box of every tile that is not equal in both pictures into `boxes`; the answer is their number. */
export function unlikeTiles(a: Picture, b: Picture, boxes: Uint32Array): number {
  const { width, height } = a;
  const bytesA = bufferOf(a);
  const bytesB = bufferOf(b);
  const columns = tileColumns(width);
  let count = 0;
  boxes.fill(0);
  for (let y = 0; y < height; y++) {
    const firstTile = Math.floor(y / TILE_SIZE) * columns;
    for (let x = 0; x < width; x += TILE_SIZE) {
      const tile = firstTile + x / TILE_SIZE;
      if (boxes[tile] !== 0) continue;
      const atA = y * a.stride + x * BYTES_PER_PIXEL;
      const atB = y * b.stride + x * BYTES_PER_PIXEL;
      const length = Math.min(TILE_SIZE, width - x) * BYTES_PER_PIXEL;
      if (bytesA.compare(bytesB, atB, atB + length, atA, atA + length) === 0) continue;
      boxes[tile] = wholeBox(tile, a);
      count++;
    }
  }
  return count;
}

function bufferOf({ pixels }: Picture): Buffer {
  return Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength);
}
