/**
 * Every video of the corpus, recorded picture by picture and converted: exactly where the codec and the colours allow
 * it, as ffmpeg sees it; else within the quality that is promised. The first two seconds of each, which have
 * scrolling, typing and films in them: what comes later goes the same way.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, extname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as command from '../cli/command.js';
import { frameMd5s } from '../support/framemd5.js';
import { complaints } from '../support/video-file.js';

const folder = process.env.SIGHTLINE_CORPUS ?? '';
const videos = readdirSync(folder).filter((name) => /\.(mkv|mp4|webm|avi)$/.test(name));
/** One is enough for codecs to which all pictures of 256 colours are alike. */
const paletteVideo = videos.slice(0, 1);
const SECONDS = '2';
/** Each codec's own quality, on the sequences that suit it least; dB over red, green and blue. */
const LEAST_MSVC_DB = 30;
/** Chroma at half the width and height: coloured text loses most. */
const LEAST_VP8_DB = 33;

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'sightline-corpus-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('a recorded video', () => {
  it.each(videos)('%s: every picture is in the recording and in the ZMBV of it', async (name) => {
    const { video, at } = files(name);
    const high = at('high.rcrec');
    await sightline('record', high, '--replay', video, '--pace', 'fastest', '--seconds', SECONDS);
    const [shown] = await Promise.all([
      sightline('frames', high, '--md5').then(hashes),
      sightline('verify', high, '--decode'),
      sightline('convert', high, at('zmbv.mkv')),
      sightline('convert', high, at('msvc.avi')),
      sightline('convert', high, at('vp8.webm')),
    ]);
    expect(shown).toEqual(withoutRepeats(frameMd5s(video, { seconds: SECONDS })));
    expect(frameMd5s(at('zmbv.mkv'))).toEqual(shown);
    expect(psnr(at('msvc.avi'), video)).toBeGreaterThan(LEAST_MSVC_DB);
    expect(psnr(at('vp8.webm'), video)).toBeGreaterThan(LEAST_VP8_DB);
    for (const converted of ['zmbv.mkv', 'msvc.avi', 'vp8.webm']) expect(complaints(at(converted))).toBe('');
  });

  it.each(paletteVideo)('%s: 256 colours stay exact in MRLE and in ZMBV', async (name) => {
    const { video, at } = files(name);
    const low = at('low.rcrec');
    await sightline('record', low, '--replay', video, '--level', 'low', '--seconds', SECONDS);
    const [shown] = await Promise.all([
      sightline('frames', low, '--md5').then(hashes),
      sightline('convert', low, at('mrle.avi')),
      sightline('convert', low, at('zmbv8.mkv')),
    ]);
    expect(shown.length).toBeGreaterThan(2);
    expect(withoutRepeats(frameMd5s(at('mrle.avi')))).toEqual(shown);
    expect(frameMd5s(at('zmbv8.mkv'))).toEqual(shown);
    for (const converted of ['mrle.avi', 'zmbv8.mkv']) expect(complaints(at(converted))).toBe('');
  });
});

function files(name: string) {
  const stem = basename(name, extname(name));
  return { video: join(folder, name), at: (file: string) => join(scratch, `${stem}-${file}`) };
}

async function sightline(...words: string[]): Promise<string> {
  const { code, out, err } = await command.sightline(words);
  expect(code, err).toBe(0);
  return out;
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
  const graph = `[0:v]${alike}[a];[1:v]${alike}[b];[a][b]psnr=shortest=1`;
  const words = ['-i', path, '-t', SECONDS, '-i', original, '-lavfi', graph, '-f', 'null', '-'];
  const { stderr } = spawnSync('ffmpeg', words, { encoding: 'utf8', maxBuffer: 1 << 26 });
  return Number(/average:([\d.]+)/.exec(stderr)?.[1]);
}
