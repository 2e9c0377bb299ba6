/** Playing in virtual time: what is on the screen at each moment is what was there when it was recorded. */
import { describe, expect, it } from 'vitest';
import { FrameDecoder } from '../../codecs/index.js';
import { bytesSource, openRecording } from '../../codecs/recording/index.js';
import { OverlayModel } from '../../engine/overlay/index.js';
import { outlineRecording, RecordingPlayer } from '../../engine/recording/index.js';
import { indexAfter, spanAt } from '../../harness/console/recordings/playback/moments.js';
import { Playback } from '../../harness/console/recordings/playback/playback.js';
import { PlaybackClock } from '../../harness/console/recordings/playback/playback-clock.js';
import { kernelModule } from '../recording/scenario.js';
import { FakeClock } from '../support/clock.js';
import { makeTalk, sha256Of, shownAt } from './support/talk.js';

const talk = await makeTalk();
const SECOND = 1_000_000;

describe('the clock of playing', () => {
  it('stands at first, runs at its speed, and not past the end', async () => {
    const wall = new FakeClock();
    const clock = new PlaybackClock(wall, 10 * SECOND);
    await wall.advance(SECOND);
    expect(clock.now()).toBe(0);
    expect(clock.until(SECOND)).toBe(Number.POSITIVE_INFINITY);
    clock.start();
    await wall.advance(2 * SECOND);
    expect(clock.now()).toBe(2 * SECOND);
    clock.setSpeed(4);
    expect(clock.until(6 * SECOND)).toBe(SECOND);
    await wall.advance(SECOND);
    expect(clock.now()).toBe(6 * SECOND);
    clock.setSpeed(0.25);
    await wall.advance(SECOND);
    expect(clock.now()).toBe(6.25 * SECOND);
    clock.stop();
    await wall.advance(SECOND);
    expect(clock.now()).toBe(6.25 * SECOND);
    clock.moveTo(9 * SECOND);
    clock.start();
    await wall.advance(60 * SECOND);
    expect(clock.now()).toBe(10 * SECOND);
    clock.setSpeed(1000);
    expect(clock.speed).toBe(16);
  });

  it('calls what waits for recorded time when that has passed, and nobody while it stands', async () => {
    const wall = new FakeClock();
    const clock = new PlaybackClock(wall, 10 * SECOND);
    const called: string[] = [];
    clock.after(SECOND, () => called.push('standing'));
    clock.setSpeed(2);
    clock.start();
    clock.after(SECOND, () => called.push('running'));
    await wall.advance(SECOND / 2);
    expect(called).toEqual(['running']);
    await wall.advance(5 * SECOND);
    expect(called).toEqual(['running']);
  });
});

describe('moments', () => {
  it('are found in ascending lists', () => {
    expect([-1, 0, 1, 5, 9].map((time) => indexAfter([0, 2, 5, 5], time))).toEqual([0, 1, 1, 4, 4]);
    const spans = [
      { from: 2, to: 4 },
      { from: 4, to: 5 },
      { from: 8, to: 9 },
    ];
    expect([0, 2, 3, 4, 5, 8, 9].map((time) => spanAt(spans, time)?.from)).toEqual([
      undefined,
      2,
      2,
      4,
      undefined,
      8,
      undefined,
    ]);
  });
});

/** A screen that notes which picture it was given last. */
async function open(bytes = talk.bytes) {
  const clock = new FakeClock();
  const recording = await openRecording(bytesSource(bytes));
  const outline = await outlineRecording(recording);
  const decoder = new FrameDecoder(kernelModule);
  const overlay = new OverlayModel();
  const screen = { sha256: undefined as string | undefined, whole: 0 };
  const faults: unknown[] = [];
  const playback = new Playback({
    player: new RecordingPlayer(recording, decoder),
    clock,
    overlay,
    screen: {
      frame: ({ width, height }, damage) => {
        if (damage.some((area) => area.width === width && area.height === height)) screen.whole++;
        screen.sha256 = sha256Of(decoder.picture);
      },
      blank: () => {
        screen.sha256 = undefined;
      },
      overlays: () => {},
    },
    onState: () => {},
    onFault: (fault) => faults.push(fault),
  });
  playback.frames = outline.frames;
  playback.idle = outline.idle;
  await clock.advance(0);
  return { clock, playback, overlay, screen, faults };
}

describe('playing', () => {
  it('begins with the first picture, and waits', async () => {
    const { clock, playback, screen } = await open();
    expect(screen.sha256).toBe(shownAt(talk, 0));
    await clock.advance(10 * SECOND);
    expect(playback.state).toMatchObject({ time: 0, playing: false, frame: 1 });
    expect(screen.sha256).toBe(shownAt(talk, 0));
  });

  it.each([0.25, 1, 16])('shows each frame at its time at speed %d', async (speed) => {
    const { clock, playback, screen } = await open();
    playback.setSpeed(speed);
    playback.play();
    for (let step = 0; step < 60; step++) {
      await clock.advance((0.35 * SECOND) / speed);
      const { time } = playback.state;
      expect(time).toBeCloseTo(Math.min(40, 0.35 * (step + 1)) * SECOND, -1);
      expect(screen.sha256, `at ${time}`).toBe(shownAt(talk, time));
    }
  });

  it('stops at the end, and begins anew when it is started there', async () => {
    const { clock, playback, screen } = await open();
    playback.setSpeed(16);
    playback.play();
    await clock.advance(3 * SECOND);
    expect(playback.state).toMatchObject({ time: 40 * SECOND, playing: false });
    expect(screen.sha256).toBe(shownAt(talk, 40 * SECOND));
    playback.play();
    await clock.advance(SECOND / 16);
    expect(playback.state.playing).toBe(true);
    expect(playback.state.time).toBe(SECOND);
    expect(screen.sha256).toBe(shownAt(talk, SECOND));
  });

  it('jumps anywhere, playing or not; the newest of several wishes counts', async () => {
    const { clock, playback, screen } = await open();
    for (const seconds of [33, 1, 12.3, 39.9, 0, 6]) {
      playback.seek(17 * SECOND);
      playback.seek(seconds * SECOND);
      expect(playback.state).toMatchObject({ time: seconds * SECOND, seeking: true });
      await clock.advance(0);
      expect(playback.state).toMatchObject({ time: seconds * SECOND, seeking: false });
      expect(screen.sha256, `at ${seconds}`).toBe(shownAt(talk, seconds * SECOND));
    }
    playback.play();
    playback.seek(31 * SECOND);
    await clock.advance(2 * SECOND);
    expect(playback.state).toMatchObject({ time: 33 * SECOND, playing: true });
    expect(screen.sha256).toBe(shownAt(talk, 33 * SECOND));
  });

  it('goes frame by frame in both directions', async () => {
    const { clock, playback, screen } = await open();
    playback.play();
    const goes = async (direction: 1 | -1) => {
      playback.step(direction);
      await clock.advance(0);
      expect(playback.state.playing).toBe(false);
      expect(screen.sha256).toBe(shownAt(talk, playback.state.time));
      return playback.state.time / SECOND;
    };
    expect(await goes(1)).toBe(0.5);
    expect(await goes(1)).toBe(1);
    expect(await goes(-1)).toBe(0.5);
    expect(await goes(-1)).toBe(0);
    expect(await goes(-1)).toBe(0);
    playback.seek(20 * SECOND);
    await clock.advance(0);
    expect(await goes(1)).toBe(30);
    expect(await goes(-1)).toBe(10);
    playback.seek(40 * SECOND);
    await clock.advance(0);
    expect(await goes(1)).toBe(40);
    expect(await goes(-1)).toBe(39.5);
    // Steps that are asked for at once are all made.
    playback.step(-1);
    await clock.advance(0);
    playback.step(1);
    playback.step(1);
    await clock.advance(0);
    expect(playback.state.time).toBe(40 * SECOND);
  });

  it('skips pauses when that is wished', async () => {
    const { clock, playback, screen } = await open();
    playback.skipIdle = true;
    playback.seek(9 * SECOND);
    playback.play();
    // One second of the pause is seen, and half a second before it ends.
    await clock.advance(2.4 * SECOND);
    expect(playback.state.time).toBeGreaterThan(29.5 * SECOND);
    expect(screen.sha256).toBe(shownAt(talk, playback.state.time));
    expect(playback.state.playing).toBe(true);
  });

  it('becomes slower where decoding cannot keep up, instead of leaving pictures out', async () => {
    const clock = new FakeClock();
    // Each picture takes so long to decode that at 16 times the speed less than a second of them is done in one.
    let spent = 0;
    const decoder = new FrameDecoder(kernelModule);
    const shown: number[] = [];
    const playback = new Playback({
      player: new RecordingPlayer(await openRecording(bytesSource(talk.bytes)), decoder),
      clock: { now: () => clock.now() + spent, after: clock.after.bind(clock) },
      overlay: new OverlayModel(),
      screen: {
        frame: ({ time }) => {
          spent += SECOND / 2;
          shown.push(time);
        },
        blank: () => {},
        overlays: () => {},
      },
      onState: () => {},
      onFault: () => {},
    });
    await clock.advance(0);
    playback.setSpeed(16);
    playback.play();
    for (let frame = 1; frame < 15; frame++) {
      await clock.advance(0);
      const lead = playback.state.time - shown.at(-1)!;
      expect(lead).toBeLessThanOrEqual(8 * SECOND);
    }
    await clock.advance(5 * SECOND);
    await playback.close();
    expect(shown).toEqual(talk.frames.map(({ time }) => time));
  });

  it('draws what was drawn by then, and no more', async () => {
    const { clock, playback, overlay } = await open();
    const at = async (seconds: number) => {
      playback.seek(seconds * SECOND);
      await clock.advance(0);
      return overlay.strokeCount;
    };
    expect(await at(3.9)).toBe(0);
    expect(await at(5)).toBe(1);
    expect(await at(3)).toBe(0);
    expect(await at(39)).toBe(1);
  });

  it('paints a whole picture only at first, after jumps and when the size changes', async () => {
    const { clock, playback, screen } = await open();
    playback.play();
    await clock.advance(5 * SECOND);
    expect(screen.whole).toBe(1);
    await clock.advance(2 * SECOND);
    expect(screen.whole).toBe(2);
  });

  it('says when there is no picture, and goes on where there is one', async () => {
    // Everything from the first picture to where the screen becomes larger is damaged.
    const recording = await openRecording(bytesSource(talk.bytes));
    let larger = 0;
    for await (const block of recording.messages()) {
      if (larger === 0 && block.track === 1 && block.time >= 6 * SECOND) larger = block.offset;
    }
    const damaged = talk.bytes.slice();
    damaged.fill(0, recording.start, larger);
    const { clock, playback, screen } = await open(damaged);
    playback.seek(3 * SECOND);
    await clock.advance(0);
    expect(playback.state).toMatchObject({ frame: 0, width: 0 });
    expect(screen.sha256).toBeUndefined();
    playback.play();
    await clock.advance(4 * SECOND);
    expect(screen.sha256).toBe(shownAt(talk, 7 * SECOND));
  });

  it('reports a file that can no longer be read', async () => {
    const bytes = talk.bytes.slice();
    const source = bytesSource(bytes);
    let gone = false;
    const recording = await openRecording({
      size: source.size,
      read: (offset, length) => {
        if (gone) throw new Error('The file has gone.');
        return source.read(offset, length);
      },
    });
    const clock = new FakeClock();
    const faults: unknown[] = [];
    const playback = new Playback({
      player: new RecordingPlayer(recording, new FrameDecoder(kernelModule)),
      clock,
      overlay: new OverlayModel(),
      screen: { frame: () => {}, blank: () => {}, overlays: () => {} },
      onState: () => {},
      onFault: (fault) => faults.push(fault),
    });
    await clock.advance(0);
    gone = true;
    playback.seek(SECOND);
    await clock.advance(SECOND);
    expect(faults).toEqual([expect.objectContaining({ message: 'The file has gone.' })]);
    await playback.close();
  });
});
