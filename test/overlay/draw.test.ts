import { createCanvas } from '@napi-rs/canvas';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  drawOverlay,
  LASER_FADE,
  LASER_HOLD,
  LASER_REST_OPACITY,
  laserOpacity,
  nextOverlayChange,
  OverlayModel,
  type OverlayScale,
  repaintOverlay,
} from '../../engine/overlay/index.js';

const SIZE = 120;
/**
 * Of alpha: the rasteriser takes 16 samples of an edge's pixel or works it out, as the path and the clip are,
 * and edges may lie over each other. Ink that is missing or too much differs by more than twice as much.
 */
const ROUNDING = 96;
const head = { viewer: 1, sequence: 1, createdAt: 0 };

function model(...strokes: [number, number][][]): OverlayModel {
  const overlay = new OverlayModel();
  strokes.forEach((points, index) => {
    overlay.apply(
      {
        ...head,
        kind: 'stroke',
        stroke: index,
        begin: true,
        end: true,
        points: points.map(([x, y]) => ({ x, y })),
      },
      0,
    );
  });
  return overlay;
}

function draw(overlay: OverlayModel, now = 0, scale: OverlayScale = 1): Uint8ClampedArray {
  const context = createCanvas(SIZE, SIZE).getContext('2d');
  drawOverlay(context, overlay, now, scale);
  return context.getImageData(0, 0, SIZE, SIZE).data;
}

/** Red, green, blue, alpha of one pixel. */
function at(pixels: Uint8ClampedArray, x: number, y: number): number[] {
  return [...pixels.slice((y * SIZE + x) * 4, (y * SIZE + x) * 4 + 4)];
}

function inked(pixels: Uint8ClampedArray): [number, number][] {
  const found: [number, number][] = [];
  for (let index = 0; index < SIZE * SIZE; index++) {
    if (pixels[index * 4 + 3]! > 0) found.push([index % SIZE, Math.floor(index / SIZE)]);
  }
  return found;
}

describe('drawn strokes', () => {
  it('are red, three pixels wide, with round ends', () => {
    const pixels = draw(
      model([
        [20, 50.5],
        [60, 50.5],
        [100, 50.5],
      ]),
    );
    expect(at(pixels, 60, 50)).toEqual([255, 0, 0, 255]);
    const column = inked(pixels).filter(([x]) => x === 60);
    expect(column.map(([, y]) => y)).toEqual([49, 50, 51]);
    const xs = inked(pixels).map(([x]) => x);
    expect([Math.min(...xs), Math.max(...xs)]).toEqual([18, 101]);
  });

  it('pass a corner in a curve', () => {
    const corner = draw(
      model([
        [20, 20],
        [80, 20],
        [80, 80],
      ]),
    );
    expect(at(corner, 80, 20)[3]).toBe(0);
    expect(at(corner, 20, 20)[3]).toBeGreaterThan(200);
    expect(at(corner, 80, 79)[3]).toBeGreaterThan(200);
  });

  it('are dots when they have one point', () => {
    const found = inked(draw(model([[50, 60]])));
    expect(found.length).toBeGreaterThan(6);
    expect(found.every(([x, y]) => Math.hypot(x + 0.5 - 50, y + 0.5 - 60) < 3)).toBe(true);
  });

  it('are the same pixels each time, and stay inside what the model calls dirty', () => {
    const points: [number, number][] = Array.from({ length: 40 }, (_, step) => [
      60 + 40 * Math.cos(step / 3),
      60 + 30 * Math.sin(step / 2),
    ]);
    const overlay = model(points);
    const dirty = overlay.takeDirty()!;
    const pixels = draw(overlay);
    expect(pixels).toEqual(draw(model(points)));
    for (const [x, y] of inked(pixels)) {
      expect(x >= dirty.x && x < dirty.x + dirty.width && y >= dirty.y && y < dirty.y + dirty.height).toBe(
        true,
      );
    }
  });

  it('change only near their end when a point is added', () => {
    const overlay = model([
      [5, 10],
      [25, 15],
      [45, 10],
      [65, 15],
      [85, 10],
    ]);
    const before = draw(overlay);
    overlay.takeDirty();
    overlay.apply(
      { ...head, kind: 'stroke', stroke: 0, begin: false, end: true, points: [{ x: 110, y: 90 }] },
      0,
    );
    const dirty = overlay.takeDirty()!;
    const after = draw(overlay);
    for (let index = 0; index < SIZE * SIZE; index++) {
      // The rasteriser rounds edges of a longer path a little differently; nobody can see that.
      if (Math.abs(before[index * 4 + 3]! - after[index * 4 + 3]!) <= ROUNDING) continue;
      const [x, y] = [index % SIZE, Math.floor(index / SIZE)];
      expect(x >= dirty.x && x < dirty.x + dirty.width && y >= dirty.y && y < dirty.y + dirty.height).toBe(
        true,
      );
    }
    expect(dirty.x).toBeGreaterThan(50);
  });

  it('follow a scale that differs by axis', () => {
    const pixels = draw(
      model([
        [10, 100],
        [50, 100],
      ]),
      0,
      { x: 2, y: 0.5 },
    );
    expect(at(pixels, 60, 50)).toEqual([255, 0, 0, 255]);
    expect(at(pixels, 60, 100)[3]).toBe(0);
  });
});

describe('repainting', () => {
  const coordinate = fc.integer({ min: -10, max: (SIZE + 10) * 2 });
  const viewer = fc.integer({ min: 1, max: 2 });
  const event = fc.oneof(
    fc.record({
      kind: fc.constant('stroke' as const),
      viewer,
      stroke: fc.integer({ min: 1, max: 4 }),
      begin: fc.boolean(),
      end: fc.boolean(),
      points: fc.array(fc.record({ x: coordinate, y: coordinate }), { minLength: 1, maxLength: 5 }),
    }),
    fc.record({
      kind: fc.constant('laser' as const),
      viewer,
      visible: fc.boolean(),
      x: coordinate,
      y: coordinate,
    }),
    fc.record({
      kind: fc.constant('erase' as const),
      viewer,
      scope: fc.constantFrom('all' as const, 'mine' as const),
    }),
  );

  it('of what changed gives the same canvas as drawing all', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(event, fc.boolean()), { maxLength: 25 }),
        fc.constantFrom<OverlayScale>(1, 0.25, { x: 0.5, y: 0.8 }),
        (events, scale) => {
          const overlay = new OverlayModel();
          const context = createCanvas(SIZE, SIZE).getContext('2d');
          let now = 0;
          for (const [item, repaint] of [...events, [undefined, true] as const]) {
            now += 400_000;
            if (item !== undefined) overlay.apply({ ...head, ...item }, now);
            if (repaint) repaintOverlay(context, overlay, now, scale);
          }
          const whole = draw(overlay, now, scale);
          const repainted = context.getImageData(0, 0, SIZE, SIZE).data;
          let worst = 0;
          for (let at = 3; at < whole.length; at += 4) {
            worst = Math.max(worst, Math.abs(whole[at]! - repainted[at]!));
          }
          // The rasteriser rounds the edges of a clipped path a little differently.
          expect(worst).toBeLessThanOrEqual(ROUNDING);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('the laser dot', () => {
  const laser = new OverlayModel();
  laser.apply({ ...head, kind: 'laser', visible: true, x: 60, y: 60 }, 1_000);

  it('is a red dot with a glow', () => {
    const pixels = draw(laser, 1_000);
    expect(at(pixels, 60, 60)).toEqual([255, 0, 0, 255]);
    const glow = at(pixels, 67, 60);
    expect(glow[0]).toBe(255);
    expect(glow[3]).toBeGreaterThan(60);
    expect(glow[3]).toBeLessThan(120);
    expect(at(pixels, 75, 60)[3]).toBe(0);
  });

  it('fades when it rests, and says when it looks different next', () => {
    const [dot] = laser.lasers;
    expect(laserOpacity(dot!, 1_000 + LASER_HOLD)).toBe(1);
    expect(laserOpacity(dot!, 1_000 + LASER_HOLD + LASER_FADE / 2)).toBeCloseTo((1 + LASER_REST_OPACITY) / 2);
    expect(laserOpacity(dot!, 1e12)).toBeCloseTo(LASER_REST_OPACITY);
    expect(nextOverlayChange(laser, 2_000)).toBe(1_000 + LASER_HOLD);
    const fading = 1_000 + LASER_HOLD + 10;
    expect(nextOverlayChange(laser, fading)).toBe(fading);
    expect(nextOverlayChange(laser, 1_000 + LASER_HOLD + LASER_FADE)).toBeUndefined();
    expect(nextOverlayChange(new OverlayModel(), 0)).toBeUndefined();
    const rested = at(draw(laser, 1e12), 60, 60)[3]!;
    expect(rested).toBeGreaterThan(50);
    expect(rested).toBeLessThan(140);
  });
});
