/** What the page remembers, in Chromium: over a reload, and not beyond what a person would expect. */
import { describe, expect, it } from 'vitest';
import { bench, setUpBench } from './support/hooks.js';
import { eventually, openLive, takeControl } from './support/page.js';

setUpBench();

describe('over a reload', () => {
  it('quality, view, panes, language and name stay as they were set; control is not taken again', async () => {
    const page = await openLive();
    await page.keyboard.press('Control+Alt+Shift+Digit2');
    await page.keyboard.press('Control+Alt+Shift+Digit8');
    await page.click('#chat');
    await page.click('#lab');
    await page.fill('#ask-name input', 'Ada Lovelace');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#ask-name', { state: 'detached' });
    await page.click('#more');
    await page.click('[data-value="fr"]');
    await expect.poll(() => page.textContent('#control')).toBe('Contrôle');
    await takeControl(page);
    page.on('dialog', (dialog) => void dialog.accept());
    await page.reload();
    await page.waitForFunction(() => window.sightline.state.seen);
    const { viewer, view, chat, panel, locale } = await page.evaluate(() => window.sightline.state);
    expect({ quality: viewer.quality, wanted: viewer.controlWanted, mode: view.mode }).toEqual({
      quality: 'low',
      wanted: false,
      mode: 'actual',
    });
    expect({ open: chat.open, panel, locale }).toEqual({ open: true, panel: 'lab', locale: 'fr' });
    expect(viewer.participants.map(({ name }) => name)).toEqual(['Ada Lovelace']);
    expect(await page.textContent('#control')).toBe('Contrôle');
    expect(await page.locator('#ask-name').count()).toBe(0);
    expect(await page.evaluate(() => document.activeElement === document.body)).toBe(true);
  });

  it('own drawings are there again, until they are put away', async () => {
    const page = await openLive();
    const strokes = () => bench.overlays.filter((event) => event.kind === 'stroke' && event.begin).length;
    await page.click('#whiteboard');
    const box = (await page.locator('#sheet').boundingBox())!;
    for (const y of [60, 120]) {
      await page.mouse.move(box.x + 40, box.y + y);
      await page.mouse.down();
      await page.mouse.move(box.x + 140, box.y + y, { steps: 5 });
      await page.mouse.up();
    }
    await eventually(() => strokes() === 2);
    const other = await openLive();
    await page.reload();
    await page.waitForFunction(() => window.sightline.state.tool === 'whiteboard');
    await eventually(() => strokes() === 4);
    const ends = bench.overlays.flatMap((event) =>
      event.kind === 'stroke' && event.end ? [event.points.at(-1)] : [],
    );
    expect(ends.slice(2)).toEqual(ends.slice(0, 2));
    // Somebody else erases everything: that stays so.
    await other.click('#whiteboard');
    await other.click('#more');
    await other.click('[data-command="erase-all"]');
    await eventually(() => bench.overlays.some((event) => event.kind === 'erase' && event.scope === 'all'));
    await page.waitForFunction(() => JSON.parse(sessionStorage['sightline.drawings']).drawings.length === 0);
    await page.reload();
    await page.waitForFunction(() => window.sightline.state.seen);
    expect(await page.evaluate(() => window.sightline.state.tool)).toBe('none');
    expect(strokes()).toBe(4);
  });

  it('is nothing lost where the browser keeps nothing', async () => {
    const page = await bench.open('about:blank');
    await page.addInitScript(() => {
      Object.defineProperty(window, 'localStorage', {
        get() {
          throw new DOMException('denied', 'SecurityError');
        },
      });
    });
    await page.goto(bench.address());
    await page.waitForFunction(() => window.sightline.state.seen);
    await page.keyboard.press('Control+Alt+Shift+Digit2');
    await page.waitForFunction(() => window.sightline.state.viewer.quality === 'low');
  });
});

describe('a name', () => {
  it('is asked for without being in the way, and reaches the others at once', async () => {
    const page = await openLive();
    const other = await openLive(bench.address('?name=Grace'));
    expect(await other.locator('#ask-name').count()).toBe(0);
    // The picture has all its room, and the keys still go where they went.
    expect(await page.evaluate(() => document.activeElement === document.body)).toBe(true);
    expect((await page.locator('#ask-name').boundingBox())!.y).toBeGreaterThan(
      (await page.locator('#stage').boundingBox())!.y + (await page.locator('#stage').boundingBox())!.height,
    );
    await page.fill('#ask-name input', 'Ada');
    await page.click('#ask-name [type="submit"]');
    await other.click('#people');
    await expect.poll(() => other.textContent('.people')).toContain('Ada');
    // It is changed where people are listed.
    await page.click('#people');
    await page.fill('#own-name input', 'Countess of Lovelace');
    await page.keyboard.press('Enter');
    await expect.poll(() => other.textContent('.people')).toContain('Countess of Lovelace');
    await eventually(() =>
      bench.relay.relay.snapshot().sessions[0]?.viewers.some(({ name }) => name.startsWith('Countess')),
    );
  });
});
