/** Twin of the dirty-tile kernel: every pixel, one after the other. */
import { type Picture, packBox, tileColumns, tileRows, unionBox } from '../../../codecs/index.js';

export function dirtyTiles(a: Picture, b: Picture): Uint32Array {
  const columns = tileColumns(a.width);
  const boxes = new Uint32Array(columns * tileRows(a.height));
  for (let y = 0; y < a.height; y++) {
    for (let x = 0; x < a.width; x++) {
      const at = y * a.stride + x * 4;
      if ([0, 1, 2].every((channel) => a.pixels[at + channel] === b.pixels[at + channel])) continue;
      const tile = (y >> 6) * columns + (x >> 6);
      boxes[tile] = unionBox(boxes[tile]!, packBox(x & 63, y & 63, x & 63, y & 63));
    }
  }
  return boxes;
}
