/** What the tests of the page do again and again: open it, compare its picture with the host's, point at the host. */
import type { Download, Page } from 'playwright-core';
import { expect } from 'vitest';
import { AUTO_STREAM, ColourLevel } from '../../../codecs/index.js';
import type { Bench } from './bench.js';
import { bench } from './hooks.js';

/** A page that shows the host's screen at high quality. */
export async function openLive(...how: Parameters<Bench['open']>): Promise<Page> {
  const page = await bench.open(...how);
  await page.waitForFunction(() => window.sightline.state.seen);
  return page;
}

/**
 * Waits until the canvas holds exactly what the host has for a viewer of `level` at the frame it shows; a page that
 * wishes for auto, as all do at first, gets the pixels of level high.
 */
export async function expectHostPicture(page: Page, level: ColourLevel): Promise<number> {
  const streams = level === ColourLevel.High ? [level, AUTO_STREAM] : [level];
  await page.waitForFunction(
    (wanted) => wanted.some((stream) => window.sightline.state.viewer.level === stream),
    streams,
  );
  const seen: string[] = [];
  for (let tries = 0; tries < 40; tries++) {
    const { sha256, frame } = await page.evaluate(() => window.sightline.pictureHash());
    if (sha256 === bench.hashOf(frame, level)) return frame;
    seen.push(`${frame}: ${sha256}, the host has ${bench.hashOf(frame, level)}`);
    await page.waitForFunction((old) => window.sightline.frame !== old, frame);
  }
  throw new Error(seen.join('\n'));
}

/** The place on the page of a place on the host's screen. */
export async function onPage(page: Page, x: number, y: number): Promise<{ x: number; y: number }> {
  const box = (await page.locator('#sheet').boundingBox())!;
  return {
    x: box.x + ((x + 0.5) * box.width) / bench.desktop.width,
    y: box.y + ((y + 0.5) * box.height) / bench.desktop.height,
  };
}

export function middle(name: string): { x: number; y: number } {
  const { x, y, width, height } = bench.desktop.locate(name)!;
  return { x: Math.floor(x + width / 2), y: Math.floor(y + height / 2) };
}

export async function clickHost(page: Page, name: string): Promise<void> {
  const { x, y } = middle(name);
  const at = await onPage(page, x, y);
  await page.mouse.click(at.x, at.y);
}

export async function takeControl(page: Page): Promise<void> {
  await page.click('#control');
  await page.waitForFunction(
    () => window.sightline.state.viewer.controller === window.sightline.state.viewer.viewer,
  );
}

/** Resolves as soon as `found` gives something; the events that it looks at arrive in this process. */
export async function eventually<T>(found: () => T | undefined | false): Promise<T> {
  return await expect
    .poll(() => found() || undefined, { timeout: 10_000, interval: 10 })
    .toBeDefined()
    .then(() => found() as T);
}

export async function bytesOf(download: Download): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of await download.createReadStream()) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
