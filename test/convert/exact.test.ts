import { describe, expect, it } from 'vitest';
import { ColourLevel } from '../../codecs/index.js';
import { OverlayModel } from '../../engine/index.js';
import { drawOverlay } from '../../engine/overlay/index.js';
import { Channel, channelOf, decodeOverlay } from '../../engine/protocol/index.js';
import { overlayCanvas } from '../../harness/convert/index.js';
import { busySession, hashOf, Scenario } from '../recording/scenario.js';
import { checkMkv } from '../support/ebml-check.js';
import { frameMd5s } from '../support/framemd5.js';
import { CONTENTS, drawContent } from '../support/pictures.js';
import { complaints, withFile } from '../support/video-file.js';
import { convert, recordingOf, show } from './support.js';

/** Everything that may happen to a picture: levels, sizes, strokes, dots that fade. */
function eventful(seed: number): Scenario {
  const session = busySession(seed, 24);
  session.stroke(2, 900);
  session.laser(3, true);
  session.now += 3_000_000;
  session.resize(97, 131);
  drawContent(session.picture, 'many', seed);
  session.send();
  session.now += 500_000;
  session.laser(3, false);
  session.erase(2, 'all');
  session.now += 100_000;
  session.resize(150, 100);
  session.level(ColourLevel.Medium);
  drawContent(session.picture, CONTENTS[seed % CONTENTS.length]!, seed);
  session.send();
  session.now += 900_000;
  return session;
}

describe('exact conversion', () => {
  it.each([1, 2, 3])('ffmpeg sees in ZMBV what was shown, picture for picture (seed %i)', async (seed) => {
    const recording = await recordingOf(eventful(seed));
    const shown = await show(recording);
    const { file, summary } = await convert(recording);
    expect(summary).toMatchObject({ codec: 'zmbv', frames: shown.length, skipped: 0 });
    const found = withFile('film.mkv', file.bytes(), (path) => {
      expect(complaints(path)).toBe('');
      return frameMd5s(path);
    });
    expect(found).toEqual(shown.map(({ md5 }) => md5));
    const blocks = checkMkv(file).blocks.filter(({ track }) => track === 1);
    // A tenth of a millisecond is what the container keeps.
    expect(blocks.map(({ time }) => time)).toEqual(shown.map(({ at }) => Math.round(at / 100)));
  });

  it('shows each frame as its viewer did, and no other', async () => {
    const session = busySession(5, 30);
    const shown = await show(await recordingOf(session), { overlays: 'none' });
    const truths = session.truths.filter(({ hash }, index, all) => hash !== all[index - 1]?.hash);
    expect(shown.map(({ picture }) => hashOf(picture))).toEqual(truths.map(({ hash }) => hash));
    const start = session.truths[0]!.at;
    expect(shown.map(({ at }) => at)).toEqual(truths.map(({ at }) => at - start));
  });

  it('draws overlays over it as a page does, though only where something has changed', async () => {
    const session = busySession(8, 40);
    const recording = await recordingOf(session);
    const shown = await show(recording);
    const plain = await show(recording, { overlays: 'none' });
    const start = session.truths[0]!.at;
    const canvas = overlayCanvas(150, 100);
    let withOverlays = 0;
    for (const { at, picture } of shown) {
      const model = new OverlayModel();
      for (const { at: time, message } of session.messages) {
        if (time > start + at || channelOf(message) !== Channel.Overlay) continue;
        model.apply(decodeOverlay(message), Math.max(0, time - start));
      }
      if (!model.isEmpty) withOverlays++;
      canvas.clearRect(0, 0, 150, 100);
      drawOverlay(canvas, model, at);
      const { data } = canvas.getImageData(0, 0, 150, 100);
      const below = plain.findLast((candidate) => candidate.at <= at)!.picture;
      expect(differences(below.pixels, below.stride, picture.pixels, data)).toBe(0);
    }
    expect(withOverlays).toBeGreaterThan(5);
  });

  it('gives overlays a track of their own', async () => {
    const recording = await recordingOf(eventful(4));
    const burnt = await show(recording);
    const plain = await show(recording, { overlays: 'none' });
    const { file } = await convert(recording, { overlays: 'track' });
    withFile('film.mkv', file.bytes(), (path) => {
      expect(complaints(path)).toBe('');
      expect(frameMd5s(path)).toEqual(plain.map(({ md5 }) => md5));
      expect(frameMd5s(path, { track: 1 })).toEqual(burnt.map(({ md5 }) => md5));
    });
  });

  it.each([
    ['256 colours', ColourLevel.Low],
    ['16 greys', ColourLevel.VeryLow],
  ])('keeps %s exactly in an AVI and in an MKV of 8 bits', async (_name, level) => {
    const session = new Scenario(150, 100);
    session.level(level);
    for (let index = 0; index < 20; index++) {
      drawContent(session.picture, CONTENTS[index % CONTENTS.length]!, index);
      session.send();
      session.now += 100_000;
    }
    const recording = await recordingOf(session);
    const shown = (await show(recording)).map(({ md5 }) => md5);
    for (const container of ['avi', 'mkv'] as const) {
      const { file, summary } = await convert(recording, { container });
      expect(summary.codec).toBe(container === 'avi' ? 'mrle' : 'zmbv');
      withFile(`film.${container}`, file.bytes(), (path) => {
        expect(complaints(path)).toBe('');
        expect(frameMd5s(path)).toEqual(shown);
      });
    }
  });
});

/** Pixels that are not the picture below with R, G, B, A over it. */
function differences(below: Uint8Array, stride: number, found: Uint8Array, over: Uint8ClampedArray): number {
  let count = 0;
  for (let y = 0; y < 100; y++) {
    for (let x = 0; x < 150; x++) {
      const at = y * stride + x * 4;
      const from = (y * 150 + x) * 4;
      const alpha = over[from + 3]!;
      for (let channel = 0; channel < 3; channel++) {
        const mixed = (below[at + channel]! * (255 - alpha) + over[from + 2 - channel]! * alpha) / 255;
        if (found[at + channel] !== Math.round(mixed)) count++;
      }
    }
  }
  return count;
}
