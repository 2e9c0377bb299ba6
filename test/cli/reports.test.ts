import { copyFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Comparison, parseReport } from '../../harness/reports/index.js';
import { type Source, syntheticReport } from '../reports/synthetic.js';
import { recordScenes, writeVideo } from '../support/films.js';
import { sightline } from './command.js';

let folder: string;
const file = (name: string): string => join(folder, name);

const source =
  (slow = 1): (() => Source) =>
  () =>
  (random) => ({
    window: 3000 * (0.8 + 0.4 * random()),
    encode: 2000 * (0.8 + 0.4 * random()),
    decode: 1500 * (0.8 + 0.4 * random()) * slow,
  });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sightline-reports-'));
  const write = (name: string, content: unknown): void => writeFileSync(file(name), JSON.stringify(content));
  for (const run of [1, 2, 3, 4]) {
    write(`a${run}.json`, syntheticReport(run, source()));
    write(`b${run}.json`, syntheticReport(run + 10, source(1.3)));
  }
  write('other.json', syntheticReport(1, source(), { settings: { link: 'dsl' } }));
  write('budget.json', {
    format: 'sightline-budget',
    version: 1,
    limits: [{ figure: 'display.p50', max: 6.7 }],
  });
  const size = { width: 320, height: 200 };
  await recordScenes(file('desk.rcrec'), size, 1);
  writeVideo(file('talk.mkv'), size, 1);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const side = (name: string): string => [1, 2, 3, 4].map((run) => file(`${name}${run}.json`)).join(',');

describe('an excerpt of a report', () => {
  it('is small, and holds every figure', async () => {
    const { code } = await sightline(['report', file('a1.json'), '--excerpt', file('small.json')]);
    expect(code).toBe(0);
    const [whole, small] = ['a1.json', 'small.json'].map((name) => readFileSync(file(name), 'utf8'));
    expect(small!.length).toBeLessThan(whole!.length * 0.6);
    const tables = await Promise.all(
      ['a1.json', 'small.json'].map((name) => sightline(['report', file(name)])),
    );
    expect(tables[1]!.out).toBe(tables[0]!.out);
    expect(parseReport(small!).runs[0]!.stages.display).toHaveLength(3);
  });

  it('compares by its channels, and with runs enough by its stages too', async () => {
    const names = await Promise.all(
      ['a1', 'a2', 'a3', 'b1', 'b2', 'b3'].map(async (name) => {
        await sightline(['report', file(`${name}.json`), '--excerpt', file(`${name}-small.json`)]);
        return file(`${name}-small.json`);
      }),
    );
    const compared = async (a: string[], b: string[]): Promise<string[]> => {
      const { out } = await sightline(['compare', a.join(','), b.join(','), '--json']);
      return (JSON.parse(out) as Comparison).figures.map(({ figure }) => figure);
    };
    const [few, many] = [
      await compared(names.slice(0, 1), names.slice(3, 4)),
      await compared(names.slice(0, 3), names.slice(3)),
    ];
    expect(few).toContain('display.p50');
    expect(few).not.toContain('display/decode.mid');
    expect(many).toContain('display/decode.mid');
  });

  it('is of one report', async () => {
    const { code, err } = await sightline([
      'report',
      file('a1.json'),
      file('a2.json'),
      '--excerpt',
      file('x'),
    ]);
    expect(code).toBe(2);
    expect(err).toContain('--excerpt');
  });
});

describe('compare', () => {
  it('says what is slower, in which stage, and what the interval covers', async () => {
    const { code, out } = await sightline(['compare', side('a'), side('b')]);
    expect(code).toBe(0);
    expect(out).toMatch(/display: decoded .* SLOWER/);
    expect(out).toMatch(/display: encoded .* cannot tell/);
    expect(out).toContain('run to run (4 and 4 runs)');
    expect(out).toContain('at most 5 % (Holm)');
  });

  it('ends as a check of a change should', async () => {
    const slower = ['compare', side('a'), side('b'), '--fail-on', 'slower', '--json'];
    const { code, out } = await sightline(slower);
    expect(code).toBe(1);
    const { figures } = JSON.parse(out) as Comparison;
    expect(figures.find(({ figure }) => figure === 'display/decode.mid')?.verdict).toBe('slower');
    expect((await sightline(['compare', side('b'), side('a'), '--fail-on', 'slower'])).code).toBe(0);
  });

  it('refuses what was measured otherwise, in one line, unless it is forced', async () => {
    const args = ['compare', file('a1.json'), file('other.json')];
    const { code, err } = await sightline(args);
    expect(code).toBe(1);
    expect(err).toMatch(/^sightline: .*link: "none" and "dsl".*--force/);
    const forced = await sightline([...args, '--force']);
    expect(forced.code).toBe(0);
    expect(forced.err).toContain('link: "none" and "dsl"');
  });

  it('names a file that is no report, and figures that there are not', async () => {
    const broken = await sightline(['compare', file('a1.json'), file('budget.json')]);
    expect(broken).toMatchObject({ code: 1, err: expect.stringContaining('not as it must be') });
    const none = await sightline(['compare', file('a1.json'), file('a2.json'), '--figures', 'sound']);
    expect(none).toMatchObject({ code: 1, err: expect.stringContaining('"sound"') });
  });
});

describe('measure --replay', () => {
  const short = ['--duration', '2', '--warmup', '0', '--verify-frames', '3'];

  it('measures files in real time, and says which', async () => {
    const replays = ['--replay', file('desk.rcrec'), '--replay', file('talk.mkv')];
    const { code, out } = await sightline(['measure', ...replays, ...short, '--json']);
    expect(code).toBe(0);
    const { runs } = parseReport(out);
    expect(runs.map(({ settings }) => settings.replay)).toEqual(['desk.rcrec', 'talk.mkv']);
    for (const { channels } of runs) {
      expect(channels.display!.samples).toBeGreaterThan(3);
      expect(channels.clickToPicture!.samples).toBeGreaterThan(3);
    }
  });

  it('measures once more with the same file, wherever that is now, and with no other', async () => {
    const first = file('replayed.json');
    const again = file('replayed-again.json');
    const args = ['--virtual', '--link', 'lan', ...short, '--json', first];
    expect((await sightline(['measure', '--replay', file('desk.rcrec'), ...args])).code).toBe(0);
    // It is looked for beside the report.
    expect((await sightline(['measure', '--from', first, '--json', again])).code).toBe(0);
    expect(parseReport(readFileSync(again, 'utf8'))).toEqual(parseReport(readFileSync(first, 'utf8')));
    expect((await sightline(['compare', first, again])).code).toBe(0);

    const moved = file('moved.rcrec');
    renameSync(file('desk.rcrec'), moved);
    copyFileSync(file('talk.mkv'), file('desk.rcrec'));
    const missing = await sightline(['measure', '--from', first]);
    expect(missing).toMatchObject({
      code: 2,
      err: expect.stringMatching(/desk\.rcrec \(SHA-256 [0-9a-f]{64}\)/),
    });
    const found = await sightline(['measure', '--from', first, '--replay', moved, '--json', again]);
    expect(found.code).toBe(0);
    expect(parseReport(readFileSync(again, 'utf8'))).toEqual(parseReport(readFileSync(first, 'utf8')));
    renameSync(moved, file('desk.rcrec'));
  });

  it('says what is no film, and what shows films of its own', async () => {
    for (const path of [file('nothing.mkv'), file('budget.json'), folder]) {
      const { code, err } = await sightline(['measure', '--replay', path]);
      expect(code).toBe(2);
      expect(err).toMatch(/^sightline: .*--replay takes an \.rcrec recording, or a video/);
    }
    const tool = await sightline(['measure', '--replay', file('talk.mkv')], { PATH: folder });
    expect(tool).toMatchObject({ code: 2, err: expect.stringContaining('install it') });
    const alone = await sightline(['measure', '--pace', '2']);
    expect(alone).toMatchObject({ code: 2, err: expect.stringContaining('--replay') });
    const both = await sightline(['measure', '--replay', file('talk.mkv'), '--self-check']);
    expect(both.code).toBe(2);
  });
});

describe('report', () => {
  it('prints a run in full, and holds it to a budget', async () => {
    const kept = await sightline(['report', file('a1.json'), '--budget', file('budget.json')]);
    expect(kept.code).toBe(0);
    expect(kept.out).toContain('waits for capture');
    expect(kept.out).toContain('limits are held');
    const over = await sightline(['report', file('b1.json'), '--budget', file('budget.json')]);
    expect(over.code).toBe(1);
    expect(over.out).toMatch(/Over budget: display, p50/);
  });

  it('writes a page of all reports together', async () => {
    const page = file('report.html');
    const { code } = await sightline(['report', file('a1.json'), file('other.json'), '--html', page]);
    expect(code).toBe(0);
    const html = readFileSync(page, 'utf8');
    expect(html).toContain('<script type="application/json" id="data">');
    expect(html).not.toMatch(/(src|href)="?http/);
  });

  it('is measured again from its own settings', async () => {
    const first = file('first.json');
    const settings = ['--virtual', '--size', '320x240', '--duration', '2', '--verify-frames', '0'];
    const links = ['--link', 'lan,dsl', '--json', first];
    expect((await sightline(['measure', ...settings, ...links])).code).toBe(0);
    const again = file('again.json');
    const { code } = await sightline(['measure', '--from', first, '--json', again]);
    expect(code).toBe(0);
    // Virtual time: the same, to the last sample.
    expect(parseReport(readFileSync(again, 'utf8'))).toEqual(parseReport(readFileSync(first, 'utf8')));
  });
});
