import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AviOptions, AviWriter } from '../../codecs/containers/index.js';
import { UNKNOWN_CHANGE, ZmbvEncoder } from '../../codecs/video/index.js';
import { loadRecordingModule } from '../../engine/artifacts.js';
import { frameMd5s } from '../support/framemd5.js';
import { movingPictures } from '../support/moving-pictures.js';
import { checkAvi } from '../support/riff-check.js';
import { MemoryFile, SparseFile } from '../support/sparse-file.js';
import { complaints, decodeRaw, rgb24, rgbMd5, withFile } from '../support/video-file.js';

const module = await loadRecordingModule();
const SIZE = { width: 90, height: 61 };
const OPTIONS: AviOptions = {
  size: SIZE,
  compression: 'ZMBV',
  handler: 'ZMBV',
  bitsPerPixel: 32,
  rate: { frames: 25, seconds: 1 },
  application: 'Sightline test',
};

/** A film of `count` pictures, 100 ms apart, with a keyframe every eight. */
async function film(file: MemoryFile, options: AviOptions, count: number, finish = true) {
  const encoder = new ZmbvEncoder(module, SIZE);
  const writer = new AviWriter(file, options);
  const shown: { time: number; rgb: Uint8Array; md5: string }[] = [];
  for (const [index, { picture }] of movingPictures(SIZE.width, SIZE.height, 11, count).entries()) {
    const { bytes, keyframe } = encoder.encode(picture, UNKNOWN_CHANGE, index % 8 === 0);
    if (bytes.length === 0) continue;
    await writer.addFrame(index * 100_000, bytes, keyframe);
    shown.push({ time: index * 100_000, rgb: rgb24(picture), md5: rgbMd5(picture) });
  }
  if (finish) await writer.finish(count * 100_000);
  else await writer.flush();
  return shown;
}

describe('AVI', () => {
  it('is as RIFF and OpenDML say, and other programs find nothing amiss', async () => {
    const file = new MemoryFile();
    const shown = await film(file, OPTIONS, 30);
    const summary = checkAvi(file);
    expect(summary).toMatchObject({ ...SIZE, rate: 25, riffs: 1, compression: 'ZMBV', bitsPerPixel: 32 });
    expect(summary.frames.length).toBe(75);
    expect(summary.frames.filter(({ size }) => size > 0).length).toBe(shown.length);
    withFile('film.avi', file.bytes(), (path) => {
      expect(complaints(path)).toBe('');
      expect(frameMd5s(path)).toEqual(shown.map(({ md5 }) => md5));
    });
  });

  it('goes on in further RIFFs, through which ffmpeg seeks', async () => {
    const file = new MemoryFile();
    const shown = await film(file, { ...OPTIONS, segmentBytes: 60_000 }, 60);
    const summary = checkAvi(file);
    expect(summary.riffs).toBeGreaterThan(3);
    withFile('film.avi', file.bytes(), (path) => {
      expect(complaints(path)).toBe('');
      expect(frameMd5s(path)).toEqual(shown.map(({ md5 }) => md5));
      for (const index of [0, 3, 20, 33, shown.length - 1]) {
        const { time, rgb } = shown[index]!;
        const found = decodeRaw(path, 'rgb24', ['-ss', String(time / 1e6)]).subarray(0, rgb.length);
        expect(Buffer.compare(found, rgb), `the picture at ${time}`).toBe(0);
      }
    });
  });

  it('is never more than half a frame off, whatever rate and times', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom([25, 1], [30_000, 1001], [1, 3], [60, 1]),
        fc.array(fc.integer({ min: 0, max: 400_000 }), { minLength: 1, maxLength: 60 }),
        async ([frames, seconds], steps) => {
          const file = new MemoryFile();
          const writer = new AviWriter(file, { ...OPTIONS, rate: { frames: frames!, seconds: seconds! } });
          const times: number[] = [];
          let time = 0;
          for (const step of steps) {
            time += step;
            if (!writer.takes(time)) continue;
            await writer.addFrame(time, new Uint8Array(3), true);
            times.push(time);
          }
          await writer.finish(time);
          const slots = checkAvi(file).frames.flatMap(({ size }, slot) => (size > 0 ? [slot] : []));
          expect(slots.length).toBe(times.length);
          slots.forEach((slot, index) => {
            const off = Math.abs((slot * seconds! * 1e6) / frames! - times[index]!);
            expect(off).toBeLessThanOrEqual((seconds! * 5e5) / frames! + 1);
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is indexed right beyond four gigabytes', async () => {
    const file = new SparseFile();
    const writer = new AviWriter(file, OPTIONS);
    const frame = new Uint8Array(3_000_017);
    const count = 1600;
    for (let index = 0; index < count; index++) {
      await writer.addFrame(index * 80_000, frame, index % 50 === 0);
    }
    await writer.finish();
    expect(file.length).toBeGreaterThan(4.7e9);
    const { frames, riffs } = checkAvi({ length: file.length, read: (at, size) => file.read(at, size) });
    expect(riffs).toBe(5);
    expect(frames.filter(({ size }) => size > 0).length).toBe(count);
    expect(frames.filter(({ keyframe }) => keyframe).length).toBe(count / 50);
    expect(frames.at(-1)!.at).toBeGreaterThan(2 ** 32);
  });

  it('opens after a crash, and from a sink that cannot seek', async () => {
    const cut = new MemoryFile();
    const shown = await film(cut, OPTIONS, 20, false);
    const piped = new MemoryFile(false);
    await film(piped, OPTIONS, 20);
    for (const file of [cut, piped]) {
      const md5s = withFile('film.avi', file.bytes(), frameMd5s);
      expect(md5s).toEqual(shown.map(({ md5 }) => md5));
    }
  });

  it('opens when it was cut, finished or not, and shows what is whole', async () => {
    for (const finished of [true, false]) {
      const file = new MemoryFile();
      const shown = await film(file, { ...OPTIONS, segmentBytes: 100_000 }, 40, finished);
      const bytes = file.bytes();
      const counts = [0.3, 0.5, 0.77, 0.99].map((part) => {
        const cut = bytes.subarray(0, Math.floor(bytes.length * part));
        const decoded = withFile('cut.avi', cut, (path) => decodeRaw(path, 'rgb24'));
        const size = SIZE.width * SIZE.height * 3;
        // What ffmpeg makes of a picture that is cut is its own affair.
        const whole = Math.floor(decoded.length / size) - 1;
        for (let index = 0; index < whole; index++) {
          const found = decoded.subarray(index * size, (index + 1) * size);
          expect(Buffer.compare(found, shown[index]!.rgb), `${index} of ${part}`).toBe(0);
        }
        return whole;
      });
      expect(counts[0]).toBeGreaterThanOrEqual(1);
      expect([...counts].sort((a, b) => a - b)).toEqual(counts);
      expect(counts.at(-1)).toBeGreaterThan(shown.length * 0.9);
    }
  });

  it('refuses what no file can have', async () => {
    const make = (options: Partial<AviOptions>) =>
      new AviWriter(new MemoryFile(), { ...OPTIONS, ...options });
    expect(() => make({ rate: { frames: 0, seconds: 1 } })).toThrowError(
      expect.objectContaining({ field: 'rate' }),
    );
    expect(() => make({ size: { width: 0, height: 1 } })).toThrowError(
      expect.objectContaining({ field: 'size' }),
    );
    expect(() => make({ segmentBytes: 10 })).toThrowError(expect.objectContaining({ field: 'segmentBytes' }));
    const writer = make({ segmentBytes: 10_000 });
    await expect(writer.addFrame(-1, new Uint8Array(1), true)).rejects.toMatchObject({ field: 'time' });
    await expect(writer.addFrame(0, new Uint8Array(10_000), true)).rejects.toMatchObject({ field: 'bytes' });
    await writer.addFrame(50_000, new Uint8Array(1), true);
    await expect(writer.addFrame(40_000, new Uint8Array(1), true)).rejects.toMatchObject({
      code: 'bad-state',
    });
    await writer.finish();
    await expect(writer.addFrame(1e6, new Uint8Array(1), true)).rejects.toMatchObject({ code: 'bad-state' });
  });
});
