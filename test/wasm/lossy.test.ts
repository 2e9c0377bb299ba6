import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BOX_APPROXIMATE,
  ColourConverter,
  ColourLevel,
  Effort,
  FrameDecoder,
  type Picture,
  packQuality,
  SIX_GREYS,
} from '../../codecs/index.js';
import { loadKernelModule } from '../../engine/artifacts.js';
import { encodeBodies, jobsOf, makeEncoder } from '../support/coder.js';
import {
  blankPicture,
  drawContent,
  drawPhotograph,
  pictureDifference,
  pictureError,
} from '../support/pictures.js';
import { drawTextPage } from '../support/text.js';
import { decodeSlice } from '../support/twins/slice.js';

const module = await loadKernelModule();

interface Sent {
  readonly shown: Picture;
  readonly bodies: readonly Uint8Array[];
  /** Of the last slice's tiles, which are marked as not exact. */
  readonly approximate: readonly boolean[];
  readonly bytes: number;
}

/** Codes a picture with a quality, and decodes it. */
function send(picture: Picture, quality: number, effort: Effort = Effort.Balanced): Sent {
  const encoder = makeEncoder(module, picture.width, picture.height);
  encoder.picture.pixels.set(picture.pixels);
  const jobs = jobsOf(encoder.commit().residual);
  const bodies = encodeBodies(encoder, ColourLevel.High, [], jobs, effort, quality);
  const words = new Uint32Array(encoder.memory.buffer, encoder.layout.jobs, jobs.length * 2);
  const decoder = new FrameDecoder(module);
  decoder.resize(picture.width, picture.height);
  for (const body of bodies) decoder.decode(body, ColourLevel.High);
  return {
    shown: decoder.picture,
    bodies,
    approximate: jobs.map((_, index) => (words[index * 2 + 1]! & BOX_APPROXIMATE) !== 0),
    bytes: bodies.reduce((sum, body) => sum + body.length, 0),
  };
}

function photograph(width: number, height: number, seed: number): Picture {
  const { picture } = makeEncoder(module, width, height);
  drawPhotograph(picture, seed);
  return picture;
}

/** A photograph with a few words in white on it. */
function subtitled(width: number, height: number, seed: number): Picture {
  const picture = photograph(width, height, seed);
  const page = drawTextPage(width, height, seed, 60);
  for (let at = 0; at < picture.pixels.length; at += 4)
    if (page.pixels[at + 1]! < 128 && page.pixels[at + 3] === 255) picture.pixels.fill(255, at, at + 3);
  return picture;
}

describe('lossy tiles', () => {
  it('are photographs: smaller and worse with each step down, nearly exact at 100', () => {
    const picture = photograph(256, 192, 3);
    const exact = send(picture, 0);
    expect(pictureDifference(exact.shown, picture)).toBeUndefined();
    expect(exact.approximate).not.toContain(true);
    let bytes = exact.bytes;
    let mean = 0;
    for (const quality of [100, 85, 70, 55, 40, 25, 10, 1]) {
      const sent = send(picture, packQuality(quality));
      const error = pictureError(sent.shown, picture);
      expect(sent.approximate).not.toContain(false);
      expect(sent.bytes).toBeLessThan(bytes);
      expect(error.mean).toBeGreaterThan(mean);
      bytes = sent.bytes;
      mean = error.mean;
      if (quality === 100) expect(error.most).toBeLessThanOrEqual(3);
    }
  });

  it('err by no more than their steps, whatever the size and the picture', () => {
    const side = fc.integer({ min: 1, max: 70 });
    fc.assert(
      fc.property(side, side, fc.integer({ min: 1, max: 100 }), fc.nat(), (width, height, quality, seed) => {
        const picture = photograph(width, height, seed);
        if (seed % 3 === 0) drawContent(picture, 'noise', seed);
        const sent = send(picture, packQuality(quality));
        // A step of the mean is half a shade at 100, and doubles with every twelve steps of quality.
        const step = 0.5 * 2 ** ((100 - quality) / 12);
        expect(pictureError(sent.shown, picture).mean).toBeLessThan(1 + step * step);
      }),
      { numRuns: 150 },
    );
  });

  it('are shown as their description says', () => {
    const side = fc.integer({ min: 1, max: 70 });
    fc.assert(
      fc.property(side, side, fc.integer({ min: 1, max: 100 }), fc.nat(), (width, height, quality, seed) => {
        const picture = [photograph, subtitled][seed % 2]!(width, height, seed);
        const sent = send(picture, packQuality(quality));
        const twin = blankPicture(width, height);
        for (const body of sent.bodies) expect(decodeSlice(body, ColourLevel.High, twin)).toBe(true);
        expect(pictureDifference(sent.shown, twin)).toBeUndefined();
      }),
      { numRuns: 60 },
    );
  });

  it('are the bytes of the description', () => {
    const { picture } = makeEncoder(module, 8, 8);
    for (let y = 0; y < 8; y++)
      for (let x = 0; x < 8; x++)
        picture.pixels.fill(40 + 10 * x + 5 * y, y * picture.stride + x * 4, y * picture.stride + x * 4 + 4);
    const sent = send(picture, packQuality(40));
    expect(Buffer.from(sent.bodies[0]!).toString('hex')).toBe('00000100000089a801edb52c190487109402');
    const row = Array.from({ length: 8 }, (_, x) => sent.shown.pixels[x * 4]);
    expect(row).toEqual([42, 51, 62, 73, 82, 93, 104, 113]);
  });

  it('keep writing on photographs sharp', () => {
    const picture = subtitled(256, 256, 9);
    const sent = send(picture, packQuality(10));
    expect(sent.approximate).not.toContain(false);
    const plain = photograph(256, 256, 9);
    let written = 0;
    let squares = 0;
    for (let at = 0; at < picture.pixels.length; at += 4) {
      if (picture.pixels[at + 1] !== 255 || plain.pixels[at + 1]! > 200) continue;
      written++;
      squares += (255 - sent.shown.pixels[at + 1]!) ** 2;
    }
    expect(written).toBeGreaterThan(500);
    // Where writing is coded like the rest it errs by 26 shades.
    expect(Math.sqrt(squares / written)).toBeLessThan(16);
  });

  it('are never text', () => {
    const page = drawTextPage(320, 192, 11);
    const sent = send(page, packQuality(1));
    expect(pictureDifference(sent.shown, page)).toBeUndefined();
    expect(sent.approximate).not.toContain(true);
  });

  it('lie beside exact ones in a slice', () => {
    const picture = photograph(192, 64, 5);
    const page = drawTextPage(192, 64, 2);
    for (let y = 0; y < 64; y++)
      picture.pixels.set(
        page.pixels.subarray(y * page.stride + 256, y * page.stride + 512),
        y * picture.stride + 256,
      );
    const sent = send(picture, packQuality(30));
    expect(sent.approximate).toEqual([true, false, true]);
    const middle = (from: Picture) => ({ ...from, width: 64, pixels: from.pixels.subarray(256) });
    expect(pictureDifference(middle(sent.shown), middle(picture))).toBeUndefined();
    expect(pictureError(sent.shown, picture).mean).toBeGreaterThan(0);
  });
});

describe('text of fewer colours', () => {
  it('is exactly that of the level, and marked where that is another', () => {
    const page = drawTextPage(320, 192, 11);
    for (const level of [ColourLevel.VeryLow, ColourLevel.Low, ColourLevel.Medium]) {
      for (const effort of Object.values(Effort)) {
        const sent = send(page, packQuality(0, level), effort);
        const coarse = new ColourConverter(module).expandTo(page, level);
        expect(pictureDifference(sent.shown, coarse)).toBeUndefined();
        expect(sent.approximate).toContain(true);
        if (effort === Effort.Balanced) expect(sent.bytes).toBeLessThan(send(page, 0, effort).bytes);
      }
    }
  });

  it('is six greys in a hurry: those nearest to its light', () => {
    const page = drawTextPage(320, 192, 11);
    const sent = send(page, packQuality(0, SIX_GREYS));
    const nearest = { ...page, pixels: page.pixels.slice() };
    for (let at = 0; at < page.pixels.length; at += 4) {
      const [blue, green, red] = page.pixels.subarray(at, at + 3) as unknown as [number, number, number];
      const light = (77 * red + 150 * green + 29 * blue + 128) >> 8;
      const sixteen = (15 * light + 128) >> 8;
      nearest.pixels.fill(51 * Math.round(sixteen / 3), at, at + 3);
    }
    expect(pictureDifference(sent.shown, nearest)).toBeUndefined();
    expect(sent.bytes).toBeLessThan(0.8 * send(page, packQuality(0, ColourLevel.VeryLow)).bytes);
  });

  it('is not marked where it has no more', () => {
    const { picture } = makeEncoder(module, 70, 66);
    for (let at = 0; at < picture.pixels.length; at += 4) picture.pixels[at] = at % 28 === 0 ? 255 : 0;
    const sent = send(picture, packQuality(10, ColourLevel.Medium));
    expect(sent.approximate).not.toContain(true);
    expect(pictureDifference(sent.shown, picture)).toBeUndefined();
  });
});
