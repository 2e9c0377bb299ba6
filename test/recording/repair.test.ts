import { describe, expect, it } from 'vitest';
import { FrameDecoder } from '../../codecs/index.js';
import {
  BlockType,
  bytesSource,
  decodeFooter,
  EndReason,
  openRecording,
  type RecordingMetadata,
} from '../../codecs/recording/index.js';
import {
  checkRecording,
  inspectRecording,
  MemorySink,
  RecordingPlayer,
  repairRecording,
} from '../../engine/recording/index.js';
import { generator } from '../support/pictures.js';
import { putTogether, type RawBlock, takeApart } from './blocks.js';
import { corrupt } from './corruption.js';
import { playBack, record } from './harness.js';
import { busySession, hashOf, kernelModule } from './scenario.js';

const scenario = busySession(41, 60, 90, 70);
const { bytes, summary } = await record(scenario);
const blocks = takeApart(bytes);
const decoder = new FrameDecoder(kernelModule);

async function repair(damaged: Uint8Array) {
  const sink = new MemorySink();
  const report = await repairRecording(bytesSource(damaged), () => sink, { program: 'test' });
  expect(sink.closed).toBe(true);
  return { report, repaired: sink.toBytes() };
}

/** Every whole message of a file, wherever its block lies, in a form that can be compared. */
async function messagesOf(file: Uint8Array): Promise<string[]> {
  const { frames, messages } = await playBack(file);
  return [
    ...frames.map(({ at, frame, hash }) => `${at} ${frame} ${hash}`),
    ...messages.map(({ time, track, message }) => `${time} ${track} ${Buffer.from(message).toString('hex')}`),
  ];
}

describe('a repaired recording', () => {
  it('holds everything that was whole, at its time, and is sound, whatever the damage', async () => {
    const random = generator(8);
    const original = await messagesOf(bytes);
    const start = blocks[0]!.payload.length + 48;
    for (let run = 0; run < 60; run++) {
      const at = start + (random() % (bytes.length - start));
      const length = Math.min(1 + (random() % 3000), bytes.length - at);
      const damaged = corrupt(bytes, run & 3, at, length, random());
      if (damaged.every((byte, index) => byte === bytes[index]) && damaged.length === bytes.length) continue;
      const { report, repaired } = await repair(damaged);
      // A reader of the damaged file also shows old pieces that damage put in again.
      const readable = new Set(await messagesOf(damaged));
      expect(await messagesOf(repaired)).toEqual(original.filter((message) => readable.has(message)));
      const found = await checkRecording(bytesSource(repaired), { decoder });
      expect(found.faults).toEqual([]);
      expect(found).toMatchObject({ complete: true, duration: report.duration });
      expect(found.chain).toMatchObject({ broken: 0, fingerprint: report.newFingerprint });
      const { metadata } = await openRecording(bytesSource(repaired));
      expect(metadata.repaired).toMatchObject({
        program: 'test',
        size: damaged.length,
        fingerprint: report.fingerprint,
        lostBytes: report.lostBytes,
        lostBlocks: report.lostBlocks,
      });
    }
  }, 60_000);

  it('says which bytes and times are lost, and from which file it was made', async () => {
    const victims = blocks.slice(30, 32);
    const damaged = bytes.slice();
    for (const { offset } of victims) damaged[offset + 40]! ^= 1;
    const { report, repaired } = await repair(damaged);
    const [from, to] = [victims[0]!.offset, blocks[32]!.offset];
    const lost = { from, to, fromTime: blocks[29]!.time, toTime: blocks[32]!.time };
    expect(report).toMatchObject({
      lostBytes: to - from,
      lostBlocks: 2,
      brokenSeals: 1,
      lostMetadata: false,
    });
    expect(report.lost).toEqual([{ ...lost, blocks: 2 }]);
    expect(report.fingerprint).toBe(summary.fingerprint);
    expect((await openRecording(bytesSource(repaired))).metadata.repaired?.lost).toEqual([lost]);
    expect(report.duration).toBe(summary.duration);
  });

  it('shows at any moment what was shown then, from new checkpoints', async () => {
    const damaged = bytes.slice();
    damaged[blocks[40]!.offset + 40]! ^= 1;
    const { repaired } = await repair(damaged);
    const recording = await openRecording(bytesSource(repaired));
    const played = await playBack(repaired);
    const player = new RecordingPlayer(recording, new FrameDecoder(kernelModule));
    expect(recording.checkpoints.length).toBeGreaterThan(3);
    for (const { at, frame, hash } of played.frames.toReversed()) {
      expect(await player.seek(at)).toMatchObject({ frame });
      expect(hashOf(player.decoder.picture)).toBe(hash);
    }
  });

  it('of one that broke off ends where that did', async () => {
    const { report, repaired } = await repair(bytes.subarray(0, Math.floor(bytes.length * 0.7)));
    const recording = await openRecording(bytesSource(repaired));
    expect(recording.footer?.reason).toBe(EndReason.Recovered);
    expect(report.lostBytes).toBeLessThan(40_000);
    expect((await inspectRecording(recording)).endReason).toBe('recovered');
    expect((await checkRecording(bytesSource(repaired), { decoder })).faults).toEqual([]);
  });

  it('keeps why the recording ended, if its footer is whole', async () => {
    const limited = (await record(busySession(3, 60), { maxBytes: 60_000 })).bytes;
    const damaged = limited.slice();
    damaged[takeApart(limited)[9]!.offset + 33]! ^= 1;
    const { repaired } = await repair(damaged);
    const footer = takeApart(repaired).at(-1)!;
    expect(decodeFooter(footer.payload, footer.offset).reason).toBe(EndReason.Limit);
  });

  it.each([
    ['file header', 3],
    ['metadata', 60],
  ])('is made although the %s is damaged', async (part, at) => {
    const damaged = bytes.slice();
    damaged[at]! ^= 1;
    const { report, repaired } = await repair(damaged);
    expect(report.lostMetadata).toBe(part === 'metadata');
    const { frames, recording } = await playBack(repaired);
    expect(frames.map(({ hash }) => hash)).toEqual(scenario.truths.map(({ hash }) => hash));
    const expected: Partial<RecordingMetadata> =
      part === 'metadata' ? { session: '', width: 90, height: 70 } : { session: 'Printer trouble' };
    expect(recording.metadata).toMatchObject(expected);
  });

  it('leaves out blocks that damage put between others', async () => {
    const other = takeApart((await record(busySession(42, 60, 90, 70))).bytes);
    const rawOf = (file: Uint8Array, { offset, payload }: { offset: number; payload: Uint8Array }) =>
      file.subarray(offset, offset + 32 + payload.length);
    const otherBytes = (await record(busySession(42, 60, 90, 70))).bytes;
    for (const stray of [other[3]!, other.at(-4)!]) {
      const at = blocks[30]!.offset;
      const damaged = Uint8Array.from(
        Buffer.concat([bytes.subarray(0, at), rawOf(otherBytes, stray), bytes.subarray(at)]),
      );
      const { report, repaired } = await repair(damaged);
      expect(report.lostBytes).toBe(32 + stray.payload.length);
      expect(await messagesOf(repaired)).toEqual(await messagesOf(bytes));
    }
  });

  it('is refused where nothing is damaged, and where nothing can be saved', async () => {
    await expect(repair(bytes)).rejects.toMatchObject({ code: 'refused' });
    const twice = await repair(bytes.subarray(0, bytes.length - 20));
    await expect(repair(twice.repaired)).rejects.toMatchObject({ code: 'refused' });
    await expect(repair(new Uint8Array(5000))).rejects.toMatchObject({ code: 'bad-recording' });
    await expect(repair(new Uint8Array(0))).rejects.toMatchObject({ code: 'bad-recording' });
    await expect(repair(putTogether([blocks[0]!]))).rejects.toMatchObject({ code: 'bad-recording' });
  });

  it('of a file that somebody changed tells so', async () => {
    const list: RawBlock[] = [...blocks];
    const victim = list.findIndex(({ type }) => type === BlockType.Message);
    list.splice(victim + 5, 1);
    const { report } = await repair(putTogether(list).subarray(0, -10));
    expect(report.brokenSeals).toBeGreaterThan(0);
  });

  it('closes its target when that fails', async () => {
    const failing = new MemorySink();
    failing.write = () => {
      throw new Error('ENOSPC');
    };
    const damaged = bytes.subarray(0, bytes.length - 20);
    const attempt = repairRecording(bytesSource(damaged), () => failing, { program: 'test' });
    await expect(attempt).rejects.toMatchObject({ code: 'closed' });
    expect(failing.closed).toBe(true);
  });
});
