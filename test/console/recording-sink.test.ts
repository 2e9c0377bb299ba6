import { afterEach, describe, expect, it, vi } from 'vitest';
import { blobSource, openRecording } from '../../codecs/recording/index.js';
import { checkRecording, inspectRecording } from '../../engine/recording/index.js';
import { openSink } from '../../harness/console/worker/recording-sink.js';
import { feed, makeRecorder } from '../recording/harness.js';
import { busySession } from '../recording/scenario.js';

/** A browser's private file with a quota: takes what fits, or throws, as browsers differ. */
class QuotaFile {
  bytes = new Uint8Array(0);
  closed = false;

  constructor(
    readonly quota: number,
    readonly throws: boolean,
  ) {}

  write(bytes: Uint8Array, { at }: { at: number }): number {
    const room = Math.max(0, Math.min(bytes.length, this.quota - at));
    const grown = new Uint8Array(Math.max(this.bytes.length, at + room));
    grown.set(this.bytes);
    grown.set(bytes.subarray(0, room), at);
    this.bytes = grown;
    if (room < bytes.length && this.throws) throw new Error('QuotaExceededError');
    return room;
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
  const folder = { keys: async function* () {}, getFileHandle: async () => handle };
  vi.stubGlobal('navigator', { storage: { getDirectory: async () => folder } });
}

afterEach(() => vi.unstubAllGlobals());

describe('a recording in a page', () => {
  it.each([
    ['takes only what fits', false, 62_000],
    ['throws', true, 62_000],
    ['leaves no place for the reason', true, 60_000],
  ])('ends well when the browser gives it no more space and %s', async (_how, throws, quota) => {
    const file = new QuotaFile(quota, throws);
    stubStorage(file);
    const sink = await openSink(0);
    const { recorder, clock } = makeRecorder({ sink });
    await feed(recorder, clock, busySession(3, 200).messages);
    const { error } = await recorder.stop();
    expect(error).toMatchObject({ code: 'no-space' });
    expect(file.closed).toBe(true);
    const source = blobSource(await sink.blob());
    expect(await checkRecording(source)).toMatchObject({ ok: true, complete: true });
    const { frames, notices } = await inspectRecording(await openRecording(source));
    expect(frames).toBeGreaterThan(5);
    const reason = { kind: 'ended', text: 'The browser gives the recording no more space.' };
    expect(notices).toMatchObject(quota === 62_000 ? [reason] : []);
  });

  it('is kept in memory where there is no private file system', async () => {
    vi.stubGlobal('navigator', {});
    const sink = await openSink(0);
    const { recorder, clock } = makeRecorder({ sink });
    await feed(recorder, clock, busySession(3, 20).messages);
    await recorder.stop();
    expect(await checkRecording(blobSource(await sink.blob()))).toMatchObject({ ok: true, frames: 20 });
  });
});
