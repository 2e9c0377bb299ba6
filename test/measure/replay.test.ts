import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  DEFAULT_SETTINGS,
  lookAtReplay,
  type MeasureReport,
  type MeasureSettings,
  measure,
  pathsOf,
  type ReplayFile,
} from '../../harness/measure/index.js';
import { takeApart } from '../recording/blocks.js';
import { record } from '../recording/harness.js';
import { busySession } from '../recording/scenario.js';
import { breakingFfmpeg, recordScenes, writeVideo } from '../support/films.js';

const SIZE = { width: 320, height: 200 };
/** Of the files, shorter than a run: they are shown several times. */
const SECONDS = 2;
let folder: string;
let recording: ReplayFile;
let video: ReplayFile;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sightline-workload-'));
  await recordScenes(join(folder, 'desk.rcrec'), SIZE, SECONDS);
  writeVideo(join(folder, 'talk.mkv'), SIZE, SECONDS);
  recording = await lookAtReplay(join(folder, 'desk.rcrec'));
  video = await lookAtReplay(join(folder, 'talk.mkv'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(file: ReplayFile, settings: Partial<MeasureSettings> = {}): Promise<MeasureReport> {
  const shown = { ...DEFAULT_SETTINGS, scenes: [], ...file.settings };
  const short = { duration: 3, warmup: 0, verifyFrames: 5, virtual: true };
  return measure({ ...shown, ...short, ...settings }, () => {}, pathsOf([file]));
}

const FILES = [
  ['recording', () => recording],
  ['video', () => video],
] as const;

describe('a measurement with a file as its workload', () => {
  it.each(FILES)('gives the same report every time: %s', async (_, file) => {
    const settings = { link: 'lan', level: 'auto', hosts: 2, verifyFrames: 0 } as const;
    const first = await run(file(), settings);
    expect(JSON.stringify(await run(file(), settings))).toBe(JSON.stringify(first));
    expect(first.settings).toMatchObject({ ...SIZE, scenes: [], replay: file().settings.replay });
  });

  it.each(FILES)('measures every channel, and shows what the host shows: %s', async (_, file) => {
    const report = await run(file(), { link: 'delay=10ms' });
    for (const [name, { samples }] of Object.entries(report.channels))
      expect(samples, name).toBeGreaterThan(1);
    expect(report.framesCompared).toBeGreaterThanOrEqual(5);
    expect(report.mismatches).toBe(0);
  });

  it('counts from the time at which a picture was due', async () => {
    const { channels, stages, frames, fileWaitMs } = await run(video, {
      link: 'delay=10ms',
      rate: 1,
      warmup: 1,
    });
    // 1.8 seconds of 25 pictures each, and a click each second.
    expect(frames).toBeGreaterThan(43);
    expect(frames).toBeLessThan(49);
    // One way to the relay, one from it, and work.
    expect(channels.display.p50).toBeGreaterThan(20);
    expect(channels.display.max).toBeLessThan(30);
    expect(channels.clickToPicture.p50).toBeGreaterThan(40);
    expect(channels.clickToPicture.max).toBeLessThan(50);
    const capture = stages.display!.find(({ stage }) => stage === 'capture');
    expect(capture!.max).toBeLessThan(1);
    expect(fileWaitMs).toBe(0);
  });

  it('shows a file at another pace', async () => {
    const frames = async (pace: number) =>
      (await run(video, { link: 'lan', rate: 1, warmup: 1, pace })).frames;
    const [usual, half] = [await frames(1), await frames(0.5)];
    expect(Math.abs(usual / 2 - half)).toBeLessThan(4);
  });

  it('says what a slow link costs in pictures, and in time since they were due', async () => {
    const slow = await run(video, { link: 'dsl' });
    const quick = await run(video, { link: 'lan' });
    expect(slow.framesPerSecond).toBeLessThan(quick.framesPerSecond / 2);
    expect(slow.channels.display.p50).toBeGreaterThan(5 * quick.channels.display.p50);
  });

  it('knows a file by what it holds', async () => {
    const other = join(folder, 'renamed.rcrec');
    copyFileSync(recording.path, other);
    const { settings } = await lookAtReplay(other);
    expect(settings).toEqual({ ...recording.settings, replay: 'renamed.rcrec' });
    await expect(measure({ ...DEFAULT_SETTINGS, ...settings, scenes: [] })).rejects.toMatchObject({
      code: 'not-found',
      field: 'replay',
    });
  });

  it('measures what is done over a picture that rests', async () => {
    const path = join(folder, 'still.mkv');
    writeVideo(path, SIZE, SECONDS, 'color');
    const { channels, mismatches } = await run(await lookAtReplay(path), { link: 'lan' });
    expect(channels.clickToPicture.samples).toBe(36);
    // Every second thing done is a key, which goes down and up.
    expect(channels.display.samples).toBe(54);
    expect(mismatches).toBe(0);
  });

  it('follows a screen that changes its size, and passes over what is damaged', async () => {
    const session = busySession(11, 30);
    session.resize(90, 130);
    session.picture.pixels.fill(77);
    session.send();
    session.now += 50_000;
    session.picture.pixels.fill(200, 0, 4000);
    session.send();
    const { bytes } = await record(session);
    const victim = takeApart(bytes).filter(({ track }) => track === 1)[10]!;
    bytes[victim.offset + 40]! ^= 1;
    const path = join(folder, 'session.rcrec');
    writeFileSync(path, bytes);
    const report = await run(await lookAtReplay(path), { link: 'lan' });
    expect(report.settings).toMatchObject({ width: 150, height: 100 });
    expect(report.frames).toBeGreaterThan(30);
    expect(report.channels.clickToPicture.samples).toBeGreaterThan(10);
    expect(report.mismatches).toBe(0);
  });

  it('gives no report of a film that broke off', async () => {
    const path = process.env.PATH;
    process.env.PATH = `${breakingFfmpeg(folder, SIZE, 25)}:${path}`;
    try {
      await expect(run(video, { link: 'lan' })).rejects.toThrow('ffmpeg stopped after frame 25');
    } finally {
      process.env.PATH = path;
    }
  });

  it('refuses what it cannot show, or mark', async () => {
    const tiny = join(folder, 'tiny.mkv');
    writeVideo(tiny, { width: 32, height: 32 }, 1);
    await expect(lookAtReplay(tiny)).rejects.toMatchObject({ code: 'bad-argument' });
    await expect(lookAtReplay(join(folder, 'nothing'))).rejects.toMatchObject({ code: 'not-found' });
  });
});
