import { describe, expect, it } from 'vitest';
import type { Picture } from '../../codecs/index.js';
import { busySession } from '../recording/scenario.js';
import { checkMkv } from '../support/ebml-check.js';
import { complaints, decodeRaw, withFile } from '../support/video-file.js';
import { convert, modules, recordingOf, show } from './support.js';

/** Peak signal-to-noise ratio of two runs of samples, in dB. */
function psnr(one: Uint8Array, other: Uint8Array): number {
  const sum = one.reduce((total, sample, at) => total + (sample - other[at]!) ** 2, 0);
  return 10 * Math.log10((255 * 255 * one.length) / sum);
}

/** Luma by BT.601 with limited range. */
function lumaOf({ width, height, stride, pixels }: Picture): Uint8Array {
  return Uint8Array.from({ length: width * height }, (_, place) => {
    const at = Math.floor(place / width) * stride + (place % width) * 4;
    const [blue, green, red] = [pixels[at]!, pixels[at + 1]!, pixels[at + 2]!];
    return 16 + (65.738 * red + 129.057 * green + 25.064 * blue) / 256;
  });
}

describe('conversion to VP8', () => {
  it.each([
    ['webm', undefined],
    ['mkv', 'vp8'],
  ] as const)('makes a .%s that other programs show as it was recorded', async (container, codec) => {
    const recording = await recordingOf(busySession(6, 24));
    const shown = await show(recording);
    const { file, summary } = await convert(recording, {
      container,
      quality: 90,
      ...(codec === undefined ? {} : { codec }),
    });
    expect(summary).toMatchObject({ codec: 'vp8', frames: shown.length, skipped: 0 });
    const { width, height } = summary.size;
    const decoded = withFile(`film.${container}`, file.bytes(), (path) => {
      expect(complaints(path)).toBe('');
      return decodeRaw(path, 'yuv420p');
    });
    const bytes = width * height + 2 * Math.ceil(width / 2) * Math.ceil(height / 2);
    expect(decoded.length).toBe(bytes * shown.length);
    for (const [index, { picture }] of shown.entries()) {
      const luma = decoded.subarray(index * bytes, index * bytes + width * height);
      expect(psnr(luma, lumaOf(picture))).toBeGreaterThan(35);
    }
    const unit = container === 'webm' ? 1000 : 100;
    const blocks = checkMkv(file).blocks.filter(({ track }) => track === 1);
    expect(blocks.map(({ time }) => time)).toEqual(shown.map(({ at }) => Math.round(at / unit)));
  });

  it('is smaller at a lower quality', async () => {
    const recording = await recordingOf(busySession(3, 20));
    const sizes = [];
    for (const quality of [20, 60, 95]) {
      sizes.push((await convert(recording, { container: 'webm', quality })).summary.bytes);
    }
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
    expect(sizes[0]! * 1.5).toBeLessThan(sizes[2]!);
  });

  it('is refused where its kernels were not loaded', async () => {
    const { decode, recording } = modules;
    const converting = convert(await recordingOf(busySession(3, 4)), {
      container: 'webm',
      modules: { decode, recording },
    });
    await expect(converting).rejects.toMatchObject({ code: 'bad-argument', message: /VP8/ });
  });
});
