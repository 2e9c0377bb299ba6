/**
 * The page in Chromium, with a real relay and a simulated host in this process: what a technician sees is what
 * the host has, whatever goes wrong and whoever looks.
 */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { ColourLevel, LEVEL_NAMES } from '../../codecs/index.js';
import { bench, setUpBench } from './support/hooks.js';
import { clickHost, eventually, expectHostPicture, openLive, takeControl } from './support/page.js';

setUpBench();

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
    // Until it is exact takes what the machine spares for coding.
    await expect.poll(() => page.textContent('#stat-level'), { timeout: 30_000 }).toContain('Auto · exact');
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
    await page.keyboard.press('Control+Alt+Shift+KeyF');
    await page.waitForFunction(() => !window.sightline.state.fullScreen);
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
    await expect.poll(() => incomplete.textContent('.notice')).toContain('Copy the whole address');
    // It can be pasted there, and recordings need none.
    await incomplete.click('#to-recordings');
    await incomplete.waitForSelector('.view:not([inert]) .empty');
    await incomplete.click('.view:not([inert]) [data-tab="session"]');
    await incomplete.fill('.address-form input', 'https://example.org/#short');
    await incomplete.click('#open-address');
    await expect.poll(() => incomplete.textContent('.wrong')).toContain('no session in this address');
    await incomplete.fill('.address-form input', ` ${bench.token} `);
    await incomplete.keyboard.press('Enter');
    await incomplete.waitForFunction(() => window.sightline?.state.seen);
    const damaged = await bench.open(bench.address('', 'short'));
    await expect.poll(() => damaged.textContent('.notice h1')).toBe('This address is incomplete');
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
