import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { FrameDecoder, SightlineError } from '../../codecs/index.js';
import { loadKernelModule } from '../../engine/index.js';

let decoder: FrameDecoder;

beforeAll(async () => {
  decoder = new FrameDecoder(await loadKernelModule());
});

function fillPicture(width: number, height: number, seed: number): void {
  decoder.resize(width, height);
  const { pixels } = decoder.picture;
  for (let at = 0, value = seed; at < pixels.length; at++) {
    value = (Math.imul(value, 1664525) + 1013904223) >>> 0;
    pixels[at] = value >>> 24;
  }
}

it('a rectangle copied for a canvas holds the same colours, opaque, and nothing else is touched', () => {
  const side = fc.integer({ min: 1, max: 90 });
  const share = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
  fc.assert(
    fc.property(side, side, fc.integer(), share, share, share, share, (width, height, seed, a, b, c, d) => {
      fillPicture(width, height, seed);
      const { pixels, stride } = decoder.picture;
      const x = Math.floor(a * width);
      const y = Math.floor(b * height);
      const rect = {
        x,
        y,
        width: 1 + Math.floor(c * (width - x)),
        height: 1 + Math.floor(d * (height - y)),
      };
      const found = new Uint8Array(width * height * 4).fill(7);
      decoder.copyRgba(rect, found);
      const wanted = new Uint8Array(width * height * 4).fill(7);
      for (let row = rect.y; row < rect.y + rect.height; row++) {
        for (let column = rect.x; column < rect.x + rect.width; column++) {
          const from = row * stride + column * 4;
          const [blue, green, red] = pixels.subarray(from, from + 3);
          wanted.set([red!, green!, blue!, 255], (row * width + column) * 4);
        }
      }
      expect(Buffer.compare(found, wanted)).toBe(0);
    }),
    { numRuns: 150 },
  );
});

it('a picture of many strips is copied whole', () => {
  fillPicture(1919, 300, 5);
  const found = new Uint8Array(1919 * 300 * 4);
  decoder.copyRgba({ x: 0, y: 0, width: 1919, height: 300 }, found);
  const { pixels, stride } = decoder.picture;
  for (const [x, y] of [
    [0, 0],
    [1918, 33],
    [1918, 34],
    [0, 35],
    [1000, 299],
    [1918, 299],
  ] as const) {
    const from = y * stride + x * 4;
    const at = (y * 1919 + x) * 4;
    expect([...found.subarray(at, at + 4)]).toEqual([pixels[from + 2], pixels[from + 1], pixels[from], 255]);
  }
});

it('a rectangle or target that does not fit the picture is refused', () => {
  decoder.resize(64, 48);
  const target = new Uint8Array(64 * 48 * 4);
  for (const rect of [
    { x: -1, y: 0, width: 4, height: 4 },
    { x: 0, y: 0, width: 65, height: 4 },
    { x: 0, y: 45, width: 4, height: 4 },
    { x: 0, y: 0, width: 0, height: 4 },
    { x: Number.NaN, y: 0, width: 4, height: 4 },
  ]) {
    expect(() => decoder.copyRgba(rect, target)).toThrow(SightlineError);
  }
  expect(() => decoder.copyRgba({ x: 0, y: 0, width: 4, height: 4 }, target.subarray(4))).toThrow(
    SightlineError,
  );
});
