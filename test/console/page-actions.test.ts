/** What a technician does in the page, in Chromium: it arrives at a simulated host by a real relay. */
import { createHash } from 'node:crypto';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { ColourLevel, type Rect } from '../../codecs/index.js';
import { verifyRecording } from '../../engine/recording/file.js';
import { packRgb } from '../../harness/console/session/worker/picture-hash.js';
import { bench, setUpBench } from './support/hooks.js';
import {
  bytesOf,
  clickHost,
  eventually,
  expectHostPicture,
  middle,
  onPage,
  openLive,
  takeControl,
} from './support/page.js';

setUpBench();

/** R, G and B of one pixel of a PNG. */
async function pixelOf(png: Buffer, x: number, y: number): Promise<number[]> {
  const image = await loadImage(png);
  const canvas = createCanvas(image.width, image.height);
  canvas.getContext('2d').drawImage(image, 0, 0);
  return [...canvas.getContext('2d').getImageData(x, y, 1, 1).data].slice(0, 3);
}

function isRed([red = 0, green = 0, blue = 0]: number[]): boolean {
  return red > 180 && green < 90 && blue < 90;
}

describe('what is done', () => {
  it('reaches the host: a click on a button, which reacts', async () => {
    const page = await openLive();
    const area = bench.desktop.locate('form.button')!;
    const status: Rect = { ...area, y: area.y + area.height + 18, height: 34 };
    const from = await onPage(page, status.x, status.y);
    const clip = { x: from.x, y: from.y, width: status.width, height: status.height };
    const before = await page.screenshot({ clip });
    await clickHost(page, 'form.button');
    expect(bench.inputs).toEqual([]);
    await takeControl(page);
    await clickHost(page, 'form.button');
    const press = await eventually(() =>
      bench.inputs.find((event) => event.kind === 'pointer' && event.buttons === 1),
    );
    expect(press).toMatchObject(middle('form.button'));
    await expect.poll(async () => (await page.screenshot({ clip })).equals(before)).toBe(false);
    await expectHostPicture(page, ColourLevel.High);
    await expect.poll(() => page.textContent('#stat-input')).toMatch(/\d \/ .*\d ms/);
  });

  it('is exact at every view size, and never on a scaled or scrolled picture’s neighbour', async () => {
    const page = await openLive(bench.address(), {}, { width: 700, height: 500 });
    await takeControl(page);
    for (const choice of ['fit', 'stretch', 'actual'] as const) {
      await page.click('#view');
      await page.click(`[data-value="${choice}"]`);
      await page.evaluate(() => document.querySelector('.room')!.scrollTo(120, 90));
      const target = { x: 301, y: 257 };
      const at = await onPage(page, target.x, target.y);
      bench.inputs.length = 0;
      await page.mouse.click(at.x, at.y);
      const press = await eventually(() =>
        bench.inputs.find((event) => event.kind === 'pointer' && event.buttons === 1),
      );
      expect(press).toMatchObject(target);
      await eventually(() => bench.inputs.find((event) => event.kind === 'pointer' && event.buttons === 0));
    }
  });

  it('is typed once, as text or as keys, and no key stays down', async () => {
    const page = await openLive();
    await takeControl(page);
    await clickHost(page, 'form.field');
    await page.keyboard.type('Zoë 5 €');
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Control+KeyC');
    await page.keyboard.down('Shift');
    await eventually(() => bench.inputs.some((event) => event.kind === 'key' && event.code === 'ShiftLeft'));
    await page.evaluate(() => window.dispatchEvent(new Event('blur')));
    await eventually(() => {
      const last = bench.inputs.at(-1);
      return last?.kind === 'key' && last.code === 'ShiftLeft' && !last.down;
    });
    const text = bench.inputs.flatMap((event) => (event.kind === 'text' ? event.text : []));
    expect(text.join('')).toBe('Zoë 5 €');
    const keys = bench.inputs.flatMap((event) =>
      event.kind === 'key' ? `${event.down ? '+' : '-'}${event.code}` : [],
    );
    expect(
      keys.filter((key) => key.includes('Control') || key.includes('KeyC') || key.includes('Back')),
    ).toEqual(['+Backspace', '-Backspace', '+ControlLeft', '+KeyC', '-KeyC', '-ControlLeft']);
    for (const key of keys) {
      if (key.startsWith('+')) expect(keys).toContain(`-${key.slice(1)}`);
    }
    await expectHostPicture(page, ColourLevel.High);
  });

  it('is text of an input method, once, when it is finished', async () => {
    const page = await openLive();
    await takeControl(page);
    const keyboard = await page.context().newCDPSession(page);
    await keyboard.send('Input.imeSetComposition', { text: 'に', selectionStart: 1, selectionEnd: 1 });
    await keyboard.send('Input.imeSetComposition', { text: 'にほ', selectionStart: 2, selectionEnd: 2 });
    await keyboard.send('Input.insertText', { text: '日本' });
    await page.keyboard.type('x');
    await eventually(() => bench.inputs.some((event) => event.kind === 'text' && event.text === 'x'));
    expect(bench.inputs.flatMap((event) => (event.kind === 'text' ? event.text : []))).toEqual(['日本', 'x']);
    expect(await page.inputValue('#keyboard')).toBe('');
  });

  it('turns the host’s wheel by whole pixels, down as down', async () => {
    const page = await openLive();
    await takeControl(page);
    const at = await onPage(page, 400, 300);
    await page.mouse.move(at.x, at.y);
    await page.mouse.wheel(0, 240);
    // A browser that has much to do may give a turn in parts.
    const turns = () => bench.inputs.filter((event) => event.kind === 'wheel');
    await eventually(() => turns().reduce((sum, { dy }) => sum + dy, 0) >= 240);
    expect(turns().reduce((sum, { dy }) => sum + dy, 0)).toBe(240);
    for (const turn of turns()) expect(turn).toMatchObject({ x: 400, y: 300, dx: 0 });
  });

  it('is a drawing, red here and at the host, and no input; erasing takes it away', async () => {
    const page = await openLive();
    await takeControl(page);
    await page.click('#whiteboard');
    await page.waitForFunction(() => window.sightline.state.viewer.participants[0]?.tool === 'whiteboard');
    bench.inputs.length = 0;
    const from = await onPage(page, 200, 300);
    const to = await onPage(page, 500, 300);
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(to.x, to.y, { steps: 12 });
    await page.mouse.up();
    await eventually(() => bench.overlays.find((event) => event.kind === 'stroke' && event.end));
    expect(bench.inputs).toEqual([]);
    expect(isRed(await pixelOf(bench.desktop.renderCustomerView(), 350, 300))).toBe(true);
    const here = async () => {
      const place = await onPage(page, 350, 300);
      return isRed(await pixelOf(await page.screenshot(), Math.floor(place.x), Math.floor(place.y)));
    };
    await expect.poll(here).toBe(true);
    // Somebody who comes later sees it too.
    const other = await openLive();
    const there = async () => {
      const place = await onPage(other, 350, 300);
      return isRed(await pixelOf(await other.screenshot(), Math.floor(place.x), Math.floor(place.y)));
    };
    await expect.poll(there).toBe(true);
    // The picture itself, and a screenshot of it, hold no overlays.
    await expectHostPicture(page, ColourLevel.High);
    await page.click('#erase');
    await eventually(() => bench.overlays.find((event) => event.kind === 'erase'));
    await expect.poll(here).toBe(false);
    await expect.poll(there).toBe(false);
    expect(isRed(await pixelOf(bench.desktop.renderCustomerView(), 350, 300))).toBe(false);
  });

  it('is drawn in the colour of whoever draws; each erases their own, or all, and can take a stroke back', async () => {
    const anna = await openLive();
    const bruno = await openLive();
    const line = async (page: Page, y: number) => {
      const from = await onPage(page, 200, y);
      const to = await onPage(page, 500, y);
      const known = bench.overlays.length;
      await page.mouse.move(from.x, from.y);
      await page.mouse.down();
      await page.mouse.move(to.x, to.y, { steps: 4 });
      await page.mouse.up();
      await eventually(() =>
        bench.overlays.slice(known).find((event) => event.kind === 'stroke' && event.end),
      );
    };
    /** Colours of the three lines at the customer, as their channels. */
    const seen = async () => {
      const png = bench.desktop.renderCustomerView();
      return Promise.all([150, 300, 450].map((y) => pixelOf(png, 350, y)));
    };
    const plain = await seen();
    const red = [255, 0, 0];
    const blue = [0, 0x44, 255];
    await anna.click('#whiteboard');
    await bruno.click('#whiteboard');
    await line(anna, 150);
    await line(bruno, 300);
    await line(bruno, 450);
    expect(await seen()).toEqual([red, blue, blue]);
    const [download] = await Promise.all([anna.waitForEvent('download'), anna.click('#screenshot')]);
    expect(await pixelOf(await bytesOf(download), 350, 450)).toEqual(blue);
    await bruno.keyboard.press('Control+z');
    await expect.poll(seen).toEqual([red, blue, plain[2]]);
    await anna.click('#erase');
    await expect.poll(seen).toEqual([plain[0], blue, plain[2]]);
    await anna.click('#more');
    await anna.click('[data-command="erase-all"]');
    await expect.poll(seen).toEqual(plain);
    await expect.poll(() => anna.textContent('#told')).toMatch(/also those of/);
    await expect.poll(() => bruno.textContent('#told')).toMatch(/has erased all drawings/);
  });

  it('is a laser dot at the host, gone when the laser is off', async () => {
    const page = await openLive();
    await page.click('#laser');
    const at = await onPage(page, 420, 333);
    await page.mouse.move(at.x, at.y);
    const dot = await eventually(() =>
      bench.overlays.find((event) => event.kind === 'laser' && event.visible),
    );
    expect(dot).toMatchObject({ x: expect.closeTo(420.5, 0), y: expect.closeTo(333.5, 0) });
    expect(isRed(await pixelOf(bench.desktop.renderCustomerView(), 420, 333))).toBe(true);
    await expect.poll(() => page.textContent('#stat-laser')).toMatch(/\d \/ .*\d ms/);
    await page.click('#laser');
    await eventually(() => bench.overlays.find((event) => event.kind === 'laser' && !event.visible));
    expect(isRed(await pixelOf(bench.desktop.renderCustomerView(), 420, 333))).toBe(false);
  });

  it('is a screenshot of the whole host display', async () => {
    const page = await openLive(bench.address(), {}, { width: 700, height: 500 });
    await expectHostPicture(page, ColourLevel.High);
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#screenshot')]);
    expect(download.suggestedFilename()).toMatch(/^sightline-screenshot-\d{4}-\d\d-\d\d-\d{6}\.png$/);
    const image = await loadImage(await bytesOf(download));
    expect([image.width, image.height]).toEqual([1024, 640]);
    const canvas = createCanvas(image.width, image.height);
    canvas.getContext('2d').drawImage(image, 0, 0);
    const rgb = packRgb(canvas.getContext('2d').getImageData(0, 0, image.width, image.height).data);
    const sha256 = createHash('sha256').update(rgb).digest('hex');
    expect(bench.frameOf(sha256, ColourLevel.High)).toBeGreaterThan(0);
  });

  it('is a recording that verifies, and the host is told', async () => {
    const page = await openLive();
    await page.click('#record');
    await eventually(() => bench.notices.find((notice) => notice.kind === 'recording' && notice.active));
    await page.waitForFunction(() => {
      const { recording } = window.sightline.state;
      return recording.active && recording.bytes > 20_000;
    });
    await expect.poll(() => page.textContent('#stat-recording')).toMatch(/0:0\d · \d+ kB/);
    const frame = await page.evaluate(() => window.sightline.frame);
    await page.waitForFunction((old) => window.sightline.frame > old, frame);
    await page.click('#record');
    // It is kept, and nothing is downloaded that nobody asked for.
    await page.waitForSelector('#recorded');
    const { name, kept } = await page.evaluate(() => {
      const { recorded } = window.sightline.state;
      return { name: recorded!.name, kept: recorded!.kept };
    });
    expect(kept).toBe(true);
    expect(await page.textContent('#recorded')).toMatch(/\d+:\d\d, .*Kept in this browser/);
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#recorded-save')]);
    expect(download.suggestedFilename()).toBe(`${name}.rcrec`);
    expect(await page.locator('#recorded').count()).toBe(0);
    await eventually(() => bench.notices.find((notice) => notice.kind === 'recording' && !notice.active));
    const verification = await verifyRecording(await download.path());
    expect(verification).toMatchObject({ ok: true, complete: true });
  });
});
