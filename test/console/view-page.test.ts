/** The view in Chromium: how large the picture is on screens of any density, and what a hand does with it. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { bench, setUpBench } from './support/hooks.js';
import { eventually, openLive, takeControl } from './support/page.js';

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

/** The host pixel under a place of the page. */
function hostAt(page: Page, x: number, y: number) {
  return page.evaluate(
    ([left, top]) => {
      const box = document.querySelector('#sheet')!.getBoundingClientRect();
      return { x: ((left - box.x) * 1920) / box.width, y: ((top - box.y) * 1080) / box.height };
    },
    [x, y] as const,
  );
}

const viewOf = (page: Page) => page.evaluate(() => window.sightline.state.view);

describe('the mouse', () => {
  it('zooms around its place with Ctrl and the wheel, and drags what is larger than the window', async () => {
    const page = await openLive(bench.address(), {}, LAPTOP);
    const before = await hostAt(page, 1000, 300);
    await page.mouse.move(1000, 300);
    await page.keyboard.down('Control');
    for (let turn = 0; turn < 6; turn++) await page.mouse.wheel(0, -120);
    await page.keyboard.up('Control');
    await expect.poll(async () => (await viewOf(page)).zoom).toBeGreaterThan(200);
    const zoomed = await hostAt(page, 1000, 300);
    expect(Math.abs(zoomed.x - before.x)).toBeLessThan(2);
    expect(Math.abs(zoomed.y - before.y)).toBeLessThan(2);
    await page.mouse.down();
    await page.mouse.move(900, 250, { steps: 4 });
    await page.mouse.up();
    const dragged = await hostAt(page, 900, 250);
    expect(Math.abs(dragged.x - before.x)).toBeLessThan(2);
    expect(Math.abs(dragged.y - before.y)).toBeLessThan(2);
    expect(await page.textContent('#told')).not.toMatch(/zoom/i);

    // A window that becomes another size and the same again shows the same.
    const middle = async () => {
      const room = await boxOf(page, '.room');
      return hostAt(page, room.x + room.width / 2, room.y + room.height / 2);
    };
    const looked = await middle();
    await page.setViewportSize({ width: 700, height: 500 });
    await expect.poll(async () => Math.abs((await middle()).x - looked.x)).toBeLessThan(3);
    await page.setViewportSize(LAPTOP);
    await expect.poll(async () => Math.abs((await middle()).x - looked.x)).toBeLessThan(3);
    expect(Math.abs((await middle()).y - looked.y)).toBeLessThan(3);
    expect(bench.inputs).toEqual([]);
  });

  it('in control: the wheel with Ctrl is the host’s, a touch pad’s pinch and the page’s modifiers are not', async () => {
    const page = await openLive(bench.address(), {}, LAPTOP);
    await takeControl(page);
    await page.dispatchEvent('#sheet', 'wheel', { deltaY: -5, ctrlKey: true, clientX: 700, clientY: 400 });
    await expect.poll(async () => (await viewOf(page)).mode).toBe('zoom');
    const { zoom } = await viewOf(page);
    await page.mouse.move(700, 400);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, 120);
    await eventually(() => bench.inputs.find((event) => event.kind === 'wheel'));
    expect((await viewOf(page)).zoom).toBe(zoom);
    await page.keyboard.down('Alt');
    await page.keyboard.down('Shift');
    await page.mouse.wheel(0, -120);
    await expect.poll(async () => (await viewOf(page)).zoom).toBeGreaterThan(zoom);
    for (const key of ['Shift', 'Alt', 'Control']) await page.keyboard.up(key);
    const wheels = bench.inputs.filter((event) => event.kind === 'wheel');
    expect(wheels.map(({ dy }) => dy)).toEqual([120]);
  });
});

type Finger = readonly [x: number, y: number];

/** Fingers on a tablet: each call says where all of them are. */
async function fingersOf(page: Page) {
  const devtools = await page.context().newCDPSession(page);
  return async (type: 'touchStart' | 'touchMove' | 'touchEnd', ...places: readonly Finger[]) => {
    const touchPoints = places.map(([x, y], id) => ({ x, y, id }));
    await devtools.send('Input.dispatchTouchEvent', { type, touchPoints });
  };
}

const TABLET = { deviceScaleFactor: 2, hasTouch: true };
const TABLET_SIZE = { width: 1180, height: 820 };

describe('fingers', () => {
  it('click, drag, scroll and press the other button, and a second one leaves nothing pressed', async () => {
    const page = await openLive(bench.address(), TABLET, TABLET_SIZE);
    await takeControl(page);
    const fingers = await fingersOf(page);
    await fingers('touchStart', [400, 400]);
    await fingers('touchEnd');
    // On a machine that is busy a tap may last as long as a press of the other button.
    await eventually(() => bench.inputs.find((event) => event.kind === 'pointer' && event.buttons !== 0));
    // A drag that a second finger ends, then both go on together.
    await fingers('touchStart', [400, 400]);
    await fingers('touchMove', [430, 400]);
    await fingers('touchStart', [430, 400], [560, 400]);
    for (let y = 390; y >= 300; y -= 10) await fingers('touchMove', [430, y], [560, y]);
    await fingers('touchEnd');
    await eventually(() => bench.inputs.find((event) => event.kind === 'wheel' && event.dy > 0));
    const held = bench.inputs.length;
    await fingers('touchStart', [500, 420]);
    await page.waitForSelector('.press-ring.long');
    await fingers('touchEnd');
    await page.waitForSelector('.press-ring', { state: 'detached' });
    await eventually(() =>
      bench.inputs.slice(held).find((event) => event.kind === 'pointer' && event.buttons === 2),
    );
    const pointers = bench.inputs.filter((event) => event.kind === 'pointer');
    expect(pointers.at(-1)!.buttons).toBe(0);
    for (const [at, { x, y, buttons }] of pointers.entries()) {
      const before = pointers[at - 1];
      if (buttons === 0 || before === undefined || before.buttons === 0) continue;
      expect(Math.hypot(x - before.x, y - before.y)).toBeLessThan(80);
    }
  });

  it('zoom and move the picture and never the page, in control or not', async () => {
    const page = await openLive(bench.address(), TABLET, TABLET_SIZE);
    const fingers = await fingersOf(page);
    const pinch = async () => {
      const before = await hostAt(page, 590, 400);
      await fingers('touchStart', [540, 400], [640, 400]);
      for (let step = 10; step <= 100; step += 10)
        await fingers('touchMove', [540 - step, 400], [640 + step, 400]);
      await fingers('touchEnd');
      await expect.poll(async () => (await viewOf(page)).mode).toBe('zoom');
      const after = await hostAt(page, 590, 400);
      expect(Math.abs(after.x - before.x)).toBeLessThan(3);
      expect(Math.abs(after.y - before.y)).toBeLessThan(3);
    };
    await pinch();
    const from = await hostAt(page, 500, 400);
    await fingers('touchStart', [500, 400]);
    for (let x = 490; x >= 400; x -= 10) await fingers('touchMove', [x, 400]);
    await fingers('touchEnd');
    await expect.poll(async () => Math.abs((await hostAt(page, 400, 400)).x - from.x)).toBeLessThan(3);
    // Together again: fitted.
    await fingers('touchStart', [440, 400], [740, 400]);
    for (let step = 10; step <= 140; step += 10)
      await fingers('touchMove', [440 + step, 400], [740 - step, 400]);
    await fingers('touchEnd');
    await expect.poll(async () => (await viewOf(page)).mode).toBe('fit');
    await takeControl(page);
    await pinch();
    expect(bench.inputs).toEqual([]);
    expect(await page.evaluate(() => window.visualViewport!.scale)).toBe(1);
  });

  it('have a row of keys in control, and the keyboard on the screen only when it is wanted', async () => {
    const page = await openLive(bench.address(), { ...TABLET, isMobile: true }, TABLET_SIZE);
    expect(await page.isVisible('#keys-row')).toBe(false);
    await takeControl(page);
    await page.waitForSelector('#keys-row');
    const mode = () =>
      page.evaluate(() => [document.activeElement?.id, document.querySelector('textarea')?.inputMode]);
    await page.tap('#sheet');
    expect(await mode()).toEqual(['keyboard', 'none']);
    await page.tap('#screen-keyboard');
    expect(await mode()).toEqual(['keyboard', 'text']);
    await page.tap('#sheet');
    expect(await mode()).toEqual(['keyboard', '']);
    await page.tap('[data-code="ControlLeft"]');
    expect(await page.getAttribute('[data-code="ControlLeft"]', 'aria-pressed')).toBe('mixed');
    await page.keyboard.insertText('c');
    await page.tap('#more-keys');
    await page.tap('[data-code="F5"]');
    // Still held when the control goes.
    await page.tap('[data-code="AltLeft"]');
    const keys = () => bench.inputs.flatMap((event) => (event.kind === 'key' ? [event] : []));
    await eventually(() => keys().find(({ code }) => code === 'AltLeft'));
    await page.click('#control');
    await page.waitForSelector('#keys-row', { state: 'detached' });
    await eventually(() => keys().find(({ code, down }) => code === 'AltLeft' && !down));
    expect(keys().map(({ code, down }) => `${code}${down ? '+' : '-'}`)).toEqual([
      'ControlLeft+',
      'KeyC+',
      'KeyC-',
      'ControlLeft-',
      'F5+',
      'F5-',
      'AltLeft+',
      'AltLeft-',
    ]);
  });

  it('find the row in the View menu where there is a mouse', async () => {
    const page = await openLive(bench.address(), {}, LAPTOP);
    await takeControl(page);
    expect(await page.isVisible('#keys-row')).toBe(false);
    await page.click('#view');
    await page.click('#keys-choice');
    await page.click('#keys-row [data-code="Escape"]');
    await eventually(() => bench.inputs.find((event) => event.kind === 'key' && event.code === 'Escape'));
    await page.reload();
    await page.waitForFunction(() => window.sightline.state.keys);
  });
});
