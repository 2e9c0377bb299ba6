/** Targets that go wrong: full, gone, at their limit. The session never notices; what was recorded stays readable. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ColourLevel, FrameDecoder, SightlineError } from '../../codecs/index.js';
import { bytesSource, EndReason, openRecording } from '../../codecs/recording/index.js';
import { FileSink, SYNC_INTERVAL } from '../../engine/recording/file.js';
import {
  checkRecording,
  inspectRecording,
  MemorySink,
  RecordingSeries,
  SessionMemory,
} from '../../engine/recording/index.js';
import { ViewerRecording } from '../../harness/record-viewer.js';
import { FakeClock } from '../support/clock.js';
import { frameMessages, Screen, World } from '../viewer/scripted.js';
import { feed, METADATA, makeRecorder, playBack } from './harness.js';
import { buildRecorderProcess } from './recorder-build.js';
import { busySession, kernelModule } from './scenario.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sightline-faults-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A disk with so many bytes, and so many more (or fewer) once a write did not fit. */
class SmallDisk extends MemorySink {
  constructor(
    readonly capacity: number,
    readonly reserve: number,
  ) {
    super();
  }

  #isFull = false;

  override write(bytes: Uint8Array): void {
    const room = this.capacity + (this.#isFull ? this.reserve : 0) - this.byteLength;
    if (bytes.length > room) {
      this.#isFull = true;
      throw new SightlineError('no-space', 'There is no space left.', { field: 'sink' });
    }
    super.write(bytes);
  }
}

describe('a disk that is full', () => {
  const scenario = busySession(3, 200);

  it('ends the recording well, and the recording says why', async () => {
    const sink = new SmallDisk(60_000, 4096);
    const { recorder, clock } = makeRecorder({ sink });
    await feed(recorder, clock, scenario.messages);
    expect(recorder.active).toBe(false);
    const summary = await recorder.stop();
    expect(summary.error).toMatchObject({ code: 'no-space' });
    const bytes = sink.toBytes();
    const decoder = new FrameDecoder(kernelModule);
    const found = await checkRecording(bytesSource(bytes), { decoder });
    expect(found).toMatchObject({ ok: true, complete: true, chain: { fingerprint: summary.fingerprint } });
    const recording = await openRecording(bytesSource(bytes));
    expect(recording.footer?.reason).toBe(EndReason.Failed);
    expect((await inspectRecording(recording)).notices.at(-1)).toMatchObject({
      kind: 'ended',
      text: 'There is no space left.',
    });
    const { frames } = await playBack(bytes);
    expect(frames.length).toBeGreaterThan(5);
    const truths = scenario.truths.slice(0, frames.length).map(({ hash }) => hash);
    expect(frames.map(({ hash }) => hash)).toEqual(truths);
  });

  it('that takes not even the end leaves a file that opens', async () => {
    const sink = new SmallDisk(60_000, -60_000);
    const { recorder, clock } = makeRecorder({ sink });
    await feed(recorder, clock, scenario.messages);
    expect((await recorder.stop()).error).toMatchObject({ code: 'no-space' });
    expect(sink.closed).toBe(true);
    const found = await checkRecording(bytesSource(sink.toBytes()));
    expect(found.faults).toMatchObject([{ reason: 'unfinished' }]);
  });

  it('in a real process with a limit on file sizes ends it well', async () => {
    const { script, messages } = await buildRecorderProcess(folder, scenario);
    const path = join(folder, 'full.rcrec');
    const child = spawn(
      'bash',
      ['-c', 'ulimit -f 200; exec "$@"', '-', process.execPath, script, messages, path],
      {
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    const code = await new Promise((resolve) => child.once('exit', resolve));
    expect(code).toBe(0);
    const bytes = await readFile(path);
    expect(bytes.length).toBeLessThanOrEqual(200 * 1024);
    expect(await checkRecording(bytesSource(bytes))).toMatchObject({ ok: true, complete: true });
    const { notices } = await inspectRecording(await openRecording(bytesSource(bytes)));
    expect(notices.at(-1)).toMatchObject({ kind: 'ended', text: expect.stringContaining('EFBIG') });
  }, 30_000);
});

describe('a folder that vanishes', () => {
  it('is noticed although the file still takes bytes', async () => {
    const gone = await mkdtemp(join(folder, 'gone-'));
    const clock = new FakeClock();
    const sink = await FileSink.create(join(gone, 'a.rcrec'), { clock });
    await sink.write(new Uint8Array(1000));
    await rm(gone, { recursive: true });
    await clock.advance(SYNC_INTERVAL);
    await vi.waitFor(() =>
      expect(sink.write(new Uint8Array(1))).rejects.toMatchObject({ code: 'not-found', field: 'sink' }),
    );
    await sink.close();
  });
});

describe('a recording of several files', () => {
  it('goes on in the next when one is at its limit, and each is whole and tells of the one before', async () => {
    const scenario = busySession(3, 200);
    const clock = new FakeClock();
    const sinks = [new MemorySink()];
    const ends: number[] = [];
    const series = new RecordingSeries({
      sink: sinks[0]!,
      clock,
      metadata: METADATA,
      memory: new SessionMemory(),
      maxBytes: 60_000,
      next: async (part, cause) => {
        expect(cause).toMatchObject({ code: 'too-large' });
        expect(part).toBe(sinks.length + 1);
        sinks.push(new MemorySink());
        return sinks.at(-1)!;
      },
      onEnd: ({ parts }) => ends.push(parts.length),
    });
    for (const { at, message } of scenario.messages) {
      if (at > clock.now()) await clock.advance(at - clock.now());
      series.message(message, at);
    }
    const summary = await series.stop();
    expect(summary.error).toBeUndefined();
    expect(sinks.length).toBeGreaterThan(3);
    expect(ends).toEqual([sinks.length]);
    const truths = new Set(scenario.truths.map(({ frame, hash }) => `${frame} ${hash}`));
    let frames = 0;
    let before: string | undefined;
    for (const [index, sink] of sinks.entries()) {
      const part = summary.parts[index]!;
      if (part.bytes === 0) continue;
      const found = await checkRecording(bytesSource(sink.toBytes()));
      expect(found).toMatchObject({ ok: true, chain: { fingerprint: part.fingerprint } });
      const played = await playBack(sink.toBytes());
      for (const { frame, hash } of played.frames) expect(truths).toContain(`${frame} ${hash}`);
      frames += played.frames.length;
      const { continues, startedAt } = played.recording.metadata;
      if (index > 0) expect(continues).toMatchObject({ part: index + 1, fingerprint: before });
      if (index > 0) expect(startedAt).toBeGreaterThan(METADATA.startedAt);
      before = part.fingerprint;
    }
    expect(frames).toBe(summary.frames);
    expect(frames).toBeGreaterThan(60);
  });

  it('ends when no other file can be opened', async () => {
    const scenario = busySession(3, 60);
    const clock = new FakeClock();
    const ends: unknown[] = [];
    const series = new RecordingSeries({
      sink: new SmallDisk(30_000, 4096),
      clock,
      metadata: METADATA,
      memory: new SessionMemory(),
      next: () => Promise.reject(new SightlineError('refused', 'Not here.')),
      onEnd: ({ error }) => ends.push(error),
    });
    for (const { at, message } of scenario.messages) {
      if (at > clock.now()) await clock.advance(at - clock.now());
      series.message(message, at);
    }
    await series.stop();
    expect(ends).toMatchObject([{ code: 'refused' }]);
  });

  it('of a viewer are beside one another, and none is empty', async () => {
    const world = new World();
    const recording = new ViewerRecording(world.session);
    await world.join();
    const path = join(folder, 'parts.rcrec');
    await recording.start(path, { overwrite: false, maxBytes: 3000 });
    const screen = new Screen();
    const second = join(folder, 'parts-2.rcrec');
    let frame = 0;
    const drawOn = async () => {
      frame++;
      screen.fill(frame * 0x050301, frame % 50, 3, 30, 30);
      await world.send(...frameMessages(screen.code(ColourLevel.High, true), { frame, viewer: 1 }));
      expect((await stat(second)).size).toBeGreaterThan(0);
    };
    await vi.waitFor(drawOn, { timeout: 20_000, interval: 5 });
    const summary = await recording.stop();
    expect(summary!.error).toBeUndefined();
    expect(summary!.files[0]).toBe(path);
    expect(summary!.files[1]).toBe(second);
    for (const file of summary!.files) {
      expect((await stat(file)).size).toBeGreaterThan(0);
      expect(await checkRecording(bytesSource(await readFile(file)))).toMatchObject({ ok: true });
    }
  }, 30_000);
});
