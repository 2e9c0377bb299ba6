/** The Lab panel in Chromium: running figures, a line that is simulated at the viewer, and the file. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { expect, it } from 'vitest';
import { LAB_STAGES } from '../../harness/console/session/lab-api.js';
import { productVersion } from '../../harness/product-version.js';
import { mergeHistograms, parseReport, readHistogram, settingsOf } from '../../harness/reports/index.js';
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
    expect(await page.textContent(`#lab-stage-${stage}`)).toMatch(
      /(on its way|waiting|working)[\d,.]+ ms( ± [\d,.]+ ms)?$/,
    );
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

it('says beside each latency by how much two clocks may be misjudged', async () => {
  const page = await openLab('fr-FR');
  await expect.poll(() => page.textContent('#lab-display'), PATIENT).toMatch(/± [\d,.]+ ms$/);
  expect(await page.textContent('#lab-channels thead')).toContain('Horloges');
  await page.waitForFunction(() => window.sightline.state.stats?.lab?.stages !== undefined);
  await expect.poll(() => page.textContent('#lab-stage-travel'), PATIENT).toMatch(/ms ± [\d,.]+ ms$/);
  expect(await page.textContent('#lab-stage-decode')).not.toContain('±');
});

it('saves a report that is read as those of measurements are', async () => {
  const page = await openLab();
  const save = async () => {
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#lab-save')]);
    expect(download.suggestedFilename()).toMatch(/^sightline-figures-.*\.json$/);
    return parseReport(readFileSync(await download.path(), 'utf8'));
  };
  await page.waitForFunction(() => (window.sightline.state.stats?.lab?.channels.display?.p50 ?? 0) > 0);
  const report = await save();
  expect(report.machine).toMatchObject({ cores: availableParallelism(), sightline: productVersion() });
  expect(report.machine.browser).toMatch(/Chrom/);
  const [run] = report.runs;
  expect(run!.settings).toMatchObject({
    viewer: 'page',
    live: true,
    link: 'none',
    width: 1024,
    level: 'auto',
  });
  const display = run!.channels.display!;
  expect(mergeHistograms(display.blocks.map(readHistogram)).total).toBe(display.samples);
  expect(display.p50).toBeGreaterThan(0);
  expect(display.p50).toBeLessThanOrEqual(display.max);
  expect(run!.clockErrorMs).toBeGreaterThan(0);
  expect(run!.stages.display!.map(({ stage }) => stage)).toEqual(LAB_STAGES);
  for (const { samples } of run!.stages.display!) expect(samples).toBeGreaterThan(0);
  expect(run!.series.frames.reduce((sum, frames) => sum + frames, 0)).toBe(run!.frames);
  const [slowest] = run!.spikes.display!;
  expect(slowest!.stages.reduce((sum, { ms }) => sum + ms, 0)).toBeCloseTo(slowest!.latencyMs, 1);
  expect(() => settingsOf(report)).toThrow(/live session/);

  // A line of its own begins a report of its own.
  await page.check('input[value=dsl]');
  await page.waitForFunction(() => (window.sightline.state.stats?.lab?.stages?.travel ?? 0) > 0);
  const [later] = (await save()).runs;
  expect(later!.settings.link).toBe('dsl');
});
