import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { MeasureReport } from '../../harness/measure/index.js';
import { frameMd5s } from '../support/framemd5.js';
import { Command, sightline } from './command.js';

const COMMANDS = ['demo', 'relay', 'host', 'view', 'measure', 'info', 'verify'];

let folder: string;
let video: string;
const running: Command[] = [];

function run(...args: string[]): Command {
  const command = new Command(args);
  running.push(command);
  return command;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sightline-cli-'));
  video = join(folder, 'film.mkv');
  execFileSync('ffmpeg', [
    ...['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=320x240:rate=25:duration=1.2'],
    ...['-c:v', 'ffv1', '-pix_fmt', 'bgr0', '-y', video],
  ]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(async () => {
  for (const command of running.splice(0)) {
    command.interrupt();
    await command.finished();
  }
});

describe('help and usage', () => {
  it('lists the commands', async () => {
    const { code, out } = await sightline(['--help']);
    expect(code).toBe(0);
    for (const name of COMMANDS) expect(out).toContain(name);
  });

  it.each(COMMANDS)('%s --help shows examples', async (name) => {
    const { code, out } = await sightline([name, '--help']);
    expect(code).toBe(0);
    expect(out).toContain(`Examples:\n  sightline ${name}`);
  });

  it.each([
    [['no-such-command'], 'no-such-command'],
    [['relay', '--port', 'http'], '--port takes a whole number from 0 to 65535, not "http"'],
    [['host', '--scene', 'opera'], 'There is no scene "opera"'],
    [['host', '--size', '0x5'], '--size takes WIDTHxHEIGHT'],
    [['host', '--pace', '-1'], '--pace takes realtime, fastest or a factor above 0'],
    [['view', 'somewhere', '--quality', 'best'], '--quality takes one of'],
    [['verify'], 'file'],
  ])('refuses %j with exit code 2', async (args, message) => {
    const { code, err } = await sightline(args);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  it('speaks French where the environment asks for it', async () => {
    const { out } = await sightline(['--help'], { LC_ALL: 'fr_FR.UTF-8' });
    expect(out).toContain('lancer un relais');
  });

  it('names a file that is not there, with exit code 1', async () => {
    const { code, err } = await sightline(['info', join(folder, 'nothing.rcrec')]);
    expect(code).toBe(1);
    expect(err).toMatch(/^sightline: .*nothing\.rcrec/);
  });

  it('refuses an address without a token', async () => {
    const { code, err } = await sightline(['view', 'http://127.0.0.1:1/']);
    expect(code).toBe(1);
    expect(err).toContain('token');
  });
});

describe('demo', () => {
  it('prints an address that can be watched and recorded, and stops cleanly', async () => {
    const demo = run('demo', '--port', '0', '--size', '640x480', '--json');
    const { address, hostPid } = await demo.json<{ address: string; hostPid: number }>();
    const file = join(folder, 'demo.rcrec');
    const view = await sightline(['view', address, '--record', file, '--seconds', '2', '--json']);
    expect(view.code).toBe(0);
    expect((JSON.parse(view.out) as { frames: number }).frames).toBeGreaterThan(1);

    const info = await sightline(['info', file, '--json']);
    expect(info.code).toBe(0);
    expect(JSON.parse(info.out)).toMatchObject({ complete: true, endReason: 'stopped', sizes: ['640x480'] });
    expect((await sightline(['verify', file, '--decode'])).code).toBe(0);

    demo.interrupt();
    expect((await demo.finished()).code).toBe(0);
    expect(() => process.kill(hostPid, 0)).toThrow('ESRCH');
  });

  it('says where a damaged recording is damaged, with exit code 1', async () => {
    const whole = readFileSync(join(folder, 'demo.rcrec'));
    const file = join(folder, 'damaged.rcrec');
    const at = Math.floor(whole.length / 2);
    whole[at] = whole[at]! ^ 0x55;
    writeFileSync(file, whole);
    const { code, out } = await sightline(['verify', file, '--json']);
    expect(code).toBe(1);
    const { firstFault } = JSON.parse(out) as { firstFault: { offset: number; end: number } };
    expect(firstFault.offset).toBeLessThanOrEqual(at);
    expect(firstFault.end).toBeGreaterThan(at);
    expect((await sightline(['verify', file])).out).toContain(`damaged at byte ${firstFault.offset}`);
  });
});

describe('host and view', () => {
  it('print the same hash for every frame, and the pictures are those of the film', async () => {
    const relay = await run('relay', '--port', '0', '--json').json<{ address: string }>();
    const token = 'abcdefghijklmnopqrstuvwxyz';
    const host = run(
      ...['host', '--relay', relay.address, '--token', token, '--replay', video],
      ...['--pace', 'fastest', '--md5'],
    );
    const view = run('view', `${relay.address}/#${token}`, '--quality', 'high', '--md5');
    const sent = await host.finished();
    const shown = await view.finished();
    expect(sent.code).toBe(0);
    expect(shown.code).toBe(0);
    const hashes = (lines: string): string[] =>
      lines
        .trim()
        .split('\n')
        .map((line) => line.replace(/, [\d.]+, /, ' '));
    expect(hashes(shown.out)).toEqual(hashes(sent.out));
    expect(hashes(sent.out)).toEqual(frameMd5s(video).map((md5, index) => `${index + 1} ${md5}`));
  });
});

describe('measure', () => {
  it('gives figures for every channel, and no picture differs', async () => {
    const file = join(folder, 'report.json');
    const { code, out, err } = await sightline([
      ...['measure', '--size', '640x480', '--duration', '3', '--warmup', '0'],
      ...['--verify-frames', '5', '--json', file],
    ]);
    expect(err).not.toContain('Error');
    expect(code).toBe(0);
    expect(out).toContain('click to picture');
    const report = JSON.parse(readFileSync(file, 'utf8')) as MeasureReport;
    for (const name of ['display', 'input', 'clickToPicture', 'whiteboard', 'laser'] as const) {
      const channel = report.channels[name];
      expect(channel.samples, name).toBeGreaterThan(5);
      expect(channel.p50).toBeLessThanOrEqual(channel.p99);
      expect(channel.unit).toBe('ms');
      expect(channel.histogram.length).toBeGreaterThan(20);
    }
    expect(report.bytesPerFrame).toBeGreaterThan(0);
    expect(report.cpuMsPerFrame.host).toBeGreaterThan(0);
    expect(report.framesCompared).toBeGreaterThanOrEqual(5);
    expect(report.mismatches).toBe(0);
    expect(report.machine.cores).toBeGreaterThan(0);
  });
});
