import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  anchorAt,
  clampZoom,
  hostPixel,
  hostPoint,
  isCrisp,
  lay,
  limitZoom,
  MAX_ZOOM,
  MIN_ZOOM,
  nextZoom,
  place,
  screenPoint,
  ZOOM_STEPS,
  zoomBy,
} from '../../harness/console/session/view/mapping.js';

const ratios = fc.constantFrom(1, 1.1, 1.25, 1.5, 2, 3);
const sizes = (most: number) =>
  fc.record({ width: fc.integer({ min: 1, max: most }), height: fc.integer({ min: 1, max: most }) });
const zooms = fc.double({ min: MIN_ZOOM, max: MAX_ZOOM, noNaN: true });
const fractions = fc.double({ min: 0, max: 1, noNaN: true });

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

  it('keeps proportions and takes the room that there is', () => {
    expect(place({ mode: 'fit', zoom: 100 }, SCREEN, { width: 960, height: 900 }, 1)).toMatchObject({
      width: 960,
      height: 540,
    });
    expect(place({ mode: 'fit', zoom: 100 }, SCREEN, { width: 3840, height: 4000 }, 1)).toMatchObject({
      width: 3840,
      height: 2160,
      scaleX: 2,
    });
  });

  it('fills a window of a dense screen', () => {
    // Room for 1920 device pixels is 960 CSS pixels at a ratio of 2.
    expect(place({ mode: 'fit', zoom: 100 }, SCREEN, { width: 960, height: 900 }, 2)).toMatchObject({
      width: 960,
      scaleX: 1,
    });
    expect(place({ mode: 'fit', zoom: 100 }, SCREEN, { width: 1440, height: 826 }, 2)).toMatchObject({
      width: 1440,
      height: 810,
      scaleX: 1.5,
    });
  });

  it('touches the room on two sides and never leaves it when it fits', () => {
    fc.assert(
      fc.property(sizes(4000), sizes(3000), ratios, (picture, room, ratio) => {
        const { width, height, scaleX, scaleY } = place({ mode: 'fit', zoom: 100 }, picture, room, ratio);
        expect(scaleX).toBe(scaleY);
        expect(width).toBeLessThanOrEqual(room.width + 1e-6);
        expect(height).toBeLessThanOrEqual(room.height + 1e-6);
        expect(Math.min(room.width - width, room.height - height)).toBeCloseTo(0, 6);
      }),
    );
  });

  it('is crisp at whole factors and smooth at all others', () => {
    const crisp = (zoom: number) =>
      isCrisp(place({ mode: 'zoom', zoom }, SCREEN, { width: 1, height: 1 }, 1.25));
    expect([100, 200, 300, 400].map(crisp)).toEqual([true, true, true, true]);
    expect([25, 50, 99, 110, 150, 250, 399].map(crisp)).toEqual(Array(7).fill(false));
    // A window of exactly twice the size, in CSS pixels that no float holds exactly.
    const room = { width: (1920 * 2) / 1.1, height: (1080 * 2) / 1.1 };
    expect(isCrisp(place({ mode: 'fit', zoom: 100 }, SCREEN, room, 1.1))).toBe(true);
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

  it('follows a factor within its limits, and never jumps the other way from beyond them', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 3000, noNaN: true }),
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        (shown, factor) => {
          const next = zoomBy(shown, factor);
          expect((next - shown) * (factor - 1)).toBeGreaterThanOrEqual(0);
          if (next !== shown) expect(next).toBe(limitZoom(shown * factor));
        },
      ),
    );
    expect(zoomBy(100, 1.5)).toBe(150);
    expect(zoomBy(18, 0.9)).toBe(18);
    expect(zoomBy(18, 1.1)).toBe(25);
    expect(zoomBy(900, 0.9)).toBe(400);
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

  it('comes back from the host’s picture to the screen, at every zoom, density and scroll', () => {
    fc.assert(
      fc.property(
        sizes(4000),
        sizes(2000),
        zooms,
        ratios,
        fractions,
        fractions,
        fractions,
        fractions,
        (picture, room, zoom, ratio, u, v, a, b) => {
          const size = place({ mode: 'zoom', zoom }, picture, room, ratio);
          const lie = lay(size, room, { u, v, x: a * room.width, y: b * room.height }, ratio);
          const box = {
            ...size,
            left: 13 + lie.left - lie.scrollLeft,
            top: 46 + lie.top - lie.scrollTop,
          };
          const screen = screenPoint(b * picture.width, a * picture.height, box, picture);
          const point = hostPoint(screen.x, screen.y, box, picture);
          expect(point.x).toBeCloseTo(b * picture.width, 6);
          expect(point.y).toBeCloseTo(a * picture.height, 6);
          const pixel = { x: Math.floor(u * (picture.width - 1)), y: Math.floor(v * (picture.height - 1)) };
          const middle = screenPoint(pixel.x + 0.5, pixel.y + 0.5, box, picture);
          expect(hostPixel(middle.x, middle.y, box, picture)).toEqual(pixel);
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

describe('what is looked at', () => {
  it('stays where it is while the zoom changes, as far as the picture’s edges allow', () => {
    fc.assert(
      fc.property(
        sizes(4000),
        sizes(2000),
        zooms,
        zooms,
        ratios,
        fractions,
        fractions,
        (picture, room, from, to, ratio, a, b) => {
          const before = place({ mode: 'zoom', zoom: from }, picture, room, ratio);
          const middle = { u: 0.5, v: 0.5, x: room.width / 2, y: room.height / 2 };
          const anchor = anchorAt(before, lay(before, room, middle, ratio), a * room.width, b * room.height);
          const after = place({ mode: 'zoom', zoom: to }, picture, room, ratio);
          const lie = lay(after, room, anchor, ratio);
          const found = anchorAt(after, lie, anchor.x, anchor.y);
          const most = after.width - room.width;
          if (lie.scrollLeft > 0 && lie.scrollLeft < most) expect(found.u).toBeCloseTo(anchor.u, 6);
          // Never scrolled beyond the edges, never off the middle where there is nothing to scroll.
          expect(lie.scrollLeft).toBeGreaterThanOrEqual(0);
          expect(lie.scrollLeft).toBeLessThanOrEqual(Math.max(0, most));
          if (most <= 0) expect(lie.left * 2 + after.width).toBeGreaterThan(room.width - 2 / ratio - 1e-6);
          else expect(lie.left).toBe(0);
        },
      ),
    );
  });

  it('is the same again when a window was made small and large', () => {
    const middle = { u: 0.8, v: 0.7 };
    const size = place({ mode: 'zoom', zoom: 200 }, SCREEN, { width: 1, height: 1 }, 1);
    const at = (width: number, height: number) =>
      lay(size, { width, height }, { ...middle, x: width / 2, y: height / 2 }, 1);
    expect(at(1000, 700).scrollLeft + 500).toBeCloseTo(0.8 * 3840);
    expect(at(300, 200).scrollLeft + 150).toBeCloseTo(0.8 * 3840);
  });
});
