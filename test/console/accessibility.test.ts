/** axe-core finds nothing on any view, light and dark, wide and narrow; what forced colours leave can be told apart. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { findings } from './support/axe.js';
import { bench, setUpBench } from './support/hooks.js';
import { onPage, openLive, takeControl } from './support/page.js';
import { makeTalk } from './support/talk.js';

const talk = await makeTalk();

setUpBench();

const LOOKS = [
  { name: 'light and wide', colorScheme: 'light', width: 1366, height: 768 },
  { name: 'dark and wide', colorScheme: 'dark', width: 1366, height: 768 },
  { name: 'light and narrow', colorScheme: 'light', width: 360, height: 740 },
  { name: 'dark and narrow', colorScheme: 'dark', width: 360, height: 740 },
] as const;

/** Looks at views one after the other, and says at the end which of them are not in order. */
class Walk {
  readonly #page: Page;
  readonly #found: string[] = [];

  constructor(page: Page) {
    this.#page = page;
  }

  async look(view: string): Promise<void> {
    // The toast tells of what was done; it is looked at where it is in the way of nothing.
    for (const finding of await findings(this.#page)) this.#found.push(`${view}: ${finding}`);
  }

  /** Presses a button of the bar, or of the menu that holds what the bar has no room for. */
  async press(id: string): Promise<void> {
    const button = this.#page.locator(`#${id}:visible`);
    if ((await button.count()) > 0) await button.click();
    else {
      await this.#page.click('#more');
      await this.#page.click(`[data-command="${id}"]`);
    }
  }

  end(): void {
    expect(this.#found).toEqual([]);
  }
}

const file = (name: string, bytes: Uint8Array) => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: Buffer.from(bytes),
});

async function openRecording(page: Page, bytes: Uint8Array): Promise<void> {
  await page.setInputFiles('.file', file('Talk.rcrec', bytes));
  await page.waitForFunction(() => {
    const player = window.sightlineRecordings?.player;
    return player?.outline !== undefined && !player.playback.seeking;
  });
}

describe.each(LOOKS)('axe finds nothing, $name:', ({ colorScheme, width, height }) => {
  const open = (address?: string) => bench.open(address, { colorScheme }, { width, height });

  it('in a session', async () => {
    const page = await openLive(bench.address('?name=Ada'), { colorScheme }, { width, height });
    const walk = new Walk(page);
    await walk.look('session');
    for (const menu of ['quality', 'view', 'more']) {
      if (!(await page.isVisible(`#${menu}`))) continue;
      await page.click(`#${menu}`);
      await walk.look(`menu ${menu}`);
      await page.keyboard.press('Escape');
    }
    for (const panel of ['people', 'help', 'lab', 'details']) {
      await walk.press(panel);
      await page.waitForSelector('.panel.side');
      await walk.look(panel);
      await page.keyboard.press('Escape');
    }
    await walk.press('chat');
    await page.fill('#chat-field', 'See https://example.org/ please');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.chat-text a');
    const pane = (await page.locator('#chat-pane').boundingBox())!;
    expect(pane.width).toBeGreaterThan(300);
    expect(pane.x + pane.width).toBeLessThanOrEqual(width + 0.5);
    await walk.look('chat');
    await page.click('#chat-pane button');
    await takeControl(page);
    await walk.look('control');
    await page.click((await page.isVisible('#view')) ? '#view' : '#more');
    await page.click('#keys-choice');
    await page.keyboard.press('Escape');
    await page.click('#more-keys');
    await page.click('[data-code="ControlLeft"]');
    await walk.look('row of keys');
    await walk.press('whiteboard');
    const from = await onPage(page, 200, 200);
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(from.x + 40, from.y + 20);
    await page.mouse.up();
    await walk.look('whiteboard');
    await walk.press('laser');
    await walk.look('laser');
    await walk.press('record');
    await page.waitForFunction(() => window.sightline.state.recording.active);
    await walk.look('recording');
    await walk.press('marker');
    await page.waitForSelector('#marker-name');
    await walk.look('marker');
    await page.keyboard.press('Escape');
    walk.end();
  });

  it('on what goes wrong', async () => {
    const walks: Walk[] = [];
    const incomplete = await open(`${bench.relay.address}/`);
    await incomplete.waitForSelector('[data-notice="incomplete"]');
    walks.push(new Walk(incomplete));
    await walks.at(-1)!.look('incomplete');
    const unknown = await open(bench.address('', 'A'.repeat(24)));
    await unknown.waitForSelector('[data-notice="not-found"]');
    walks.push(new Walk(unknown));
    await walks.at(-1)!.look('not found');
    const page = await openLive(bench.address(), { colorScheme }, { width, height });
    const walk = new Walk(page);
    walks.push(walk);
    await walk.look('no name yet');
    bench.unplugHost(true);
    await page.waitForSelector('[data-notice="away"]');
    await walk.look('away');
    bench.unplugHost(false);
    await page.waitForFunction(() => window.sightline.notice === undefined, undefined, { timeout: 20_000 });
    await bench.stopHost();
    await page.waitForSelector('[data-notice="ended"]');
    await walk.look('ended');
    for (const one of walks) one.end();
  });

  it('on recordings', async () => {
    const page = await open(`${bench.relay.address}/?tab=recordings`);
    const walk = new Walk(page);
    await walk.look('no recordings');
    const damaged = talk.bytes.slice();
    const middle = Math.floor(damaged.length * 0.6);
    damaged.fill(0, middle, middle + 200);
    await openRecording(page, damaged);
    await page.waitForSelector('.damage');
    await walk.look('player with damage');
    await walk.press('player-chat');
    await walk.look('player with chat');
    await page.click('#speed');
    await walk.look('menu of speeds');
    await page.keyboard.press('Escape');
    await walk.press('convert');
    await page.waitForSelector('#convert-start');
    await walk.look('convert');
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#convert-start')]);
    await download.path();
    await page.waitForSelector('.tray [data-phase="done"]');
    await walk.look('converted');
    await walk.press('back');
    await page.waitForSelector('.entry');
    await walk.look('one recording');
    walk.end();
  });
});

describe('colours of the system’s choice', () => {
  const style = (page: Page, selector: string, pseudo?: string) =>
    page.evaluate(
      ([which, part]) => {
        const { backgroundColor, borderTopStyle, borderTopColor, borderTopWidth } = getComputedStyle(
          document.querySelector(which!)!,
          part,
        );
        return { backgroundColor, border: `${borderTopWidth} ${borderTopStyle} ${borderTopColor}` };
      },
      [selector, pseudo] as const,
    );

  it('leave pressed buttons, the chosen tab and what the hands do told apart', async () => {
    const page = await bench.open(bench.address(), { forcedColors: 'active' }, { width: 1366, height: 768 });
    await page.waitForFunction(() => window.sightline.state.seen);
    const chosen = await style(page, '[data-tab="session"]');
    expect(chosen.backgroundColor).not.toBe((await style(page, '[data-tab="recordings"]')).backgroundColor);
    const off = await style(page, '#control');
    await takeControl(page);
    await page.waitForSelector('#control.on');
    expect((await style(page, '#control')).backgroundColor).not.toBe(off.backgroundColor);
    const control = await style(page, '#stage', '::after');
    await page.click('#whiteboard');
    await page.waitForSelector('#stage.whiteboard');
    const drawing = await style(page, '#stage', '::after');
    await page.click('#laser');
    await page.waitForSelector('#stage.laser');
    const pointing = await style(page, '#stage', '::after');
    expect(new Set([control.border, drawing.border, pointing.border]).size).toBe(3);
  });

  it('leave a rail to seek on', async () => {
    const address = `${bench.relay.address}/?tab=recordings`;
    const page = await bench.open(address, { forcedColors: 'active' });
    await openRecording(page, talk.bytes);
    expect((await style(page, '.rail')).border).toMatch(/^[1-9]/);
    const rail = await style(page, '.rail');
    expect((await style(page, '.rail .done')).backgroundColor).not.toBe(rail.backgroundColor);
  });
});
