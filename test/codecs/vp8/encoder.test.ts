import { describe, expect, it } from 'vitest';
import type { Picture, Rect } from '../../../codecs/index.js';
import { Vp8Encoder } from '../../../codecs/vp8/index.js';
import { drawScene } from '../../support/screen-scenes.js';
import { codeScene, encodedPicture, vp8Module } from '../../support/vp8.js';

const bytesOf = (frames: readonly Uint8Array[]) => frames.reduce((sum, frame) => sum + frame.length, 0);

describe('Vp8Encoder', () => {
  it('makes better and larger pictures of a higher quality', () => {
    const coded = [10, 40, 70, 100].map((quality) =>
      codeScene({ width: 160, height: 120, scene: 'drag', seed: 5, count: 6, quality }),
    );
    const psnr = coded.map(({ psnr }) => Math.min(...psnr));
    const bytes = coded.map(({ frames }) => bytesOf(frames));
    expect(psnr).toEqual(psnr.toSorted((a, b) => a - b));
    expect(bytes).toEqual(bytes.toSorted((a, b) => a - b));
    expect(psnr.at(-1)).toBeGreaterThan(45);
  });

  it('takes next to nothing for a picture that stands still', () => {
    const { frames } = codeScene({ width: 640, height: 480, scene: 'still', seed: 1, count: 3 });
    expect(frames[1]!.length).toBeLessThan(60);
    expect(frames[2]!.length).toBeLessThan(60);
  });

  it('says again what it said when nothing has changed twice', () => {
    const encoder = new Vp8Encoder(vp8Module, { width: 640, height: 480 });
    const picture = drawScene('still', 1, 0, 640, 480);
    encoder.encode(picture);
    const first = encoder.encode(picture, []).bytes.slice();
    const second = encoder.encode(picture, []).bytes.slice();
    expect(second).toEqual(first);
  });

  it.each([true, false])('finds a scroll again, told of it (%s) or not', (moves) => {
    const size = { width: 320, height: 240, count: 4, seed: 2, quality: 60 };
    const scroll = codeScene({ ...size, scene: 'scroll', moves }).frames.slice(1);
    const noise = codeScene({ ...size, scene: 'noise' }).frames.slice(1);
    expect(bytesOf(scroll) * 4).toBeLessThan(bytesOf(noise));
  });

  it('knows what was under a window that closes', () => {
    const encoder = new Vp8Encoder(vp8Module, { width: 96, height: 64 });
    const [closed, open] = [0, 1].map((time) => drawScene('popup', 3, time, 96, 64)) as [Picture, Picture];
    const bytes = (picture: Picture) => encoder.encode(picture).bytes.length;
    // A picture for a while, a window over it for a while, and the picture again.
    for (let time = 0; time < 8; time++) bytes(closed);
    const opening = bytes(open);
    for (let time = 0; time < 3; time++) bytes(open);
    expect(bytes(closed) * 4).toBeLessThan(opening);
  });

  it('makes a key frame of another scene', () => {
    const { keyframes } = codeScene({ width: 160, height: 96, scene: 'cut', seed: 1, count: 9 });
    expect(keyframes).toEqual([true, false, false, false, true, false, false, false, true]);
  });

  it('looks at nothing outside the damage', () => {
    const encoder = new Vp8Encoder(vp8Module, { width: 96, height: 64 });
    encoder.encode(drawScene('still', 1, 0, 96, 64));
    const before = encodedPicture(encoder);
    encoder.encode(drawScene('noise', 9, 5, 96, 64), [{ x: 40, y: 20, width: 5, height: 5 }]);
    const after = encodedPicture(encoder);
    const changed = [...after.subarray(0, 96 * 64)].flatMap((sample, at) =>
      sample === before[at] ? [] : [{ x: at % 96, y: Math.floor(at / 96) }],
    );
    expect(changed.length).toBeGreaterThan(0);
    // The macroblock, and the 3 pixels before it that the loop filter may touch.
    expect(changed.every(({ x, y }) => x >= 29 && x < 48 && y >= 13 && y < 32)).toBe(true);
  });

  it('codes the same picture to the same bytes', () => {
    const options = { width: 90, height: 50, scene: 'smooth', seed: 4, count: 5 } as const;
    expect(codeScene(options).frames).toEqual(codeScene(options).frames);
  });

  it('makes key frames where it is asked to, and at the interval', () => {
    const { keyframes } = codeScene({
      width: 32,
      height: 32,
      scene: 'drag',
      seed: 1,
      count: 7,
      keyframeInterval: 3,
    });
    expect(keyframes).toEqual([true, false, false, true, false, false, true]);
    const encoder = new Vp8Encoder(vp8Module, { width: 16, height: 16 });
    const picture = drawScene('still', 1, 0, 16, 16);
    expect(encoder.encode(picture).keyframe).toBe(true);
    expect(encoder.encode(picture).keyframe).toBe(false);
    expect(encoder.encode(picture, [], { keyframe: true }).keyframe).toBe(true);
  });

  it.each([
    [{ width: 0, height: 5 }],
    [{ width: 1.5, height: 5 }],
    [{ width: 9000, height: 5 }],
    [{ width: 5, height: 5, quality: 0 }],
    [{ width: 5, height: 5, quality: Number.NaN }],
    [{ width: 5, height: 5, keyframeInterval: 0 }],
  ])('refuses %j', (options) => {
    expect(() => new Vp8Encoder(vp8Module, options)).toThrowError(
      expect.objectContaining({ code: 'bad-argument' }),
    );
  });

  it('refuses a picture of another size and damage outside it', () => {
    const encoder = new Vp8Encoder(vp8Module, { width: 20, height: 20 });
    const refused = expect.objectContaining({ code: 'bad-argument' });
    expect(() => encoder.encode(drawScene('still', 1, 0, 21, 20))).toThrowError(refused);
    const picture = drawScene('still', 1, 0, 20, 20);
    expect(() => encoder.encode({ ...picture, pixels: picture.pixels.subarray(0, 99) })).toThrowError(
      refused,
    );
    expect(() => encoder.encode({ ...picture, stride: 40 })).toThrowError(refused);
    encoder.encode(picture);
    const bad: Rect[] = [
      { x: -1, y: 0, width: 5, height: 5 },
      { x: 0, y: 16, width: 5, height: 5 },
      { x: 0.5, y: 0, width: 5, height: 5 },
      { x: Number.NaN, y: 0, width: 5, height: 5 },
    ];
    for (const rect of bad) expect(() => encoder.encode(picture, [rect])).toThrowError(refused);
  });
});
