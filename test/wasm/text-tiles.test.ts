import lz4 from 'lz4-wasm-nodejs';
import { describe, expect, it } from 'vitest';
import { ColourConverter, ColourLevel } from '../../codecs/index.js';
import { loadKernelModule } from '../../engine/artifacts.js';
import { encodeBodies, jobsOf, makeEncoder } from '../support/coder.js';
import { blankPicture, pictureDifference } from '../support/pictures.js';
import { drawTextPage } from '../support/text.js';
import { decodeSlice } from '../support/twins/slice.js';

const module = await loadKernelModule();
const levels = Object.values(ColourLevel);

describe('text tiles', () => {
  it('codes rendered text smaller than LZ4 of its pixels would, and exactly', () => {
    const page = drawTextPage(320, 192, 11);
    for (const level of levels) {
      const encoder = makeEncoder(module, page.width, page.height);
      encoder.picture.pixels.set(page.pixels);
      const bodies = encodeBodies(encoder, level, [], jobsOf(encoder.commit().residual));
      const twin = blankPicture(page.width, page.height);
      for (const body of bodies) expect(decodeSlice(body, level, twin)).toBe(true);
      expect(pictureDifference(twin, new ColourConverter(module).expandTo(page, level))).toBeUndefined();
      const bytes = bodies.reduce((sum, body) => sum + body.length, 0);
      expect(bytes).toBeLessThan(lz4.compress(page.pixels).length);
    }
  });

  it('codes smoothed text in coloured ink on coloured paper like text in greys', () => {
    const page = drawTextPage(320, 192, 11);
    const greens = page.pixels.filter((_, at) => at % 4 === 1);
    const bytesIn = (ink: readonly number[], paper: readonly number[]): number => {
      const encoder = makeEncoder(module, page.width, page.height);
      greens.forEach((green, pixel) => {
        const smoothed = ink.map((dark, part) => dark + Math.round(((paper[part]! - dark) * green) / 255));
        encoder.picture.pixels.set([...smoothed, 255], pixel * 4);
      });
      const bodies = encodeBodies(encoder, ColourLevel.High, [], jobsOf(encoder.commit().residual));
      return bodies.reduce((sum, body) => sum + body.length, 0);
    };
    const inGreys = bytesIn([0, 0, 0], [255, 255, 255]);
    expect(bytesIn([51, 75, 16], [192, 255, 224])).toBeLessThan(inGreys * 1.05);
    expect(bytesIn([255, 255, 255], [60, 30, 10])).toBeLessThan(inGreys * 1.05);
  });
});
