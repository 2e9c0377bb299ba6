import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boxRect, type Picture, type Rect, tileColumns, tileRows } from '../../codecs/index.js';
import { loadKernelModule } from '../../engine/artifacts.js';
import { makeEncoder } from '../support/coder.js';
import { KernelMemory } from '../support/kernel-memory.js';
import { blankPicture, drawContent, generator, pictureDifference } from '../support/pictures.js';
import { dirtyTiles } from '../support/twins/dirty-tiles.js';

const module = await loadKernelModule();

/** Two pictures that differ in a few places, alpha everywhere; up to several steps of 1 KB wide. */
const pair = fc
  .tuple(
    fc.integer({ min: 1, max: 620 }),
    fc.integer({ min: 1, max: 140 }),
    fc.integer(),
    fc.integer({ min: 0, max: 6 }),
  )
  .map(([width, height, seed, changes]) => {
    const random = generator(seed);
    const before = blankPicture(width, height);
    drawContent(before, 'few', seed & 0xffff);
    const after = { ...before, pixels: before.pixels.slice() };
    for (let index = 0; index < changes; index++) {
      const x = random() % width;
      const y = random() % height;
      const area = {
        x,
        y,
        width: 1 + (random() % (width - x)),
        height: 1 + (random() % Math.min(height - y, 20)),
      };
      drawContent(after, 'noise', random(), area);
    }
    for (let at = 3; at < after.pixels.length; at += 4) after.pixels[at] = random() & 255;
    return { before, after, seed };
  });

/** Boxes that the kernel marks for one rectangle. */
function compare(a: Picture, b: Picture, rect: Rect): Uint32Array {
  const tiles = tileColumns(a.width) * tileRows(a.height);
  const memory = new KernelMemory(module, 1 << 20);
  const picture = memory.put(a.pixels);
  const reference = memory.put(b.pixels);
  const boxes = memory.put(new Uint8Array(tiles * 4));
  memory.kernels.compareRect(
    picture,
    reference,
    a.stride,
    a.width,
    rect.x,
    rect.y,
    rect.width,
    rect.height,
    boxes,
  );
  expect(memory.intact()).toBe(true);
  return memory.words(boxes, tiles);
}

describe('dirty tiles', () => {
  it('marks exactly what its twin marks, and ignores alpha', () => {
    fc.assert(
      fc.property(pair, ({ before, after }) => {
        const rect = { x: 0, y: 0, width: after.width, height: after.height };
        expect(compare(after, before, rect)).toEqual(dirtyTiles(after, before));
      }),
      { numRuns: 200 },
    );
  });

  it('looks at every pixel of a damage hint, and at no tile outside it', () => {
    fc.assert(
      fc.property(pair, ({ before, after, seed }) => {
        const random = generator(seed + 1);
        const x = random() % after.width;
        const y = random() % after.height;
        const rect = {
          x,
          y,
          width: 1 + (random() % (after.width - x)),
          height: 1 + (random() % (after.height - y)),
        };
        const inside = { ...before, pixels: before.pixels.slice() };
        for (let row = y; row < y + rect.height; row++) {
          const at = row * after.stride;
          inside.pixels.set(after.pixels.subarray(at + x * 4, at + (x + rect.width) * 4), at + x * 4);
        }
        expect(compare(inside, before, rect)).toEqual(dirtyTiles(inside, before));
        const columns = tileColumns(after.width);
        compare(after, before, rect).forEach((box, tile) => {
          const found = boxRect(tile, box, columns);
          if (found === undefined) return;
          expect(found.y).toBeGreaterThanOrEqual(y);
          expect(found.y + found.height).toBeLessThanOrEqual(y + rect.height);
        });
      }),
      { numRuns: 100 },
    );
  });
});

describe('FrameEncoder', () => {
  it('commits what is inside the hints and leaves the rest for later', () => {
    const encoder = makeEncoder(module, 300, 200);
    encoder.commit();
    drawContent(encoder.picture, 'noise', 3, { x: 10, y: 10, width: 20, height: 20 });
    drawContent(encoder.picture, 'noise', 4, { x: 200, y: 150, width: 20, height: 20 });
    const first = encoder.commit([{ x: 10, y: 10, width: 20, height: 20 }]);
    expect(first.changedTiles).toBe(1);
    expect(pictureDifference(encoder.reference, encoder.picture)).toMatch(/^at 200,150/);
    const hints = [
      { x: -50, y: 140, width: 1000, height: 1000 },
      { x: Number.NaN, y: 0, width: 5, height: 5 },
      { x: 5, y: 5, width: 0, height: -3 },
    ];
    expect(encoder.commit(hints).changedTiles).toBe(1);
    expect(pictureDifference(encoder.reference, encoder.picture, true)).toBeUndefined();
  });
});
