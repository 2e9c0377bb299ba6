import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SCENES } from '../../support/screen-scenes.js';
import { Vp8Twin } from '../../support/twins/vp8/decoder.js';
import { type Coded, codeScene, decodeByFfmpeg, firstDifference } from '../../support/vp8.js';

function expectFfmpegAgrees(coded: Coded): void {
  const { pictures, complaints } = decodeByFfmpeg(coded);
  expect(complaints).toBe('');
  expect(firstDifference(pictures, Buffer.concat(coded.pictures), coded)).toBeUndefined();
}

function expectTwinAgrees(coded: Coded): void {
  const twin = new Vp8Twin();
  const pictures = coded.frames.map((frame) => twin.decode(frame));
  expect(firstDifference(Buffer.concat(pictures), Buffer.concat(coded.pictures), coded)).toBeUndefined();
}

describe('VP8 streams', () => {
  for (const scene of SCENES) {
    it(`are decoded by ffmpeg and by the twin as the encoder believes: ${scene}`, () => {
      for (const quality of [1, 40, 80, 100]) {
        const coded = codeScene({ width: 100, height: 70, scene, seed: quality, count: 9, quality });
        expectFfmpegAgrees(coded);
        expectTwinAgrees(coded);
      }
    });
  }

  it.each([
    [1, 1],
    [17, 33],
    [16, 16],
    [15, 200],
    [333, 2],
  ])('hold for %i x %i', (width, height) => {
    const coded = codeScene({ width, height, scene: 'drag', seed: 3, count: 6, quality: 70 });
    expectFfmpegAgrees(coded);
    expectTwinAgrees(coded);
  });

  it('hold for a picture as large as screens are', () => {
    expectFfmpegAgrees(
      codeScene({ width: 1919, height: 1079, scene: 'scroll', seed: 1, count: 3, quality: 75 }),
    );
  });

  it('hold for whatever is drawn', () => {
    const scenes = fc.record({
      width: fc.integer({ min: 1, max: 90 }),
      height: fc.integer({ min: 1, max: 90 }),
      scene: fc.constantFrom(...SCENES),
      seed: fc.nat(9999),
      quality: fc.integer({ min: 1, max: 100 }),
      keyframeEvery: fc.integer({ min: 1, max: 9 }),
      moves: fc.boolean(),
    });
    fc.assert(
      fc.property(scenes, (options) => {
        const coded = codeScene({ ...options, count: 6 });
        expectFfmpegAgrees(coded);
        expectTwinAgrees(coded);
      }),
      { numRuns: 25 },
    );
  });
});
