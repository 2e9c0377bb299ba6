import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clipRect, type Rect } from '../../codecs/index.js';

const SIZE = { width: 12, height: 7 };

/** Whether `rect`, as real numbers, reaches into the pixel at (x, y). */
function touches(rect: Rect, x: number, y: number): boolean {
  return (
    rect.x < x + 1 &&
    rect.x + rect.width > x &&
    rect.y < y + 1 &&
    rect.y + rect.height > y &&
    rect.width > 0 &&
    rect.height > 0
  );
}

describe('a rectangle clipped to a picture', () => {
  it('holds just the pixels of the picture that it touches', () => {
    const place = fc.integer({ min: -80, max: 120 }).map((quarters) => quarters / 4);
    const side = fc.integer({ min: 1, max: 100 }).map((quarters) => quarters / 4);
    fc.assert(
      fc.property(fc.record({ x: place, y: place, width: side, height: side }), (rect) => {
        const clipped = clipRect(rect, SIZE);
        for (let y = 0; y < SIZE.height; y++) {
          for (let x = 0; x < SIZE.width; x++) {
            expect(clipped !== undefined && touches(clipped, x, y)).toBe(touches(rect, x, y));
          }
        }
        if (clipped === undefined) return;
        expect(Object.values(clipped).every(Number.isInteger)).toBe(true);
        expect(clipped.x).toBeGreaterThanOrEqual(0);
        expect(clipped.y).toBeGreaterThanOrEqual(0);
        expect(clipped.x + clipped.width).toBeLessThanOrEqual(SIZE.width);
        expect(clipped.y + clipped.height).toBeLessThanOrEqual(SIZE.height);
      }),
    );
  });

  it('is nothing when a side is no number', () => {
    const whole = { x: 0, y: 0, ...SIZE };
    for (const side of ['x', 'y', 'width', 'height']) {
      expect(clipRect({ ...whole, [side]: Number.NaN }, SIZE)).toBeUndefined();
    }
  });

  it('is the picture when it reaches beyond every side', () => {
    const endless = Number.POSITIVE_INFINITY;
    expect(clipRect({ x: -1e9, y: -1e9, width: endless, height: endless }, SIZE)).toEqual({
      x: 0,
      y: 0,
      ...SIZE,
    });
  });
});
