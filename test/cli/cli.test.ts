import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HeadlessViewer } from '../../engine/index.js';
import type { RecordingDescription } from '../../engine/recording/index.js';
import { parseReport } from '../../harness/reports/index.js';
import { frameMd5s } from '../support/framemd5.js';
import { Command, sightline } from './command.js';

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
  it.each([
    [['no-such-command'], 'no-such-command'],
    [['relay', '--port', 'http'], '--port takes a whole number from 0 to 65535, not "http"'],
    [['host', '--scene', 'opera'], 'There is no scene "opera"'],
    [['host', '--size', '0x5'], '--size takes WIDTHxHEIGHT'],
    [['host', '--pace', '-1'], '--pace takes realtime, fastest or a factor above 0'],
    [['view', 'somewhere', '--quality', 'best'], '--quality takes one of'],
    [['view', 'http://127.0.0.1:1/'], 'token'],
    [['view', 'somewhere'], 'is not an address such as'],
    [['verify'], 'file'],
    [['verify', 'a.rcrec', '--fingerprint', 'abc'], 'A fingerprint has 64 hexadecimal digits'],
    [['repair', 'a.rcrec'], 'out'],
    [['bench', 'codec'], 'Name at least one video'],
    [['bench', 'codec', 'a.mkv', '--lossy', '101'], '--lossy takes a quality from 1 to 100, not "101"'],
    [['bench', 'codec', '--lossy', 'a.mkv', '--level', 'low'], 'lossy at level high only'],
    [['bench', 'codec', 'a.mkv', '--threads', '0'], '--threads takes a whole number from 1 to 17'],
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

  it('says a path that cannot be written before it measures, in one line', async () => {
    const { code, err } = await sightline(['measure', '--json', join(folder, 'no', 'report.json')]);
    expect(code).toBe(1);
    expect(err).toMatch(/^sightline: .*report\.json'?\n$/);
  });
});

describe('demo', () => {
  it('has a customer who answers in the chat', async () => {
    const demo = run('demo', '--port', '0', '--size', '640x480', '--json');
    const { address } = await demo.json<{ address: string }>();
    const viewer = await HeadlessViewer.open({ address, name: 'Ada' });
    await viewer.untilFrame(1);
    const { chat } = viewer.session;
    chat.send('Can you see the arrow?');
    await viewer.until(() => chat.entries.length === 2, 'an answer');
    viewer.close();
    expect(chat.entries).toMatchObject([
      { name: 'Ada', text: 'Can you see the arrow?', own: true, state: 'sent' },
      { name: 'Sightline host', viewer: 0, text: 'Yes, I see it.', own: false },
    ]);
  });

  it('prints an address that can be watched and recorded, and stops cleanly', async () => {
    const demo = run('demo', '--port', '0', '--size', '640x480', '--json');
    const { address, hostPid } = await demo.json<{ address: string; hostPid: number }>();
    const file = join(folder, 'demo.rcrec');
    const view = await sightline(['view', address, '--record', file, '--seconds', '2', '--json']);
    expect(view.code).toBe(0);
    expect((JSON.parse(view.out) as { frames: number }).frames).toBeGreaterThan(1);

    const again = await sightline(['view', address, '--record', file]);
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('--force') });

    const info = await sightline(['info', file, '--json']);
    expect(info.code).toBe(0);
    expect(JSON.parse(info.out)).toMatchObject({ complete: true, endReason: 'stopped', sizes: ['640x480'] });
    const { fingerprint, notices } = JSON.parse(info.out) as RecordingDescription;
    expect(notices).toMatchObject([{ kind: 'told' }]);
    expect((await sightline(['verify', file, '--decode', '--fingerprint', fingerprint!])).code).toBe(0);
    const other = await sightline(['verify', file, '--fingerprint', 'a'.repeat(64)]);
    expect(other.code).toBe(1);
    expect(other.out).toContain(fingerprint!);
    expect(other.out).toContain('is not the recording whose fingerprint was noted');

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

  it('repairs a damaged recording into another file, and only there', async () => {
    const file = join(folder, 'damaged.rcrec');
    const out = join(folder, 'repaired.rcrec');
    const { code, out: said } = await sightline(['repair', file, out]);
    expect(code).toBe(0);
    expect(said).toMatch(/Lost: bytes \d+ to \d+/);
    expect((await sightline(['verify', out, '--decode'])).code).toBe(0);
    expect((await sightline(['info', out])).out).toMatch(/repaired +lost/);

    const again = await sightline(['repair', file, out]);
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('exists already') });
    const json = await sightline(['repair', file, out, '--force', '--json']);
    expect(JSON.parse(json.out)).toMatchObject({ lostMetadata: false });
    const same = await sightline(['repair', file, file, '--force']);
    expect(same).toMatchObject({ code: 1, err: expect.stringContaining('name another file') });
    const sound = await sightline(['repair', out, file, '--force']);
    expect(sound).toMatchObject({ code: 1, err: expect.stringContaining('nothing to repair') });
    expect((await sightline(['verify', file])).code).toBe(1);
  });
});

describe('host and view', () => {
  const token = 'abcdefghijklmnopqrstuvwxyz';

  it('say that a film cannot be read, and end', async () => {
    const broken = join(folder, 'broken.mkv');
    // The head of the film, without one whole picture.
    writeFileSync(broken, readFileSync(video).subarray(0, 3000));
    const relay = await run('relay', '--port', '0', '--json').json<{ address: string }>();
    const host = run('host', '--relay', relay.address, '--token', token, '--replay', broken);
    const view = run('view', `${relay.address}/#${token}`);
    const { code, err } = await host.finished();
    expect(code).toBe(1);
    expect(err).toMatch(/^sightline: .*broken\.mkv/m);
    expect((await view.finished()).code).toBe(1);
  });

  it('stop quietly when nobody reads their lines any more', async () => {
    const relay = await run('relay', '--port', '0', '--json').json<{ address: string }>();
    const host = run(
      ...['host', '--relay', relay.address, '--token', token, '--size', '320x240', '--scene', 'terminal'],
      ...['--fps', '30', '--md5'],
    );
    const view = run('view', `${relay.address}/#${token}`, '--md5');
    await view.lines(1);
    view.child.stdout?.destroy();
    const seen = await view.finished();
    expect(seen.code).toBe(0);
    expect(seen.err).not.toContain('EPIPE');
    run('view', `${relay.address}/#${token}`);
    host.child.stdout?.destroy();
    const shared = await host.finished();
    expect(shared.code).toBe(0);
    expect(shared.err).not.toContain('EPIPE');
  });

  it('say what the relay refuses, and a file that cannot be written', async () => {
    const relay = await run('relay', '--port', '0', '--secret', 'open sesame', '--json').json<{
      address: string;
    }>();
    const stranger = await sightline(['host', '--relay', relay.address, '--secret', 'open barley']);
    expect(stranger.code).toBe(1);
    expect(stranger.err).toContain('The relay has ended the session: ');
    const host = ['host', '--relay', relay.address, '--secret', 'open sesame', '--token', token];
    run(...host, '--size', '320x240');
    const view = run(
      ...['view', `${relay.address}/#${token}`, '--until-frame', '1'],
      ...['--png', join(folder, 'no', 'a.png')],
    );
    const { code, err } = await view.finished();
    expect(code).toBe(1);
    expect(err).toMatch(/^sightline: .*a\.png'?\n$/m);
    expect(err).not.toContain('    at ');
  });

  it('say why a session cannot be joined, and who was interrupted has not joined', async () => {
    const relay = await run('relay', '--port', '0', '--json').json<{ address: string }>();
    const view = run('view', `${relay.address}/#${token}`);
    await view.complaint('Not joined yet (');
    view.interrupt();
    const { code, err } = await view.finished();
    expect(code).toBe(1);
    expect(err).not.toContain('Joined');
  });

  it('print the same hash for every frame, and the pictures are those of the film', async () => {
    const relay = await run('relay', '--port', '0', '--json').json<{ address: string }>();
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
  it('measures the page in Chromium up to what is on its canvas, and says so', async () => {
    const file = join(folder, 'page.json');
    const { code, out } = await sightline([
      ...['measure', '--viewer', 'page', '--size', '640x480', '--duration', '3', '--warmup', '0'],
      ...['--verify-frames', '3', '--json', file],
    ]);
    expect(code).toBe(0);
    expect(out).toContain('The measured viewer was the page in Chromium');
    const report = parseReport(readFileSync(file, 'utf8')).runs[0]!;
    expect(report.settings.viewer).toBe('page');
    expect(report.framesCompared).toBeGreaterThanOrEqual(3);
    for (const name of ['display', 'clickToPicture', 'whiteboardToViewers', 'laser'] as const) {
      expect(report.channels[name]!.samples, name).toBeGreaterThan(5);
    }
    const stages = report.stages.clickToPicture!.map(({ stage }) => stage);
    expect(stages.slice(-4)).toEqual(['decode', 'animation', 'compose', 'present']);
  });

  it('gives figures for every channel, and no picture differs', async () => {
    const file = join(folder, 'report.json');
    const { code, out, err } = await sightline([
      ...['measure', '--size', '640x480', '--duration', '3', '--warmup', '0'],
      ...['--verify-frames', '5', '--link', 'delay=5ms', '--json', file],
    ]);
    expect(err).not.toContain('Error');
    expect(code).toBe(0);
    expect(out).toContain('click to picture');
    const { machine, runs } = parseReport(readFileSync(file, 'utf8'));
    expect(runs).toHaveLength(1);
    const report = runs[0]!;
    for (const name of ['display', 'input', 'clickToPicture', 'whiteboard', 'laser'] as const) {
      const channel = report.channels[name]!;
      expect(channel.samples, name).toBeGreaterThan(5);
      expect(channel.p50).toBeLessThanOrEqual(channel.p99);
      expect(channel.unit).toBe('ms');
      expect(channel.histogram.length).toBeGreaterThan(20);
    }
    // Over two lines, whatever else it takes; less what may be wrong in the comparison of clocks.
    expect(report.channels.laser!.p50).toBeGreaterThan(10 - report.clockErrorMs);
    expect(report.stages.display?.find(({ stage }) => stage === 'frameUp')?.p50).toBeGreaterThan(
      5 - report.clockErrorMs,
    );
    expect(report.bytesPerFrame).toBeGreaterThan(0);
    expect(report.cpuMsPerFrame!.host).toBeGreaterThan(0);
    expect(report.framesCompared).toBeGreaterThanOrEqual(5);
    expect(report.mismatches).toBe(0);
    expect(machine.cores).toBeGreaterThan(0);
    const { until, memoryMiB, loopDelayMs, garbageMs } = report.series;
    for (const columns of [memoryMiB!, loopDelayMs!, garbageMs!]) {
      for (const column of Object.values(columns)) expect(column).toHaveLength(until.length);
    }
    expect(Math.min(...memoryMiB!.relay)).toBeGreaterThan(10);
  });
});
