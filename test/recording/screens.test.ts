import { describe, expect, it } from 'vitest';
import { FrameDecoder } from '../../codecs/index.js';
import {
  bytesSource,
  type CheckpointPicture,
  openRecording,
  RecordingWriter,
} from '../../codecs/recording/index.js';
import {
  checkRecording,
  inspectRecording,
  MemorySink,
  RecordingPlayer,
} from '../../engine/recording/index.js';
import { drawContent } from '../support/pictures.js';
import { METADATA } from './harness.js';
import { hashOf, kernelModule, Scenario } from './scenario.js';

const FIRST = 1;
const SECOND = 7;
const STEP = 400_000;

interface Shown {
  readonly at: number;
  readonly track: number;
  readonly hash: string;
}

/** Two screens that change by turns, each its size once; a checkpoint every few frames. */
async function twoScreens() {
  const screens = new Map([
    [FIRST, new Scenario(120, 80, 0)],
    [SECOND, new Scenario(64, 100, 0)],
  ]);
  const sink = new MemorySink();
  const writer = new RecordingWriter(sink, {
    ...METADATA,
    width: 120,
    height: 80,
    level: 3,
    participants: [],
    tracks: [
      { track: FIRST, kind: 'display' },
      { track: SECOND, kind: 'display' },
    ],
  });
  const shown: Shown[] = [];
  const pictures = new Map<number, CheckpointPicture>();
  for (let count = 0; count < 40; count++) {
    const track = count % 3 === 1 ? SECOND : FIRST;
    const screen = screens.get(track)!;
    if (count === 19) screen.resize(90, 40);
    if (count === 27) screen.resize(200, 60);
    drawContent(screen.picture, count % 2 === 0 ? 'many' : 'few', count, {
      x: count,
      y: 3,
      width: 20,
      height: 30,
    });
    const { pixels, stride } = screen.picture;
    if (count % 5 === 4) pixels.copyWithin(0, 8 * stride);
    const time = count * STEP;
    const start = writer.position;
    const { width, height } = screen.picture;
    for (const message of screen.send()) writer.append(track, time, message);
    const whole = count < 2 || count === 19 || count === 27;
    const { hash, frame } = screen.truths.at(-1)!;
    const before = pictures.get(track);
    pictures.set(track, {
      track,
      start: whole || before === undefined ? start : before.start,
      level: 3,
      width,
      height,
      frame,
    });
    shown.push({ at: time, track, hash });
    if (count % 4 !== 3) continue;
    const list = [...pictures.values()];
    const from = Math.min(...list.map((picture) => picture.start));
    writer.checkpoint(time, { pictures: list, live: [{ offset: from, bytes: writer.position - from }] });
  }
  await writer.close();
  return { bytes: sink.toBytes(), shown };
}

const { bytes, shown } = await twoScreens();

async function open() {
  const recording = await openRecording(bytesSource(bytes));
  return new RecordingPlayer(recording, () => new FrameDecoder(kernelModule));
}

describe('a recording of two screens that change their sizes', () => {
  it('plays every frame of both', async () => {
    const player = await open();
    const played: Shown[] = [];
    for await (const { time, track } of player.frames()) {
      played.push({ at: time, track, hash: hashOf(player.decoderOf(track)!.picture) });
    }
    expect(played).toEqual(shown);
    expect(player.skipped).toBe(0);
  });

  it('shows both as they were at any moment', async () => {
    const player = await open();
    for (let time = 39 * STEP; time >= 0; time -= STEP / 2) {
      const frame = await player.seek(time);
      expect(frame?.track).toBe(FIRST);
      for (const track of [FIRST, SECOND]) {
        const truth = shown.findLast((one) => one.track === track && one.at <= time);
        if (truth !== undefined) expect(hashOf(player.decoderOf(track)!.picture)).toBe(truth.hash);
      }
    }
  });

  it('plays the first alone with one decoder', async () => {
    const decoder = new FrameDecoder(kernelModule);
    const player = new RecordingPlayer(await openRecording(bytesSource(bytes)), decoder);
    const played: string[] = [];
    for await (const { time: _time } of player.frames()) played.push(hashOf(decoder.picture));
    expect(played).toEqual(shown.filter(({ track }) => track === FIRST).map(({ hash }) => hash));
  });

  it('is described and verified with both', async () => {
    const decoder = () => new FrameDecoder(kernelModule);
    expect(await checkRecording(bytesSource(bytes), { decoder })).toMatchObject({ ok: true, frames: 40 });
    const described = await inspectRecording(await openRecording(bytesSource(bytes)));
    expect(described.frames).toBe(40);
    expect(described.sizes).toEqual(['120x80', '64x100', '90x40', '200x60']);
  });
});
