import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Picture, pictureToRgb24, strideOf } from '../../codecs/index.js';
import { copyRect } from '../../harness/console/worker/painter.js';
import { packRgb } from '../../harness/console/worker/picture-hash.js';

function randomPicture(width: number, height: number, seed: number): Picture {
  const stride = strideOf(width);
  const pixels = new Uint8Array(new SharedArrayBuffer(stride * height));
  for (let at = 0, value = seed; at < pixels.length; at++) {
    value = (Math.imul(value, 1664525) + 1013904223) >>> 0;
    pixels[at] = value >>> 24;
  }
  return { width, height, stride, pixels };
}

it('a picture copied by rectangles holds the same colours, opaque, and nothing else is touched', () => {
  const side = fc.integer({ min: 1, max: 70 });
  const share = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
  fc.assert(
    fc.property(side, side, fc.integer(), share, share, (width, height, seed, u, v) => {
      const picture = randomPicture(width, height, seed);
      const rgba = new Uint8ClampedArray(width * height * 4);
      const x = Math.floor(u * width);
      const y = Math.floor(v * height);
      const rect = { x, y, width: width - x, height: height - y };
      copyRect(picture, rect, new Uint32Array(rgba.buffer));
      const wanted = pictureToRgb24(picture);
      const found = packRgb(rgba);
      for (let row = 0; row < height; row++) {
        for (let column = 0; column < width; column++) {
          const at = row * width + column;
          const inside = row >= y && column >= x;
          expect(rgba[at * 4 + 3]).toBe(inside ? 255 : 0);
          const colour = found.subarray(at * 3, at * 3 + 3);
          expect([...colour]).toEqual(inside ? [...wanted.subarray(at * 3, at * 3 + 3)] : [0, 0, 0]);
        }
      }
    }),
    { numRuns: 30 },
  );
});
