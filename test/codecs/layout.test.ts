import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addRect,
  boxArea,
  boxRect,
  countDamage,
  createSharedMemory,
  decoderLayout,
  encoderLayout,
  fillDamage,
  mergeDamage,
  packBox,
  tileColumns,
  tileRows,
  unionBox,
  unpackBox,
} from '../../codecs/index.js';

const box = fc
  .tuple(fc.nat(63), fc.nat(63), fc.nat(63), fc.nat(63))
  .map(([a, b, c, d]) => packBox(Math.min(a, b), Math.min(c, d), Math.max(a, b), Math.max(c, d)));

describe('layouts', () => {
  it('refuse sizes before any memory is touched', () => {
    for (const [width, height] of [
      [0, 1],
      [1, 8193],
      [8192, 8192],
      [1.5, 2],
      [Number.NaN, 5],
    ] as const) {
      expect(() => encoderLayout({ width, height, workers: 0 })).toThrowError(
        expect.objectContaining({ code: 'too-large', field: 'size' }),
      );
      expect(() => decoderLayout(width, height)).toThrowError(expect.objectContaining({ code: 'too-large' }));
    }
    expect(() => encoderLayout({ width: 9, height: 9, workers: -1 })).toThrowError(
      expect.objectContaining({ code: 'bad-argument', field: 'workers' }),
    );
    expect(() => encoderLayout({ width: 9, height: 9, workers: 0, slots: 0 })).toThrowError(
      expect.objectContaining({ field: 'slots' }),
    );
    expect(() => createSharedMemory(2 ** 31)).toThrowError(expect.objectContaining({ code: 'too-large' }));
  });

  it('keep every area apart from the next', () => {
    const layout = encoderLayout({ width: 1919, height: 1081, workers: 3, slots: 5 });
    const areas = [
      [layout.picture, layout.stride * 1081],
      [layout.reference, layout.stride * 1081],
      [layout.changed, layout.tiles * 4],
      [layout.residual, layout.tiles * 4],
      [layout.moves, layout.maxMoves * 12],
      [layout.jobs, layout.jobBytes * 5],
      [layout.output, layout.slotBytes * 5],
      [layout.scratch, layout.scratchBytes * 4],
      [layout.search, 1],
    ].sort((a, b) => a[0]! - b[0]!);
    for (let index = 0; index + 1 < areas.length; index++) {
      expect(areas[index]![0]! + areas[index]![1]!).toBeLessThan(areas[index + 1]![0]!);
    }
    expect(areas[0]![0]).toBeGreaterThanOrEqual(65536);
    expect(layout.totalBytes % 64).toBe(0);
    expect(structuredClone(layout)).toEqual(layout);
  });
});

describe('damage boxes', () => {
  it('union holds both, and is the smallest that does', () => {
    fc.assert(
      fc.property(box, box, (a, b) => {
        const joined = unpackBox(unionBox(a, b))!;
        const [one, two] = [unpackBox(a)!, unpackBox(b)!];
        expect(joined.x).toBe(Math.min(one.x, two.x));
        expect(joined.y).toBe(Math.min(one.y, two.y));
        expect(joined.x + joined.width).toBe(Math.max(one.x + one.width, two.x + two.width));
        expect(joined.y + joined.height).toBe(Math.max(one.y + one.height, two.y + two.height));
        expect(boxArea(unionBox(a, b))).toBe(joined.width * joined.height);
        expect(unionBox(a, 0)).toBe(a);
        expect(unionBox(0, b)).toBe(b);
      }),
    );
  });

  it('a rectangle marks just the pixels that it covers', () => {
    const size = { width: 200, height: 150 };
    const columns = tileColumns(size.width);
    fc.assert(
      fc.property(fc.nat(199), fc.nat(149), fc.nat(199), fc.nat(149), (a, b, c, d) => {
        const rect = {
          x: Math.min(a, c),
          y: Math.min(b, d),
          width: Math.abs(a - c) + 1,
          height: Math.abs(b - d) + 1,
        };
        const boxes = new Uint32Array(columns * tileRows(size.height));
        addRect(boxes, rect, size);
        let area = 0;
        boxes.forEach((value, tile) => {
          const part = boxRect(tile, value, columns);
          if (part === undefined) return;
          area += boxArea(value);
          expect(part.x).toBeGreaterThanOrEqual(rect.x);
          expect(part.y + part.height).toBeLessThanOrEqual(rect.y + rect.height);
        });
        expect(area).toBe(rect.width * rect.height);
      }),
    );
  });

  it('whole pictures and merging', () => {
    const size = { width: 130, height: 65 };
    const all = new Uint32Array(6);
    fillDamage(all, size);
    expect(all.reduce((area, value) => area + boxArea(value), 0)).toBe(130 * 65);
    const some = new Uint32Array(6);
    some[4] = packBox(1, 0, 2, 0);
    expect(countDamage(some)).toBe(1);
    mergeDamage(some, Uint32Array.of(0, 0, 0, 0, packBox(5, 0, 5, 0), packBox(0, 0, 0, 0)));
    expect(unpackBox(some[4]!)).toEqual({ x: 1, y: 0, width: 5, height: 1 });
    expect(countDamage(some)).toBe(2);
  });
});
