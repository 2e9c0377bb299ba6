/** A browser plays and seeks a .webm of ours: what it shows is told by a number that is drawn into each frame. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MkvWriter } from '../../../codecs/containers/index.js';
import type { Picture } from '../../../codecs/index.js';
import { UNKNOWN_CHANGE } from '../../../codecs/video/index.js';
import { Vp8Encoder } from '../../../codecs/vp8/index.js';
import { launchBrowser } from '../../console/support/browser.js';
import {
  BITS,
  drawNumber,
  fillSquare,
  openWebm,
  readNumber,
  SQUARE,
  seekVideo,
  videoPixels,
} from '../../support/numbered-video.js';
import { drawScene } from '../../support/screen-scenes.js';
import { MemoryFile } from '../../support/sparse-file.js';
import { complaints, withFile } from '../../support/video-file.js';
import { vp8Module } from '../../support/vp8.js';

const SIZE = { width: BITS * SQUARE, height: 96 };
const FRAMES = 30;
/** Microseconds; frames do not come at even times. */
const timeOf = (index: number) => index * 100_000 + (index % 3) * 13_000;
const END = timeOf(FRAMES);
/** A colour, R, G, B, of the lower left part of every frame. */
const ORANGE = [250, 120, 30] as const;

function drawNumbered(index: number): Picture {
  const picture = drawScene('drag', 1, index, SIZE.width, SIZE.height);
  drawNumber(picture, index);
  fillSquare(picture, 0, SIZE.height - SQUARE, ORANGE);
  return picture;
}

async function webm(): Promise<Uint8Array> {
  const encoder = new Vp8Encoder(vp8Module, SIZE);
  const file = new MemoryFile();
  const writer = new MkvWriter(file, {
    docType: 'webm',
    application: 'Sightline test',
    tracks: [{ type: 'video', codecId: encoder.codecId, size: SIZE, colour: encoder.colour }],
  });
  for (let index = 0; index < FRAMES; index++) {
    const { bytes, keyframe } = encoder.encode(drawNumbered(index), UNKNOWN_CHANGE, index % 10 === 0);
    await writer.addFrame(1, timeOf(index), bytes, keyframe);
  }
  await writer.finish(END);
  return file.bytes();
}

/** What the page's video shows: the number, and the colour of the orange square. */
async function shown(page: Page): Promise<{ index: number; colour: number[] }> {
  const pixels = await videoPixels(page, SIZE);
  const orange = ((SIZE.height - SQUARE / 2) * SIZE.width + SQUARE / 2) * 4;
  return { index: readNumber(pixels, SIZE.width, 4), colour: pixels.slice(orange, orange + 3) };
}

describe('a .webm in Chromium', () => {
  let browser: Browser;
  let page: Page;
  let file: Uint8Array;

  beforeAll(async () => {
    browser = await launchBrowser();
    file = await webm();
    page = await browser.newPage();
    await openWebm(page, file);
  });

  afterAll(() => browser?.close());

  it('has nothing that other programs complain of', () => {
    expect(withFile('film.webm', file, complaints)).toBe('');
  });

  it('has its size, its length and its colours', async () => {
    const { width, height, duration } = await page.evaluate(() => {
      const { videoWidth: width, videoHeight: height, duration } = document.querySelector('video')!;
      return { width, height, duration };
    });
    expect({ width, height }).toEqual(SIZE);
    expect(duration).toBeCloseTo(END / 1e6, 2);
    const { colour } = await shown(page);
    const off = colour.map((value, channel) => Math.abs(value - ORANGE[channel]!));
    expect(Math.max(...off)).toBeLessThanOrEqual(6);
  });

  it('shows the frame of a moment, wherever that is', async () => {
    for (const index of [17, 3, 29, 0, 10, 9, 20, 28, 1]) {
      await seekVideo(page, (timeOf(index) + timeOf(index + 1)) / 2e6);
      // The frame that is painted may follow the end of seeking.
      await expect.poll(async () => (await shown(page)).index, { timeout: 5000 }).toBe(index);
    }
  });

  it('plays to its end', async () => {
    await seekVideo(page, 0);
    await page.evaluate(() => {
      const video = document.querySelector('video')!;
      return new Promise<void>((resolve, reject) => {
        video.addEventListener('ended', () => resolve(), { once: true });
        video.addEventListener('error', () => reject(new Error(video.error?.message)), { once: true });
        video.playbackRate = 4;
        video.play().catch(reject);
      });
    });
    expect((await shown(page)).index).toBe(FRAMES - 1);
  });
});
