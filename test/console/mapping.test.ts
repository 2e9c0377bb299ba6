import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clampZoom,
  hostPixel,
  hostPoint,
  MAX_ZOOM,
  MIN_ZOOM,
  nextZoom,
  place,
  ZOOM_STEPS,
} from '../../harness/console/view/mapping.js';

const SCREEN = { width: 1920, height: 1080 };

describe('the size of the picture on screen', () => {
  it('is pixel for pixel at actual size, whatever the device pixel ratio', () => {
    const room = { width: 800, height: 600 };
    expect(place({ mode: 'actual', zoom: 50 }, SCREEN, room, 1)).toMatchObject({ width: 1920, height: 1080 });
    expect(place({ mode: 'actual', zoom: 50 }, SCREEN, room, 2)).toMatchObject({
      width: 960,
      height: 540,
      scaleX: 1,
      scaleY: 1,
    });
  });

  it('keeps proportions and never enlarges when it fits', () => {
    expect(place({ mode: 'fit', zoom: 100 }, SCREEN, { width: 960, height: 900 }, 1)).toMatchObject({
      width: 960,
      height: 540,
    });
    expect(place({ mode: 'fit', zoom: 100 }, SCREEN, { width: 4000, height: 4000 }, 1)).toMatchObject(SCREEN);
    // Room for 1920 device pixels is 960 CSS pixels at a ratio of 2.
    expect(place({ mode: 'fit', zoom: 100 }, SCREEN, { width: 960, height: 900 }, 2)).toMatchObject({
      width: 960,
      scaleX: 1,
    });
  });

  it('fills the room in both directions when stretched', () => {
    expect(place({ mode: 'stretch', zoom: 100 }, SCREEN, { width: 3000, height: 540 }, 1)).toMatchObject({
      width: 3000,
      height: 540,
      scaleY: 0.5,
    });
  });

  it('is a percentage of actual when zoomed', () => {
    expect(place({ mode: 'zoom', zoom: 150 }, SCREEN, { width: 1, height: 1 }, 1)).toMatchObject({
      width: 2880,
      height: 1620,
    });
  });
});

describe('zoom', () => {
  it('stays within its limits', () => {
    expect(clampZoom(1)).toBe(MIN_ZOOM);
    expect(clampZoom(1e6)).toBe(MAX_ZOOM);
    expect(clampZoom(Number.NaN)).toBe(100);
  });

  it('steps up to the largest and down to the smallest, never standing still between', () => {
    fc.assert(
      fc.property(fc.double({ min: MIN_ZOOM, max: MAX_ZOOM, noNaN: true }), (percent) => {
        const up = nextZoom(percent, 1);
        const down = nextZoom(percent, -1);
        expect(up >= percent - 0.5 && down <= percent + 0.5).toBe(true);
        if (percent < MAX_ZOOM - 1) expect(up).toBeGreaterThan(percent);
        if (percent > MIN_ZOOM + 1) expect(down).toBeLessThan(percent);
      }),
    );
    expect(nextZoom(100, 1)).toBe(110);
    expect(nextZoom(100, -1)).toBe(90);
    expect(ZOOM_STEPS[0]).toBe(MIN_ZOOM);
    expect(ZOOM_STEPS.at(-1)).toBe(MAX_ZOOM);
  });
});

describe('a place on screen', () => {
  it('is the host pixel drawn there: the middle of every drawn pixel maps back to it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4000 }),
        fc.integer({ min: 1, max: 4000 }),
        fc.double({ min: 0.25, max: 4, noNaN: true }),
        fc.double({ min: 0.25, max: 4, noNaN: true }),
        fc.double({ min: -3000, max: 3000, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        (width, height, scaleX, scaleY, left, u, v) => {
          const picture = { width, height };
          const box = { left, top: -left, width: width * scaleX, height: height * scaleY };
          const x = Math.floor(u * width);
          const y = Math.floor(v * height);
          const found = hostPixel(left + (x + 0.5) * scaleX, -left + (y + 0.5) * scaleY, box, picture);
          expect(found).toEqual({ x, y });
        },
      ),
    );
  });

  it('outside the picture is its nearest pixel', () => {
    const box = { left: 10, top: 20, width: 192, height: 108 };
    expect(hostPixel(-500, 5000, box, SCREEN)).toEqual({ x: 0, y: 1079 });
    expect(hostPixel(5000, -500, box, SCREEN)).toEqual({ x: 1919, y: 0 });
    expect(hostPoint(5000, -500, box, SCREEN)).toEqual({ x: 1920, y: 0 });
  });
});
