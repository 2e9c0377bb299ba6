import { describe, expect, it } from 'vitest';
import { FrameDecoder } from '../../codecs/index.js';
import { bytesSource, openRecording, Track } from '../../codecs/recording/index.js';
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
  RecordingPlayer,
  SessionMemory,
} from '../../engine/recording/index.js';
import { drawContent } from '../support/pictures.js';
import { makeRecorder, playBack, record } from './harness.js';
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

function drawAll(scenario: Scenario, value: number): void {
  scenario.picture.pixels.fill(value);
}
