import { describe, expect, it } from 'vitest';
import { ColourConverter, ColourLevel, FrameDecoder, isColourLevel } from '../../codecs/index.js';
import { loadKernelModule } from '../../engine/artifacts.js';
import { makeEncoder, transfer } from '../support/coder.js';
import { CONTENTS, drawContent, generator, pictureDifference } from '../support/pictures.js';

const module = await loadKernelModule();
const converter = new ColourConverter(module);

const SIZES = [
  [1, 1],
  [63, 65],
  [64, 64],
  [130, 70],
  [257, 191],
] as const;

describe('encoder and decoder', () => {
  for (const level of Object.values(ColourLevel)) {
    if (!isColourLevel(level)) continue;
    for (const [width, height] of SIZES) {
      it(`carries every content exactly at level ${level}, ${width} x ${height}`, () => {
        const encoder = makeEncoder(module, width, height);
        const decoder = new FrameDecoder(module);
        decoder.resize(width, height);
        const random = generator(width * height + level);
        for (let round = 0; round < 24; round++) {
          const content = CONTENTS[round % CONTENTS.length]!;
          const x = round < CONTENTS.length ? 0 : random() % width;
          const y = round < CONTENTS.length ? 0 : random() % height;
          const area = { x, y, width: 1 + (random() % (width - x)), height: 1 + (random() % (height - y)) };
          drawContent(encoder.picture, content, random(), area);
          transfer(encoder, decoder, level);
          expect(pictureDifference(encoder.reference, encoder.picture, true)).toBeUndefined();
          const shown = converter.expandTo(encoder.picture, level);
          expect(pictureDifference(decoder.picture, shown, true)).toBeUndefined();
        }
      });
    }
  }

  it('finds nothing in a picture that has not changed', () => {
    const encoder = makeEncoder(module, 200, 100);
    drawContent(encoder.picture, 'noise', 1);
    expect(encoder.commit().changedTiles).toBe(8);
    const change = encoder.commit();
    expect(change.changedTiles).toBe(0);
    expect(change.fraction).toBe(0);
    expect(Array.from(change.residual).every((box) => box === 0)).toBe(true);
  });

  it('makes a resized picture black and opaque', () => {
    const decoder = new FrameDecoder(module);
    decoder.resize(10, 3);
    expect(
      Array.from(new Uint32Array(decoder.picture.pixels.slice().buffer)).every((p) => p === 0xff000000),
    ).toBe(true);
    expect(() => decoder.resize(8193, 1)).toThrowError(expect.objectContaining({ code: 'too-large' }));
    expect(decoder.picture.width).toBe(10);
  });
});
