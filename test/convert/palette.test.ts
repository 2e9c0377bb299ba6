/** Microsoft RLE of a recording that has more than 256 colours: by a palette of its own. */
import { describe, expect, it } from 'vitest';
import { ColourConverter, ColourLevel, type Picture } from '../../codecs/index.js';
import { overlayColour } from '../../engine/overlay/index.js';
import { kernelModule, Scenario } from '../recording/scenario.js';
import { blankPicture, drawContent, drawPhotograph, pictureError } from '../support/pictures.js';
import { complaints, decodeRaw, withFile } from '../support/video-file.js';
import { convert, recordingOf, show } from './support.js';

const SIZE = { width: 160, height: 120 };

/** A photograph under a window, then another one; somebody draws. */
function session(): Scenario {
  const scenario = new Scenario(SIZE.width, SIZE.height);
  for (const seed of [3, 4]) {
    drawPhotograph(scenario.picture, seed);
    drawContent(scenario.picture, 'flat', 7, { x: 20, y: 30, width: 60, height: 50 });
    scenario.send();
    scenario.now += 4_000_000;
  }
  scenario.stroke(2, 60);
  scenario.now += 4_000_000;
  scenario.laser(2, false);
  return scenario;
}

/** The pictures of a file, as ffmpeg decodes them. */
function picturesOf(rgb: Uint8Array): Picture[] {
  const bytes = SIZE.width * SIZE.height * 3;
  return Array.from({ length: rgb.length / bytes }, (_, index) => {
    const picture = blankPicture(SIZE.width, SIZE.height);
    for (let pixel = 0; pixel < bytes / 3; pixel++) {
      const at = Math.floor(pixel / SIZE.width) * picture.stride + (pixel % SIZE.width) * 4;
      for (let channel = 0; channel < 3; channel++) {
        picture.pixels[at + channel] = rgb[index * bytes + pixel * 3 + 2 - channel]!;
      }
    }
    return picture;
  });
}

/** The second technician's colour, as an RGB word. */
const PEN = Number.parseInt(overlayColour(2).slice(1), 16);

describe('a video of 256 colours of its own', () => {
  it.each(['avi', 'mkv'] as const)(
    'is near to what was shown, and in the colour of whoever drew (.%s)',
    async (container) => {
      const recording = await recordingOf(session());
      const { file, summary } = await convert(recording, { container, codec: 'mrle' });
      expect(summary).toMatchObject({ codec: 'mrle', skipped: 0 });
      const decoded = withFile(`film.${container}`, file.bytes(), (path) => {
        expect(complaints(path)).toBe('');
        return picturesOf(decodeRaw(path, 'rgb24'));
      });
      const shown = await show(recording);
      const low = new ColourConverter(kernelModule);
      for (const [place, picture] of [
        [0, shown[0]!.picture],
        [decoded.length - 1, shown.at(-1)!.picture],
      ] as const) {
        const { mean } = pictureError(decoded[place]!, picture);
        expect(mean * 10).toBeLessThan(pictureError(low.expandTo(picture, ColourLevel.Low), picture).mean);
        // The window's colour, and the pen's.
        const at = 50 * picture.stride + 40 * 4;
        expect(decoded[place]!.pixels.subarray(at, at + 3)).toEqual(picture.pixels.subarray(at, at + 3));
      }
      const last = decoded.at(-1)!;
      const words = new Uint32Array(last.pixels.buffer);
      expect(words.some((word) => (word & 0xffffff) === PEN)).toBe(true);
    },
  );
});
