/** The Lab panel in Chromium: running figures, a line that is simulated at the viewer, and the file. */
import { expect, it } from 'vitest';
import { LAB_STAGES } from '../../harness/console/lab-api.js';
import { bench, setUpBench } from './support/hooks.js';

/** The figures come twice a second, on a machine that may be busy. */
const PATIENT = { timeout: 30_000 };

setUpBench({ scenes: ['drag', 'form'] });

async function openLab(locale = 'en-GB') {
  const page = await bench.open(bench.address(), { locale, acceptDownloads: true });
  await page.waitForFunction(() => window.sightline.state.seen);
  await page.keyboard.press('Control+Alt+Shift+KeyG');
  await page.waitForSelector('#lab-channels');
  return page;
}

it('shows the latencies, a frame’s stages and the rates while they change', async () => {
  const page = await openLab();
  await expect.poll(() => page.textContent('#lab-display'), PATIENT).toMatch(/Display.*\d ms.*\d ms.*\d ms/);
  await expect.poll(() => page.getAttribute('#lab-display .spark path', 'd'), PATIENT).toMatch(/^M.*L/);
  await page.waitForFunction(() => window.sightline.state.stats?.lab?.stages !== undefined);
  for (const stage of LAB_STAGES) {
    expect(await page.textContent(`#lab-stage-${stage}`)).toMatch(/(on its way|waiting|working)[\d,.]+ ms$/);
  }
  await expect
    .poll(() => page.textContent('#lab-frames'), PATIENT)
    .toMatch(/[1-9][\d.]* sent, [1-9][\d.]* decoded, [1-9][\d.]* shown/);
  // Nothing is worked out for a panel that nobody looks at.
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => window.sightline.state.stats?.lab === undefined);
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('lab');
});

it('simulates a line for this viewer alone, says so, and takes it away again', async () => {
  const page = await openLab('fr-FR');
  const other = await bench.open();
  await other.waitForFunction(() => window.sightline.state.seen);
  await page.focus('input[name=lab-line]:checked');
  for (let name = 'none'; name !== 'satellite'; ) {
    await page.keyboard.press('ArrowDown');
    name = await page.inputValue('input[name=lab-line]:checked');
  }
  expect(await page.textContent('#stat-line')).toBe('ligne simulée');
  // The satellite’s 270 ms one way are in the way of every frame from now on.
  await page.waitForFunction(() => (window.sightline.state.stats?.lab?.stages?.travel ?? 0) > 200);
  expect(await other.evaluate(() => window.sightline.state.line)).toBe('none');
  await page.check('input[value=none]');
  await page.waitForSelector('#stat-line', { state: 'detached' });
  await page.waitForFunction(() => (window.sightline.state.stats?.lab?.stages?.travel ?? 999) < 200);
  expect(await page.evaluate(() => window.sightline.state.viewer.connection.kind)).toBe('joined');
});

it('saves the figures under the names that reports use', async () => {
  const page = await openLab();
  await page.waitForFunction(() => window.sightline.state.stats?.lab?.channels.display !== undefined);
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('#lab-save')]);
  expect(download.suggestedFilename()).toMatch(/^sightline-figures-.*\.json$/);
  const parts: Buffer[] = [];
  for await (const part of await download.createReadStream()) parts.push(part as Buffer);
  const file = JSON.parse(Buffer.concat(parts).toString('utf8'));
  expect(file.settings).toMatchObject({ viewer: 'page', simulatedLink: 'none', width: 1024, level: 'auto' });
  const { display } = file.channels;
  expect(display.unit).toBe('ms');
  expect(display.samples).toBeGreaterThan(0);
  expect(display.p50).toBeLessThanOrEqual(display.max);
  expect(file.history.length).toBeGreaterThan(0);
});
