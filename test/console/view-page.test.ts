/** The view in Chromium: how large the picture is on screens of any density, and what a hand does with it. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { bench, setUpBench } from './support/hooks.js';
import { openLive } from './support/page.js';

setUpBench({ scenes: ['idle'], width: 1920, height: 1080 });

const LAPTOP = { width: 1440, height: 900 };

async function boxOf(page: Page, selector: string) {
  return (await page.locator(selector).boundingBox())!;
}

const rendering = (page: Page) =>
  page.evaluate(() => document.querySelector<HTMLElement>('#picture')!.style.imageRendering);

describe('the picture', () => {
  it('fills the window of a dense screen when fitted, and stays in the middle', async () => {
    const page = await openLive(bench.address(), { deviceScaleFactor: 2 }, LAPTOP);
    const stage = await boxOf(page, '#stage');
    const sheet = await boxOf(page, '#sheet');
    expect(sheet.width).toBeCloseTo(Math.min(stage.width, (stage.height * 16) / 9), 0);
    expect(sheet.height).toBeCloseTo((sheet.width * 9) / 16, 0);
    expect(sheet.x - stage.x).toBeCloseTo((stage.width - sheet.width) / 2, 0);
    expect(await rendering(page)).toBe('auto');
    await page.click('#view');
    await page.click('[data-value="actual"]');
    await expect.poll(async () => (await boxOf(page, '#sheet')).width).toBe(960);
    expect(await rendering(page)).toBe('pixelated');
  });
});
