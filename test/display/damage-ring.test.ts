import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packBox, unionBox } from '../../codecs/index.js';
import { DamageRing } from '../../engine/display/damage-ring.js';

const TILES = 3;

/** The slow way: every frame kept. */
class Kept {
  readonly frames: { frame: number; drawnAt: number; boxes: Uint32Array }[] = [];

  since(base: number, capacity: number): { boxes: Uint32Array; drawnAt: number } | undefined {
    const remembered = this.frames.slice(-capacity);
    if (!remembered.some(({ frame }) => frame === base)) return undefined;
    return this.sinceAny(base);
  }

  sinceAny(base: number): { boxes: Uint32Array; drawnAt: number } {
    const boxes = new Uint32Array(TILES);
    let drawnAt = Number.POSITIVE_INFINITY;
    for (const entry of this.frames) {
      if (entry.frame <= base) continue;
      drawnAt = Math.min(drawnAt, entry.drawnAt);
      for (const [tile, box] of entry.boxes.entries()) boxes[tile] = unionBox(boxes[tile]!, box);
    }
    return { boxes, drawnAt };
  }
}

describe('the ring of damage', () => {
  test('joins what changed after a frame, and knows when the oldest of it was drawn', () => {
    const ring = new DamageRing(TILES);
    const a = packBox(0, 0, 3, 3);
    const b = packBox(10, 10, 12, 12);
    ring.push(1, 100, Uint32Array.of(a, a, a));
    ring.push(4, 90, Uint32Array.of(0, b, 0));
    ring.push(5, 200, Uint32Array.of(0, a, b));
    const boxes = new Uint32Array(TILES);
    expect(ring.since(1, boxes)).toBe(90);
    expect([...boxes]).toEqual([0, unionBox(a, b), b]);
    boxes.fill(0);
    expect(ring.since(5, boxes)).toBe(Number.POSITIVE_INFINITY);
    expect([...boxes]).toEqual([0, 0, 0]);
  });

  test('does not know frames of before the first, that never were, or are yet to come', () => {
    const ring = new DamageRing(TILES, 2);
    const boxes = new Uint32Array(TILES);
    expect(ring.since(1, boxes)).toBeUndefined();
    for (const frame of [1, 3, 5]) ring.push(frame, 0, Uint32Array.of(1, 1, 1));
    for (const base of [0, 4, 6]) expect(ring.since(base, boxes)).toBeUndefined();
    expect([...boxes]).toEqual([0, 0, 0]);
    expect(ring.since(3, boxes)).toBe(0);
  });

  test('knows frames of long ago well enough: never too little, and not everything', () => {
    const ring = new DamageRing(100, 10);
    const mark = packBox(1, 1, 2, 2);
    // Frame n changes tile n, modulo 100; a tenth of them only for the auto stream.
    for (let frame = 1; frame <= 1000; frame++) {
      const boxes = new Uint32Array(100);
      boxes[frame % 100] = mark;
      ring.push(frame, frame, boxes, frame % 10 === 0);
    }
    for (let base = 905; base < 1000; base++) {
      const boxes = new Uint32Array(100);
      const drawnAt = ring.since(base, boxes, true);
      expect(drawnAt).toBeLessThanOrEqual(base + 1);
      for (let frame = base + 1; frame <= 1000; frame++) expect(boxes[frame % 100]).toBe(mark);
    }
    const late = new Uint32Array(100);
    ring.since(960, late, false);
    const exact = new Uint32Array(100);
    for (let frame = 961; frame <= 1000; frame++) if (frame % 10 !== 0) exact[frame % 100] = mark;
    // A 24th of 1000 frames too many, and some.
    expect(late.filter((box) => box !== 0).length).toBeLessThan(exact.filter((box) => box !== 0).length + 60);
    expect(late.filter((box) => box !== 0).length).toBeLessThan(95);
    for (const tile of [0, 10, 90]) expect(late[tile]).toBe(0);
  });

  test('agrees with keeping every frame', () => {
    const coordinate = fc.integer({ min: 0, max: 31 });
    const box = fc.oneof(
      fc.constant(0),
      fc
        .tuple(coordinate, coordinate, coordinate, coordinate)
        .map(([x, y, w, h]) => packBox(x, y, x + w, y + h)),
    );
    const frame = fc.record({
      step: fc.integer({ min: 1, max: 3 }),
      drawnAt: fc.nat(1000),
      boxes: fc.array(box, { minLength: TILES, maxLength: TILES }),
    });
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 30 }), fc.integer({ min: 1, max: 9 }), (frames, capacity) => {
        const ring = new DamageRing(TILES, capacity);
        const kept = new Kept();
        let number = 0;
        for (const { step, drawnAt, boxes } of frames) {
          number += step;
          ring.push(number, drawnAt, Uint32Array.from(boxes));
          kept.frames.push({ frame: number, drawnAt, boxes: Uint32Array.from(boxes) });
          for (let base = 0; base <= number + 1; base++) {
            const target = new Uint32Array(TILES);
            const expected = kept.since(base, capacity);
            const isOld = base >= kept.frames[0]!.frame && base < kept.frames.slice(-capacity)[0]!.frame;
            const drawnAt = ring.since(base, target);
            if (isOld) {
              const all = kept.sinceAny(base);
              expect(drawnAt).toBeLessThanOrEqual(all.drawnAt);
              for (const [tile, box] of all.boxes.entries())
                expect(unionBox(target[tile]!, box)).toBe(target[tile]);
            } else {
              expect(drawnAt).toBe(expected?.drawnAt);
              expect(target).toEqual(expected?.boxes ?? new Uint32Array(TILES));
            }
          }
        }
      }),
    );
  });
});
