import { describe, expect, it } from 'vitest';
import { FrameDecoder } from '../../codecs/index.js';
import { bytesSource, openRecording } from '../../codecs/recording/index.js';
import { checkRecording, inspectRecording, RecordingPlayer } from '../../engine/recording/index.js';
import { hashOf, kernelModule } from './scenario.js';
import { FIRST, SECOND, type Shown, STEP, twoScreens } from './two-screens.js';

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

  it('plays only the screens for which there are decoders', async () => {
    const decoder = new FrameDecoder(kernelModule);
    const recording = await openRecording(bytesSource(bytes));
    const player = new RecordingPlayer(recording, (track) => (track === SECOND ? decoder : undefined));
    const played: string[] = [];
    for await (const { track } of player.frames()) {
      expect(track).toBe(SECOND);
      played.push(hashOf(decoder.picture));
    }
    expect(played).toEqual(shown.filter(({ track }) => track === SECOND).map(({ hash }) => hash));
    expect(player.skipped).toBe(0);
  });

  it('is described and verified with both', async () => {
    const decoder = () => new FrameDecoder(kernelModule);
    expect(await checkRecording(bytesSource(bytes), { decoder })).toMatchObject({ ok: true, frames: 40 });
    const described = await inspectRecording(await openRecording(bytesSource(bytes)));
    expect(described.frames).toBe(40);
    expect(described.sizes).toEqual(['120x80', '64x100', '90x40', '200x60']);
  });
});
