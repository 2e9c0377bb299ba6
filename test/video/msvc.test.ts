import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AviWriter } from '../../codecs/containers/index.js';
import type { Picture } from '../../codecs/index.js';
import { MsvcEncoder, type MsvcOptions, UNKNOWN_CHANGE } from '../../codecs/video/index.js';
import { loadRecordingModule } from '../../engine/artifacts.js';
import { movingPictures } from '../support/moving-pictures.js';
import { blankPicture, drawContent } from '../support/pictures.js';
import { MemoryFile } from '../support/sparse-file.js';
import { drawTextPage } from '../support/text.js';
import { MsvcTwin } from '../support/twins/msvc.js';
import { decodeRaw, withFile } from '../support/video-file.js';

const module = await loadRecordingModule();

/** B, G, R of a code. */
function colourOf(encoder: MsvcEncoder, code: number): number[] {
  if (encoder.bitsPerPixel === 8) return [...encoder.extraData.subarray(code * 4, code * 4 + 3)];
  return [code & 31, (code >> 5) & 31, code >> 10].map((value) => (value << 3) | (value >> 2));
}

/** Mean squared error of what a twin shows against a picture, over blue, green and red. */
function meanError(encoder: MsvcEncoder, twin: MsvcTwin, picture: Picture): number {
  let sum = 0;
  for (let y = 0; y < picture.height; y++) {
    for (let x = 0; x < picture.width; x++) {
      const colour = colourOf(encoder, twin.codes[y * encoder.size.width + x]!);
      const at = y * picture.stride + x * 4;
      for (let channel = 0; channel < 3; channel++)
        sum += (colour[channel]! - picture.pixels[at + channel]!) ** 2;
    }
  }
  return sum / (picture.width * picture.height * 3);
}

function psnr(error: number): number {
  return 10 * Math.log10(255 ** 2 / Math.max(error, 1e-9));
}

describe('Microsoft Video 1', () => {
  it('is read by its twin: sides of any length, both depths, any quality', () => {
    const side = fc.integer({ min: 1, max: 140 });
    fc.assert(
      fc.property(
        side,
        side,
        fc.integer(),
        fc.integer({ min: 1, max: 100 }),
        fc.constantFrom(8, 16),
        (width, height, seed, quality, bits) => {
          const encoder = new MsvcEncoder(module, { width, height }, { quality, bits: bits as 8 | 16 });
          expect(encoder.size).toEqual({
            width: Math.ceil(width / 4) * 4,
            height: Math.ceil(height / 4) * 4,
          });
          const twin = new MsvcTwin(encoder.size, bits as 8 | 16);
          const frames = movingPictures(width, height, seed, 8);
          frames.forEach(({ picture, damage, moves }, index) => {
            const { bytes, keyframe } = encoder.encode(picture, { damage, moves }, index % 4 === 0);
            expect(keyframe).toBe(index % 4 === 0);
            if (bytes.length === 0) return;
            twin.decode(bytes);
            // Whatever is decoded after a keyframe is what is decoded from the keyframe on.
            const late = new MsvcTwin(encoder.size, bits as 8 | 16);
            if (keyframe) {
              late.decode(bytes);
              expect(late.codes).toEqual(twin.codes);
            }
          });
          // What is left is a block's error for the price of its bytes: bounded, however often it was drawn on.
          const price = quality === 100 ? 0 : 256 * 2 ** ((100 - quality) / 12.5);
          const worst = (price * 18 + 48 * 4 * 130 ** 2) / 48;
          expect(meanError(encoder, twin, frames.at(-1)!.picture)).toBeLessThanOrEqual(worst);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is read by ffmpeg as by its twin, bit for bit', async () => {
    for (const options of [
      { bits: 16, quality: 75 },
      { bits: 8, quality: 90 },
      { bits: 16, quality: 100 },
    ] as const) {
      for (const [width, height] of [
        [1, 1],
        [67, 35],
        [320, 200],
      ] as const) {
        const encoder = new MsvcEncoder(module, { width, height }, options satisfies MsvcOptions);
        const { size, fourcc, bitsPerPixel, extraData } = encoder;
        const file = new MemoryFile();
        const writer = new AviWriter(file, {
          size,
          compression: fourcc,
          handler: 'MSVC',
          bitsPerPixel,
          extraData,
          rate: { frames: 10, seconds: 1 },
          application: 'test',
        });
        const twin = new MsvcTwin(size, options.bits);
        const expected: Uint8Array[] = [];
        for (const [index, frame] of movingPictures(width, height, 21, 16).entries()) {
          const { bytes, keyframe } = encoder.encode(frame.picture, frame, index % 7 === 0);
          if (bytes.length === 0) continue;
          await writer.addFrame(index * 100_000, bytes, keyframe);
          twin.decode(bytes);
          const codes = twin.codes.slice();
          const rgb = new Uint8Array(codes.length * 3);
          if (options.bits === 16) expected.push(new Uint8Array(codes.buffer));
          else {
            codes.forEach((code, pixel) => {
              rgb.set(colourOf(encoder, code).reverse(), pixel * 3);
            });
            expected.push(rgb);
          }
        }
        await writer.finish();
        const found = withFile('msvc.avi', file.bytes(), (path) =>
          decodeRaw(path, options.bits === 16 ? 'rgb555le' : 'rgb24'),
        );
        const frameBytes = expected[0]!.length;
        expect(found.length).toBe(frameBytes * expected.length);
        expected.forEach((frame, index) => {
          const got = found.subarray(index * frameBytes, (index + 1) * frameBytes);
          if (options.bits === 16) {
            // The highest bit carries nothing, and programs leave it as it was coded.
            for (let at = 1; at < got.length; at += 2) got[at]! &= 0x7f;
          }
          expect(Buffer.compare(got, frame), `frame ${index} of ${width} x ${height}`).toBe(0);
        });
      }
    }
  });

  it('keeps text above 29 dB, and the better the higher the quality, for more bytes', () => {
    const page = drawTextPage(640, 480);
    const results = [20, 50, 75, 100].map((quality) => {
      const encoder = new MsvcEncoder(module, page, { quality });
      const twin = new MsvcTwin(encoder.size, 16);
      const { bytes } = encoder.encode(page, UNKNOWN_CHANGE, true);
      twin.decode(bytes);
      return { bytes: bytes.length, psnr: psnr(meanError(encoder, twin, page)) };
    });
    for (let index = 1; index < results.length; index++) {
      expect(results[index]!.psnr).toBeGreaterThan(results[index - 1]!.psnr);
      expect(results[index]!.bytes).toBeGreaterThan(results[index - 1]!.bytes);
    }
    expect(results[2]!.psnr).toBeGreaterThan(29);
  });

  it('is as near as 15 bits allow where a block has one or two colours', () => {
    const picture = blankPicture(64, 64);
    drawContent(picture, 'two', 3);
    const encoder = new MsvcEncoder(module, picture, { quality: 100 });
    const twin = new MsvcTwin(encoder.size, 16);
    twin.decode(encoder.encode(picture, UNKNOWN_CHANGE, true).bytes);
    // Half a step of 255 / 31 at most, in each channel.
    expect(meanError(encoder, twin, picture)).toBeLessThanOrEqual(4.2 ** 2);
  });

  it('leaves single blocks among still ones longer than many side by side, as each would end a run', () => {
    const quality = 70;
    const price = 256 * 2 ** ((100 - quality) / 12.5);
    // A grey block's error over three channels: dearer than the two bytes of a colour, cheaper than those and a skip.
    const step = Math.ceil(Math.sqrt((2.5 * price) / 48));
    const [width, height] = [256, 16];
    const kinds = [(column: number) => column % 4 === 2, (column: number) => column % 16 < 8].map(
      (changes) => {
        const encoder = new MsvcEncoder(module, { width, height }, { quality });
        const picture = blankPicture(width, height);
        picture.pixels.fill(132);
        encoder.encode(picture, UNKNOWN_CHANGE, true);
        for (let at = 0; at < picture.pixels.length; at += 4) {
          if (changes(((at / 16) % (width / 4)) | 0)) picture.pixels.fill(132 + step, at, at + 3);
        }
        return encoder.encode(picture, UNKNOWN_CHANGE, false).bytes.length;
      },
    );
    const blocks = (width * height) / 16;
    // One run of all blocks and the end; and a colour for half of the blocks, with runs between.
    expect(kinds[0]).toBe(2 + 2);
    expect(kinds[1]).toBeGreaterThan(blocks);
  });

  it('leaves a still picture out, and asks for a sensible quality', () => {
    const picture = blankPicture(50, 50);
    drawContent(picture, 'few', 3);
    const encoder = new MsvcEncoder(module, picture);
    encoder.encode(picture, UNKNOWN_CHANGE, true);
    expect(encoder.encode(picture, UNKNOWN_CHANGE, false).bytes.length).toBe(0);
    for (const quality of [0, 101, Number.NaN]) {
      expect(() => new MsvcEncoder(module, picture, { quality })).toThrowError(
        expect.objectContaining({ code: 'bad-argument', field: 'quality' }),
      );
    }
  });
});
