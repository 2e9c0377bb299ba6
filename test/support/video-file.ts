/** Writes coded pictures to a file and asks other programs what they make of it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Picture } from '../../codecs/index.js';

/** Calls `use` with the path of a file of those bytes, which is gone afterwards. */
export function withFile<T>(name: string, bytes: Uint8Array, use: (path: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-video-'));
  try {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return use(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** MD5 of the RGB24 pixels, as ffmpeg's framemd5 has it. */
export function rgbMd5(picture: Picture): string {
  return createHash('md5').update(rgb24(picture)).digest('hex');
}

/** R, G, B of each pixel, row by row. */
export function rgb24({ width, height, stride, pixels }: Picture): Uint8Array {
  const out = new Uint8Array(width * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = y * stride + x * 4;
      out[at++] = pixels[from + 2]!;
      out[at++] = pixels[from + 1]!;
      out[at++] = pixels[from]!;
    }
  }
  return out;
}

/** Decoded pictures one behind the other, in a pixel format of ffmpeg's; `before` are options of the input. */
export function decodeRaw(path: string, format: string, before: readonly string[] = []): Buffer {
  const options = ['-v', 'error', ...before, '-i', path, '-map', '0:v:0', '-fps_mode', 'passthrough'];
  const output = ['-sws_flags', 'neighbor', '-pix_fmt', format, '-f', 'rawvideo', 'pipe:1'];
  return execFileSync('ffmpeg', [...options, ...output], { maxBuffer: 1 << 28, stdio: 'pipe' });
}

/** Everything that ffprobe (decoding all), mkvinfo and mkvmerge have to complain of; '' when nothing. */
export function complaints(path: string): string {
  const found = [];
  const probe = spawnSync(
    'ffprobe',
    ['-v', 'warning', '-count_frames', '-show_entries', 'stream=nb_read_frames', path],
    {
      encoding: 'utf8',
    },
  );
  if (probe.status !== 0 || probe.stderr !== '') found.push(`ffprobe: ${probe.stderr}`);
  for (const [program, ...words] of path.endsWith('.avi')
    ? [['mkvmerge', '-i']]
    : [
        ['mkvinfo', '-v'],
        ['mkvmerge', '-i'],
      ]) {
    const result = spawnSync(program!, [...words, path], { encoding: 'utf8' });
    const lines = `${result.stdout}${result.stderr}`.split('\n');
    const bad = lines.filter((line) => /error|warning|unknown element|skipped \d/i.test(line));
    if (result.status !== 0 || bad.length > 0) found.push(`${program}: ${bad.join('\n')}`);
  }
  return found.join('\n');
}
