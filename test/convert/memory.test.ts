/**
 * A conversion's memory does not grow with the recording: two lengths of the same desktop have the same peak, below
 * 300 MB. SIGHTLINE_LONG makes the long one two hours of 1920x1080.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Command, sightline } from '../cli/command.js';

const isLong = process.env.SIGHTLINE_LONG !== undefined;
const SIZE = isLong ? '1920x1080' : '640x480';
const SHORT_SECONDS = 10;
const LONG_SECONDS = isLong ? 7200 : 60;
const FPS = 5;
const LIMIT_MB = 300;
/** What a garbage collector may leave for later. */
const SLACK_MB = 60;
const TIME_LIMIT_MS = isLong ? 3_600_000 : 240_000;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sightline-memory-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.runIf(existsSync('/proc/self/status'))('memory of a conversion', () => {
  it('does not depend on the length of the recording', { timeout: TIME_LIMIT_MS }, async () => {
    const short = await peakOfConversion(SHORT_SECONDS);
    const long = await peakOfConversion(LONG_SECONDS);
    expect(long).toBeLessThan(LIMIT_MB);
    expect(long).toBeLessThan(short + SLACK_MB);
  });
});

/** The most memory that the process has had, MB. */
async function peakOfConversion(seconds: number): Promise<number> {
  const recording = join(folder, `${seconds}.rcrec`);
  const scene = ['--scene', 'desktop', '--size', SIZE, '--fps', String(FPS), '--seconds', String(seconds)];
  expect((await sightline(['record', recording, ...scene])).code).toBe(0);
  const command = new Command(['convert', recording, join(folder, `${seconds}.mkv`)]);
  let peak = 0;
  const look = setInterval(() => {
    const words = /VmHWM:\s*(\d+) kB/.exec(statusOf(command.child.pid!));
    peak = Math.max(peak, Number(words?.[1] ?? 0) / 1000);
  }, 50);
  try {
    expect(await command.finished()).toMatchObject({ code: 0 });
  } finally {
    clearInterval(look);
  }
  expect(peak).toBeGreaterThan(20);
  return peak;
}

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    // It has ended.
    return '';
  }
}
