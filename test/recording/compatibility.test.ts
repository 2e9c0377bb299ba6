import { describe, expect, it } from 'vitest';
import {
  BLOCK_HEADER_BYTES,
  type BlockType,
  encodeFileHeader,
  sealBlock,
  writeBlockHeader,
} from '../../codecs/recording/format.js';
import { blobSource, bytesSource, openRecording } from '../../codecs/recording/index.js';
import { encodeMetadata } from '../../codecs/recording/metadata.js';
import { checkRecording, inspectRecording } from '../../engine/recording/index.js';
import { METADATA, playBack, record } from './harness.js';
import { busySession, Scenario } from './scenario.js';

interface RawBlock {
  readonly type: number;
  readonly track: number;
  readonly payload: Uint8Array;
}

/** A file of any blocks, numbered and sealed as they must be. */
function fileOf(blocks: readonly RawBlock[], firstNumber = 0): Uint8Array {
  const parts = blocks.map(({ type, track, payload }, index) => {
    const bytes = new Uint8Array(BLOCK_HEADER_BYTES + payload.length);
    const view = new DataView(bytes.buffer);
    const number = (firstNumber + index) >>> 0;
    writeBlockHeader(view, 0, type as BlockType, track, payload.length, number, index * 1000);
    bytes.set(payload, BLOCK_HEADER_BYTES);
    sealBlock(bytes, view, 0);
    return bytes;
  });
  return Uint8Array.from(Buffer.concat([encodeFileHeader(), ...parts]));
}

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
    const bytes = fileOf([
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
    const bytes = fileOf([metadataBlock(), state, state, state], 0xfffffffe);
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
