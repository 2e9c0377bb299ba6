import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AviWriter } from '../../codecs/containers/index.js';
import { ColourConverter, ColourLevel, type Picture } from '../../codecs/index.js';
import {
  ColourSet,
  levelPalette,
  MrleEncoder,
  UNKNOWN_CHANGE,
  type VideoEncoder,
  ZmbvEncoder,
} from '../../codecs/video/index.js';
import { loadKernelModule, loadRecordingModule } from '../../engine/artifacts.js';
import { frameMd5s } from '../support/framemd5.js';
import { type MovingPicture, movingPictures } from '../support/moving-pictures.js';
import { blankPicture, drawContent, pictureDifference } from '../support/pictures.js';
import { MemoryFile } from '../support/sparse-file.js';
import { MrleTwin } from '../support/twins/mrle.js';
import { ZmbvTwin } from '../support/twins/zmbv.js';
import { rgbMd5, withFile } from '../support/video-file.js';

const module = await loadRecordingModule();
const converter = new ColourConverter(await loadKernelModule());

/** The pictures as viewers of a colour level have them. */
function levelled(frames: readonly MovingPicture[], level: ColourLevel): MovingPicture[] {
  return frames.map((frame) => {
    const picture = converter.expandTo(frame.picture, level);
    return { ...frame, picture: { ...picture, pixels: picture.pixels.slice() } };
  });
}

function shown(twin: MrleTwin, palette: Uint8Array, like: Picture): Picture {
  const picture = blankPicture(like.width, like.height);
  for (let y = 0; y < like.height; y++) {
    for (let x = 0; x < like.width; x++) {
      const index = twin.indices[y * like.width + x]!;
      picture.pixels.set(palette.subarray(index * 4, index * 4 + 3), y * picture.stride + x * 4);
    }
  }
  return picture;
}

/** The AVI of some pictures, and the hashes of those that are in it. */
async function film(encoder: VideoEncoder, frames: readonly MovingPicture[]) {
  const file = new MemoryFile();
  const { size, fourcc, compression = fourcc, bitsPerPixel, extraData } = encoder;
  const writer = new AviWriter(file, {
    size,
    compression,
    handler: fourcc,
    bitsPerPixel,
    extraData,
    rate: { frames: 10, seconds: 1 },
    application: 'test',
  });
  const expected: string[] = [];
  for (const [index, frame] of frames.entries()) {
    const { bytes, keyframe } = encoder.encode(frame.picture, frame, index % 7 === 0);
    if (bytes.length === 0) continue;
    await writer.addFrame(index * 100_000, bytes, keyframe);
    expected.push(rgbMd5(frame.picture));
  }
  await writer.finish();
  return { md5s: withFile('film.avi', file.bytes(), frameMd5s), expected };
}

describe('Microsoft RLE', () => {
  it('comes back exactly from the colours of level low, of any size', () => {
    const side = fc.integer({ min: 1, max: 330 });
    fc.assert(
      fc.property(side, side, fc.integer(), (width, height, seed) => {
        const encoder = new MrleEncoder(module, { width, height });
        const twin = new MrleTwin(encoder.size);
        const frames = levelled(movingPictures(width, height, seed, 8), ColourLevel.Low);
        frames.forEach(({ picture, damage, moves }, index) => {
          const { bytes, keyframe } = encoder.encode(picture, { damage, moves }, index % 4 === 0);
          if (bytes.length === 0) return;
          twin.decode(bytes);
          expect(pictureDifference(shown(twin, encoder.extraData, picture), picture)).toBeUndefined();
          const late = new MrleTwin(encoder.size);
          if (keyframe) {
            late.decode(bytes);
            expect(Buffer.compare(late.indices, twin.indices)).toBe(0);
          }
        });
      }),
      { numRuns: 50 },
    );
  });

  it('comes back exactly from a palette of the colours that there are', () => {
    for (const content of ['flat', 'two', 'few', 'many', 'stripes', 'greys'] as const) {
      const picture = blankPicture(150, 90);
      drawContent(picture, content, 5);
      const colours = new ColourSet();
      colours.add(picture, [{ x: 0, y: 0, width: 150, height: 90 }]);
      const encoder = new MrleEncoder(module, picture, { palette: colours.palette() });
      const twin = new MrleTwin(encoder.size);
      twin.decode(encoder.encode(picture, UNKNOWN_CHANGE, true).bytes);
      expect(pictureDifference(shown(twin, encoder.extraData, picture), picture)).toBeUndefined();
    }
  });

  it('takes the nearest colour of a palette for one that is not there', () => {
    const palette = Uint8Array.of(0, 0, 0, 0, 255, 255, 255, 0, 0, 0, 255, 0);
    const picture = blankPicture(3, 1);
    picture.pixels.set([20, 10, 0, 255, 200, 220, 210, 255, 30, 40, 240, 255]);
    const encoder = new MrleEncoder(module, picture, { palette });
    const twin = new MrleTwin(encoder.size);
    twin.decode(encoder.encode(picture, UNKNOWN_CHANGE, true).bytes);
    expect([...twin.indices]).toEqual([0, 1, 2]);
  });

  it('is read by ffmpeg, bit for bit', async () => {
    for (const [width, height, seed] of [
      [1, 1, 1],
      [31, 77, 2],
      [640, 300, 3],
    ] as const) {
      const frames = levelled(movingPictures(width, height, seed, 20), ColourLevel.Low);
      const { md5s, expected } = await film(new MrleEncoder(module, { width, height }), frames);
      expect(md5s).toEqual(expected);
    }
  });

  it('codes what is long in little, and a still picture not at all', () => {
    const picture = blankPicture(1000, 400);
    const encoder = new MrleEncoder(module, picture);
    expect(encoder.encode(picture, UNKNOWN_CHANGE, true).bytes.length).toBe(400 * 10);
    expect(encoder.encode(picture, UNKNOWN_CHANGE, false).bytes.length).toBe(0);
    drawContent(picture, 'flat', 1, { x: 700, y: 5, width: 1, height: 1 });
    // Up 394 rows and 700 to the right in three steps, a pixel, the end.
    expect(encoder.encode(picture, UNKNOWN_CHANGE, false).bytes.length).toBe(3 * 4 + 2 + 2);
  });

  it('refuses a palette that is none, and knows when colours are too many', () => {
    for (const length of [0, 3, 1028]) {
      expect(
        () => new MrleEncoder(module, { width: 4, height: 4 }, { palette: new Uint8Array(length) }),
      ).toThrowError(expect.objectContaining({ field: 'palette' }));
    }
    const picture = blankPicture(64, 64);
    drawContent(picture, 'noise', 1);
    const colours = new ColourSet();
    colours.add(picture, [{ x: 0, y: 0, width: 64, height: 64 }]);
    expect(colours.fits).toBe(false);
    expect(() => colours.palette()).toThrowError(expect.objectContaining({ code: 'bad-state' }));
    expect(() => levelPalette(ColourLevel.High)).toThrowError(expect.objectContaining({ field: 'level' }));
  });
});

describe('Zip Motion Blocks Video of fewer bits', () => {
  const cases = [
    { bits: 8, level: ColourLevel.Low, palette: levelPalette(ColourLevel.Low) },
    { bits: 8, level: ColourLevel.VeryLow, palette: levelPalette(ColourLevel.VeryLow) },
    { bits: 16, level: ColourLevel.Medium },
  ] as const;

  it('comes back exactly at the colour level that it is for', () => {
    const side = fc.integer({ min: 1, max: 130 });
    fc.assert(
      fc.property(
        side,
        side,
        fc.integer(),
        fc.constantFrom(...cases),
        (width, height, seed, { level, ...options }) => {
          const encoder = new ZmbvEncoder(module, { width, height }, options);
          const twin = new ZmbvTwin(encoder.size);
          levelled(movingPictures(width, height, seed, 8), level).forEach((frame, index) => {
            const { bytes } = encoder.encode(frame.picture, frame, index % 5 === 0);
            if (bytes.length === 0) return;
            expect(pictureDifference(twin.decode(bytes), frame.picture)).toBeUndefined();
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is read by ffmpeg, 8 bits bit for bit', async () => {
    const frames = levelled(movingPictures(333, 100, 9, 20), ColourLevel.Low);
    const { md5s, expected } = await film(
      new ZmbvEncoder(module, { width: 333, height: 100 }, { bits: 8 }),
      frames,
    );
    expect(md5s).toEqual(expected);
  });
});
