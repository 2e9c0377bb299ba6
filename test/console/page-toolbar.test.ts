/** The bar and the strip in Chromium: one row at any width, nothing moves by itself, everything can be reached. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { bench, setUpBench } from './support/hooks.js';
import { eventually, onPage, openLive, takeControl } from './support/page.js';

setUpBench();

const WIDTHS = [360, 412, 600, 768, 853, 1024, 1180, 1280, 1366, 1440, 1536, 1600, 1920, 2560] as const;

/** Everything that a technician can do from the bar, by its id. */
const COMMANDS = [
  'quality',
  'view',
  'control',
  'send-keys',
  'whiteboard',
  'laser',
  'screenshot',
  'record',
  'chat',
  'people',
  'help',
  'fullscreen',
] as const;

/** Where each of the bar's buttons begins and ends, and how high the bar is. */
function layout(page: Page) {
  return page.evaluate(() => {
    const bar = document.querySelector('#toolbar')!;
    const places: Record<string, readonly [number, number]> = {};
    for (const button of bar.querySelectorAll<HTMLElement>('.item > button, .item > .menu > button')) {
      const { left, right, width } = button.getBoundingClientRect();
      if (width > 0 && button.id !== '') places[button.id] = [left, right];
    }
    return { places, height: bar.getBoundingClientRect().height };
  });
}

/** Buttons that stand elsewhere, or overlap or leave the bar. */
function misplaced(
  before: Awaited<ReturnType<typeof layout>>,
  after: typeof before,
  width: number,
): string[] {
  const wrong = after.height === before.height ? [] : [`the bar is ${after.height} high`];
  for (const [id, [left, right]] of Object.entries(after.places)) {
    const was = before.places[id];
    if (was !== undefined && (was[0] !== left || was[1] !== right)) wrong.push(`${id} moved`);
    if (left < 0 || right > width) wrong.push(`${id} is outside`);
    for (const [other, [start]] of Object.entries(after.places)) {
      if (other !== id && start >= left && start < right - 0.5) wrong.push(`${id} is under ${other}`);
    }
  }
  return wrong;
}

/** Resizes, and waits until the bar has fitted itself. */
async function resize(page: Page, width: number): Promise<void> {
  await page.setViewportSize({ width, height: 640 });
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

describe.each([
  ['en-GB', 1],
  ['fr-FR', 2],
] as const)('in %s at %i device pixels', (locale, deviceScaleFactor) => {
  it('is one row at any width, and nothing in it moves when a state changes', async () => {
    const page = await openLive(bench.address(), { locale, deviceScaleFactor });
    const states: [string, () => Promise<unknown>][] = [
      ['drawing', () => page.keyboard.press('Control+Alt+Shift+KeyW')],
      [
        'recording',
        async () => {
          await page.keyboard.press('Control+Alt+Shift+KeyR');
          await page.waitForSelector('#marker', { state: 'attached' });
        },
      ],
      [
        'control',
        async () => {
          await page.keyboard.press('Control+Alt+Shift+KeyC');
          await page.waitForSelector('.stage.controls');
        },
      ],
      [
        'another quality',
        async () => {
          await page.keyboard.press('Control+Alt+Shift+Digit1');
          await page.waitForFunction(() => window.sightline.state.viewer.quality === 'very-low');
        },
      ],
      ['zoomed', () => page.keyboard.press('Control+Alt+Shift+Equal')],
      [
        'spoken to',
        async () => {
          bench.host.chat.send('Hello?');
          await page.waitForFunction(() => window.sightline.state.chat.unread > 0);
        },
      ],
      [
        'away',
        async () => {
          bench.unplugHost(true);
          await page.waitForFunction(() => window.sightline.notice === 'away');
        },
      ],
    ];
    const layouts = new Map<number, Awaited<ReturnType<typeof layout>>>();
    for (const width of WIDTHS) {
      await resize(page, width);
      layouts.set(width, await layout(page));
    }
    const wrong: string[] = [];
    for (const [name, enter] of [['at rest', async () => {}] as const, ...states]) {
      await enter();
      for (const width of WIDTHS) {
        await resize(page, width);
        const found = misplaced(layouts.get(width)!, await layout(page), width);
        wrong.push(...found.map((what) => `${name}, ${width}: ${what}`));
      }
    }
    expect(wrong).toEqual([]);
    bench.unplugHost(false);
  });

  it('is reached as a whole, by the mouse and by the keyboard, however narrow the window is', async () => {
    const page = await openLive(bench.address(), { locale, deviceScaleFactor });
    for (const width of [360, 600, 853]) {
      await resize(page, width);
      const { places } = await layout(page);
      await page.keyboard.press('Control+Alt+Shift+KeyT');
      const met = new Set<string>();
      for (let id = ''; !met.has(id); ) {
        met.add(id);
        await page.keyboard.press('ArrowRight');
        id = await page.evaluate(() => document.activeElement!.id);
      }
      await page.click('#more');
      const box = (await page.locator('#more + .panel').boundingBox())!;
      expect(box.x).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width).toBeLessThanOrEqual(width);
      expect(box.y + box.height).toBeLessThanOrEqual(640);
      for (const id of COMMANDS) {
        if (places[id] !== undefined) {
          const isOff = await page.isDisabled(`#${id}`);
          if (!isOff) expect(met, `${id} at ${width}`).toContain(id);
          continue;
        }
        if (id === 'quality' || id === 'view' || id === 'send-keys') continue;
        const command = page.locator(`#more + .panel [data-command="${id}"]`);
        await command.scrollIntoViewIfNeeded();
        expect(await command.isEnabled(), `${id} at ${width}`).toBe(true);
      }
      for (const value of ['very-low', 'actual']) {
        const choice = page.locator(`#more + .panel [data-value="${value}"]`);
        if (places[value === 'actual' ? 'view' : 'quality'] === undefined) {
          expect(await choice.count()).toBe(1);
        }
      }
      // The strip's buttons are seen as they are, at any width.
      await page.keyboard.press('Escape');
      for (const id of ['lab', 'details']) {
        await page.click(`#${id}`);
        expect(await page.getAttribute(`#${id}`, 'aria-expanded')).toBe('true');
        await page.click(`#${id}`);
      }
    }
  });
});

describe('the menu at the bar’s end', () => {
  it('is not covered, nor the picture or the strip, by what is told in a narrow window', async () => {
    const page = await openLive(bench.address(), {}, { width: 360, height: 740 });
    const [told, bar, strip] = await page.evaluate(() => {
      const toast = document.querySelector('#told')!;
      toast.textContent = 'The recording was kept in this browser.';
      return ['#told', '#toolbar', '.strip'].map((one) => {
        const { top, bottom } = document.querySelector(one)!.getBoundingClientRect();
        return { top, bottom };
      });
    });
    expect(told!.top).toBeGreaterThan(bar!.bottom);
    expect(told!.bottom).toBeLessThan(strip!.top);
    const picture = await onPage(page, 0, 0);
    expect(told!.bottom).toBeLessThan(picture.y);
  });

  it('does what the buttons do that have no room', async () => {
    const page = await openLive(bench.address(), {}, { width: 360, height: 640 });
    await page.click('#more');
    await page.click('[data-value="very-low"]');
    await page.waitForFunction(() => window.sightline.state.viewer.quality === 'very-low');
    // From the last to the first, by the keyboard.
    await page.focus('#more');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('End');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('data-value'))).toBe('fr');
    await page.keyboard.press('Home');
    await page.keyboard.press('Escape');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('more');
    await page.click('#more');
    await page.click('[data-command="laser"]');
    await page.waitForFunction(() => window.sightline.state.tool === 'laser');
    await page.click('#more');
    expect(await page.getAttribute('[data-command="laser"]', 'aria-checked')).toBe('true');
    await page.click('[data-command="lab"]');
    await page.waitForSelector('.lab .panel');
  });

  it('names a marker where its button has no room', async () => {
    const page = await openLive(bench.address(), { acceptDownloads: true }, { width: 360, height: 640 });
    await page.click('#record');
    await page.waitForFunction(() => window.sightline.state.recording.active);
    await page.click('#more');
    await page.click('[data-command="marker"]');
    await page.keyboard.type('here');
    const box = (await page.locator('#marker-name').boundingBox())!;
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(360);
    await page.keyboard.press('Enter');
    await page.waitForSelector('#marker-name', { state: 'detached' });
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('more');
  });
});

describe('what is typed while nothing reaches the host', () => {
  it('is no command', async () => {
    const page = await openLive();
    await takeControl(page);
    bench.unplugHost(true);
    await page.waitForFunction(() => window.sightline.notice === 'away');
    const state = () =>
      page.evaluate(() => {
        const { recording, tool, quality, view, chat, fullScreen, viewer } = window.sightline.state;
        const { controlWanted } = viewer;
        return { recording, tool, quality, view, open: chat.open, fullScreen, controlWanted };
      });
    const before = await state();
    await page.keyboard.type('abcdefghijklmnopqrstuvwxyz 0123456789+-');
    await page.keyboard.type('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
    expect(await state()).toEqual(before);
    expect(await page.locator('.panel').count()).toBe(0);
    bench.unplugHost(false);
    await page.waitForFunction(() => window.sightline.notice === undefined);
    await page.keyboard.press('Control+Alt+Shift+KeyC');
    await page.waitForFunction(() => window.sightline.state.viewer.controller === 0);
    await page.keyboard.type('printer closed');
    expect(await state()).toEqual({ ...before, controlWanted: false });
  });
});

describe('keys that a browser keeps to itself', () => {
  it('are sent from a menu while the page controls, and are up again at once', async () => {
    const page = await openLive();
    expect(await page.isDisabled('#send-keys')).toBe(true);
    await takeControl(page);
    await page.waitForFunction(() => !document.querySelector<HTMLButtonElement>('#send-keys')!.disabled);
    await page.click('#send-keys');
    await page.click('[data-value="ctrl-alt-del"]');
    const keys = () =>
      bench.inputs.flatMap((event) => (event.kind === 'key' ? `${event.down ? '+' : '-'}${event.code}` : []));
    const wanted = ['+ControlLeft', '+AltLeft', '+Delete', '-Delete', '-AltLeft', '-ControlLeft'];
    await expect.poll(keys).toEqual(wanted);
    // The next key is meant for the host again.
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('keyboard');
  });

  it('are all the page’s in full screen while it controls, where the browser can do that', async () => {
    const page = await bench.open('about:blank');
    await page.addInitScript(() => {
      const calls: string[] = [];
      Object.assign(window, { lockCalls: calls });
      const keyboard = { lock: async () => calls.push('lock'), unlock: () => calls.push('unlock') };
      Object.defineProperty(navigator, 'keyboard', { value: keyboard });
    });
    await page.goto(bench.address());
    await page.waitForFunction(() => window.sightline.state.seen);
    const calls = () => page.evaluate(() => (window as unknown as { lockCalls: string[] }).lockCalls);
    await page.click('#fullscreen');
    await page.waitForFunction(() => window.sightline.state.fullScreen);
    expect(await calls()).toEqual([]);
    await page.keyboard.press('Control+Alt+Shift+KeyC');
    await expect.poll(calls).toEqual(['lock']);
    await expect.poll(() => page.textContent('#told')).toContain('Hold Esc');
    await page.keyboard.press('Escape');
    await eventually(() => bench.inputs.some((event) => event.kind === 'key' && event.code === 'Escape'));
    await page.keyboard.press('Control+Alt+Shift+KeyC');
    await expect.poll(calls).toEqual(['lock', 'unlock']);
  });
});

describe('the Lab', () => {
  it.each(['en-GB', 'fr-FR'])(
    'covers nothing of the picture, and cuts nothing of its figures (%s)',
    async (locale) => {
      const page = await openLive(bench.address(), { locale });
      for (const [width, height] of [
        [1366, 768],
        [1920, 1080],
        [853, 480],
        [360, 740],
      ] as const) {
        await page.setViewportSize({ width, height });
        if ((await page.getAttribute('#lab', 'aria-expanded')) === 'false') await page.click('#lab');
        await page.waitForSelector('#lab-channels');
        const wide = () =>
          page.evaluate(() => {
            const panel = document.querySelector('.lab .panel')!;
            const table = document.querySelector('#lab-channels')!;
            const stage = document.querySelector('#stage')!.getBoundingClientRect();
            const { left, top } = panel.getBoundingClientRect();
            // As wide as figures get.
            for (const cell of table.querySelectorAll('td:not(.quiet, :has(svg))'))
              cell.textContent = '9999.9 ms';
            return {
              cut: table.getBoundingClientRect().right - panel.getBoundingClientRect().right,
              covers: left < stage.right && top < stage.bottom,
            };
          });
        const { cut, covers } = await wide();
        expect(covers, `${width}`).toBe(false);
        if (width > 400) expect(cut, `${width}`).toBeLessThanOrEqual(0);
      }
    },
  );
});

describe('a page that is closed', () => {
  it('asks first while it controls', async () => {
    const page = await openLive();
    const asks = () =>
      page.evaluate(() => !window.dispatchEvent(new Event('beforeunload', { cancelable: true })));
    expect(await asks()).toBe(false);
    await takeControl(page);
    expect(await asks()).toBe(true);
    await page.click('#control');
    await page.waitForFunction(() => window.sightline.state.viewer.controller === 0);
    expect(await asks()).toBe(false);
  });
});
