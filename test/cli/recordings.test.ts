import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { frameMd5s } from '../support/framemd5.js';
import { complaints } from '../support/video-file.js';
import { Command, sightline } from './command.js';

let folder: string;
let video: string;
/** Of the video, at level high; and of a simulated desktop. */
let film: string;
let desk: string;
const at = (...names: string[]) => join(folder, ...names);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sightline-recordings-'));
  video = at('film.mkv');
  execFileSync('ffmpeg', [
    ...['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=320x240:rate=25:duration=1.2'],
    ...['-c:v', 'ffv1', '-pix_fmt', 'bgr0', '-y', video],
  ]);
  film = at('film.rcrec');
  desk = at('desk.rcrec');
  const options = ['--scene', 'desktop', '--size', '320x240', '--fps', '20', '--seconds', '4'];
  const made = [
    await sightline(['record', film, '--replay', video]),
    await sightline(['record', desk, ...options, '--level', 'low']),
  ];
  for (const { code, err } of made) expect({ code, err }).toEqual({ code: 0, err: '' });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Hashes that `sightline frames` prints. */
function hashes(output: string): string[] {
  const lines = output.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => line.split(',').at(-1)!.trim());
}

describe('record', () => {
  it('takes every picture of a video at its time', async () => {
    const { code, out } = await sightline(['frames', film]);
    expect(code).toBe(0);
    expect(hashes(out)).toEqual(frameMd5s(video));
    const times = out.split('\n').filter((line) => /^\d/.test(line));
    expect(times.map((line) => Number(line.split(',')[2]))).toEqual(
      Array.from({ length: 30 }, (_, index) => index * 400),
    );
    const info = await sightline(['info', film, '--json']);
    expect(JSON.parse(info.out)).toMatchObject({ complete: true, frames: 30, duration: 1_200_000 });
    expect((await sightline(['verify', film, '--decode'])).code).toBe(0);
  });

  it('takes a recording as well, and is the same file for the same film, date and machine or not', async () => {
    const date = { SOURCE_DATE_EPOCH: '1700000000' };
    const make = (name: string, ...more: string[]) =>
      sightline(['record', at(name), '--replay', film, ...more], date);
    expect((await make('first.rcrec')).code).toBe(0);
    expect((await make('second.rcrec', '--pace', '8')).code).toBe(0);
    expect(readFileSync(at('second.rcrec'))).toEqual(readFileSync(at('first.rcrec')));
    const { out } = await sightline(['frames', at('first.rcrec')]);
    expect(hashes(out)).toEqual(frameMd5s(video));
  });

  it('records a session from its address', async () => {
    const demo = new Command(['demo', '--port', '0', '--size', '320x240', '--json']);
    try {
      const { address } = await demo.json<{ address: string }>();
      const file = at('session.rcrec');
      const made = await sightline(['record', file, '--session', address, '--seconds', '1', '--json']);
      expect(made.code).toBe(0);
      expect(JSON.parse(made.out)).toMatchObject({ file });
      expect((await sightline(['verify', file, '--decode'])).code).toBe(0);
    } finally {
      demo.interrupt();
      await demo.finished();
    }
  });

  it.each([
    [[], 2, 'one of --replay, --scene and --session'],
    [['--replay', 'a.mkv', '--scene', 'desktop'], 2, 'one of --replay, --scene and --session'],
    [['--scene', 'desktop', '--level', 'auto'], 2, '--level high'],
    [['--scene', 'opera'], 2, 'no scene "opera"'],
    [['--replay', 'not-there.mkv'], 1, 'not-there.mkv'],
  ])('refuses %j', async (args, code, message) => {
    const result = await sightline(['record', at('no.rcrec'), ...args]);
    expect(result).toMatchObject({ code, err: expect.stringContaining(message) });
    expect(existsSync(at('no.rcrec'))).toBe(false);
  });

  it('replaces no file, and never its own source', async () => {
    const again = await sightline(['record', desk, '--scene', 'desktop']);
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('exists already') });
    const over = await sightline(['record', film, '--replay', film, '--force']);
    expect(over).toMatchObject({ code: 1, err: expect.stringContaining('is the film itself') });
    expect((await sightline(['verify', film])).code).toBe(0);
  });
});

describe('convert', () => {
  it('makes an exact MKV', async () => {
    const file = at('exact.mkv');
    const { code, out } = await sightline(['convert', film, file]);
    expect(code).toBe(0);
    expect(out).toMatch(/exact\.mkv: ZMBV, 320x240, 30 frames, 1\.2 s, /);
    expect(complaints(file)).toBe('');
    expect(frameMd5s(file)).toEqual(frameMd5s(video));
  });

  it('converts a folder at once, each into the format and codec that fits', async () => {
    mkdirSync(at('in'));
    mkdirSync(at('out'));
    for (const source of [film, desk])
      writeFileSync(at('in', source.slice(folder.length)), readFileSync(source));
    const args = ['convert', at('in'), '--out-dir', at('out'), '--format', 'avi', '--json'];
    const { code, out } = await sightline(args);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject([
      { output: at('out', 'desk.avi'), codec: 'mrle', fps: 20, duration: 4_000_000 },
      { output: at('out', 'film.avi'), codec: 'msvc', fps: 25, frames: 30 },
    ]);
    expect(readdirSync(at('out')).sort()).toEqual(['desk.avi', 'film.avi']);
    for (const name of ['desk.avi', 'film.avi']) expect(complaints(at('out', name))).toBe('');
    const shown = hashes((await sightline(['frames', desk])).out);
    const found = frameMd5s(at('out', 'desk.avi'));
    expect(found.filter((hash, index) => hash !== found[index - 1])).toEqual(shown);
  });

  it('goes on with the others when one cannot be converted', async () => {
    const broken = at('broken.rcrec');
    writeFileSync(broken, 'nothing');
    mkdirSync(at('some'));
    const { code, out, err } = await sightline(['convert', broken, film, '--out-dir', at('some')]);
    expect(code).toBe(1);
    expect(err).toContain('broken.rcrec: The file is not a Sightline recording.');
    expect(out).toContain('film.mkv: ZMBV');
    expect(readdirSync(at('some'))).toEqual(['film.mkv']);
  });

  it('leaves nothing when it is interrupted, or a video that plays when that is wanted', async () => {
    const long = at('long.rcrec');
    await sightline([
      'record',
      long,
      '--scene',
      'film',
      '--size',
      '640x480',
      '--fps',
      '10',
      '--seconds',
      '20',
    ]);
    for (const [options, name] of [
      [[], undefined],
      [['--keep-partial'], 'part.mkv'],
    ] as const) {
      mkdirSync(at('cut'), { recursive: true });
      const command = new Command(['convert', long, at('cut', 'part.mkv'), '--scale', '4', ...options]);
      await grown(at('cut', 'part.part.mkv'));
      command.interrupt();
      const { code, err } = await command.finished();
      expect(code).toBe(1);
      expect(err).toContain('Interrupted');
      expect(readdirSync(at('cut'))).toEqual(name === undefined ? [] : [name]);
    }
    expect(frameMd5s(at('cut', 'part.mkv')).length).toBeGreaterThan(5);
  });

  it.each([
    [['only.rcrec'], 2, 'Name the video to write last'],
    [['a.rcrec', 'b.mp4'], 2, 'must end in .mkv, .avi or .webm'],
    [['a.rcrec', 'b.rcrec', 'c.mkv'], 2, '--out-dir'],
    [['a/x.rcrec', 'b/x.rcrec', '--out-dir', '.'], 2, 'Two recordings would become'],
    [['a.rcrec', 'b.mkv', '--from', '1:75'], 2, '--from takes seconds, m:ss or h:mm:ss'],
    [['a.rcrec', 'b.mkv', '--scale', '20'], 2, '--scale takes a factor'],
    [['a.rcrec', 'b.mkv', '--speed', 'fast'], 2, '--speed takes a number'],
    [['a.rcrec', 'b.mkv', '--codec', 'h264'], 2, '--codec takes one of'],
    [['a.rcrec', 'b.mkv'], 1, 'a.rcrec does not exist'],
    [['a.rcrec', '--out-dir', 'not-there'], 1, 'not-there is not a folder'],
  ])('refuses %j', async (args, code, message) => {
    expect(await sightline(['convert', ...args])).toMatchObject({
      code,
      err: expect.stringContaining(message),
    });
  });

  it('replaces a file only with --force, and never its own recording', async () => {
    const file = at('there.mkv');
    writeFileSync(file, 'mine');
    const refused = await sightline(['convert', film, file]);
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('--force replaces it') });
    expect(readFileSync(file, 'utf8')).toBe('mine');
    const failed = await sightline(['convert', film, file, '--force', '--codec', 'mrle', '--quality', '5']);
    expect(failed).toMatchObject({ code: 1, err: expect.stringContaining('has no quality') });
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect((await sightline(['convert', film, file, '--force'])).code).toBe(0);
    expect(frameMd5s(file)).toHaveLength(30);

    const own = at('own.mkv');
    writeFileSync(own, readFileSync(film));
    const over = await sightline(['convert', own, own, '--force']);
    expect(over).toMatchObject({ code: 1, err: expect.stringContaining('is the recording itself') });
    expect(readFileSync(own)).toEqual(readFileSync(film));
  });
});

describe('frames', () => {
  it('writes the picture of a moment, exactly', async () => {
    const png = at('moment.png');
    const made = await sightline(['frames', film, '--at', '0.5', '--png', png]);
    expect(made).toMatchObject({ code: 0, out: '' });
    expect(frameMd5s(png)).toEqual([frameMd5s(video)[12]]);
    const again = await sightline(['frames', film, '--png', png]);
    expect(again.code).toBe(1);
    const hash = await sightline(['frames', film, '--at', '0:00.5', '--md5']);
    expect(hashes(hash.out)).toEqual([frameMd5s(video)[12]]);
  });

  it('says what to use for other videos', async () => {
    const { code, err } = await sightline(['frames', video]);
    expect(code).toBe(1);
    expect(err).toContain('is not a Sightline recording. For other videos: ffmpeg -i');
  });
});

/** Resolves when something has been written to a file. */
async function grown(path: string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (existsSync(path) && readFileSync(path).length > 100_000) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${path} does not grow.`);
}
