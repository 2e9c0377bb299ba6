/**
 * What a user does first, each once, with the built command: whether this Node runs all of it. Everything else is
 * tested elsewhere; these are few and quick, to be run on every Node that is supported.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../../harness/measure/page/browser.js';
import { parseReport } from '../../harness/reports/index.js';
import { Command, sightline } from '../cli/command.js';
import { TRANSPORTS_HERE } from '../support/transports.js';

const folder = mkdtempSync(join(tmpdir(), 'sightline-smoke-'));
const at = (name: string) => join(folder, name);
const SMALL = ['--scene', 'form', '--size', '640x400'];

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function succeed(...args: string[]): Promise<string> {
  const { code, out, err } = await sightline(args);
  expect(code, err).toBe(0);
  return out;
}

describe(`Node ${process.version}`, () => {
  it.each(TRANSPORTS_HERE)('a demo over %s is seen in a page, controlled and stopped', async (transport) => {
    const demo = new Command(['demo', '--port', '0', '--transport', transport, ...SMALL, '--json']);
    const browser = await launchChromium();
    try {
      const { address } = await demo.json<{ address: string }>();
      const page = await browser.newPage();
      await page.goto(address);
      await page.waitForFunction(() => window.sightline?.state.seen);
      await page.click('#control');
      await page.waitForFunction(() => {
        const { controller, viewer } = window.sightline.state.viewer;
        return viewer !== 0 && controller === viewer;
      });
    } finally {
      await browser.close();
      demo.interrupt();
    }
    const { code, err } = await demo.finished();
    expect({ code, last: err.trim().split('\n').at(-1) }).toEqual({ code: 0, last: 'Stopped.' });
  });

  it('measures, in real and in virtual time', async () => {
    for (const more of [[], ['--virtual', '--link', 'dsl']]) {
      await succeed(
        'measure',
        ...SMALL,
        ...more,
        '--duration',
        '4',
        '--warmup',
        '1',
        '--json',
        at('report.json'),
      );
      const [run] = parseReport(readFileSync(at('report.json'), 'utf8')).runs;
      expect(run!.channels.display!.samples).toBeGreaterThan(0);
      expect(run!.channels.input!.samples).toBeGreaterThan(0);
      rmSync(at('report.json'));
    }
  });

  it('records, verifies and converts', async () => {
    const recording = at('desk.rcrec');
    await succeed('record', recording, ...SMALL, '--seconds', '2');
    await succeed('verify', recording, '--decode');
    for (const name of ['desk.mkv', 'desk.avi', 'desk.webm']) {
      await succeed('convert', recording, at(name));
      expect(readFileSync(at(name)).length).toBeGreaterThan(1000);
    }
    const info = JSON.parse(await succeed('info', recording, '--json')) as { frames: number };
    expect(info.frames).toBeGreaterThan(1);
  });
});
