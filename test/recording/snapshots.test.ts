/** Snapshots: jumps from them show what jumps from checkpoints show, in fewer steps. */
import { describe, expect, it } from 'vitest';
import { ColourLevel, FrameDecoder } from '../../codecs/index.js';
import { bytesSource, openRecording, type Recording, Track } from '../../codecs/recording/index.js';
import { OverlayModel } from '../../engine/overlay/index.js';
import { decodeChat, decodeOverlay } from '../../engine/protocol/index.js';
import {
  type PlayedMessage,
  RecordingPlayer,
  type Snapshot,
  SnapshotShelf,
  takeSnapshots,
} from '../../engine/recording/index.js';
import { drawContent, generator } from '../support/pictures.js';
import { record } from './harness.js';
import { hashOf, kernelModule, Scenario } from './scenario.js';

const WIDTH = 400;
const HEIGHT = 300;

/** A session whose frames are dear and never whole, with everything else that a moment consists of. */
async function makeFilm(level: ColourLevel = ColourLevel.High): Promise<Recording> {
  const session = new Scenario(WIDTH, HEIGHT);
  const random = generator(level + 1);
  session.level(level);
  session.participants('Ada', 'Blaise');
  for (let count = 0; count < 36; count++) {
    const size = { width: 260, height: 220 };
    const x = random() % (WIDTH - size.width);
    const y = random() % (HEIGHT - size.height);
    drawContent(session.picture, count % 4 === 0 ? 'gradient' : 'noise', random(), { x, y, ...size });
    session.send();
    session.now += 250_000;
    if (count % 5 === 0) session.stroke(2, count);
    if (count === 22) session.erase(2, 'mine');
    if (count % 7 === 0) session.laser(1, count % 2 === 0);
    if (count % 9 === 0) session.chat(1, `line ${count}`);
  }
  return openRecording(bytesSource((await record(session)).bytes));
}

async function snapshotsOf(recording: Recording): Promise<Snapshot[]> {
  const snapshots: Snapshot[] = [];
  await takeSnapshots(recording, {
    module: kernelModule,
    onSnapshot: (snapshot) => snapshots.push(snapshot),
  });
  return snapshots;
}

/** What is shown at `time`: picture, frame, and the messages that say what lies over it. */
async function shownAt(recording: Recording, time: number, snapshot?: Snapshot) {
  const player = new RecordingPlayer(recording, new FrameDecoder(kernelModule));
  const messages: PlayedMessage[] = [];
  let frame = 0;
  for await (const played of player.play({ from: time, to: time, snapshot })) {
    if (played.kind === 'message') messages.push(played);
    else frame = played.frame;
  }
  return { frame, hash: hashOf(player.decoder.picture), messages };
}

/** What lies over the picture, and what was said last, when these messages have been played. */
function state(messages: readonly PlayedMessage[]) {
  const overlay = new OverlayModel();
  const chat: string[] = [];
  for (const { track, message, time } of messages) {
    if (track === Track.Overlay) overlay.apply(decodeOverlay(message), time);
    if (track === Track.Chat) chat.push(decodeChat(message).text);
  }
  return { strokes: [...overlay.strokes], lasers: [...overlay.lasers], chat };
}

describe('snapshots', () => {
  it.each([ColourLevel.VeryLow, ColourLevel.Medium, ColourLevel.High])(
    'show at any moment what the recording shows, at level %d',
    async (level) => {
      const recording = await makeFilm(level);
      const snapshots = await snapshotsOf(recording);
      if (level === ColourLevel.High) expect(snapshots.length).toBeGreaterThanOrEqual(2);
      const shelf = new SnapshotShelf();
      for (const snapshot of snapshots) shelf.add(snapshot);
      for (let time = 100_000; time < recording.duration; time += 777_777) {
        const direct = await shownAt(recording, time);
        const quick = await shownAt(recording, time, shelf.at(time));
        expect({ ...quick, messages: [] }, `at ${time}`).toEqual({ ...direct, messages: [] });
        expect(state(quick.messages), `over ${time}`).toEqual(state(direct.messages));
      }
    },
  );

  it('are gone on from: the next frames follow', async () => {
    const recording = await makeFilm();
    const snapshots = await snapshotsOf(recording);
    for (const snapshot of snapshots) {
      const player = new RecordingPlayer(recording, new FrameDecoder(kernelModule));
      const frames: number[] = [];
      for await (const { frame } of player.frames({ from: snapshot.time, snapshot })) frames.push(frame);
      expect(frames[0]).toBe(snapshot.picture.frame);
      expect(frames).toEqual(Array.from({ length: 37 - frames[0]! }, (_, index) => frames[0]! + index));
      expect(player.skipped).toBe(0);
    }
  });

  it('are not used where a whole picture is nearer', async () => {
    const session = new Scenario(WIDTH, HEIGHT);
    for (let count = 0; count < 30; count++) {
      if (count === 20) session.refresh();
      drawContent(session.picture, 'noise', count);
      session.send();
      session.now += 250_000;
    }
    const recording = await openRecording(bytesSource((await record(session)).bytes));
    const [snapshot] = await snapshotsOf(recording);
    const broken = { ...snapshot!, slices: [new Uint8Array(3)] };
    const time = recording.duration;
    expect(await shownAt(recording, time, broken)).toEqual(await shownAt(recording, time));
  });

  it('end when that is wished', async () => {
    const recording = await makeFilm();
    const stop = new AbortController();
    let count = 0;
    await takeSnapshots(recording, {
      module: kernelModule,
      signal: stop.signal,
      onSnapshot: () => {
        count++;
        stop.abort();
      },
    });
    expect(count).toBe(1);
  });
});

describe('the shelf', () => {
  it('keeps within its limit, and then every second one', () => {
    const shelf = new SnapshotShelf(1000);
    const picture = { track: 1, start: 0, level: 3 as const, width: 1, height: 1, frame: 1 };
    for (let time = 1; time <= 64; time++) {
      shelf.add({ time, offset: time, picture, slices: [new Uint8Array(100)], messages: [] });
    }
    expect(shelf.count).toBeLessThanOrEqual(10);
    expect(shelf.count).toBeGreaterThanOrEqual(5);
    expect(shelf.at(0)).toBeUndefined();
    expect(shelf.at(40)!.time).toBeGreaterThan(20);
    expect(shelf.at(1000)!.time).toBeGreaterThan(50);
  });
});
