import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModeCounts } from '../../codecs/index.js';
import { loadKernelModule, SLICE_HEADER_BYTES } from '../../engine/index.js';
import {
  benchCodec,
  type CodecReport,
  type CodecSettings,
  videosIn,
} from '../../harness/codec-bench/index.js';
import { Command, sightline } from '../cli/command.js';

const WIDTH = 200;
const HEIGHT = 130;
const FRAMES = 8;

let folder: string;
let film: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sightline-bench-'));
  film = join(folder, 'film.mkv');
  execFileSync('ffmpeg', [
    ...['-v', 'error', '-f', 'lavfi', '-i', `testsrc2=size=${WIDTH}x${HEIGHT}:rate=20`],
    ...['-frames:v', String(FRAMES), '-c:v', 'ffv1', '-pix_fmt', 'bgr0', '-y', film],
  ]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function bench(settings: Partial<CodecSettings>): Promise<CodecReport> {
  return benchCodec(
    {
      files: [film],
      levels: ['high'],
      lossy: false,
      effort: 'balanced',
      threads: 1,
      frames: null,
      peers: [],
      runs: 1,
      ...settings,
    },
    { module: await loadKernelModule() },
  );
}

describe('the codec measured on a video', () => {
  it('counts every frame and finds each exact, at every level', async () => {
    const { sequences } = await bench({ levels: ['very-low', 'low', 'medium', 'high'] });
    expect(sequences.map(({ level }) => level)).toEqual(['very-low', 'low', 'medium', 'high']);
    for (const sequence of sequences) {
      expect(sequence).toMatchObject({
        ...{ file: film, width: WIDTH, height: HEIGHT, frames: FRAMES, changedFrames: FRAMES },
        ...{ verified: true, wrongFrames: 0, restBytes: 0 },
      });
      expect(sequence.bytesPerFrame).toBeGreaterThan(0);
      const modes = Object.values(sequence.modes);
      const sum = (count: (mode: ModeCounts) => number) =>
        modes.reduce((total, mode) => total + count(mode), 0);
      expect(sum(({ tiles }) => tiles)).toBe(sequence.tilesPerFrame * FRAMES);
      expect(sum(({ ms }) => ms)).toBeGreaterThan(0);
      // Slices and moves have heads of their own.
      const heads =
        FRAMES * (sequence.bytesPerFrame - SLICE_HEADER_BYTES - 4) - 12 * sequence.movesPerFrame * FRAMES;
      expect(sum(({ bytes }) => bytes)).toBeCloseTo(heads, 6);
      expect(sequence.maxBytes).toBeGreaterThanOrEqual(sequence.bytesPerFrame);
    }
    const [veryLow, low, medium, high] = sequences;
    expect(high!.psnr).toBeNull();
    expect(medium!.psnr!).toBeGreaterThan(low!.psnr!);
    expect(low!.psnr!).toBeGreaterThan(veryLow!.psnr!);
    expect(medium!.edgePsnr!).toBeGreaterThan(low!.edgePsnr!);
    expect(veryLow!.bytesPerFrame).toBeLessThan(high!.bytesPerFrame);
  });

  it('writes more bytes at fast effort', async () => {
    const [balanced] = (await bench({})).sequences;
    const [fast] = (await bench({ effort: 'fast' })).sequences;
    expect(fast).toMatchObject({ effort: 'fast', verified: true });
    expect(fast!.bytesPerFrame).toBeGreaterThan(balanced!.bytesPerFrame);
  });

  it('shares large frames among threads, and finds them exact', async () => {
    // 17 x 11 tiles: enough to wake the pool.
    const wide = join(folder, 'wide.mkv');
    execFileSync('ffmpeg', [
      ...['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=1088x704:rate=20', '-frames:v', '1'],
      ...['-c:v', 'ffv1', '-pix_fmt', 'bgr0', '-y', wide],
    ]);
    const [sequence] = (await bench({ files: [wide], threads: 2 })).sequences;
    expect(sequence).toMatchObject({ threads: 2, frames: 1, verified: true });
    expect(sequence!.tilesPerFrame).toBeGreaterThanOrEqual(160);
  });

  it('ends exact where tiles may be lossy, and stops early when told', async () => {
    const [sequence] = (await bench({ lossy: 30, frames: 3 })).sequences;
    expect(sequence).toMatchObject({ lossy: 30, frames: 3, verified: true });
  });

  it('refuses what is no video before it measures anything', async () => {
    const text = join(folder, 'notes.txt');
    writeFileSync(text, 'no video');
    const head = join(folder, 'head.mkv');
    writeFileSync(head, readFileSync(film).subarray(0, 700));
    await expect(bench({ files: [film, text] })).rejects.toMatchObject({ code: 'bad-recording' });
    await expect(bench({ files: [head] })).rejects.toMatchObject({ code: 'bad-recording' });
    await expect(bench({ files: [join(folder, 'nothing.mkv')] })).rejects.toMatchObject({
      code: 'bad-recording',
    });
  });

  it('finds the videos of a folder', () => {
    expect(videosIn(folder)).toContain(film);
    expect(videosIn(join(folder, 'nowhere'))).toEqual([]);
    expect(videosIn(undefined)).toEqual([]);
  });
});

describe('sightline bench codec', () => {
  it('prints a table and writes JSON', async () => {
    const json = join(folder, 'figures.json');
    const { code, out, err } = await sightline([
      'bench',
      'codec',
      '--lossy',
      film,
      '--json',
      json,
      '--peers',
      'none',
    ]);
    expect(err).toContain('film.mkv, high…');
    expect(code).toBe(0);
    expect(out).toMatch(/^film\.mkv, high: 200x130, 8 frames/);
    expect(out).toMatch(/^ {4}mode +tiles\/frame/m);
    expect(out).toContain('Verified: after the last pass the picture is exact.');
    const report = JSON.parse(readFileSync(json, 'utf8')) as CodecReport;
    expect(Object.keys(report)).toEqual(['machine', 'settings', 'sequences']);
    expect(report.sequences).toHaveLength(1);
    const figures = [
      ...['bytesPerFrame', 'maxBytes', 'encodeCpuMsPerFrame', 'decodeCpuMsPerFrame', 'wallMsPerFrame'],
      ...['frames', 'threads', 'lossy'],
    ];
    for (const name of figures) expect(report.sequences[0]).toHaveProperty(name, expect.any(Number));
    expect(report.sequences[0]).toMatchObject({
      ...{ file: film, level: 'high', effort: 'balanced', verified: true },
    });
  });

  it('shows the peers that there are beside it, as ratios, and says which are missing and why', async () => {
    const json = join(folder, 'peers.json');
    const names = ['x264rgb', 'vp9', 'qtrle', 'tight', 'zrle'];
    const { code, out } = await sightline([
      ...['bench', 'codec', film, '--frames', '4', '--runs', '2', '--peers', names.join(','), '--json', json],
    ]);
    expect(code).toBe(0);
    const { settings, sequences } = JSON.parse(readFileSync(json, 'utf8')) as CodecReport;
    expect([...settings.peers].sort()).toEqual([...names].sort());
    const { peers, missingPeers, bytesPerFrame } = sequences[0]!;
    expect([...Object.keys(peers), ...Object.keys(missingPeers)].sort()).toEqual([...names].sort());
    for (const [name, reason] of Object.entries(missingPeers))
      expect(out).toContain(`${name}: not measured: ${reason}`);
    for (const name of ['x264rgb', 'vp9', 'qtrle']) {
      expect(missingPeers).not.toHaveProperty(name);
      expect(peers[name]!.bytesPerFrame).toBeGreaterThan(0);
      expect(peers[name]!.ratio.bytes).toBeCloseTo(bytesPerFrame / peers[name]!.bytesPerFrame, 9);
      expect(out).toMatch(new RegExp(`^  ${name} .*\\d`, 'm'));
    }
    expect(peers.x264rgb!.psnr).toBeNull();
    expect(peers.qtrle!.psnr).toBeNull();
    expect(peers.vp9!.psnr!).toBeGreaterThan(20);
  });

  it('does not replace a video by its figures', async () => {
    const before = readFileSync(film);
    const { code, err } = await sightline(['bench', 'codec', film, '--json', film, '--peers', 'none']);
    expect(code).toBe(1);
    expect(err).toContain('--json would replace');
    expect(readFileSync(film).equals(before)).toBe(true);
  });

  it('ends at Ctrl-C with one line, and leaves neither files nor frames behind', async () => {
    const long = join(folder, 'long.mkv');
    execFileSync('ffmpeg', [
      ...['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=640x480:rate=60:duration=20'],
      ...['-c:v', 'mpeg4', '-y', long],
    ]);
    const temporary = mkdtempSync(join(folder, 'temporary-'));
    const json = join(folder, 'never.json');
    const command = new Command(['bench', 'codec', long, '--json', json], { TMPDIR: temporary });
    await command.complaint('long.mkv, high…');
    expect(readdirSync(temporary)).toHaveLength(1);
    command.interrupt();
    const { code, err } = await command.finished();
    expect(code).toBe(1);
    expect(err).toContain('sightline: Interrupted');
    expect(existsSync(json)).toBe(false);
    expect(readdirSync(temporary)).toEqual([]);
  });
});
