import { spawn } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FrameDecoder } from '../../codecs/index.js';
import {
  describeRecording,
  FileSink,
  FileSource,
  openRecordingFile,
  verifyRecording,
} from '../../engine/recording/file.js';
import { Recorder, RecordingPlayer } from '../../engine/recording/index.js';
import { FakeClock } from '../support/clock.js';
import { generator } from '../support/pictures.js';
import { feed, METADATA } from './harness.js';
import { buildRecorderProcess } from './recorder-build.js';
import { busySession, hashOf, kernelModule } from './scenario.js';

let folder: string;
let script: string;
const scenario = busySession(21, 40);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sightline-recording-'));
  ({ script } = await buildRecorderProcess(folder, scenario));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs a recorder and kills it when it has taken so many messages; answers the time of the newest. */
async function recordAndKill(path: string, messages: number): Promise<number> {
  const child = spawn(process.execPath, [script, join(folder, 'messages.json'), path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<NodeJS.Signals | null>((resolve) => {
    child.once('exit', (_code, signal) => resolve(signal));
  });
  let taken = 0;
  let newest = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    newest = Number(line);
    if (++taken === messages) child.kill('SIGKILL');
  }
  expect(await exited).toBe('SIGKILL');
  return newest;
}

describe('a recorder that is killed', () => {
  const random = generator(5);
  const points = Array.from({ length: 4 }, () => 350 + (random() % 250));
  it.each(points)('after %i messages leaves all but the last second', async (messages) => {
    const path = join(folder, `${messages}.rcrec`);
    const newest = await recordAndKill(path, messages);
    const { recording, close } = await openRecordingFile(path);
    expect(recording.complete).toBe(false);
    expect(recording.duration).toBeGreaterThan(newest - 1_000_000);
    const player = new RecordingPlayer(recording, new FrameDecoder(kernelModule));
    const truths = new Map(scenario.truths.map(({ frame, hash }) => [frame, hash]));
    let frames = 0;
    for await (const { frame } of player.frames()) {
      expect(hashOf(player.decoder.picture)).toBe(truths.get(frame));
      frames++;
    }
    expect(frames).toBeGreaterThan(20);
    expect(await player.seek(recording.duration)).toBeDefined();
    await close();
    const found = await verifyRecording(path);
    expect(found).toMatchObject({ ok: false, complete: false, frames });
    expect(['unfinished', 'truncated']).toContain(found.firstFault?.reason);
  });
});

describe('a recording in a file', () => {
  it('is whole, described and verified', async () => {
    const path = join(folder, 'whole.rcrec');
    const clock = new FakeClock();
    const recorder = new Recorder({ sink: await FileSink.create(path), clock, metadata: METADATA });
    await feed(recorder, clock, scenario.messages);
    const summary = await recorder.stop();
    expect(summary.error).toBeUndefined();
    expect((await stat(path)).size).toBe(summary.bytes);
    expect(await describeRecording(path)).toMatchObject({ complete: true, frames: 40, size: summary.bytes });
    const decoder = new FrameDecoder(kernelModule);
    expect(await verifyRecording(path, { decoder })).toMatchObject({ ok: true, frames: 40, lostSlices: 0 });
    await expect(FileSink.create(path)).rejects.toMatchObject({ code: 'refused' });
    const again = await FileSink.create(path, { overwrite: true });
    await again.close();
    expect((await stat(path)).size).toBe(0);
    expect(await verifyRecording(path)).toMatchObject({ ok: false, error: { code: 'truncated' } });
  });

  it('that is not there, or a folder, is refused with the reason', async () => {
    const missing = join(folder, 'nothing', 'here.rcrec');
    await expect(openRecordingFile(missing)).rejects.toMatchObject({ code: 'not-found' });
    await expect(FileSink.create(missing)).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('cannot be made there'),
    });
    await expect(FileSource.open(folder)).rejects.toMatchObject({ code: 'refused' });
    await expect(FileSink.create(folder, { overwrite: true })).rejects.toMatchObject({ code: 'refused' });
  });
});
