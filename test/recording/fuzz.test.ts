/**
 * Files spoilt at random. SIGHTLINE_FUZZ=100000 npx vitest run test/recording/fuzz.test.ts tries so many corruptions;
 * without it there are fewer, so that the suite stays quick.
 */
import { describe, expect, it } from 'vitest';
import { FrameDecoder } from '../../codecs/index.js';
import { bytesSource, openRecording } from '../../codecs/recording/index.js';
import { nodeSha256 } from '../../engine/recording/file.js';
import { checkRecording, MemorySink, repairRecording } from '../../engine/recording/index.js';
import { generator } from '../support/pictures.js';
import { takeApart } from './blocks.js';
import { corrupt, playAnything } from './corruption.js';
import { record } from './harness.js';
import { busySession, hashOf, kernelModule } from './scenario.js';

const CORRUPTIONS = Number(process.env.SIGHTLINE_FUZZ ?? 2_000);
const TRUNCATIONS = 1_000;

const decoder = new FrameDecoder(kernelModule);
const scenario = busySession(11, 30, 70, 70);
const { bytes } = await record(scenario);
const truth = new Map(scenario.truths.map(({ frame, hash }) => [frame, hash]));

function play(file: Uint8Array): ReturnType<typeof playAnything> {
  return playAnything(file, decoder, (frame) => {
    expect(hashOf(decoder.picture)).toBe(truth.get(frame));
  });
}

describe('a recording', () => {
  it(
    `with ${CORRUPTIONS} random corruptions is a readable file or one of our errors each`,
    async () => {
      const random = generator(77);
      let played = 0;
      for (let run = 0; run < CORRUPTIONS; run++) {
        const at = random() % bytes.length;
        const length = Math.min(1 + (random() % 400), bytes.length - at);
        const broken = corrupt(bytes, random() & 3, at, length, random());
        if (typeof (await play(broken)) === 'number') played++;
        if (run % 20 > 0) continue;
        const found = await checkRecording(bytesSource(broken), { newHash: nodeSha256 });
        expect(found.size).toBe(broken.length);
        if (found.ok) continue;
        const sink = new MemorySink();
        const options = { program: 'test', newHash: nodeSha256 };
        await repairRecording(bytesSource(broken), () => sink, options);
        expect(await checkRecording(bytesSource(sink.toBytes()), { newHash: nodeSha256 })).toMatchObject({
          faults: [],
        });
      }
      // Nearly all of the file lies behind the metadata, and damage must cost only what it hit.
      expect(played).toBeGreaterThan(CORRUPTIONS * 0.97);
    },
    60_000 + CORRUPTIONS * 30,
  );

  it(`cut at ${TRUNCATIONS} random bytes and behind every block plays all that was written before`, async () => {
    const blocks = takeApart(bytes);
    const random = generator(78);
    const cuts = [
      ...blocks.map(({ offset }) => offset),
      ...Array.from({ length: TRUNCATIONS }, () => random() % bytes.length),
    ];
    const start = blocks[1]!.offset;
    for (const length of cuts) {
      const cut = bytes.subarray(0, length);
      const result = await play(cut);
      if (length < start) {
        expect(result).toMatchObject({ code: 'truncated' });
        continue;
      }
      expect(result).toBeTypeOf('number');
      const whole = blocks.findLast(({ offset, payload }) => offset + 32 + payload.length <= length)!;
      const recording = await openRecording(bytesSource(cut));
      expect(recording.duration).toBe(whole.time);
      expect(recording.end).toBe(whole.offset + 32 + whole.payload.length);
    }
  }, 120_000);
});
