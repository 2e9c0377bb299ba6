/**
 * Every video of the corpus, recorded picture by picture and converted: exactly where the codec and the colours allow
 * it, as ffmpeg sees it; else within the quality that is promised.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtFile } from '../../engine/index.js';
import { frameMd5s } from '../support/framemd5.js';
import { complaints } from '../support/video-file.js';

const folder = process.env.SIGHTLINE_CORPUS ?? '';
const videos = readdirSync(folder).filter((name) => /\.(mkv|mp4|webm|avi)$/.test(name));
/** Of Microsoft Video 1 at its own quality, on the sequences that suit it least. */
const LEAST_MSVC_DB = 27;

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'sightline-corpus-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('a recorded and converted video', () => {
  it.each(videos)('%s', (name) => {
    const video = join(folder, name);
    const at = (file: string) => join(scratch, `${basename(name, '.mkv')}-${file}`);

    sightline('record', at('high.rcrec'), '--replay', video);
    const pictures = withoutRepeats(frameMd5s(video));
    expect(withoutRepeats(hashes(sightline('frames', at('high.rcrec'))))).toEqual(pictures);

    sightline('convert', at('high.rcrec'), at('zmbv.mkv'));
    expect(complaints(at('zmbv.mkv'))).toBe('');
    expect(frameMd5s(at('zmbv.mkv'))).toEqual(hashes(sightline('frames', at('high.rcrec'))));

    sightline('convert', at('high.rcrec'), at('msvc.avi'));
    expect(complaints(at('msvc.avi'))).toBe('');
    expect(psnr(at('msvc.avi'), video)).toBeGreaterThan(LEAST_MSVC_DB);

    sightline('record', at('low.rcrec'), '--replay', video, '--level', 'low');
    const low = hashes(sightline('frames', at('low.rcrec')));
    sightline('convert', at('low.rcrec'), at('mrle.avi'));
    expect(complaints(at('mrle.avi'))).toBe('');
    expect(withoutRepeats(frameMd5s(at('mrle.avi')))).toEqual(low);
    sightline('convert', at('low.rcrec'), at('zmbv8.mkv'));
    expect(frameMd5s(at('zmbv8.mkv'))).toEqual(low);
  });
});

function sightline(...words: string[]): string {
  const command = builtFile('harness', 'cli', 'main.js');
  return execFileSync(process.execPath, [command, ...words], { encoding: 'utf8', maxBuffer: 1 << 26 });
}

function hashes(output: string): string[] {
  const lines = output.split('\n').filter((line) => /^\d/.test(line));
  return lines.map((line) => line.split(',').at(-1)!.trim());
}

function withoutRepeats(md5s: readonly string[]): string[] {
  return md5s.filter((md5, index) => md5 !== md5s[index - 1]);
}

/** Over red, green and blue of all pictures, dB. */
function psnr(path: string, original: string): number {
  const alike = 'fps=20,format=rgb24,settb=1/20';
  const graph = `[0:v]${alike}[a];[1:v]${alike}[b];[a][b]psnr`;
  const words = ['-i', path, '-i', original, '-lavfi', graph, '-f', 'null', '-'];
  const { stderr } = spawnSync('ffmpeg', words, { encoding: 'utf8', maxBuffer: 1 << 26 });
  return Number(/average:([\d.]+)/.exec(stderr)?.[1]);
}
