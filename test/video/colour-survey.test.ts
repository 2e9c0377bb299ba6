import { describe, expect, it } from 'vitest';
import type { Picture } from '../../codecs/index.js';
import { ColourLevel } from '../../codecs/index.js';
import { ColourSurvey, levelPalette } from '../../codecs/video/index.js';
import { blankPicture, drawContent, drawPhotograph } from '../support/pictures.js';

/** Squared distance to the nearest of a palette's colours. */
function distanceTo(palette: Uint8Array, blue: number, green: number, red: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let at = 0; at < palette.length; at += 4) {
    const distance =
      (palette[at]! - blue) ** 2 + (palette[at + 1]! - green) ** 2 + (palette[at + 2]! - red) ** 2;
    least = Math.min(least, distance);
  }
  return least;
}

/** Mean of that over all pixels. */
function errorOf(palette: Uint8Array, { width, height, stride, pixels }: Picture): number {
  let sum = 0;
  for (let y = 0; y < height; y++) {
    for (let at = y * stride; at < y * stride + width * 4; at += 4) {
      sum += distanceTo(palette, pixels[at]!, pixels[at + 1]!, pixels[at + 2]!);
    }
  }
  return sum / (width * height);
}

function surveyed(picture: Picture, kept: readonly number[] = []): Uint8Array {
  const survey = new ColourSurvey();
  survey.add(picture);
  return survey.palette(kept);
}

describe('a palette of its own', () => {
  it('has all colours that there are, when they have room, and those that are to be kept', () => {
    const picture = blankPicture(120, 80);
    drawContent(picture, 'few', 4);
    const palette = surveyed(picture, [0x12ff34]);
    expect(palette.length).toBeLessThanOrEqual(256 * 4);
    expect(errorOf(palette, picture)).toBe(0);
    expect(distanceTo(palette, 0x34, 0xff, 0x12)).toBe(0);
  });

  it('is far nearer to a photograph than the colours of level low', () => {
    const picture = blankPicture(320, 200);
    drawPhotograph(picture, 5);
    const error = errorOf(surveyed(picture), picture);
    // 10 dB.
    expect(error * 10).toBeLessThan(errorOf(levelPalette(ColourLevel.Low), picture));
  });

  it('keeps the colours of areas as they are beside a photograph', () => {
    const picture = blankPicture(320, 200);
    drawPhotograph(picture, 5);
    const colours = [0x1f2937, 0xf3f4f6, 0x2563eb];
    const words = new Uint32Array(picture.pixels.buffer);
    for (const [index, colour] of colours.entries()) {
      for (let y = 0; y < 12; y++) {
        const start = ((y + index * 40) * picture.stride) / 4;
        words.fill(colour, start, start + 40);
      }
    }
    const palette = surveyed(picture);
    for (const colour of colours) {
      expect(distanceTo(palette, colour & 255, (colour >> 8) & 255, colour >> 16)).toBe(0);
    }
  });

  it('is not far from a colour that it was not shown', () => {
    const picture = blankPicture(320, 200);
    drawPhotograph(picture, 5);
    const palette = surveyed(picture);
    for (const [blue, green, red] of [
      [0, 0, 255],
      [255, 0, 0],
      [0, 255, 0],
      [255, 0, 255],
      [0, 255, 255],
    ] as const) {
      expect(Math.sqrt(distanceTo(palette, blue, green, red))).toBeLessThan(80);
    }
  });

  it('is the same for the same pictures, and when it is asked for again', () => {
    const picture = blankPicture(100, 100);
    drawPhotograph(picture, 8);
    const survey = new ColourSurvey();
    survey.add(picture);
    expect(survey.palette()).toEqual(survey.palette());
    expect(survey.palette()).toEqual(surveyed(picture));
  });
});
