/**
 * The page in Chromium, with a real relay and a simulated host in this process: what a technician sees is what
 * the host has, and what the technician does arrives there.
 */
import { createHash } from 'node:crypto';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import type { Browser, Download, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AUTO_STREAM, ColourLevel, LEVEL_NAMES, type Rect } from '../../codecs/index.js';
import { verifyRecording } from '../../engine/recording/file.js';
import { packRgb } from '../../harness/console/worker/picture-hash.js';
import { Bench } from './support/bench.js';
import { launchBrowser } from './support/browser.js';

let browser: Browser;
/** A machine that is busy sharpens the picture later: the link is measured first. */
const PATIENT = { timeout: 30_000 };

let bench: Bench;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

beforeEach(async () => {
  bench = await Bench.start(browser);
});
afterEach(async () => {
  await bench.stop();
  expect(bench.errors).toEqual([]);
});

/** A page that shows the host's screen at high quality. */
async function openLive(...how: Parameters<Bench['open']>): Promise<Page> {
  const page = await bench.open(...how);
  await page.waitForFunction(() => window.sightline.state.seen);
  return page;
}

/**
 * Waits until the canvas holds exactly what the host has for a viewer of `level` at the frame it shows; a page that
 * wishes for auto, as all do at first, gets the pixels of level high.
 */
async function expectHostPicture(page: Page, level: ColourLevel): Promise<number> {
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
async function onPage(page: Page, x: number, y: number): Promise<{ x: number; y: number }> {
  const box = (await page.locator('#sheet').boundingBox())!;
  return {
    x: box.x + ((x + 0.5) * box.width) / bench.desktop.width,
    y: box.y + ((y + 0.5) * box.height) / bench.desktop.height,
  };
}

function middle(name: string): { x: number; y: number } {
  const { x, y, width, height } = bench.desktop.locate(name)!;
  return { x: Math.floor(x + width / 2), y: Math.floor(y + height / 2) };
}

async function clickHost(page: Page, name: string): Promise<void> {
  const { x, y } = middle(name);
  const at = await onPage(page, x, y);
  await page.mouse.click(at.x, at.y);
}

async function takeControl(page: Page): Promise<void> {
  await page.click('#control');
  await page.waitForFunction(
    () => window.sightline.state.viewer.controller === window.sightline.state.viewer.viewer,
  );
}

/** Resolves as soon as `found` gives something; the events that it looks at arrive in this process. */
async function eventually<T>(found: () => T | undefined | false): Promise<T> {
  return await expect
    .poll(() => found() || undefined, { timeout: 10_000, interval: 10 })
    .toBeDefined()
    .then(() => found() as T);
}

/** R, G and B of one pixel of a PNG. */
async function pixelOf(png: Buffer, x: number, y: number): Promise<number[]> {
  const image = await loadImage(png);
  const canvas = createCanvas(image.width, image.height);
  canvas.getContext('2d').drawImage(image, 0, 0);
  return [...canvas.getContext('2d').getImageData(x, y, 1, 1).data].slice(0, 3);
}

async function bytesOf(download: Download): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of await download.createReadStream()) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function isRed([red = 0, green = 0, blue = 0]: number[]): boolean {
  return red > 180 && green < 90 && blue < 90;
}

describe('what is seen', () => {
  it('is the host’s picture, pixel for pixel, frame after frame', async () => {
    const page = await openLive();
    const frames = new Set<number>();
    while (frames.size < 3) {
      const frame = await expectHostPicture(page, ColourLevel.High);
      frames.add(frame);
      await page.waitForFunction((old) => window.sightline.frame !== old, frame);
    }
    await expect.poll(() => page.textContent('#stat-display')).toMatch(/\d \/ .*\d ms/);
    expect(await page.title()).toBe('Reception PC – Sightline');
    // A page that rests costs nothing.
    const moving = () =>
      document.getAnimations().filter((animation) => animation instanceof CSSAnimation).length;
    expect(await page.evaluate(moving)).toBe(0);
  });

  it('is said to be coded in modes, by tiles, pixels and size', async () => {
    const page = await openLive();
    await page.click('#details');
    await page.waitForSelector('#mode-text');
    const { modes } = (await page.evaluate(() => window.sightline.state.stats))!;
    expect(modes.text!.tiles).toBeGreaterThan(0);
    expect(modes.text!.bytes).toBeLessThan(modes.text!.pixels * 3);
    await expect.poll(() => page.textContent('#mode-text')).toMatch(/^Text[\d,]+[\d.]+ %[\d.]+ [kM]B$/);
    // Workers of the worker help where there are cores for them.
    const helpers = Math.min(2, (await page.evaluate(() => navigator.hardwareConcurrency)) >> 1);
    await expect.poll(() => page.textContent('#decoding')).toMatch(`changes: ${helpers + 1}.`);
    await page.keyboard.press('Escape');
    await page.waitForSelector('.modes', { state: 'detached' });
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('details');
  });

  it('is decoded by several threads where there are cores for them', async () => {
    const page = await openLive();
    const decoding = () => page.evaluate(() => window.sightline.state.stats?.decoding);
    const helpers = Math.min(2, (await page.evaluate(() => navigator.hardwareConcurrency)) >> 1);
    await expect.poll(async () => (await decoding())?.threads).toBe(helpers + 1);
    // Whole pictures, one after the other, until the threads have had their part.
    bench.levels = [2, 3];
    for (let level: 2 | 3 = 2; (await decoding())!.helped < helpers; level = level === 2 ? 3 : 2) {
      await page.click('#quality');
      await page.click(`[data-value="${LEVEL_NAMES[level]}"]`);
      await expectHostPicture(page, level);
    }
    expect((await decoding())!.lost).toBe(false);
  });

  it('is the reduced picture of each colour level', async () => {
    bench.levels = [0, 1, 2, 3];
    const page = await openLive();
    for (const level of [0, 1, 2, 3] as const) {
      await page.click('#quality');
      await page.click(`[data-value="${LEVEL_NAMES[level]}"]`);
      await expectHostPicture(page, level);
    }
    await page.click('#quality');
    await page.click('[data-value="auto"]');
    await expect.poll(() => page.textContent('#quality'), PATIENT).toContain('Auto · exact');
  });

  it('is shown fitted, at its actual size, stretched and zoomed', async () => {
    const page = await openLive(bench.address(), {}, { width: 700, height: 500 });
    const size = async () => {
      const box = (await page.locator('#sheet').boundingBox())!;
      return [Math.round(box.width), Math.round(box.height)];
    };
    const room = (await page.locator('#stage').boundingBox())!;
    expect((await size())[0]).toBe(Math.round(Math.min(room.width, (room.height * 1024) / 640)));
    await page.click('#view');
    await page.click('[data-value="actual"]');
    expect(await size()).toEqual([1024, 640]);
    await page.click('#view');
    await page.click('[data-value="stretch"]');
    expect(await size()).toEqual([Math.round(room.width), Math.round(room.height)]);
    await page.click('#view');
    await page.fill('#zoom', '200');
    await page.keyboard.press('Enter');
    await expect.poll(size).toEqual([2048, 1280]);
    await page.click('#zoom-in');
    await expect.poll(size).toEqual([2560, 1600]);
    // What was in the middle has stayed there.
    const middleX = await page.evaluate(() => {
      const { scrollLeft, clientWidth, scrollWidth } = document.querySelector('.room')!;
      return (scrollLeft + clientWidth / 2) / scrollWidth;
    });
    expect(middleX).toBeCloseTo(0.5, 1);
    await page.click('#fullscreen');
    await page.waitForFunction(() => window.sightline.state.fullScreen);
    await page.waitForSelector('.app.full .strip', { state: 'hidden' });
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('keyboard');
    await page.keyboard.press('f');
    await page.waitForFunction(() => !window.sightline.state.fullScreen);
  });
});

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
    const turn = await eventually(() => bench.inputs.find((event) => event.kind === 'wheel'));
    expect(turn).toMatchObject({ x: 400, y: 300, dx: 0, dy: 240 });
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
    const frame = await page.evaluate(() => window.sightline.frame);
    await page.waitForFunction((old) => window.sightline.frame > old, frame);
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#record')]);
    expect(download.suggestedFilename()).toMatch(/\.rcrec$/);
    await eventually(() => bench.notices.find((notice) => notice.kind === 'recording' && !notice.active));
    const verification = await verifyRecording(await download.path());
    expect(verification).toMatchObject({ ok: true, complete: true });
  });
});

describe('what goes wrong', () => {
  it('is a lost relay: the page says so, comes back by itself and shows the right picture', async () => {
    const page = await openLive();
    await takeControl(page);
    const restarted = bench.restartRelay();
    await page.waitForSelector('[data-notice="lost"]');
    await restarted;
    await page.waitForFunction(() => window.sightline.notice === undefined, undefined, { timeout: 30_000 });
    await expectHostPicture(page, ColourLevel.High);
    await page.waitForFunction(
      () => window.sightline.state.viewer.controller === window.sightline.state.viewer.viewer,
    );
    await clickHost(page, 'form.button');
    await eventually(() => bench.inputs.find((event) => event.kind === 'pointer' && event.buttons === 1));
    bench.errors.length = 0; // the browser reports the sockets that could not be opened meanwhile
  });

  it('is a host that is away, and one that has gone', async () => {
    const page = await openLive();
    bench.unplugHost(true);
    await page.waitForSelector('[data-notice="away"]');
    expect(await page.textContent('.lamp')).toBe('Host away');
    bench.unplugHost(false);
    await page.waitForFunction(() => window.sightline.notice === undefined, undefined, { timeout: 20_000 });
    await expectHostPicture(page, ColourLevel.High);
    await bench.stopHost();
    await page.waitForSelector('[data-notice="ended"]');
    expect(await page.textContent('.lamp')).toBe('Ended');
    expect(await page.isDisabled('#control')).toBe(true);
  });

  it('is an address of no session, or no address at all', async () => {
    const unknown = await bench.open(bench.address('', 'A'.repeat(24)));
    await unknown.waitForSelector('[data-notice="not-found"] #retry');
    expect(await unknown.textContent('.notice h1')).toBe('No session at this address');
    const incomplete = await bench.open(`${bench.relay.address}/`);
    await incomplete.waitForSelector('[data-notice="incomplete"]');
    expect(await incomplete.textContent('.notice')).toContain('Copy the whole address');
  });
});

describe('who it is for', () => {
  it('speaks French to a French browser, and what the address asks for', async () => {
    const page = await openLive(bench.address(), { locale: 'fr-FR' });
    expect(await page.getAttribute('html', 'lang')).toBe('fr');
    expect(await page.textContent('#control')).toBe('Contrôle');
    expect(await page.getAttribute('#fullscreen', 'aria-label')).toBe('Plein écran');
    const english = await bench.open(bench.address('?lang=en'), { locale: 'fr-FR' });
    await english.waitForFunction(() => window.sightline.state.seen);
    expect(await english.textContent('#control')).toBe('Control');
  });

  it('fits into windows of any width, whatever the toolbar says', async () => {
    const page = await openLive(bench.address(), { locale: 'fr-FR' });
    await page.click('#whiteboard');
    await page.click('#record');
    await page.waitForSelector('#erase');
    await page.waitForFunction(() => window.sightline.state.recording.active);
    for (const width of [1400, 1200, 1000, 800, 400]) {
      await page.setViewportSize({ width, height: 700 });
      const right = () =>
        page.evaluate(() =>
          Math.max(
            document.documentElement.scrollWidth,
            ...['.app', '#fullscreen', '#sheet'].map(
              (name) => document.querySelector(name)!.getBoundingClientRect().right,
            ),
          ),
        );
      await expect.poll(right, { message: `at ${width}` }).toBeLessThanOrEqual(width + 0.5);
    }
  });

  it('is dark where the system is', async () => {
    const brightness = async (page: Page) =>
      await page.evaluate(() => {
        const colour = getComputedStyle(document.querySelector('.toolbar')!).backgroundColor;
        return Math.max(...(colour.match(/\d+/g) ?? []).slice(0, 3).map(Number));
      });
    expect(await brightness(await openLive(bench.address(), { colorScheme: 'light' }))).toBeGreaterThan(200);
    expect(await brightness(await openLive(bench.address(), { colorScheme: 'dark' }))).toBeLessThan(60);
  });

  it('needs no mouse', async () => {
    const page = await openLive();
    const focused = () => page.evaluate(() => document.activeElement?.id);
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('data-tab'))).toBe('session');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('quality');
    await page.keyboard.press('Enter');
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => window.sightline.state.viewer.quality === 'very-low');
    expect(await focused()).toBe('quality');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await focused()).toBe('control');
    await page.keyboard.press('Space');
    await page.waitForFunction(() => window.sightline.state.viewer.controller !== 0);
    expect(await focused()).toBe('keyboard');
    await page.keyboard.press('w');
    await eventually(() => bench.inputs.find((event) => event.kind === 'text' && event.text === 'w'));
    await page.keyboard.press('Control+Alt+Shift+KeyW');
    await page.waitForFunction(() => window.sightline.state.tool === 'whiteboard');
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => window.sightline.state.tool === 'none');
    await page.keyboard.press('Control+Alt+Shift+KeyH');
    await page.waitForSelector('.panel.side dl');
    await page.keyboard.press('Escape');
    await page.waitForSelector('.panel.side', { state: 'detached' });
    await page.keyboard.press('Control+Alt+Shift+KeyT');
    expect(await focused()).toBe('quality');
  });

  it('shows who is here and who controls', async () => {
    const page = await openLive(bench.address('?name=Ada%20Lovelace'));
    const other = await openLive(bench.address('?name=Grace'));
    await takeControl(page);
    await other.click('#people');
    await other.waitForSelector('.people .controls');
    expect(await other.textContent('.people .controls')).toContain('Ada Lovelace');
    expect(await other.textContent('.people')).toContain('Grace (you)');
    await other.click('#control');
    await expect.poll(() => other.textContent('#told')).toContain('Ada Lovelace is in control');
    await page.click('#control');
    await other.waitForFunction(
      () => window.sightline.state.viewer.controller === window.sightline.state.viewer.viewer,
    );
  });
});
