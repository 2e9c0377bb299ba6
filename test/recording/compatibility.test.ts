import { describe, expect, it } from 'vitest';
import {
  blobSource,
  bytesSource,
  encodeCheckpoint,
  encodeIndexSegment,
  openRecording,
} from '../../codecs/recording/index.js';
import { encodeMetadata } from '../../codecs/recording/metadata.js';
import { checkRecording, inspectRecording } from '../../engine/recording/index.js';
import { putTogether, type RawBlock } from './blocks.js';
import { METADATA, playBack, record } from './harness.js';
import { busySession, Scenario } from './scenario.js';

function metadataBlock(): RawBlock {
  const metadata = {
    ...METADATA,
    width: 64,
    height: 64,
    level: 3 as const,
    participants: [],
    tracks: [
      { track: 1, kind: 'display' },
      { track: 200, kind: 'hologram' },
    ],
  };
  return { type: 1, track: 0, payload: encodeMetadata(metadata) };
}

describe('a reader of today', () => {
  it('passes over blocks and tracks of tomorrow', async () => {
    const scenario = new Scenario(64, 64);
    scenario.send();
    const bytes = putTogether([
      metadataBlock(),
      { type: 9, track: 0, payload: new Uint8Array(100) },
      { type: 2, track: 200, payload: new Uint8Array(10) },
      { type: 2, track: 1, payload: scenario.messages[0]!.message },
    ]);
    const { frames, messages, recording } = await playBack(bytes);
    expect(frames).toEqual([{ at: 3000, frame: 1, hash: scenario.truths[0]!.hash }]);
    expect(messages.map(({ track }) => track)).toEqual([200]);
    expect((await inspectRecording(recording)).tracks).toMatchObject([
      { kind: 'display', messages: 1 },
      { track: 200, kind: 'hologram', messages: 1, bytes: 10, first: 2000, last: 2000 },
    ]);
    const found = await checkRecording(bytesSource(bytes));
    expect(found.faults).toMatchObject([{ reason: 'unfinished', offset: bytes.length }]);
  });

  it('sees that block numbers wrap round', async () => {
    const state = { type: 2, track: 4, payload: new Uint8Array(1) };
    const bytes = putTogether([metadataBlock(), state, state, state], 0xfffffffe);
    expect((await checkRecording(bytesSource(bytes))).faults).toMatchObject([{ reason: 'unfinished' }]);
  });

  it('reads a Blob as it reads memory', async () => {
    const { bytes } = await record(busySession(14, 12));
    const blob = new Blob([Uint8Array.from(bytes)]);
    const fromBlob = await inspectRecording(await openRecording(blobSource(blob)));
    expect(fromBlob).toEqual(await inspectRecording(await openRecording(bytesSource(bytes))));
    expect(fromBlob.frames).toBe(12);
  });
});

describe('verify finds, though every checksum is right,', () => {
  const state = (time: number): RawBlock => ({ type: 2, track: 4, payload: new Uint8Array(1), time });
  const check = async (...blocks: RawBlock[]) => {
    const { faults } = await checkRecording(bytesSource(putTogether([metadataBlock(), ...blocks])));
    return faults.filter(({ reason }) => reason !== 'unfinished');
  };
  const start = putTogether([metadataBlock()]).length;

  it('a block that is earlier than the one before it', async () => {
    expect(await check(state(5), state(4), state(9))).toMatchObject([
      { reason: 'order', offset: start + 33 + 16, lostBlocks: 0 },
    ]);
  });

  it('a frame that builds on one that is not there', async () => {
    const scenario = new Scenario(64, 64);
    for (let value = 0; value < 4; value++) {
      scenario.picture.pixels.fill(value * 60);
      scenario.send();
    }
    const display = scenario.messages.map(({ message }) => ({ type: 2, track: 1, payload: message }));
    const [first, , third, fourth] = display;
    expect(await check(...display)).toEqual([]);
    const offset = start + 32 + first!.payload.length + 32;
    expect(await check(first!, third!, fourth!)).toMatchObject([{ reason: 'frame', offset }]);
  });

  it('a checkpoint and an index that name places where nothing begins', async () => {
    const pictures = [{ track: 1, start: 0, level: 3, width: 64, height: 64, frame: 1 }] as const;
    const checkpoint = { pictures, live: [{ offset: start + 1, bytes: 32 }] };
    const block = { type: 3, track: 0, payload: encodeCheckpoint(checkpoint) };
    const index = { previous: 0, entries: [{ time: 0, offset: start }] };
    const segment = { type: 4, track: 0, payload: encodeIndexSegment(index) };
    expect(await check(state(0), block)).toMatchObject([{ reason: 'directory', offset: start + 33 }]);
    expect(await check(state(0), segment)).toMatchObject([{ reason: 'directory', offset: start + 33 }]);
    const backwards = encodeCheckpoint({ pictures, live: [{ offset: 1e6, bytes: 32 }] });
    expect(await check({ type: 3, track: 0, payload: backwards })).toMatchObject([{ reason: 'directory' }]);
  });
});
