import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CapacityReport } from '../../harness/capacity/index.js';
import { readAs } from '../../harness/reports/format.js';
import { CAPACITY_SCHEMA } from '../../harness/reports/index.js';
import { breakingFfmpeg, recordScenes, writeVideo } from '../support/films.js';
import { Command, sightline } from './command.js';

/** A small load for a short time; the limit is beyond what any machine needs. */
const SMALL = ['--size', '320x240', '--warmup', '0', '--duration', '1', '--limit', '60000', '--threads', '0'];

describe('sightline capacity', () => {
  const LOADS = [
    ['--viewers', '--no-decode'],
    ['--sessions'],
    ['--viewers', '--link', 'lan'],
    ['--sessions', '--prepared', '5'],
  ];
  for (const args of LOADS) {
    it(`loads a relay: ${args.join(' ')}`, async () => {
      const { out, err, code } = await sightline(['capacity', ...args, ...SMALL, '--max', '2', '--json']);
      const report: CapacityReport = JSON.parse(out);
      expect(() => readAs(CAPACITY_SCHEMA, out, 'report')).not.toThrow();
      expect(err).toContain('1 ');
      expect(code).toBe(report.largest > 0 ? 0 : 1);
      expect(report.isComplete).toBe(true);
      expect(report.settings.decode).toBe(!args.includes('--no-decode') && !args.includes('--prepared'));
      expect(report.machine.cores).toBeGreaterThan(0);
      const [step] = report.steps;
      expect(step).toMatchObject({ count: 1, without: 0, attempt: 0 });
      expect(step!.samples).toBeGreaterThan(0);
      expect(step!.histogram).not.toBe('');
      expect(step!.parties.relay.processes).toBe(1);
      expect(step!.parties.relay.cores).toBeGreaterThan(0);
      expect(step!.parties.viewers.busiest.loopBusy).toBeGreaterThan(0);
      expect(step!.parties.links.processes).toBe(args.includes('--link') ? 1 : 0);
      expect(step!.megabytesPerSecond).toBeGreaterThan(0);
    });
  }

  it('refuses prepared frames that no picture of the size can have', async () => {
    const refused = await sightline(['capacity', '--sessions', '--prepared', '20', '--size', '64x64']);
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('a frame of 64x64 has at most 13 kilobytes');
  });

  it('shows a recording in place of scenes, and says which', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sightline-capacity-'));
    try {
      const file = join(folder, 'desk.rcrec');
      await recordScenes(file, { width: 320, height: 240 }, 1);
      const load = ['--replay', file, '--max', '1', '--warmup', '0', '--duration', '1', '--limit', '60000'];
      const { out, code } = await sightline(['capacity', ...load, '--json']);
      expect(code).toBe(0);
      const { settings, steps } = readAs(CAPACITY_SCHEMA, out, 'report');
      expect(settings).toMatchObject({ scenes: [], replay: 'desk.rcrec', width: 320, height: 240 });
      expect(steps[0]!.samples).toBeGreaterThan(0);
      const missing = await sightline(['capacity', '--replay', join(folder, 'nothing')]);
      expect(missing).toMatchObject({ code: 2, err: expect.stringContaining('--replay takes') });
      const both = await sightline(['capacity', '--replay', file, '--prepared', '5']);
      expect(both.code).toBe(2);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('takes viewers that are shown nothing new for too many', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sightline-capacity-'));
    try {
      const film = join(folder, 'still.mkv');
      writeVideo(film, { width: 320, height: 240 }, 1, 'color');
      const load = ['--replay', film, '--max', '1', '--warmup', '0', '--duration', '1', '--json'];
      const { code, out } = await sightline(['capacity', ...load]);
      expect(code).toBe(1);
      const { largest, steps } = readAs(CAPACITY_SCHEMA, out, 'report');
      expect(largest).toBe(0);
      expect(steps[0]).toMatchObject({ samples: 0, strain: null, p99Ms: 0, histogram: '' });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('finds nothing out with a film that breaks off', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sightline-capacity-'));
    try {
      const size = { width: 320, height: 240 };
      const film = join(folder, 'talk.mkv');
      writeVideo(film, size, 2);
      const load = ['--replay', film, '--max', '1', '--warmup', '0', '--duration', '3', '--limit', '60000'];
      const path = `${breakingFfmpeg(folder, size, 25)}:${process.env.PATH}`;
      const { code, err, out } = await sightline(['capacity', ...load, '--json'], { PATH: path });
      expect(code).toBe(1);
      expect(out).toBe('');
      expect(err).toContain('ffmpeg stopped after frame 25');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('stops at Ctrl-C with what it has, and leaves no process behind', async () => {
    const command = new Command(['capacity', ...SMALL, '--duration', '600', '--json']);
    await command.complaint('1 sessions');
    const { pid } = command.child;
    const children = async (): Promise<number[]> =>
      (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).split(' ').filter(Boolean).map(Number);
    const pids = await children();
    expect(pids.length).toBeGreaterThan(0);
    command.interrupt();
    const { code, out } = await command.finished();
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ largest: 0, isComplete: false, steps: [] });
    for (const each of pids) expect(() => process.kill(each, 0)).toThrow('ESRCH');
  });

  it('says what it takes', async () => {
    const both = await sightline(['capacity', '--viewers', '--sessions']);
    expect(both.code).toBe(2);
    const number = await sightline(['capacity', '--max', '0']);
    expect(number.code).toBe(2);
    expect(number.err).toContain('--max takes a whole number from 1 to 1000');
    const help = await sightline(['capacity', '--help'], { LC_ALL: 'fr_FR.UTF-8' });
    expect(help.code).toBe(0);
    expect(help.out).toContain('compter des sessions');
  });
});
