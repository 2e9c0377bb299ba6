import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemorySink, Recorder } from '../../engine/recording/index.js';
import { twoScreens } from '../recording/two-screens.js';
import { frameMd5s } from '../support/framemd5.js';
import { Stage } from '../support/stage.js';
import { complaints } from '../support/video-file.js';
import { Command, sightline } from './command.js';

const PICTURES = 15;
/** More than what comes before the first picture of a video. */
const WRITTEN = 10_000;
/** The same film on the same date is the same recording. */
const DATE = { SOURCE_DATE_EPOCH: '1700000000' };

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
    ...['-v', 'error', '-f', 'lavfi', '-i', `testsrc2=size=160x120:rate=25:duration=${PICTURES / 25}`],
    ...['-c:v', 'ffv1', '-pix_fmt', 'bgr0', '-y', video],
  ]);
  film = at('film.rcrec');
  desk = at('desk.rcrec');
  const options = ['--scene', 'desktop', '--size', '320x240', '--fps', '20', '--seconds', '4'];
  const made = await Promise.all([
    sightline(['record', film, '--replay', video], DATE),
    sightline(['record', desk, ...options, '--level', 'low']),
  ]);
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
    const [frames, info, verified] = await Promise.all([
      sightline(['frames', film]),
      sightline(['info', film, '--json']),
      sightline(['verify', film, '--decode']),
    ]);
    expect(frames.code).toBe(0);
    expect(hashes(frames.out)).toEqual(frameMd5s(video));
    const times = frames.out.split('\n').filter((line) => /^\d/.test(line));
    expect(times.map((line) => Number(line.split(',')[2]))).toEqual(
      Array.from({ length: PICTURES }, (_, index) => index * 400),
    );
    expect(JSON.parse(info.out)).toMatchObject({ complete: true, frames: PICTURES, duration: 600_000 });
    expect(verified.code).toBe(0);
  });

  it('takes a recording as well, and is the same file at any pace', async () => {
    const make = (name: string, ...more: string[]) =>
      sightline(['record', at(name), '--replay', film, ...more], DATE);
    const made = await Promise.all([make('first.rcrec'), make('second.rcrec', '--pace', '8')]);
    expect(made.map(({ code }) => code)).toEqual([0, 0]);
    expect(readFileSync(at('second.rcrec'))).toEqual(readFileSync(at('first.rcrec')));
    const { out } = await sightline(['frames', at('first.rcrec')]);
    expect(hashes(out)).toEqual(frameMd5s(video));
  });

  it('records a session from its address', async () => {
    const demo = new Command(['demo', '--port', '0', '--size', '160x120', '--json']);
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

  it('refuses what does not go, leaves nothing, and never replaces its own source', async () => {
    const before = readFileSync(film);
    const no = at('no.rcrec');
    await refused([
      [['record', no], 2, 'one of --replay, --scene and --session'],
      [
        ['record', no, '--replay', 'a.mkv', '--scene', 'desktop'],
        2,
        'one of --replay, --scene and --session',
      ],
      [['record', no, '--scene', 'desktop', '--level', 'auto'], 2, '--level high'],
      [['record', no, '--scene', 'opera'], 2, 'no scene "opera"'],
      [['record', no, '--replay', 'not-there.mkv'], 1, 'not-there.mkv'],
      [['record', desk, '--scene', 'desktop'], 1, 'exists already'],
      [['record', film, '--replay', film, '--force'], 1, 'is the film itself'],
    ]);
    expect(existsSync(no)).toBe(false);
    expect(readFileSync(film)).toEqual(before);
  });
});

describe('convert', () => {
  it('makes an exact MKV, and a WebM for pages', async () => {
    const [file, page] = [at('exact.mkv'), at('page.webm')];
    const [{ code, out }, forPages] = await Promise.all([
      sightline(['convert', film, file]),
      sightline(['convert', film, page, '--quality', '80']),
    ]);
    expect(code).toBe(0);
    expect(forPages.out).toMatch(/page\.webm: VP8, 160x120, 15 frames, 0\.6 s, /);
    expect(complaints(page)).toBe('');
    expect(out).toMatch(/exact\.mkv: ZMBV, 160x120, 15 frames, 0\.6 s, /);
    expect(complaints(file)).toBe('');
    expect(frameMd5s(file)).toEqual(frameMd5s(video));
  });

  it('converts a folder at once, each into the format and codec that fits', async () => {
    mkdirSync(at('in'));
    mkdirSync(at('out'));
    for (const source of [film, desk]) copyFileSync(source, at('in', basename(source)));
    const args = ['convert', at('in'), '--out-dir', at('out'), '--format', 'avi', '--json'];
    const [{ code, out }, frames] = await Promise.all([sightline(args), sightline(['frames', desk])]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject([
      { output: at('out', 'desk.avi'), codec: 'mrle', fps: 20, duration: 4_000_000 },
      { output: at('out', 'film.avi'), codec: 'msvc', fps: 25, frames: PICTURES },
    ]);
    expect(readdirSync(at('out')).sort()).toEqual(['desk.avi', 'film.avi']);
    for (const name of ['desk.avi', 'film.avi']) expect(complaints(at('out', name))).toBe('');
    const found = frameMd5s(at('out', 'desk.avi'));
    expect(found.filter((hash, index) => hash !== found[index - 1])).toEqual(hashes(frames.out));
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
    const interrupt = async (name: string, ...options: string[]): Promise<string[]> => {
      mkdirSync(at(name));
      const command = new Command(['convert', desk, at(name, 'part.mkv'), '--scale', '8', ...options]);
      await grown(at(name, 'part.part.mkv'));
      command.interrupt();
      const { code, err } = await command.finished();
      expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('Interrupted') });
      return readdirSync(at(name));
    };
    const [cut, kept] = await Promise.all([interrupt('cut'), interrupt('kept', '--keep-partial')]);
    expect(cut).toEqual([]);
    expect(kept).toEqual(['part.mkv']);
    expect(frameMd5s(at('kept', 'part.mkv')).length).toBeGreaterThan(5);
  });

  it('shows one of several screens, and says that there are more', async () => {
    const file = at('two.rcrec');
    writeFileSync(file, (await twoScreens()).bytes);
    const [first, second, picture] = await Promise.all([
      sightline(['convert', file, at('first.mkv')]),
      sightline(['convert', file, at('second.mkv'), '--screen', '2']),
      sightline(['frames', file, '--at', '3', '--screen', '2']),
    ]);
    expect(first.out).toMatch(/ 200x80, .*The recording has 2 screens; this is the first: --screen 2/);
    expect(second.out).toMatch(/ 90x100, /);
    expect(second.out).not.toContain('--screen');
    expect(picture.out).toContain('#dimensions 0: 64x100\n');
    expect(picture.err).toBe('');
  });

  it('refuses what does not go', async () => {
    await refused([
      [['convert', 'only.rcrec'], 2, 'Name the video to write last'],
      [['convert', 'a.rcrec', 'b.mp4'], 2, 'must end in .mkv, .avi or .webm'],
      [['convert', 'a.rcrec', 'b.rcrec', 'c.mkv'], 2, '--out-dir'],
      [['convert', 'a/x.rcrec', 'b/x.rcrec', '--out-dir', '.'], 2, 'Two recordings would become'],
      [['convert', 'a.rcrec', 'b.mkv', '--from', '1:75'], 2, '--from takes seconds, m:ss or h:mm:ss'],
      [['convert', 'a.rcrec', 'b.mkv', '--codec', 'h264'], 2, '--codec takes one of'],
      [['convert', 'a.rcrec', 'b.mkv'], 1, 'a.rcrec does not exist'],
      [['convert', 'a.rcrec', '--out-dir', 'not-there'], 1, 'not-there is not a folder'],
    ]);
  });

  it('replaces a file only with --force, and never its own recording', async () => {
    const [there, own] = [at('there.mkv'), at('own.mkv')];
    writeFileSync(there, 'mine');
    copyFileSync(film, own);
    await refused([
      [['convert', film, there], 1, '--force replaces it'],
      [['convert', film, there, '--force', '--codec', 'mrle', '--quality', '5'], 1, 'has no quality'],
      [['convert', own, own, '--force'], 1, 'is the recording itself'],
    ]);
    expect(readFileSync(there, 'utf8')).toBe('mine');
    expect(readFileSync(own)).toEqual(readFileSync(film));
    expect((await sightline(['convert', film, there, '--force'])).code).toBe(0);
    expect(frameMd5s(there)).toHaveLength(PICTURES);
  });
});

describe('frames', () => {
  it('of the start of a session are of its first picture, whose parts came one after the other', async () => {
    const stage = await Stage.open({ width: 640, height: 400 });
    const viewer = stage.join('high', { bytesPerSecond: 20_000 });
    const sink = new MemorySink();
    const recorder = new Recorder({
      sink,
      clock: stage.clock,
      metadata: { session: 's', host: 'h', program: 'p', startedAt: 0 },
    });
    viewer.session.tap((message, time) => recorder.message(message, time));
    await stage.settle();
    await stage.clock.advance(1_000_000);
    const stopped = recorder.stop();
    await stage.clock.advance(1_000_000);
    await stopped;
    await stage.close();
    const file = at('session.rcrec');
    writeFileSync(file, sink.toBytes());
    const png = at('start.png');
    const [all, start, picture] = await Promise.all([
      sightline(['frames', file]),
      sightline(['frames', file, '--at', '0']),
      sightline(['frames', file, '--png', png]),
    ]);
    expect(start).toMatchObject({ code: 0, err: '' });
    expect(hashes(start.out)).toEqual(hashes(all.out).slice(0, 1));
    expect(picture.code).toBe(0);
    expect(existsSync(png)).toBe(true);
  });

  it('writes the picture of a moment, exactly', async () => {
    const png = at('moment.png');
    const [made, hash] = await Promise.all([
      sightline(['frames', film, '--at', '0.2', '--png', png]),
      sightline(['frames', film, '--at', '0:00.2', '--md5']),
    ]);
    const expected = frameMd5s(video)[5];
    expect(made).toMatchObject({ code: 0, out: '' });
    expect(frameMd5s(png)).toEqual([expected]);
    expect(hashes(hash.out)).toEqual([expected]);
  });

  it('refuses a file that is there, and says what to use for other videos', async () => {
    await refused([
      [['frames', film, '--png', film], 1, 'film.rcrec'],
      [['frames', video], 1, 'is not a Sightline recording. For other videos: ffmpeg -i'],
    ]);
  });
});

/** Each command line, its exit code, and words of its complaint. */
async function refused(lines: readonly [readonly string[], number, string][]): Promise<void> {
  const results = await Promise.all(lines.map(([words]) => sightline(words)));
  results.forEach((result, index) => {
    const [words, code, message] = lines[index]!;
    expect(result, words.join(' ')).toMatchObject({ code, err: expect.stringContaining(message) });
  });
}

/** Resolves when something has been written to a file. */
async function grown(path: string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (existsSync(path) && statSync(path).size > WRITTEN) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${path} does not grow.`);
}
