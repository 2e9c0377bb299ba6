import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitmapInfo, MkvWriter } from '../../codecs/containers/index.js';
import { type PictureChange, UNKNOWN_CHANGE, ZmbvEncoder } from '../../codecs/video/index.js';
import { loadRecordingModule } from '../../engine/artifacts.js';
import { frameMd5s } from '../support/framemd5.js';
import { movingPictures } from '../support/moving-pictures.js';
import {
  blankPicture,
  drawContent,
  drawPhotograph,
  generator,
  pictureDifference,
} from '../support/pictures.js';
import { MemoryFile } from '../support/sparse-file.js';
import { blit, drawTextPage } from '../support/text.js';
import { ZmbvTwin } from '../support/twins/zmbv.js';
import { rgbMd5, withFile } from '../support/video-file.js';

const module = await loadRecordingModule();

describe('Zip Motion Blocks Video', () => {
  it('comes back exactly: every content, odd sizes, moved and still pictures', () => {
    const side = fc.integer({ min: 1, max: 150 });
    fc.assert(
      fc.property(side, side, fc.integer(), fc.integer({ min: 2, max: 7 }), (width, height, seed, every) => {
        const encoder = new ZmbvEncoder(module, { width, height });
        const twin = new ZmbvTwin({ width, height });
        movingPictures(width, height, seed, 9).forEach(({ picture, damage, moves }, index) => {
          const { bytes, keyframe } = encoder.encode(picture, { damage, moves }, index % every === 0);
          expect(keyframe).toBe(index % every === 0);
          if (bytes.length === 0) return;
          expect(pictureDifference(twin.decode(bytes), picture)).toBeUndefined();
        });
      }),
      { numRuns: 60 },
    );
  });

  it('is read by ffmpeg, bit for bit', async () => {
    for (const [width, height, seed] of [
      [1, 1, 1],
      [17, 33, 2],
      [255, 97, 3],
      [640, 360, 4],
    ] as const) {
      const encoder = new ZmbvEncoder(module, { width, height });
      const { codecId, fourcc, bitsPerPixel, extraData, size } = encoder;
      const file = new MemoryFile();
      const codecPrivate = bitmapInfo({ size, compression: fourcc, bitsPerPixel, extraData });
      const writer = new MkvWriter(file, {
        application: 'test',
        tracks: [{ type: 'video', codecId, size, codecPrivate }],
      });
      const expected: string[] = [];
      for (const [index, frame] of movingPictures(width, height, seed, 24).entries()) {
        const { bytes, keyframe } = encoder.encode(frame.picture, frame, index % 9 === 0);
        if (bytes.length === 0) continue;
        await writer.addFrame(1, index * 40_000, bytes, keyframe);
        expected.push(rgbMd5(frame.picture));
      }
      await writer.finish();
      expect(withFile('zmbv.mkv', file.bytes(), frameMd5s)).toEqual(expected);
    }
  });

  it('codes a scrolled page by vectors, with and without being told', () => {
    const page = drawTextPage(640, 900);
    const size = { width: 640, height: 480 };
    for (const told of [true, false]) {
      const encoder = new ZmbvEncoder(module, size);
      const picture = blankPicture(size.width, size.height);
      const show = (top: number) => blit(page, picture, { x: 0, y: top, ...size }, 0, 0);
      show(0);
      const first = encoder.encode(picture, UNKNOWN_CHANGE, true).bytes.length;
      show(54);
      const moves = [{ x: 0, y: 0, width: 640, height: 426, fromX: 0, fromY: 54 }];
      const change: PictureChange = told ? { damage: undefined, moves } : UNKNOWN_CHANGE;
      expect(encoder.encode(picture, change, false).bytes.length).toBeLessThan(first / 4);
    }
  });

  it('finds the pan of a film whose every pixel has changed a little, without being told', () => {
    const [width, height] = [320, 240];
    const film = blankPicture(width + 32, height + 32);
    drawPhotograph(film, 7);
    const random = generator(3);
    const bytesAt = (left: number, top: number) => {
      const encoder = new ZmbvEncoder(module, { width, height });
      const twin = new ZmbvTwin({ width, height });
      const picture = blankPicture(width, height);
      blit(film, picture, { x: 0, y: 0, width, height }, 0, 0);
      twin.decode(encoder.encode(picture, UNKNOWN_CHANGE, true).bytes);
      blit(film, picture, { x: left, y: top, width, height }, 0, 0);
      for (let at = 0; at < picture.pixels.length; at += 4) picture.pixels[at]! ^= random() & 1;
      const { bytes } = encoder.encode(picture, { damage: undefined, moves: [] }, false);
      expect(pictureDifference(twin.decode(bytes), picture)).toBeUndefined();
      return bytes.length;
    };
    // What comes in at the edges is new; and a pan that is too far for a search shows what none brings.
    expect(bytesAt(5, 3)).toBeLessThan(bytesAt(29, 27) * 0.6);
  });

  it('leaves a still picture out, and looks only where there is damage', () => {
    const encoder = new ZmbvEncoder(module, { width: 200, height: 200 });
    const picture = blankPicture(200, 200);
    drawContent(picture, 'noise', 1);
    encoder.encode(picture, UNKNOWN_CHANGE, true);
    expect(encoder.encode(picture, UNKNOWN_CHANGE, false).bytes.length).toBe(0);
    drawContent(picture, 'flat', 2, { x: 10, y: 10, width: 20, height: 20 });
    expect(encoder.encode(picture, { damage: [], moves: [] }, false).bytes.length).toBe(0);
    const damage = [{ x: 10, y: 10, width: 20, height: 20 }];
    expect(encoder.encode(picture, { damage, moves: [] }, false).bytes.length).toBeGreaterThan(0);
    expect(encoder.encode(picture, UNKNOWN_CHANGE, false).bytes.length).toBe(0);
  });

  it('gives the same bytes for the same pictures', () => {
    const run = () => {
      const encoder = new ZmbvEncoder(module, { width: 120, height: 90 });
      return movingPictures(120, 90, 5, 12).map((frame) =>
        Buffer.from(encoder.encode(frame.picture, frame, false).bytes).toString('hex'),
      );
    };
    expect(run()).toEqual(run());
  });

  it('refuses what is no picture of its size', () => {
    expect(() => new ZmbvEncoder(module, { width: 0, height: 5 })).toThrowError(
      expect.objectContaining({ code: 'too-large' }),
    );
    const encoder = new ZmbvEncoder(module, { width: 20, height: 20 });
    const encode = (picture: ReturnType<typeof blankPicture>) =>
      encoder.encode(picture, UNKNOWN_CHANGE, false);
    expect(() => encode(blankPicture(21, 20))).toThrowError(expect.objectContaining({ field: 'picture' }));
    expect(() => encode({ ...blankPicture(20, 20), pixels: new Uint8Array(80) })).toThrowError(/fewer bytes/);
  });
});
