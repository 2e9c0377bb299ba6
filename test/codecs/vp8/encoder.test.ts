import { describe, expect, it } from 'vitest';
import type { Picture, Rect } from '../../../codecs/index.js';
import { UNKNOWN_CHANGE } from '../../../codecs/video/index.js';
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

  it('has nothing to say of a picture that stands still, and little of one that hardly changes', () => {
    const size = { width: 640, height: 480 };
    const encoder = new Vp8Encoder(vp8Module, size);
    const picture = drawScene('still', 1, 0, 640, 480);
    expect(encoder.encode(picture, UNKNOWN_CHANGE, false).keyframe).toBe(true);
    for (const change of [UNKNOWN_CHANGE, { damage: [], moves: [] }]) {
      expect(encoder.encode(picture, change, false)).toEqual({ bytes: new Uint8Array(), keyframe: false });
    }
    picture.pixels.fill(0, 40, 44);
    const { bytes } = encoder.encode(picture, UNKNOWN_CHANGE, false);
    expect(bytes.length).toBeGreaterThan(0);
    expect(bytes.length).toBeLessThan(120);
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
    const bytes = (picture: Picture) => encoder.encode(picture, UNKNOWN_CHANGE, false).bytes.length;
    // Something blinks for a while, a window opens over it and closes again.
    for (let time = 0; time < 8; time++) {
      closed.pixels[0] = time;
      bytes(closed);
    }
    const opening = bytes(open);
    expect(bytes(closed) * 4).toBeLessThan(opening);
  });

  it('makes a key frame of another scene', () => {
    const { keyframes } = codeScene({ width: 160, height: 96, scene: 'cut', seed: 1, count: 9 });
    expect(keyframes).toEqual([true, false, false, false, true, false, false, false, true]);
  });

  it('looks at nothing outside the damage', () => {
    const encoder = new Vp8Encoder(vp8Module, { width: 96, height: 64 });
    encoder.encode(drawScene('still', 1, 0, 96, 64), UNKNOWN_CHANGE, false);
    const before = encodedPicture(encoder);
    const damage = [{ x: 40, y: 20, width: 5, height: 5 }];
    encoder.encode(drawScene('noise', 9, 5, 96, 64), { damage, moves: undefined }, false);
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

  it('makes key frames where it is asked to, also of a picture that stands still', () => {
    const encoder = new Vp8Encoder(vp8Module, { width: 32, height: 32 });
    const still = { damage: [], moves: [] };
    const picture = drawScene('still', 1, 0, 32, 32);
    const frames = [false, true, false, true].map((keyframe) => {
      const frame = encoder.encode(picture, still, keyframe);
      return { ...frame, bytes: frame.bytes.slice() };
    });
    expect(frames.map(({ keyframe }) => keyframe)).toEqual([true, true, false, true]);
    expect(frames[2]!.bytes.length).toBe(0);
    expect(frames[3]!.bytes).toEqual(frames[1]!.bytes);
  });

  it('clips damage to the picture', () => {
    const encoder = new Vp8Encoder(vp8Module, { width: 50, height: 40 });
    const whole = new Vp8Encoder(vp8Module, { width: 50, height: 40 });
    for (let time = 0; time < 3; time++) {
      const picture = drawScene('drag', 1, time, 50, 40);
      const damage: Rect[] = [
        { x: -7, y: -9, width: 1e9, height: 30.5 },
        { x: 3.5, y: 20, width: 900, height: Number.POSITIVE_INFINITY },
        { x: 0, y: 20.5, width: 4, height: 50 },
        { x: Number.NaN, y: 0, width: 5, height: 5 },
        { x: 60, y: 0, width: 5, height: 5 },
        { x: 5, y: 5, width: -5, height: 5 },
      ];
      const clipped = encoder.encode(picture, { damage, moves: undefined }, false).bytes;
      expect(clipped).toEqual(whole.encode(picture, UNKNOWN_CHANGE, false).bytes);
    }
  });

  it.each([
    [0, 5],
    [1.5, 5],
    [9000, 5],
  ])('refuses a size of %d x %d', (width, height) => {
    expect(() => new Vp8Encoder(vp8Module, { width, height })).toThrowError(
      expect.objectContaining({ code: 'too-large' }),
    );
  });

  it.each([0, 101, Number.NaN])('refuses a quality of %d', (quality) => {
    expect(() => new Vp8Encoder(vp8Module, { width: 5, height: 5 }, { quality })).toThrowError(
      expect.objectContaining({ code: 'bad-argument' }),
    );
  });

  it('refuses a picture of another size or with pixels missing', () => {
    const encoder = new Vp8Encoder(vp8Module, { width: 20, height: 20 });
    const picture = drawScene('still', 1, 0, 20, 20);
    const bad: Picture[] = [
      drawScene('still', 1, 0, 21, 20),
      { ...picture, pixels: picture.pixels.subarray(0, 99) },
      { ...picture, stride: 40 },
    ];
    for (const one of bad) {
      expect(() => encoder.encode(one, UNKNOWN_CHANGE, false)).toThrowError(
        expect.objectContaining({ code: 'bad-argument' }),
      );
    }
  });
});
