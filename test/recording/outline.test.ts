/** What a player wants to know of a recording before it plays: frames, chapters, pauses, what is missing. */
import { describe, expect, it } from 'vitest';
import { bytesSource, openRecording } from '../../codecs/recording/index.js';
import { encodeChat, encodeControl } from '../../engine/protocol/index.js';
import { IDLE_AFTER, outlineRecording, type RecordingOutline } from '../../engine/recording/index.js';
import { drawContent } from '../support/pictures.js';
import { record } from './harness.js';
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
