import { describe, expect, it } from 'vitest';
import { OVERLAY_COLOURS, overlayColour } from '../../engine/overlay/index.js';
import { AUTHOR_COLOURS } from '../../engine/protocol/index.js';

type Triple = readonly [number, number, number];

function linear(css: string): Triple {
  const value = (at: number) => {
    const share = Number.parseInt(css.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return [value(1), value(3), value(5)];
}

/** How a colour is seen with each kind of colour vision: Machado, Oliveira and Fernandes, 2009, full severity. */
const VISIONS: Readonly<Record<string, readonly Triple[]>> = {
  all: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  'no red': [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  'no green': [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  'no blue': [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function times(rows: readonly Triple[], [a, b, c]: Triple): Triple {
  const [x, y, z] = rows.map((row) => row[0] * a + row[1] * b + row[2] * c);
  return [x!, y!, z!];
}

/** Oklab: distances in it are as great as they look. */
function oklab(rgb: Triple): Triple {
  const cones = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    rgb,
  ).map(Math.cbrt) as unknown as Triple;
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    cones,
  );
}

function seen(css: string, rows: readonly Triple[]): Triple {
  const clamped = times(rows, linear(css)).map((value) => Math.max(0, Math.min(1, value)));
  return oklab(clamped as unknown as Triple);
}

function luminance(css: string): number {
  const [red, green, blue] = linear(css);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe("authors' colours", () => {
  it('stand out from white and from black', () => {
    for (const css of OVERLAY_COLOURS) {
      expect(1.05 / (luminance(css) + 0.05)).toBeGreaterThanOrEqual(3);
      expect((luminance(css) + 0.05) / 0.05).toBeGreaterThanOrEqual(3);
    }
  });

  it.each(Object.entries(VISIONS))('are told apart with colour vision: %s', (_name, rows) => {
    const colours = OVERLAY_COLOURS.map((css) => seen(css, rows));
    for (const [index, a] of colours.entries()) {
      for (const b of colours.slice(index + 1)) {
        // Five times what can just be told apart side by side.
        expect(Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])).toBeGreaterThan(0.08);
      }
    }
  });

  it('follow from the number of the viewer', () => {
    expect(OVERLAY_COLOURS).toHaveLength(AUTHOR_COLOURS);
    const eight = Array.from({ length: AUTHOR_COLOURS }, (_, index) => overlayColour(index + 1));
    expect(eight).toEqual(OVERLAY_COLOURS);
    expect(overlayColour(AUTHOR_COLOURS + 1)).toBe(overlayColour(1));
  });
});
