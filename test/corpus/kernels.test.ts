/**
 * Recorded sequences through compare, moves, coder and decoder, against the twins where those are fast enough.
 * The folder is SIGHTLINE_CORPUS; ffmpeg reads it.
 */
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ColourConverter, ColourLevel, FrameDecoder } from '../../codecs/index.js';
import { loadKernelModule } from '../../engine/artifacts.js';
import { framesOf, videosIn, withVideo } from '../../harness/codec-bench/index.js';
import { encodeBodies, jobsOf, makeEncoder } from '../support/coder.js';
import { pictureDifference } from '../support/pictures.js';
import { expand, reduce } from '../support/twins/colour.js';
import { dirtyTiles } from '../support/twins/dirty-tiles.js';
import { decodeSlice } from '../support/twins/slice.js';

const module = await loadKernelModule();
const files = videosIn(process.env.SIGHTLINE_CORPUS);
/** The twin looks at every pixel by itself: it is asked about this many changed frames of a sequence. */
const TWIN_FRAMES = 4;

describe('kernels on recorded sequences', () => {
  it('has a folder of sequences', () => {
    expect(
      files.length,
      'SIGHTLINE_CORPUS names a folder of videos, and ffprobe is installed',
    ).toBeGreaterThan(0);
  });

  for (const file of files) {
    it(`${basename(file)}: every frame arrives exactly, at high and at 256 colours`, {
      timeout: 120_000,
    }, async () => {
      const { frames, asked, faults } = await withVideo(file, undefined, async (reader) => {
        const converter = new ColourConverter(module);
        const sides = [ColourLevel.High, ColourLevel.Low].map((level) => {
          const decoder = new FrameDecoder(module);
          decoder.resize(reader.width, reader.height);
          return { level, decoder, encoder: makeEncoder(module, reader.width, reader.height) };
        });
        const source = makeEncoder(module, reader.width, reader.height).picture;
        const faults: string[] = [];
        let asked = 0;
        let frames = 0;
        for await (const frame of framesOf(reader, source)) {
          frames++;
          for (const { level, decoder, encoder } of sides) {
            encoder.picture.pixels.set(source.pixels);
            const before = { ...encoder.reference, pixels: encoder.reference.pixels.slice() };
            const change = encoder.commit();
            const asksTwin = change.changedTiles > 0 && asked < TWIN_FRAMES;
            const { picture } = decoder;
            const twin = { ...picture, pixels: asksTwin ? picture.pixels.slice() : picture.pixels };
            const jobs = jobsOf(change.residual);
            for (const body of change.changedTiles > 0
              ? encodeBodies(encoder, level, change.moves, jobs)
              : []) {
              decoder.decode(body, level);
              if (asksTwin && !decodeSlice(body, level, twin))
                faults.push(`frame ${frame}: refused by the twin`);
            }
            const shown = converter.expandTo(source, level);
            if (Buffer.compare(picture.pixels, shown.pixels) !== 0) {
              faults.push(`frame ${frame}, level ${level}: ${pictureDifference(picture, shown, true)}`);
            }
            if (!asksTwin) continue;
            asked++;
            const expected = dirtyTiles(source, before);
            if (!change.changed.every((box, tile) => box === expected[tile])) {
              faults.push(`frame ${frame}: other boxes than the twin's`);
            }
            if (Buffer.compare(picture.pixels, twin.pixels) !== 0) {
              faults.push(
                `frame ${frame}, level ${level}: the twin decodes ${pictureDifference(picture, twin, true)}`,
              );
            }
            if (!isReducedAs(source.pixels, shown.pixels, level)) {
              faults.push(`frame ${frame}, level ${level}: other colours than the twin's`);
            }
          }
        }
        return { frames, asked, faults };
      });
      expect(frames).toBeGreaterThan(0);
      expect(asked).toBe(TWIN_FRAMES);
      expect(faults).toEqual([]);
    });
  }
});

/** Whether `shown` is each pixel of `pixels` reduced and expanded by the twin, opaque. BGRA. */
function isReducedAs(pixels: Uint8Array, shown: Uint8Array, level: ColourLevel): boolean {
  for (let at = 0; at < pixels.length; at += 4) {
    const pixel = (pixels[at + 2]! << 16) | (pixels[at + 1]! << 8) | pixels[at]!;
    const wanted = expand(reduce(pixel, level), level);
    const found = (shown[at + 2]! << 16) | (shown[at + 1]! << 8) | shown[at]!;
    if (found !== wanted || shown[at + 3] !== 255) return false;
  }
  return true;
}
