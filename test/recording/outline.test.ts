/** What a player wants to know of a recording before it plays: frames, chapters, pauses, what is missing. */
import { describe, expect, it } from 'vitest';
import { bytesSource, openRecording, RecordingWriter, Track } from '../../codecs/recording/index.js';
import { encodeChat, encodeControl } from '../../engine/protocol/index.js';
import {
  IDLE_AFTER,
  inspectRecording,
  MemorySink,
  outlineRecording,
  type RecordingOutline,
} from '../../engine/recording/index.js';
import { drawContent } from '../support/pictures.js';
import { feed, makeRecorder, record, WRITER_METADATA } from './harness.js';
import { busySession, Scenario } from './scenario.js';

const SECOND = 1_000_000;

async function outlineOf(bytes: Uint8Array): Promise<RecordingOutline> {
  return outlineRecording(await openRecording(bytesSource(bytes)));
}

/** A frame that is more than a blinking caret. */
function draw(session: Scenario, seed: number): void {
  drawContent(session.picture, 'noise', seed, { x: 0, y: 0, width: 60, height: 60 });
  session.send();
}

describe('the outline of a recording', () => {
  it('lists the times of all frames', async () => {
    const session = busySession(3, 40);
    const { bytes } = await record(session);
    const first = session.truths[0]!.at;
    expect([...(await outlineOf(bytes)).frames]).toEqual(session.truths.map(({ at }) => at - first));
  });

  it('names who comes and goes, who controls, where the host is and what size its screen has', async () => {
    const session = new Scenario(150, 100);
    const host = (state: 'present' | 'away' | 'ended') =>
      session.say(encodeControl({ type: 'host-state', state, name: 'PC', width: 150, height: 100 }));
    const people = (controller: number, ...names: string[]) => {
      const list = names.map((name, index) => ({
        viewer: index + 1,
        name,
        quality: 'high' as const,
        tool: 'none' as const,
        recording: false,
      }));
      session.say(encodeControl({ type: 'participants', controller, list }));
    };
    people(1, 'Ada');
    host('present');
    draw(session, 1);
    const steps = [
      () => people(1, 'Ada', 'Blaise'),
      () => people(2, 'Ada', 'Blaise'),
      () => people(0, 'Ada', 'Blaise'),
      () => people(0, 'Ada'),
      () => host('away'),
      () => host('present'),
      () => {
        session.resize(200, 120);
        draw(session, 2);
      },
      () => host('ended'),
    ];
    for (const step of steps) {
      session.now += SECOND;
      step();
    }
    const { chapters } = await outlineOf((await record(session)).bytes);
    expect(chapters).toEqual([
      { time: 1 * SECOND, kind: 'joined', name: 'Blaise' },
      { time: 2 * SECOND, kind: 'control', name: 'Blaise' },
      { time: 3 * SECOND, kind: 'released' },
      { time: 4 * SECOND, kind: 'left', name: 'Blaise' },
      { time: 5 * SECOND, kind: 'host', state: 'away' },
      { time: 6 * SECOND, kind: 'host', state: 'present' },
      { time: 7 * SECOND, kind: 'size', width: 200, height: 120 },
      { time: 8 * SECOND, kind: 'host', state: 'ended' },
    ]);
  });

  it('has what was said, once, when everybody heard it', async () => {
    const session = new Scenario(150, 100);
    draw(session, 1);
    const said = (sentAt: number, earlier: boolean, text: string) => {
      const head = { viewer: 1, sequence: 1, createdAt: 5 };
      session.say(encodeChat({ ...head, sentAt, earlier, name: 'Ada', text }));
    };
    session.now += SECOND;
    said(0, false, 'hello');
    session.now += SECOND;
    said(77, false, 'hello');
    session.now += SECOND;
    said(77, true, 'hello');
    said(99, true, 'again');
    const { chapters } = await outlineOf((await record(session)).bytes);
    expect(chapters).toEqual([
      { time: 2 * SECOND, kind: 'chat', name: 'Ada', text: 'hello' },
      // Told late: it stands where it was said.
      { time: 2 * SECOND + 22, kind: 'chat', name: 'Ada', text: 'again' },
    ]);
  });

  it('has markers where they were set, by name or number, though they were named later', async () => {
    const session = new Scenario(150, 100);
    const start = session.now;
    for (const at of [0, 3, 6]) {
      session.now = start + at * SECOND;
      draw(session, at);
      session.participants('Ada', ...['Blaise', 'Cleo'].slice(0, at / 3));
    }
    const { clock, sink, recorder } = makeRecorder();
    recorder.marker('before the first picture', clock.now());
    await feed(recorder, clock, session.messages);
    recorder.marker('Error 0x8024: “Zoë’s printer”', start + 2 * SECOND);
    recorder.marker('', start + 7 * SECOND);
    recorder.marker('x'.repeat(401), start + 7 * SECOND);
    expect((await recorder.stop()).dropped).toBe(1);
    const bytes = sink.toBytes();
    const markers = [
      { time: 0, number: 1, text: 'before the first picture' },
      { time: 2 * SECOND, number: 2, text: 'Error 0x8024: “Zoë’s printer”' },
      { time: 7 * SECOND, number: 3, text: '' },
    ];
    const [first, second, third] = markers.map((marker) => ({ kind: 'marker', ...marker }));
    expect((await outlineOf(bytes)).chapters).toEqual([
      first,
      second,
      { time: 3 * SECOND, kind: 'joined', name: 'Blaise' },
      { time: 6 * SECOND, kind: 'joined', name: 'Cleo' },
      third,
    ]);
    const described = await inspectRecording(await openRecording(bytesSource(bytes)));
    expect(described).toMatchObject({ markers, notices: [] });
  });

  it('passes over markers that are malformed, and puts none behind its block', async () => {
    const sink = new MemorySink();
    const writer = new RecordingWriter(sink, WRITER_METADATA);
    const ascii = (text: string) => [...text].map((letter) => letter.charCodeAt(0));
    const string = (text: string) => [0xa0 + text.length, ...ascii(text)];
    const marker = (...rest: number[]) => [...string('kind'), ...string('marker'), ...rest];
    const number = (value: number) => [...string('number'), value];
    const notices = [
      [0x81, ...marker()],
      [0x82, ...marker(...number(0))],
      [0x82, ...marker(...string('number'), ...string('one'))],
      [0x83, ...marker(...number(1), ...string('at'), 0xff)],
      [0x83, ...marker(...number(1), ...string('text'), 0xdb, 0xff, 0xff, 0xff, 0xff)],
      [0x83, ...marker(...number(1), ...string('text'), 0xda, 0x01, 0x91, ...ascii('x'.repeat(401)))],
      // Later than its block; and text that is no UTF-8.
      [0x83, ...marker(...number(2), ...string('at'), 0xce, 0xff, 0xff, 0xff, 0xff)],
      [0x83, ...marker(...number(3), ...string('text'), 0xa3, 0x61, 0xff, 0x62)],
    ];
    for (const notice of notices) writer.append(Track.Notice, SECOND, new Uint8Array(notice));
    await writer.close(2 * SECOND, 0);
    const { chapters } = await outlineOf(sink.toBytes());
    expect(chapters).toEqual([
      { time: SECOND, kind: 'marker', number: 2, text: '' },
      { time: SECOND, kind: 'marker', number: 3, text: expect.stringMatching(/^a.*b$/) },
    ]);
  });

  it('finds pauses, also where only a caret blinks, and none where somebody works', async () => {
    const session = new Scenario(150, 100);
    const start = session.now;
    const blink = (on: boolean) => {
      drawContent(session.picture, 'flat', on ? 1 : 2, { x: 10, y: 10, width: 1, height: 12 });
      session.send();
    };
    draw(session, 1);
    // Work with rests that are no pauses, a pause with a caret, then a hand at the mouse over a still picture.
    for (const at of [2, 5, 8]) {
      session.now = start + at * SECOND;
      draw(session, at);
    }
    for (let half = 17; half < 60; half++) {
      session.now = start + (half * SECOND) / 2;
      blink(half % 2 === 0);
    }
    for (let at = 30; at <= 40; at++) {
      session.now = start + at * SECOND;
      session.pointer(1, at, 5);
    }
    session.now = start + 41 * SECOND;
    draw(session, 9);
    const { idle } = await outlineOf((await record(session)).bytes);
    expect(IDLE_AFTER).toBeGreaterThan(3 * SECOND);
    expect(idle).toEqual([{ from: 9 * SECOND, to: 29.5 * SECOND }]);
  });

  it('says when something is missing, and how much', async () => {
    const session = busySession(5, 60);
    const { bytes } = await record(session);
    const whole = await outlineOf(bytes);
    expect(whole).toMatchObject({ gaps: [], lostSlices: 0 });
    const damaged = bytes.slice();
    const middle = Math.floor(bytes.length / 2);
    damaged.fill(0, middle, middle + 100);
    const { gaps, frames } = await outlineOf(damaged);
    expect(gaps).toHaveLength(1);
    const [gap] = gaps;
    expect(gap!.from).toBeLessThan(gap!.to);
    expect(gap!.bytes).toBeGreaterThanOrEqual(100);
    expect(gap!.blocks).toBeGreaterThanOrEqual(1);
    // All that is left is as it was.
    const before = frames.filter((time) => time <= gap!.from);
    expect([...before]).toEqual([...whole.frames.slice(0, before.length)]);
    expect(before.length).toBeGreaterThan(0);
  });

  it('of a recording that was cut has what is before the cut', async () => {
    const { bytes } = await record(busySession(8, 60));
    const whole = await outlineOf(bytes);
    const cut = await outlineOf(bytes.subarray(0, Math.floor(bytes.length / 2)));
    expect(cut.frames.length).toBeGreaterThan(5);
    expect([...cut.frames]).toEqual([...whole.frames.slice(0, cut.frames.length)]);
  });
});
