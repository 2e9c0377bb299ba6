import { afterEach, describe, expect, it, vi } from 'vitest';
import { blobSource, openRecording } from '../../codecs/recording/index.js';
import { checkRecording, inspectRecording } from '../../engine/recording/index.js';
import { openSink } from '../../harness/console/session/worker/recording-sink.js';
import { feed, makeRecorder } from '../recording/harness.js';
import { busySession } from '../recording/scenario.js';

/** The most that index, seal and footer of these recordings take. */
const ENDING_BYTES = 1_000;

/** A browser's private file with a quota: takes what fits, or throws, as browsers differ. */
class QuotaFile {
  bytes = new Uint8Array(0);
  closed = false;

  constructor(
    readonly quota: number,
    readonly way: 'takes what fits' | 'throws' | 'answers an error’s number',
  ) {}

  write(bytes: Uint8Array, { at }: { at: number }): number {
    const room = Math.max(0, Math.min(bytes.length, this.quota - at));
    const grown = new Uint8Array(Math.max(this.bytes.length, at + room));
    grown.set(this.bytes);
    grown.set(bytes.subarray(0, room), at);
    this.bytes = grown;
    if (room === bytes.length || this.way === 'takes what fits') return room;
    if (this.way === 'throws') throw new Error('QuotaExceededError');
    return 2 ** 32 - 8;
  }

  truncate(size: number): void {
    this.bytes = this.bytes.slice(0, size);
  }

  flush(): void {}

  close(): void {
    this.closed = true;
  }
}

function stubStorage(file: QuotaFile): void {
  const handle = {
    createSyncAccessHandle: async () => file,
    getFile: async () => new Blob([file.bytes]),
  };
  const folder = {
    getDirectoryHandle: async () => folder,
    getFileHandle: async (_name: string, options?: { create: boolean }) => {
      if (options?.create !== true) throw new DOMException('There is no such file.', 'NotFoundError');
      return handle;
    },
  };
  vi.stubGlobal('navigator', { storage: { getDirectory: async () => folder } });
}

afterEach(() => vi.unstubAllGlobals());

describe('a recording in a page', () => {
  it.each(['takes what fits', 'throws', 'answers an error’s number'] as const)(
    'ends well when the browser gives it no more space and %s',
    async (way) => {
      const reason = { kind: 'ended', text: 'The browser gives the recording no more space.' };
      const seen = new Set<string>();
      for (let quota = 50_000; quota < 62_000; quota += 400) {
        const file = new QuotaFile(quota, way);
        stubStorage(file);
        const sink = await openSink('Talk');
        const { recorder, clock } = makeRecorder({ sink });
        await feed(recorder, clock, busySession(3, 200).messages);
        const { error } = await recorder.stop();
        expect(error).toMatchObject({ code: 'no-space' });
        expect(file.closed).toBe(true);
        const source = blobSource(await sink.blob());
        const { ok, complete, lostBytes } = await checkRecording(source);
        const { frames, notices } = await inspectRecording(await openRecording(source));
        expect(frames).toBeGreaterThan(5);
        if (complete) {
          expect(ok).toBe(true);
          expect(notices).toMatchObject(notices.length > 0 ? [reason] : []);
          seen.add(notices.length > 0 ? 'ended, with the reason' : 'ended');
        } else {
          // What was written before ends too close to the quota; it plays to where it ends.
          expect(quota - source.size).toBeLessThan(ENDING_BYTES);
          expect(lostBytes).toBe(0);
          seen.add('not ended');
        }
      }
      expect(seen).toContain('ended, with the reason');
    },
  );

  it('is kept in memory where there is no private file system', async () => {
    vi.stubGlobal('navigator', {});
    const sink = await openSink('Talk');
    const { recorder, clock } = makeRecorder({ sink });
    await feed(recorder, clock, busySession(3, 20).messages);
    await recorder.stop();
    expect(await checkRecording(blobSource(await sink.blob()))).toMatchObject({ ok: true, frames: 20 });
  });
});
