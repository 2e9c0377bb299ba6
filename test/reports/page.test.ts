import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS, describeMachine, measure } from '../../harness/measure/index.js';
import { placeholdersOf } from '../../harness/messages/index.js';
import { en } from '../../harness/report-page/messages-en.js';
import { fr } from '../../harness/report-page/messages-fr.js';
import { commandOf, variedSettings } from '../../harness/report-page/runs.js';
import { htmlOf, type LabReport, makeReport, parseReport } from '../../harness/reports/index.js';
import type { PageRun } from '../../harness/reports/page-data.js';
import { findings } from '../console/support/axe.js';
import { launchBrowser } from '../console/support/browser.js';
import { syntheticReport } from './synthetic.js';

let browser: Browser;
let folder: string;
let url: string;
/** What the page asked for, and what went wrong in it. */
const requests: string[] = [];
const faults: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sightline-report-'));
  const small = {
    ...DEFAULT_SETTINGS,
    width: 320,
    height: 240,
    duration: 2,
    verifyFrames: 0,
    virtual: true,
  };
  const runs = [];
  for (const link of ['lan', 'dsl']) runs.push(await measure({ ...small, link }));
  // What a report says must not become part of the page's code.
  const machine = { ...describeMachine(), cpu: '</script><script>throw new Error("let in")</script>' };
  const file = join(folder, 'report.html');
  writeFileSync(file, await htmlOf([makeReport(machine, runs)]));
  url = pathToFileURL(file).href;
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(options: Parameters<Browser['newPage']>[0] = {}, address = url): Promise<Page> {
  const page = await browser.newPage({ locale: 'en-GB', ...options });
  page.on('request', (request) => requests.push(request.url()));
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  await page.goto(address);
  await page.waitForSelector('canvas');
  return page;
}

describe('the page of a report', () => {
  it('needs nothing but itself, and runs nothing that a report says', async () => {
    const page = await open();
    expect(requests).toEqual([url]);
    expect(faults).toEqual([]);
    expect(await page.locator('header').textContent()).toContain('</script>');
    for (const title of ['At a glance', 'Side by side', 'Explain a spike', 'How it was measured']) {
      expect(await page.locator('h2', { hasText: title }).count()).toBe(1);
    }
    await page.close();
  });

  it.each([
    { colorScheme: 'light', width: 1366 },
    { colorScheme: 'dark', width: 1366 },
    { colorScheme: 'light', width: 360 },
    { colorScheme: 'dark', width: 360 },
  ] as const)('is in order for axe, $colorScheme, $width wide', async ({ colorScheme, width }) => {
    const page = await open({ colorScheme, viewport: { width, height: 800 } });
    expect(await findings(page)).toEqual([]);
    await page.close();
  });

  it('shows the run whose cell is chosen, by keyboard too', async () => {
    const page = await open();
    const first = await page.locator('.big').first().textContent();
    const cell = page.locator('.cell').nth(1);
    await cell.focus();
    await page.keyboard.press('Enter');
    expect(await cell.getAttribute('aria-pressed')).toBe('true');
    expect(await page.locator('.big').first().textContent()).not.toBe(first);
    expect(await page.locator('pre').first().textContent()).toContain('--link dsl');
    await page.close();
  });

  it('explains the slowest samples of the chosen channel', async () => {
    const page = await open();
    await page.locator('select').nth(1).selectOption('laser');
    expect(await page.locator('h2', { hasText: 'Explain a spike' }).textContent()).toContain(
      'laser, to host',
    );
    expect(await page.locator('.spikes li').count()).toBeGreaterThan(2);
    expect(await page.locator('.spikes p').first().textContent()).toMatch(/^Mostly “event to (relay|host)”/);
    await page.close();
  });

  it('is in French for who reads French, and in the colours of the system or of choice', async () => {
    const page = await open({ locale: 'fr-CA', colorScheme: 'dark' });
    expect(await page.locator('h1').textContent()).toBe('Rapport de latence');
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const dark = await background();
    await page.locator('select').nth(2).selectOption('light');
    expect(await background()).not.toBe(dark);
    await page.locator('select').nth(3).selectOption('en');
    expect(await page.locator('h1').textContent()).toBe('Latency report');
    await page.close();
  });

  it('is light on paper, and fits a narrow window', async () => {
    const page = await open({ colorScheme: 'dark', viewport: { width: 360, height: 640 } });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    const ink = await page.evaluate(() => getComputedStyle(document.body).color);
    expect(ink).toBe('rgb(27, 34, 48)');
    expect(faults).toEqual([]);
    await page.close();
  });

  it('of a live session says what its viewer knows, and not what nobody does', async () => {
    const known = syntheticReport(1, () => (random) => ({
      window: 3000 * random(),
      encode: 2000,
      decode: 1000,
    }));
    const { cpuMsPerFrame: _, series, settings, ...run } = known.runs[0]!;
    const { cpuMs: __, shownByAll: ___, ...columns } = series;
    const live: LabReport = {
      ...known,
      machine: { cpu: 'unknown', cores: 2, memoryGiB: 0, system: 'X11', browser: 'A/1', sightline: '0.1.0' },
      runs: [
        {
          ...run,
          startedAt: '2026-01-02T03:04:05.000Z',
          settings: { ...settings, live: true, viewer: 'page' },
          series: { ...columns, phases: [{ phase: 'live', from: 0, until: 10 }] },
        },
      ],
    };
    const file = join(folder, 'live.html');
    writeFileSync(file, await htmlOf([parseReport(JSON.stringify(live))]));
    const page = await open({}, pathToFileURL(file).href);
    const text = (await page.textContent('#root'))!;
    expect(await page.textContent('header')).toContain('X11');
    expect(text).toContain('Sightline 0.1.0, A/1');
    expect(text).toContain('it cannot be measured again');
    expect(text).toContain('whatever people did from 0 to 10 s');
    for (const unknown of ['CPU', 'compared with the host', 'seed', 'virtual', 'sightline measure']) {
      expect(text).not.toContain(unknown);
    }
    expect(await page.locator('.waterfall tbody tr').count()).toBe(3);
    expect(faults).toEqual([]);
    await page.close();
  });

  it('gives the command that makes a run again, with what is not as usual', () => {
    const of = (settings: object) => ({ settings: { ...DEFAULT_SETTINGS, ...settings } }) as PageRun;
    expect(commandOf(of({ viewer: 'page' }))).toContain(' --viewer page ');
    expect(commandOf(of({}))).not.toContain('--viewer ');
  });

  it('takes runs in virtual time that differ by their seeds for repetitions', () => {
    const of = (settings: object) => ({ settings: { ...DEFAULT_SETTINGS, ...settings } }) as PageRun;
    const seeds = (virtual: boolean) => [1, 2].map((seed) => of({ virtual, seed }));
    expect(variedSettings(seeds(true))).toEqual([]);
    expect(variedSettings(seeds(false))).toEqual(['seed']);
  });

  it('says the same in both languages', () => {
    for (const [key, sentence] of Object.entries(en)) {
      expect(placeholdersOf(fr[key as keyof typeof en]), key).toEqual(placeholdersOf(sentence));
    }
  });
});
