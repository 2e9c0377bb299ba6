import { describe, expect, it } from 'vitest';
import {
  type ByteSink,
  bytesSource,
  decodeNotice,
  EndReason,
  encodeNotice,
  openRecording,
} from '../../codecs/recording/index.js';
import {
  checkRecording,
  inspectRecording,
  MemorySink,
  type RecordingSummary,
} from '../../engine/recording/index.js';
import { drawContent } from '../support/pictures.js';
import { feed, makeRecorder, playBack, record } from './harness.js';
import { busySession, Scenario } from './scenario.js';

describe('the recorder', () => {
  it('hands what it has to the target within half a second', async () => {
    const { recorder, sink, clock } = makeRecorder();
    const scenario = new Scenario(64, 64, clock.now());
    scenario.send();
    await feed(recorder, clock, scenario.messages);
    expect(sink.byteLength).toBe(0);
    await clock.advance(500_000);
    expect(sink.byteLength).toBe(recorder.bytes);
    expect(sink.byteLength).toBeGreaterThan(0);
    const cut = await openRecording(bytesSource(sink.toBytes()));
    expect(cut.complete).toBe(false);
    await recorder.stop();
    expect(sink.closed).toBe(true);
  });

  it('ends the recording with the bytes that wait when the target is too slow, and says so', async () => {
    const slow = new SlowSink();
    const ends: RecordingSummary[] = [];
    const { recorder, clock } = makeRecorder({
      sink: slow,
      pendingLimit: 100_000,
      onEnd: (summary) => ends.push(summary),
    });
    const scenario = busySession(3, 200);
    await feed(recorder, clock, scenario.messages);
    expect(recorder.active).toBe(false);
    // The ending's own few blocks come on top of the limit.
    expect(recorder.bytes).toBeLessThan(101_000);
    slow.release();
    const summary = await recorder.stop();
    expect(ends).toEqual([summary]);
    expect(summary.error).toMatchObject({ code: 'timeout', field: 'sink' });
    const { recording, frames, skipped } = await playBack(slow.toBytes());
    expect(recording.footer?.reason).toBe(EndReason.TooSlow);
    expect(skipped).toBe(0);
    expect(frames.length).toBe(summary.frames);
    expect(frames.map(({ hash }) => hash)).toEqual(
      scenario.truths.slice(0, frames.length).map(({ hash }) => hash),
    );
  });

  it('ends when the target fails, without disturbing anybody', async () => {
    const ends: RecordingSummary[] = [];
    const failing = {
      write: () => Promise.reject(new Error('ENOSPC: no space left on device')),
      close: () => undefined,
    };
    const { recorder, clock } = makeRecorder({ sink: failing, onEnd: (summary) => ends.push(summary) });
    await feed(recorder, clock, busySession(3, 20).messages);
    expect(recorder.active).toBe(false);
    expect(ends[0]?.error).toMatchObject({ code: 'closed', field: 'sink' });
    expect(ends[0]?.error?.message).toContain('no space left');
  });

  it('says that it has ended even when the target never answers again', async () => {
    const ends: RecordingSummary[] = [];
    const { recorder, clock } = makeRecorder({
      sink: new SlowSink(),
      onEnd: (summary) => {
        ends.push(summary);
        throw new Error('A handler that fails is nobody else’s trouble.');
      },
    });
    await feed(recorder, clock, busySession(3, 5).messages);
    const stopped = recorder.stop();
    await clock.advance(29_000_000);
    expect(ends).toEqual([]);
    await clock.advance(1_000_000);
    expect(await stopped).toEqual(ends[0]);
    expect(ends[0]).toMatchObject({ bytes: 0, frames: 5, error: { code: 'timeout', field: 'sink' } });
  });

  it('ends at its limit of bytes with a whole file', async () => {
    const { bytes, summary } = await record(busySession(3, 200), { maxBytes: 100_000 });
    expect(summary.error).toMatchObject({ code: 'too-large', field: 'maxBytes' });
    expect((await playBack(bytes)).recording.footer?.reason).toBe(EndReason.Limit);
    expect(bytes.length).toBeLessThan(102_000);
  });

  it('asks for a whole picture at its start, and again when much has come since the last', async () => {
    let asked = 0;
    const wantRefresh = () => {
      asked++;
    };
    const idle = new Scenario(64, 64);
    for (let count = 0; count < 100; count++) {
      idle.send();
      idle.now += 1_000_000;
    }
    await record(idle, { wantRefresh });
    expect(asked).toBe(1);
    asked = 0;
    const film = new Scenario(128, 64);
    for (let count = 0; count < 120; count++) {
      if (count > 0) drawContent(film.picture, 'noise', count);
      film.send();
      film.now += 500_000;
    }
    await record(film, { wantRefresh });
    expect(asked).toBe(2);
  });

  it('drops whatever is malformed, and counts it', async () => {
    const scenario = new Scenario(64, 64);
    scenario.send();
    for (const bytes of [[], [9], [1, 1, 2], [3, 7], [0, 0xc1], [2, 1, 0]])
      scenario.say(new Uint8Array(bytes));
    scenario.say(new Uint8Array(2_000_000).fill(1));
    const { summary, bytes } = await record(scenario);
    expect(summary).toMatchObject({ frames: 1, dropped: 7 });
    expect((await checkRecording(bytesSource(bytes))).ok).toBe(true);
  });

  it('that never saw a picture writes nothing', async () => {
    const { sink, recorder } = makeRecorder();
    expect(await recorder.stop()).toMatchObject({ bytes: 0, frames: 0 });
    expect(sink).toMatchObject({ byteLength: 0, closed: true });
  });
});

describe('notices', () => {
  it('say when everyone had been told, who came and went, and what was agreed to', async () => {
    const scenario = new Scenario(64, 64, 1_000_000);
    scenario.send();
    scenario.now += 1_000_000;
    scenario.participants('Ada');
    scenario.now += 1_000_000;
    scenario.participants('Ada', 'Blaise');
    scenario.now += 1_000_000;
    scenario.participants('Ada');
    const { clock, sink, recorder } = makeRecorder({ viewer: 1 });
    recorder.notice({ kind: 'consent', name: 'Client', given: true, text: 'Recording' }, clock.now());
    await feed(recorder, clock, scenario.messages);
    recorder.notice({ kind: 'Not a word!' }, clock.now());
    const summary = await recorder.stop();
    expect(summary.dropped).toBe(1);
    const described = await inspectRecording(await openRecording(bytesSource(sink.toBytes())));
    expect(described.notices).toEqual([
      { time: 0, kind: 'consent', name: 'Client', given: true, text: 'Recording' },
      { time: 1_000_000, kind: 'told', viewer: 1 },
    ]);
    expect(described.attendance).toEqual([
      { viewer: 1, name: 'Ada', from: 1_000_000 },
      { viewer: 2, name: 'Blaise', from: 2_000_000, to: 3_000_000 },
    ]);
  });

  it('that are malformed in a file are passed over', async () => {
    for (const bytes of [
      [],
      [0xc1],
      [0x80],
      [0xdd, 0xff, 0xff, 0xff, 0xff],
      [0x81, 0xa4, 0x6b, 0x69, 0x6e, 0x64, 1],
    ]) {
      expect(() => decodeNotice(new Uint8Array(bytes))).toThrow(
        expect.objectContaining({ code: 'bad-recording' }),
      );
    }
    const notice = { kind: 'told', viewer: 4 };
    expect(decodeNotice(encodeNotice(notice))).toEqual(notice);
  });
});

/** Takes nothing until it is released. */
class SlowSink extends MemorySink implements ByteSink {
  #release: (() => void) | undefined;
  #open = false;

  override write(bytes: Uint8Array): Promise<void> | void {
    super.write(bytes);
    if (this.#open) return;
    return new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  release(): void {
    this.#open = true;
    this.#release?.();
  }
}
