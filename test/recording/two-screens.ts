/** A recording of two screens, and what each of them shows when. */
import { type CheckpointPicture, RecordingWriter } from '../../codecs/recording/index.js';
import { MemorySink } from '../../engine/recording/index.js';
import { drawContent } from '../support/pictures.js';
import { METADATA } from './harness.js';
import { Scenario } from './scenario.js';

export const FIRST = 1;
export const SECOND = 7;
/** Between two frames, microseconds. */
export const STEP = 400_000;

export interface Shown {
  readonly at: number;
  readonly track: number;
  readonly hash: string;
}

/** Two screens that change by turns, each its size once; a checkpoint every few frames. */
export async function twoScreens() {
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
