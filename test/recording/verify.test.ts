import { describe, expect, it } from 'vitest';
import { FrameDecoder } from '../../codecs/index.js';
import { BlockType, bytesSource, openRecording } from '../../codecs/recording/index.js';
import { checkRecording, inspectRecording } from '../../engine/recording/index.js';
import { record } from './harness.js';
import { busySession, kernelModule, Scenario } from './scenario.js';

describe('info and verify', () => {
  it('describe a whole recording', async () => {
    const scenario = busySession(2, 60);
    const { bytes, summary } = await record(scenario);
    const recording = await openRecording(bytesSource(bytes));
    const found = await inspectRecording(recording);
    expect(found).toMatchObject({ complete: true, endReason: 'stopped', damaged: 0, frames: 60 });
    expect(found.duration).toBe(summary.duration);
    expect(found.tracks.map(({ kind }) => kind)).toContain('display');
    expect(found.tracks.reduce((sum, track) => sum + track.messages, 0)).toBe(summary.messages);
    expect(JSON.parse(JSON.stringify(found))).toEqual(found);
    const verified = await checkRecording(bytesSource(bytes), { decoder: new FrameDecoder(kernelModule) });
    expect(verified).toMatchObject({
      ok: true,
      faultCount: 0,
      frames: 60,
      blocks: found.blocks,
      lostBytes: 0,
    });
  });

  it('find an end that is missing', async () => {
    const { bytes } = await record(busySession(2, 30));
    const cut = bytes.subarray(0, bytes.length - 10);
    const verified = await checkRecording(bytesSource(cut));
    expect(verified).toMatchObject({ ok: false, complete: false, frames: 30 });
    expect(verified.firstFault).toMatchObject({ reason: 'truncated', offset: cut.length });
  });

  it('find a block that was taken out', async () => {
    const { bytes } = await record(busySession(2, 30));
    const recording = await openRecording(bytesSource(bytes));
    const blocks = [];
    for await (const block of recording.blocks()) blocks.push(block);
    const victim = blocks.find(({ type, sequence }) => type === BlockType.Message && sequence > 10)!;
    const end = victim.offset + 32 + victim.length;
    const shorter = Buffer.concat([bytes.subarray(0, victim.offset), bytes.subarray(end)]);
    const verified = await checkRecording(bytesSource(shorter));
    expect(verified.ok).toBe(false);
    expect(verified.firstFault).toMatchObject({
      reason: 'sequence',
      offset: victim.offset + 12,
      lostBlocks: 1,
    });
  });

  it('find a frame that does not decode though its bytes are whole', async () => {
    const scenario = new Scenario(64, 64);
    scenario.send();
    scenario.messages.at(-1)!.message.fill(0xff, 40);
    const { bytes } = await record(scenario);
    expect((await checkRecording(bytesSource(bytes))).ok).toBe(true);
    const verified = await checkRecording(bytesSource(bytes), { decoder: new FrameDecoder(kernelModule) });
    expect(verified.firstFault).toMatchObject({ reason: 'frame' });
  });
});
