/** A page that nobody sees, in Chromium: it costs nothing, and shows the host's picture at once when it is seen again. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { ColourLevel } from '../../codecs/index.js';
import { bench, setUpBench } from './support/hooks.js';
import { expectHostPicture, openLive } from './support/page.js';

setUpBench();

/** Another tab is in front, or this one again: Chromium without a window hides none by itself. */
async function setHidden(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((isHidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => isHidden });
    Object.defineProperty(document, 'visibilityState', {
      configurable: true,
      get: () => (isHidden ? 'hidden' : 'visible'),
    });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
}

it('is sent no pictures while it is hidden, and the newest when it is seen again', async () => {
  const page = await openLive();
  await setHidden(page, true);
  await page.waitForFunction(() => !window.sightline.state.viewer.watching);
  // What was under way has come when the figures show a second without anything.
  await page.waitForFunction(() => window.sightline.state.stats?.framesPerSecond === 0);
  const before = await page.evaluate(() => window.sightline.frame);
  // The session goes on without the picture.
  bench.host.chat.send('Still here');
  await page.waitForFunction(() => window.sightline.state.chat.unread === 1);
  expect(await page.evaluate(() => window.sightline.frame)).toBe(before);
  await setHidden(page, false);
  await page.waitForFunction((old) => window.sightline.frame > old, before);
  await expectHostPicture(page, ColourLevel.High);
});

it('goes on while it records', async () => {
  const page = await openLive(bench.address(), { acceptDownloads: true });
  await page.click('#record');
  await page.waitForFunction(() => window.sightline.state.recording.active);
  await setHidden(page, true);
  const frame = await page.evaluate(() => window.sightline.frame);
  const bytes = () =>
    page.evaluate(() => {
      const { recording } = window.sightline.state;
      return recording.active ? recording.bytes : 0;
    });
  const first = await bytes();
  await expect.poll(bytes, { timeout: 20_000 }).toBeGreaterThan(first);
  expect(await page.evaluate(() => window.sightline.state.viewer.watching)).toBe(true);
  await page.evaluate(() => document.querySelector<HTMLElement>('#record')!.click());
  await page.waitForFunction(() => !window.sightline.state.viewer.watching);
  await setHidden(page, false);
  await page.waitForFunction((old) => window.sightline.frame > old, frame);
});
