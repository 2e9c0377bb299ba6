import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ColourConverter, ColourLevel, pictureToRgb24, SightlineError } from '../../codecs/index.js';
import { loadKernelModule } from '../../engine/artifacts.js';
import { KernelMemory } from '../support/kernel-memory.js';
import { blankPicture, CONTENTS, drawContent, pictureDifference } from '../support/pictures.js';
import { CODES, expand, reduce } from '../support/twins/colour.js';

const module = await loadKernelModule();
const converter = new ColourConverter(module);
const levels = Object.values(ColourLevel);

/** Codes of pixels (u32, any alpha) by the kernel. Spans are whole groups of eight, as the kernel wants. */
function reduceAll(pixels: Uint32Array, level: ColourLevel): Uint32Array {
  const memory = new KernelMemory(module, pixels.byteLength * 2 + (1 << 20));
  const source = memory.put(new Uint8Array(pixels.buffer));
  const target = memory.take(pixels.byteLength);
  memory.kernels.reduceSpan(source, target, pixels.length, level);
  expect(memory.intact()).toBe(true);
  return memory.words(target, pixels.length);
}

function expandAll(codes: Uint32Array, level: ColourLevel): Uint32Array {
  const memory = new KernelMemory(module, codes.byteLength * 2 + (1 << 20));
  const source = memory.put(new Uint8Array(codes.buffer));
  const target = memory.take(codes.byteLength);
  memory.kernels.expandSpan(source, target, codes.length, level);
  expect(memory.intact()).toBe(true);
  return memory.words(target, codes.length);
}

describe('colour levels', () => {
  for (const level of levels) {
    it(`level ${level} reduces as its twin, whatever the alpha`, () => {
      fc.assert(
        fc.property(fc.uint32Array({ minLength: 8, maxLength: 256 }), (any) => {
          const pixels = any.slice(0, any.length & ~7);
          const codes = reduceAll(pixels, level);
          expect(Array.from(codes)).toEqual(Array.from(pixels, (pixel) => reduce(pixel & 0xffffff, level)));
        }),
        { numRuns: 100 },
      );
    });

    it(`level ${level} finds every code again`, () => {
      const step = level === ColourLevel.High ? 4099 : 1;
      const count = Math.floor(CODES[level] / step) & ~7;
      const codes = Uint32Array.from({ length: count }, (_, index) => index * step);
      const pixels = expandAll(codes, level);
      expect(
        pixels.every((pixel, index) => pixel === (0xff000000 | expand(codes[index]!, level)) >>> 0),
      ).toBe(true);
      expect(reduceAll(pixels, level).every((code, index) => code === codes[index])).toBe(true);
    });

    it(`level ${level} of a whole picture is each pixel reduced and expanded`, () => {
      for (const content of CONTENTS) {
        const picture = blankPicture(67, 9);
        drawContent(picture, content, level + 5);
        const expected = blankPicture(67, 9);
        const to = new DataView(expected.pixels.buffer);
        const from = new DataView(picture.pixels.buffer);
        for (let at = 0; at < picture.pixels.length; at += 4) {
          to.setUint32(at, expand(reduce(from.getUint32(at, true) & 0xffffff, level), level), true);
        }
        expect(pictureDifference(converter.expandTo(picture, level), expected, true)).toBeUndefined();
      }
    });
  }

  it('keeps neutral text neutral at 256 colours', () => {
    for (let grey = 0; grey < 256; grey++) {
      const shown = expand(reduce(grey * 0x010101, ColourLevel.Low), ColourLevel.Low);
      expect(shown).toBe((shown & 255) * 0x010101);
      expect(Math.abs((shown & 255) - grey)).toBeLessThanOrEqual(4);
    }
  });
});

describe('packed RGB', () => {
  it('is the same by kernel and by hand, at any width', () => {
    for (const width of [1, 2, 3, 4, 5, 15, 16, 17, 64, 67]) {
      const picture = blankPicture(width, 5);
      drawContent(picture, 'noise', width);
      const packed = converter.toRgb24(picture);
      expect(packed.length).toBe(width * 5 * 3);
      expect(Buffer.compare(packed, pictureToRgb24(picture))).toBe(0);
      expect(packed[0]).toBe(picture.pixels[2]);
      expect(packed[2]).toBe(picture.pixels[0]);
    }
  });

  it('refuses a picture whose rows are not where its size says', () => {
    const picture = { ...blankPicture(10, 10), height: 11 };
    expect(() => converter.toRgb24(picture)).toThrow(SightlineError);
  });
});
