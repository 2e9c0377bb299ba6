/** A recording as .webm: browsers and others that seek land on the picture of the moment. */
import { execFileSync, spawnSync } from 'node:child_process';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../console/support/browser.js';
import { Scenario } from '../recording/scenario.js';
import { checkMkv } from '../support/ebml-check.js';
import {
  BITS,
  drawNumber,
  openWebm,
  readNumber,
  SQUARE,
  seekVideo,
  videoPixels,
} from '../support/numbered-video.js';
import { drawContent, generator } from '../support/pictures.js';
import type { MemoryFile } from '../support/sparse-file.js';
import { complaints, withFile } from '../support/video-file.js';
import { convert, recordingOf } from './support.js';

const SIZE = { width: BITS * SQUARE, height: 96 };
const PICTURES = 1 << BITS;
/** Somebody joins with this picture: a chapter. */
const JOINED = 38;
/** It has what WebVTT takes for marks. */
const NAME = 'Blaise & <i>';
const MICROS = 1e6;

/** When each picture comes, from the first on: at uneven times, with long pauses. */
const times: number[] = [];
let file: MemoryFile;
let end: number;

beforeAll(async () => {
  const session = new Scenario(SIZE.width, SIZE.height);
  const start = session.now;
  const next = generator(7);
  for (let index = 0; index < PICTURES; index++) {
    times.push(session.now - start);
    if (index === 0) session.participants('Ada');
    if (index === JOINED) session.participants('Ada', NAME);
    if (index % 10 === 0) drawContent(session.picture, 'few', index);
    drawNumber(session.picture, index);
    session.send();
    session.now += 40_000 + (next() % 200) * 1000 + (index % 16 === 5 ? 3_000_000 : 0);
  }
  // The last picture is shown until then.
  session.participants('Ada', NAME);
  const converted = await convert(await recordingOf(session), { container: 'webm' });
  file = converted.file;
  end = converted.summary.duration;
});

/** A moment in the middle of what a picture is shown, seconds. */
function middleOf(index: number): number {
  return (times[index]! + (times[index + 1] ?? end)) / 2 / MICROS;
}

describe('a recording as .webm', () => {
  it('has every picture at its time, and those to seek to at chapters and every few seconds', () => {
    const { blocks: all, chapters, cues } = checkMkv(file);
    const blocks = all.filter(({ track }) => track === 1);
    expect(blocks.map(({ time }) => time)).toEqual(times.map((time) => Math.round(time / 1000)));
    const keys = blocks.flatMap(({ keyframe, time }) => (keyframe ? [time] : []));
    expect(keys).toContain(Math.round(times[JOINED]! / 1000));
    expect(chapters.map((line) => line.replace(/^\d+ /, ''))).toEqual([
      'Start',
      `${NAME.replace('<', '<\u2060')} has joined`,
    ]);
    for (const { time } of blocks) {
      const before = keys.findLast((key) => key <= time)!;
      expect(time - before).toBeLessThan(5000);
    }
    expect(cues).toBe(keys.length);
    expect(keys.length).toBeLessThan(10);
    withFile('film.webm', file.bytes(), (path) => expect(complaints(path)).toBe(''));
  });

  it('has what happened as WebVTT', () => {
    const { tracks, blocks } = checkMkv(file);
    expect(tracks.map(({ type, codec }) => `${type} ${codec}`)).toEqual(['1 V_VP8', '17 D_WEBVTT/SUBTITLES']);
    expect(blocks.flatMap(({ track, time }) => (track === 2 ? [time] : []))).toEqual([
      Math.round(times[JOINED]! / 1000),
    ]);
    withFile('film.webm', file.bytes(), (path) => {
      const read = ['-v', 'warning', '-i', path, '-map', '0:s', '-f', 'srt', '-'];
      const { stdout, stderr } = spawnSync('ffmpeg', read, { encoding: 'utf8' });
      expect(stderr).toBe('');
      expect(stdout.replaceAll('\u2060', '').split('\n')[2]).toBe(`${NAME} has joined`);
    });
  });

  it('shows ffmpeg the picture of a moment', () => {
    withFile('film.webm', file.bytes(), (path) => {
      for (const index of [0, 5, 6, JOINED - 1, JOINED, 50, PICTURES - 2]) {
        const at = ['-ss', String(middleOf(index)), '-i', path, '-frames:v', '1'];
        const raw = ['-f', 'rawvideo', '-pix_fmt', 'gray', '-'];
        const pixels = execFileSync('ffmpeg', ['-v', 'error', ...at, ...raw]);
        // The first that comes at that moment or after it.
        expect(readNumber(pixels, SIZE.width, 1)).toBe(index + 1);
      }
    });
  });

  describe('in Chromium', () => {
    let browser: Browser;
    let page: Page;

    beforeAll(async () => {
      browser = await launchBrowser();
      page = await browser.newPage();
      await openWebm(page, file.bytes());
    });
    afterAll(() => browser?.close());

    it('has the length of the recording', async () => {
      const seconds = await page.evaluate(() => document.querySelector('video')!.duration);
      expect(Math.abs(seconds - end / MICROS)).toBeLessThan(0.01);
    });

    it('shows the picture of the moment that is sought', async () => {
      for (const index of [PICTURES - 1, 0, 6, JOINED, JOINED - 1, 5, 21, 22, 48, 63, 1, 33]) {
        await seekVideo(page, middleOf(index));
        // The frame that is painted may follow the end of seeking.
        const shown = async () => readNumber(await videoPixels(page, SIZE), SIZE.width, 4);
        await expect.poll(shown, { timeout: 5000 }).toBe(index);
      }
    });
  });
});
