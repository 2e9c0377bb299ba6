import { describe, expect, it } from 'vitest';
import { ColourLevel } from '../../codecs/index.js';
import { bytesSource, Track } from '../../codecs/recording/index.js';
import { decodeOverlay } from '../../engine/protocol/index.js';
import { checkRecording, MemorySink, Recorder, SessionMemory } from '../../engine/recording/index.js';
import { frameMessages, newDecoder, Screen, World } from '../viewer/scripted.js';
import { METADATA, playBack } from './harness.js';
import { hashOf } from './scenario.js';

/** A joined viewer that watches frame 1 and remembers the session, and a way to record it. */
async function watching() {
  const hashes: string[] = [];
  const world = new World({
    handlers: {
      onFrame: (frame) => {
        hashes.push(hashOf(world.decoder.picture));
        frame.presented();
      },
    },
  });
  const memory = new SessionMemory();
  world.session.tap((message) => memory.message(message));
  await world.join();
  const screen = new Screen();
  screen.fill(0x102030);
  await world.send(...frameMessages(screen.code(ColourLevel.High, true), { frame: 1, viewer: 1 }));
  const sink = new MemorySink();
  const record = () => {
    const recorder = new Recorder({
      sink,
      clock: world.clock,
      metadata: METADATA,
      viewer: world.session.state.viewer,
      before: memory.messages(),
      wantRefresh: () => world.session.wantRefresh(),
    });
    world.session.tap((message, at) => recorder.message(message, at));
    return recorder;
  };
  return { world, screen, hashes, sink, record };
}

describe('a viewer session that is recorded', () => {
  it('asks for a whole picture and plays as it was watched, across a lost connection', async () => {
    const { world, screen, hashes, sink, record } = await watching();
    const recorder = record();
    await world.clock.advance(10_000);
    expect(world.main.heard('want-refresh').length + world.lane.heard('want-refresh').length).toBe(1);
    screen.fill(0x405060, 5, 5, 40, 40);
    // Of no use to the recording, which has nothing that it builds on.
    await world.send(...frameMessages(screen.code(ColourLevel.High, false), { frame: 2, base: 1 }));
    const watchedBefore = hashes.length;
    await world.send(...frameMessages(screen.code(ColourLevel.High, true), { frame: 3, viewer: 1 }));
    world.session.setTool('whiteboard');
    world.session.sendOverlay({
      kind: 'stroke',
      stroke: 1,
      begin: true,
      end: true,
      points: [{ x: 1, y: 2 }],
    });
    screen.fill(0xff0000, 0, 70);
    await world.send(...frameMessages(screen.code(ColourLevel.High, false), { frame: 4, base: 3 }));
    world.main.link.close(1001, 'restart');
    await world.clock.advance(5_000_000);
    expect(world.mains).toHaveLength(2);
    screen.fill(0x00ff00, 30, 30, 10, 10);
    await world.send(...frameMessages(screen.code(ColourLevel.Low, true), { frame: 9, viewer: 2, level: 1 }));
    const { error } = await recorder.stop();
    expect(error).toBeUndefined();

    const { frames, messages, skipped, recording } = await playBack(sink.toBytes());
    expect(frames.map(({ frame }) => frame)).toEqual([3, 4, 9]);
    expect(frames.map(({ hash }) => hash)).toEqual(hashes.slice(watchedBefore));
    expect(skipped).toBe(0);
    expect(recording.duration).toBeGreaterThan(5_000_000);
    const stroke = messages.find(({ track }) => track === Track.Overlay)!;
    expect(decodeOverlay(stroke.message)).toMatchObject({ kind: 'stroke', viewer: 1 });
    expect(messages[0]?.track).toBe(Track.State);
    const decoder = newDecoder();
    expect(await checkRecording(bytesSource(sink.toBytes()), { decoder })).toMatchObject({
      ok: true,
      frames: 3,
    });
  });

  it('gives the same file for the same session, to the byte', async () => {
    const play = async () => {
      const { world, screen, sink, record } = await watching();
      const recorder = record();
      world.session.setTool('laser');
      for (let frame = 2; frame < 40; frame++) {
        await world.clock.advance(137_001.5);
        screen.fill(frame * 0x030507, frame % 60, 9, 40, 30);
        const whole = frame % 12 === 2;
        const numbers = { frame, ...(whole ? { viewer: 1 } : { base: frame - 1 }) };
        await world.send(...frameMessages(screen.code(ColourLevel.High, whole), numbers));
        world.session.sendOverlay({ kind: 'laser', visible: true, x: frame, y: 5 });
      }
      const summary = await recorder.stop();
      return { bytes: sink.toBytes(), summary };
    };
    const first = await play();
    const second = await play();
    expect(first.summary.frames).toBe(38);
    expect(second.bytes).toEqual(first.bytes);
    expect(second.summary).toEqual(first.summary);
  });

  it('is not disturbed by a target that throws', async () => {
    const { world, screen } = await watching();
    const recorder = new Recorder({
      sink: {
        write: () => {
          throw new Error('The folder has vanished.');
        },
        close: () => {
          throw new Error('So has the file.');
        },
      },
      clock: world.clock,
      metadata: METADATA,
    });
    world.session.tap((message, at) => recorder.message(message, at));
    await world.send(...frameMessages(screen.code(ColourLevel.High, true), { frame: 2 }));
    await world.clock.advance(1_000_000);
    expect(recorder.active).toBe(false);
    screen.fill(0xffffff);
    await world.send(...frameMessages(screen.code(ColourLevel.High, false), { frame: 3, base: 2 }));
    expect(world.session.frame).toBe(3);
    expect(world.problems).toEqual([]);
    expect((await recorder.stop()).error?.message).toContain('The folder has vanished.');
  });
});
