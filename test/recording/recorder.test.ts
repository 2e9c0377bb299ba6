import { describe, expect, it } from 'vitest';
import { FrameDecoder } from '../../codecs/index.js';
import {
  BlockType,
  type ByteSink,
  bytesSource,
  decodeNotice,
  EndReason,
  encodeNotice,
  openRecording,
  Track,
} from '../../codecs/recording/index.js';
import {
  decodeChat,
  decodeInput,
  decodeOverlay,
  encodeControl,
  SLICE_HEADER_BYTES,
} from '../../engine/protocol/index.js';
import {
  CHECKPOINT_INTERVAL,
  checkRecording,
  inspectRecording,
  MemorySink,
  RecordingPlayer,
  type RecordingSummary,
  SessionMemory,
} from '../../engine/recording/index.js';
import { drawContent } from '../support/pictures.js';
import { feed, makeRecorder, playBack, record } from './harness.js';
import { busySession, hashOf, kernelModule, Scenario } from './scenario.js';

const SEEDS = [1, 2, 3, 4];

describe('a recording', () => {
  it.each(SEEDS)('plays every frame exactly, with its time (seed %i)', async (seed) => {
    const scenario = busySession(seed, 60);
    const { bytes, summary } = await record(scenario);
    const start = scenario.truths[0]!.at;
    const { frames, skipped, recording } = await playBack(bytes);
    expect(frames).toEqual(scenario.truths.map((truth) => ({ ...truth, at: truth.at - start })));
    expect(skipped).toBe(0);
    expect(recording.complete).toBe(true);
    expect(summary).toMatchObject({ bytes: bytes.length, frames: 60, dropped: 0 });
    expect(summary.error).toBeUndefined();
  });

  it.each(SEEDS)('shows at any moment what was shown then (seed %i)', async (seed) => {
    const scenario = busySession(seed, 60);
    const { bytes } = await record(scenario);
    const start = scenario.truths[0]!.at;
    const recording = await openRecording(bytesSource(bytes));
    const player = new RecordingPlayer(recording, new FrameDecoder(kernelModule));
    expect(recording.checkpoints.length).toBeGreaterThan(3);
    for (let time = recording.duration; time >= 0; time -= 137_911) {
      const shown = await player.seek(time);
      const truth = scenario.truths.findLast(({ at }) => at - start <= time)!;
      expect(shown).toMatchObject({ frame: truth.frame });
      expect(hashOf(player.decoder.picture)).toBe(truth.hash);
    }
  });

  it('holds what was said while it ran, in its order, and shows its end at any moment', async () => {
    const scenario = new Scenario(64, 64);
    scenario.chat(1, 'before');
    drawContent(scenario.picture, 'few', 1);
    scenario.send();
    for (let count = 1; count <= 120; count++) {
      scenario.now += 100_000;
      scenario.chat(count % 3, `line ${count}`);
      if (count % 50 === 0) {
        scenario.refresh();
        scenario.send();
      }
    }
    const { bytes } = await record(scenario);
    const recording = await openRecording(bytesSource(bytes));
    const player = new RecordingPlayer(recording, new FrameDecoder(kernelModule));
    const chatFrom = async (from: number) => {
      const past: string[] = [];
      const present: string[] = [];
      for await (const played of player.play({ from })) {
        if (played.kind !== 'message' || played.track !== Track.Chat) continue;
        const { text, name, viewer } = decodeChat(played.message);
        expect(name).toBe(`viewer ${viewer}`);
        (played.past ? past : present).push(text);
      }
      return { past, present };
    };
    const lines = (from: number, to: number) =>
      Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}`);
    expect(await chatFrom(0)).toEqual({ past: [], present: lines(1, 120) });
    expect(await chatFrom(9_950_000)).toEqual({ past: lines(1, 99), present: lines(100, 120) });
    const { past, present } = await chatFrom(11_950_000);
    expect([...past, ...present]).toEqual(lines(121 - past.length - present.length, 120));
    expect(past.length).toBeGreaterThanOrEqual(100);
  });

  it('whose frames move what earlier ones drew shows the right picture at any moment', async () => {
    const scenario = new Scenario(256, 320);
    let moving = 0;
    drawContent(scenario.picture, 'many', 1);
    for (let count = 0; count < 40; count++) {
      const messages = scenario.send();
      moving += messages.filter((message) => message[SLICE_HEADER_BYTES] !== 0).length;
      scenario.now += 300_000;
      const { pixels, stride } = scenario.picture;
      pixels.copyWithin(0, 24 * stride);
      drawContent(scenario.picture, 'few', count, { x: 0, y: 296, width: 256, height: 24 });
    }
    expect(moving).toBeGreaterThan(20);
    const { bytes } = await record(scenario);
    const recording = await openRecording(bytesSource(bytes));
    const player = new RecordingPlayer(recording, new FrameDecoder(kernelModule));
    for (const { at, frame, hash } of scenario.truths.toReversed()) {
      expect(await player.seek(at - scenario.truths[0]!.at)).toMatchObject({ frame });
      expect(hashOf(player.decoder.picture)).toBe(hash);
    }
  });

  it('played from the middle goes on with every later frame', async () => {
    const scenario = busySession(5, 50);
    const { bytes } = await record(scenario);
    const start = scenario.truths[0]!.at;
    const from = scenario.truths[30]!.at - start;
    const { frames } = await playBack(bytes, from);
    expect(frames).toEqual(scenario.truths.slice(30).map((truth) => ({ ...truth, at: truth.at - start })));
  });

  it('is the same to the byte for the same messages at the same times, however they are flushed', async () => {
    const first = await record(busySession(9, 40));
    const second = await record(busySession(9, 40));
    expect(second.bytes).toEqual(first.bytes);
    const { recorder, sink, clock } = makeRecorder();
    const { messages } = busySession(9, 40);
    for (const { at, message } of messages) recorder.message(message, at);
    await clock.advance(messages.at(-1)!.at - clock.now());
    await recorder.stop();
    expect(sink.toBytes()).toEqual(first.bytes);
  });

  it('starts with the first whole picture, and with what was drawn and said before it', async () => {
    const scenario = new Scenario(64, 64);
    scenario.send();
    const first = scenario.messages.length;
    scenario.picture.pixels.fill(90);
    scenario.participants('Ada');
    scenario.stroke(2, 1);
    scenario.stroke(3, 1);
    scenario.erase(3, 'mine');
    scenario.send();
    scenario.picture.pixels.fill(120);
    scenario.refresh();
    scenario.send();
    // The recorder hears nothing of the first frame, so the second is of no use to it.
    const late = { ...scenario, messages: scenario.messages.slice(first) } as Scenario;
    const { bytes } = await record(late);
    const { frames, messages, recording } = await playBack(bytes);
    expect(frames.map(({ frame }) => frame)).toEqual([3]);
    expect(frames[0]!.hash).toBe(scenario.truths[2]!.hash);
    expect(messages.map(({ track }) => track)).toEqual([Track.State, Track.Overlay]);
    expect(decodeOverlay(messages[1]!.message)).toMatchObject({ kind: 'stroke', viewer: 2 });
    expect(recording.metadata.participants).toEqual([{ viewer: 1, name: 'Ada' }]);
  });

  it('that starts in the middle of a session begins with what the session remembers', async () => {
    const scenario = new Scenario(64, 64);
    const memory = new SessionMemory();
    scenario.stroke(4, 9);
    scenario.laser(4, true);
    for (const { message } of scenario.messages) memory.message(message);
    memory.message(new Uint8Array([3, 99]));
    scenario.messages.length = 0;
    scenario.send();
    const { messages } = await playBack((await record(scenario, { before: memory.messages() })).bytes);
    expect(messages.map(({ message }) => decodeOverlay(message).kind)).toEqual(['stroke', 'laser']);
  });

  it('keeps, for a later moment, the strokes and the dot that are still to be seen, and the newest state', async () => {
    const scenario = new Scenario(64, 64);
    scenario.participants('Ada');
    scenario.send();
    scenario.stroke(2, 1);
    scenario.stroke(3, 2);
    scenario.laser(2, true);
    scenario.laser(2, false);
    scenario.laser(3, true);
    scenario.erase(2, 'mine');
    scenario.participants('Ada', 'Blaise');
    scenario.now += 10 * CHECKPOINT_INTERVAL;
    scenario.refresh();
    scenario.send();
    scenario.now += 5_000_000;
    scenario.picture.pixels.fill(7);
    scenario.send();
    const { bytes } = await record(scenario);
    const { messages, recording } = await playBack(bytes, 10 * CHECKPOINT_INTERVAL + 1);
    expect(messages.every(({ past }) => past)).toBe(true);
    expect(messages.map(({ track }) => track)).toEqual([Track.Overlay, Track.Overlay, Track.State]);
    expect(decodeOverlay(messages[0]!.message)).toMatchObject({ kind: 'stroke', viewer: 3 });
    expect(decodeOverlay(messages[1]!.message)).toMatchObject({ kind: 'laser', viewer: 3 });
    expect((await recording.checkpointAt(recording.duration))!.live.length).toBeGreaterThan(1);
  });

  it('holds marks of input, not what was typed, and no keys of the session', async () => {
    const scenario = new Scenario(64, 64);
    const laneKey = 'A'.repeat(22);
    scenario.say(encodeControl({ type: 'viewer-welcome', version: 1, session: 's', viewer: 5, laneKey }));
    scenario.send();
    scenario.text(0, 'hunter2');
    scenario.pointer(0, 11, 12);
    const { bytes } = await record(scenario);
    const { messages } = await playBack(bytes);
    expect(messages.map(({ message }) => decodeInput(message))).toMatchObject([
      { kind: 'text', text: '*', viewer: 5 },
      { kind: 'pointer', x: 11, y: 12, viewer: 5 },
    ]);
    const text = Buffer.from(bytes).toString('latin1');
    expect(text).not.toContain('hunter2');
    expect(text).not.toContain(laneKey);
  });

  it('goes on after a frame that broke off, with the next whole picture', async () => {
    const scenario = new Scenario(150, 400);
    scenario.send();
    drawAll(scenario, 50);
    const broken = scenario.send();
    expect(broken.length).toBe(1);
    scenario.messages.pop();
    drawAll(scenario, 60);
    scenario.send();
    drawAll(scenario, 70);
    scenario.refresh();
    scenario.send();
    const { bytes, summary } = await record(scenario);
    const { frames, skipped } = await playBack(bytes);
    expect(frames.map(({ frame }) => frame)).toEqual([1, 4]);
    expect(frames[1]!.hash).toBe(scenario.truths[3]!.hash);
    expect(summary.dropped).toBe(1);
    expect(skipped).toBe(0);
  });

  it('follows a change of size', async () => {
    const scenario = new Scenario(100, 50);
    scenario.send();
    scenario.now += 3_000_000;
    scenario.resize(70, 130);
    drawAll(scenario, 33);
    scenario.send();
    scenario.now += 3_000_000;
    drawAll(scenario, 44);
    scenario.send();
    const { bytes } = await record(scenario);
    const { frames, recording } = await playBack(bytes);
    expect(frames.map(({ hash }) => hash)).toEqual(scenario.truths.map(({ hash }) => hash));
    expect((await inspectRecording(recording)).sizes).toEqual(['100x50', '70x130']);
    const { frames: fromEnd } = await playBack(bytes, recording.duration);
    expect(fromEnd.map(({ hash }) => hash)).toEqual([scenario.truths[2]!.hash]);
  });

  it('with damage to one frame of it plays all others up to the damage and from the next whole picture', async () => {
    const scenario = new Scenario(64, 64);
    for (let count = 0; count < 6; count++) {
      drawAll(scenario, count * 40);
      if (count === 4) scenario.refresh();
      scenario.send();
      scenario.now += 100_000;
    }
    const { bytes } = await record(scenario);
    const recording = await openRecording(bytesSource(bytes));
    const offsets: number[] = [];
    for await (const block of recording.messages()) offsets.push(block.offset);
    bytes[offsets[2]! + 40]! ^= 1;
    const { frames, skipped } = await playBack(bytes);
    expect(frames.map(({ frame }) => frame)).toEqual([1, 2, 5, 6]);
    expect(skipped).toBe(1);
    const found = await checkRecording(bytesSource(bytes));
    expect(found).toMatchObject({ ok: false, faultCount: 1, lostBlocks: 1, lostSlices: 1 });
    expect(found.firstFault).toMatchObject({ reason: 'payload-checksum', offset: offsets[2]! + 32 });
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

describe('info and verify', () => {
  it('describe a whole recording', async () => {
    const scenario = busySession(2, 60);
    const { bytes, summary } = await record(scenario);
    const recording = await openRecording(bytesSource(bytes));
    const found = await inspectRecording(recording);
    expect(found).toMatchObject({ complete: true, endReason: 'stopped', damaged: 0, frames: 60 });
    expect(found.duration).toBe(summary.duration);
    expect(found.tracks.map(({ kind }) => kind)).toContain('display');
    expect(found.tracks.reduce((sum, track) => sum + track.messages, 0)).toBe(summary.messages);
    expect(JSON.parse(JSON.stringify(found))).toEqual(found);
    const verified = await checkRecording(bytesSource(bytes), { decoder: new FrameDecoder(kernelModule) });
    expect(verified).toMatchObject({
      ok: true,
      faultCount: 0,
      frames: 60,
      blocks: found.blocks,
      lostBytes: 0,
    });
  });

  it('find an end that is missing', async () => {
    const { bytes } = await record(busySession(2, 30));
    const cut = bytes.subarray(0, bytes.length - 10);
    const verified = await checkRecording(bytesSource(cut));
    expect(verified).toMatchObject({ ok: false, complete: false, frames: 30 });
    expect(verified.firstFault).toMatchObject({ reason: 'truncated', offset: cut.length });
  });

  it('find a block that was taken out', async () => {
    const { bytes } = await record(busySession(2, 30));
    const recording = await openRecording(bytesSource(bytes));
    const blocks = [];
    for await (const block of recording.blocks()) blocks.push(block);
    const victim = blocks.find(({ type, sequence }) => type === BlockType.Message && sequence > 10)!;
    const end = victim.offset + 32 + victim.length;
    const shorter = Buffer.concat([bytes.subarray(0, victim.offset), bytes.subarray(end)]);
    const verified = await checkRecording(bytesSource(shorter));
    expect(verified.ok).toBe(false);
    expect(verified.firstFault).toMatchObject({
      reason: 'sequence',
      offset: victim.offset + 12,
      lostBlocks: 1,
    });
  });

  it('find a frame that does not decode though its bytes are whole', async () => {
    const scenario = new Scenario(64, 64);
    scenario.send();
    scenario.messages.at(-1)!.message.fill(0xff, 40);
    const { bytes } = await record(scenario);
    expect((await checkRecording(bytesSource(bytes))).ok).toBe(true);
    const verified = await checkRecording(bytesSource(bytes), { decoder: new FrameDecoder(kernelModule) });
    expect(verified.firstFault).toMatchObject({ reason: 'frame' });
  });
});

function drawAll(scenario: Scenario, value: number): void {
  scenario.picture.pixels.fill(value);
}

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
