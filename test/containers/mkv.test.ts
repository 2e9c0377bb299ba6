import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitmapInfo, type MkvOptions, MkvWriter } from '../../codecs/containers/index.js';
import { UNKNOWN_CHANGE, ZmbvEncoder } from '../../codecs/video/index.js';
import { loadRecordingModule } from '../../engine/artifacts.js';
import { checkMkv } from '../support/ebml-check.js';
import { movingPictures } from '../support/moving-pictures.js';
import { MemoryFile, SparseFile } from '../support/sparse-file.js';
import { complaints, decodeRaw, rgb24, withFile } from '../support/video-file.js';

const module = await loadRecordingModule();
const SIZE = { width: 96, height: 70 };

function zmbvTrack(size = SIZE) {
  const { codecId, extraData, fourcc, bitsPerPixel } = new ZmbvEncoder(module, size);
  return {
    type: 'video' as const,
    codecId,
    size,
    codecPrivate: bitmapInfo({ size, compression: fourcc, bitsPerPixel, extraData }),
  };
}

const OPTIONS: MkvOptions = { application: 'Sightline test', tracks: [zmbvTrack()] };

/** A file of `count` pictures, a keyframe every `every`, at times that are not regular. */
async function film(file: MemoryFile, options: MkvOptions, count: number, every: number, finish = true) {
  const encoder = new ZmbvEncoder(module, SIZE);
  const writer = new MkvWriter(file, options);
  const frames = movingPictures(SIZE.width, SIZE.height, 7, count);
  const shown: { time: number; rgb: Uint8Array }[] = [];
  for (const [index, { picture }] of frames.entries()) {
    const time = index * 120_000 + (index % 3) * 7_000;
    const { bytes, keyframe } = encoder.encode(picture, UNKNOWN_CHANGE, index % every === 0);
    if (bytes.length === 0) continue;
    await writer.addFrame(1, time, bytes, keyframe);
    shown.push({ time, rgb: rgb24(picture) });
  }
  if (finish) await writer.finish(count * 120_000);
  return { writer, shown };
}

describe('Matroska', () => {
  it('is as its specification says, with seek head, duration, cues, chapters, tags and subtitles', async () => {
    const file = new MemoryFile();
    const writer = new MkvWriter(file, {
      ...OPTIONS,
      title: 'Première séance',
      startedAt: Date.UTC(2026, 0, 2, 3, 4, 5),
      uid: new Uint8Array(16).fill(7),
      tags: { HOST: 'desk 4', CONSENT: 'given' },
      tracks: [
        zmbvTrack(),
        { ...zmbvTrack(), name: 'Overlays' },
        { type: 'subtitles', name: 'Chat', language: 'fre' },
      ],
    });
    const encoder = new ZmbvEncoder(module, SIZE);
    const overlays = new ZmbvEncoder(module, SIZE);
    const frames = movingPictures(SIZE.width, SIZE.height, 3, 40);
    for (const [index, { picture }] of frames.entries()) {
      const { bytes, keyframe } = encoder.encode(picture, UNKNOWN_CHANGE, index % 10 === 0);
      if (bytes.length > 0) await writer.addFrame(1, index * 250_000, bytes, keyframe);
      if (index === 4) await writer.addSubtitle(3, 1_000_000, 2_500_000, 'Anna: çà et là ✓');
      if (index === 5) writer.addChapter(1_250_000, 'Control given');
      if (index % 20 === 0) {
        const overlay = overlays.encode(picture, UNKNOWN_CHANGE, true);
        await writer.addFrame(2, index * 250_000, overlay.bytes, overlay.keyframe);
      }
    }
    writer.addChapter(0, 'Begin');
    await writer.finish(10_000_000);
    const summary = checkMkv(file);
    expect(summary).toMatchObject({
      docType: 'matroska',
      scale: 1_000_000,
      duration: 10_000,
      segmentSizeKnown: true,
      chapters: ['0 Begin', '1250000000 Control given'],
      tags: { HOST: 'desk 4', CONSENT: 'given' },
      truncated: false,
    });
    expect(summary.tracks.map(({ type, codec }) => `${type} ${codec}`)).toEqual([
      '1 V_MS/VFW/FOURCC',
      '1 V_MS/VFW/FOURCC',
      '17 S_TEXT/UTF8',
    ]);
    expect(summary.cues).toBe(summary.blocks.filter(({ track, keyframe }) => track === 1 && keyframe).length);
    expect(summary.cues).toBeGreaterThanOrEqual(4);
    expect(summary.blocks.find(({ track }) => track === 3)).toMatchObject({ time: 1000, duration: 2500 });
    withFile('film.mkv', file.bytes(), (path) => {
      expect(complaints(path)).toBe('');
      const subtitles = execFileSync('ffmpeg', ['-v', 'error', '-i', path, '-map', '0:s', '-f', 'srt', '-']);
      expect(subtitles.toString()).toContain('00:00:01,000 --> 00:00:03,500\nAnna: çà et là ✓');
    });
  });

  it('keeps the times of its pictures to the unit, and ffmpeg finds the right one', async () => {
    const file = new MemoryFile();
    const { shown } = await film(file, OPTIONS, 40, 8);
    expect(checkMkv(file).blocks.map(({ time }) => time)).toEqual(shown.map(({ time }) => time / 1000));
    withFile('film.mkv', file.bytes(), (path) => {
      for (const index of [0, 1, 7, 8, 9, 15, shown.length - 1]) {
        const { time, rgb } = shown[index]!;
        const found = decodeRaw(path, 'rgb24', ['-ss', String(time / 1e6)]).subarray(0, rgb.length);
        expect(Buffer.compare(found, rgb), `the picture at ${time}`).toBe(0);
      }
    });
  });

  it('takes a finer scale, and keeps two pictures of one moment apart', async () => {
    const file = new MemoryFile();
    const writer = new MkvWriter(file, { ...OPTIONS, timestampScale: 10_000 });
    for (const time of [0, 123_450, 123_452, 5_000_000]) {
      await writer.addFrame(1, time, new Uint8Array(8), time === 0);
    }
    await writer.finish();
    expect(checkMkv(file).blocks.map(({ time }) => time)).toEqual([0, 12_345, 12_346, 500_000]);
  });

  it('can be read while it is written, and after a crash at any byte', async () => {
    const file = new MemoryFile();
    const { shown } = await film(file, OPTIONS, 30, 10, false);
    const live = checkMkv(file);
    expect(live.segmentSizeKnown).toBe(false);
    expect(live.duration).toBeUndefined();
    // What waits is less than a second, plus the keyframe that ended the cluster before.
    expect(live.blocks.at(-1)!.time).toBeGreaterThan(shown.at(-1)!.time / 1000 - 1400);
    const bytes = file.bytes();
    fc.assert(
      fc.property(fc.integer({ min: 400, max: bytes.length }), (length) => {
        const cut = {
          length,
          read: (at: number, count: number) => bytes.slice(at, Math.min(length, at + count)),
        };
        const { blocks } = checkMkv(cut);
        expect(live.blocks.slice(0, blocks.length)).toEqual(blocks);
      }),
      { numRuns: 200 },
    );
    withFile('cut.mkv', bytes.subarray(0, bytes.length - 50), (path) => {
      const decoded = decodeRaw(path, 'rgb24');
      const size = SIZE.width * SIZE.height * 3;
      expect(decoded.length / size).toBeGreaterThan(shown.length - 15);
      for (let index = 0; index < decoded.length / size; index++) {
        const found = decoded.subarray(index * size, (index + 1) * size);
        expect(Buffer.compare(found, shown[index]!.rgb)).toBe(0);
      }
    });
  });

  it('goes to a sink that cannot seek, with cues at the end', async () => {
    const file = new MemoryFile(false);
    const { shown } = await film(file, { ...OPTIONS, duration: 3_600_000 }, 30, 10);
    const summary = checkMkv(file);
    expect(summary).toMatchObject({ segmentSizeKnown: false, duration: 3600 });
    expect(summary.blocks.length).toBe(shown.length);
    expect(summary.cues).toBeGreaterThanOrEqual(3);
    withFile('piped.mkv', file.bytes(), (path) => expect(complaints(path)).toBe(''));
  });

  it('counts beyond four gigabytes', async () => {
    const file = new SparseFile();
    const writer = new MkvWriter(file, OPTIONS);
    const frame = new Uint8Array(3_000_017);
    const count = 1600;
    for (let index = 0; index < count; index++) {
      await writer.addFrame(1, index * 40_000, frame, index % 100 === 0);
    }
    await writer.finish(count * 40_000);
    expect(file.length).toBeGreaterThan(4.7e9);
    const summary = checkMkv(file);
    expect(summary).toMatchObject({ cues: 16, duration: 64_000, segmentSizeKnown: true });
    expect(summary.blocks.length).toBe(count);
    expect(summary.blocks.at(-1)!.at).toBeGreaterThan(2 ** 32);
  });

  it('says what WebM cannot hold, and what is no track', async () => {
    const webm = (tracks: MkvOptions['tracks']) =>
      new MkvWriter(new MemoryFile(), { ...OPTIONS, docType: 'webm', tracks });
    expect(() => webm([zmbvTrack()])).toThrowError(
      expect.objectContaining({ code: 'bad-argument', field: 'tracks' }),
    );
    const vp8 = { type: 'video' as const, codecId: 'V_VP8', size: SIZE };
    const writer = webm([vp8, { type: 'subtitles' }]);
    await expect(writer.addSubtitle(1, 0, 1, 'x')).rejects.toMatchObject({ field: 'track' });
    await expect(writer.addFrame(2, 0, new Uint8Array(1), true)).rejects.toMatchObject({ field: 'track' });
    await expect(writer.addFrame(1, Number.NaN, new Uint8Array(1), true)).rejects.toMatchObject({
      field: 'time',
    });
    await writer.finish();
    await expect(writer.addFrame(1, 0, new Uint8Array(1), true)).rejects.toMatchObject({ code: 'bad-state' });
    expect(() => new MkvWriter(new MemoryFile(), { ...OPTIONS, tracks: [] })).toThrowError(/first is video/);
    expect(() => new MkvWriter(new MemoryFile(), { ...OPTIONS, timestampScale: 1 })).toThrowError(
      /timestampScale/,
    );
  });
});
