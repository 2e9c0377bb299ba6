/** The writer: what it hands over when, and what stays when the sink fails. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kernelChecksum, SightlineError } from '../../codecs/index.js';
import { bytesSource, openRecording, RecordingWriter, Track } from '../../codecs/recording/index.js';
import { nodeSha256 } from '../../engine/recording/file.js';
import { checkRecording, MemorySink } from '../../engine/recording/index.js';
import { generator } from '../support/pictures.js';
import { WRITER_METADATA } from './harness.js';
import { kernelModule } from './scenario.js';

const random = generator(1);
const NOISE = Uint8Array.from({ length: 1_300_000 }, () => random() & 255);

function chat(bytes: number, seed: number): Uint8Array {
  const start = seed % 1000;
  return NOISE.subarray(start, start + bytes);
}

/** Fails at its write number `failing`, once, after `meanwhile`. */
class FailingSink extends MemorySink {
  writes = 0;

  constructor(
    readonly failing: number,
    readonly meanwhile: () => void,
  ) {
    super();
  }

  override write(bytes: Uint8Array): void | Promise<void> {
    if (++this.writes !== this.failing) return super.write(bytes);
    this.meanwhile();
    return Promise.reject(new SightlineError('no-space', 'Full.', { field: 'sink' }));
  }
}

describe('the writer', () => {
  it('gives the same bytes whenever it digests and flushes, and with the kernel for its checksums', async () => {
    const step = fc.record({
      bytes: fc.oneof(fc.nat(3000), fc.integer({ min: 100_000, max: 1_200_000 })),
      next: fc.constantFrom('nothing', 'digest', 'flush', 'flush what is full'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const plain = new MemorySink();
        const busy = new MemorySink();
        const one = new RecordingWriter(plain, WRITER_METADATA, { newHash: nodeSha256 });
        const other = new RecordingWriter(busy, WRITER_METADATA, {
          newHash: nodeSha256,
          checksum: kernelChecksum(kernelModule),
        });
        for (const [index, { bytes, next }] of steps.entries()) {
          const payload = chat(bytes, index);
          one.append(Track.Chat, index * 700_000, payload);
          other.append(Track.Chat, index * 700_000, payload);
          if (next === 'digest') other.digest();
          if (next === 'flush') await other.flush();
          if (next === 'flush what is full') await other.flush(true);
        }
        await one.close();
        await other.close();
        expect(Buffer.compare(plain.toBytes(), busy.toBytes())).toBe(0);
        expect(other.fingerprint).toBe(one.fingerprint);
        expect((await checkRecording(bytesSource(busy.toBytes()), { newHash: nodeSha256 })).ok).toBe(true);
      }),
      { numRuns: 12 },
    );
  });

  it('hands over what is full, and keeps the rest when only that is asked for', async () => {
    const sink = new MemorySink();
    const writer = new RecordingWriter(sink, WRITER_METADATA);
    writer.append(Track.Chat, 0, chat(700_000, 1));
    expect(writer.hasFullBatch).toBe(false);
    await writer.flush(true);
    expect(sink.byteLength).toBe(0);
    const { offset } = writer.append(Track.Chat, 1, chat(700_000, 2));
    expect(writer.hasFullBatch).toBe(true);
    await writer.flush(true);
    expect(writer.hasFullBatch).toBe(false);
    expect(sink.byteLength).toBe(offset);
    expect(writer.pendingBytes).toBe(writer.position - offset);
    await writer.flush();
    expect(sink.byteLength).toBe(writer.position);
    await writer.close();
  });

  it('leaves to the next flush what is appended while the sink is at work', async () => {
    const sizes: number[] = [];
    const sink = {
      write: (bytes: Uint8Array) => {
        if (sizes.length === 0) writer.append(Track.Chat, 1, chat(500, 2));
        sizes.push(bytes.length);
      },
      close: () => undefined,
    };
    const writer = new RecordingWriter(sink, WRITER_METADATA);
    writer.append(Track.Chat, 0, chat(500, 1));
    const end = writer.position;
    await writer.flush();
    expect(sizes).toEqual([end]);
    await writer.flush();
    expect(sizes).toEqual([end, writer.position - end]);
  });

  it('ends well behind what the sink took, though checksums and hashes were far ahead when it failed', async () => {
    let writer: RecordingWriter;
    const sink = new FailingSink(2, () => {
      // Two more seals, in the batch behind the one that fails.
      for (const time of [5_000_000, 8_000_000]) writer.append(Track.Chat, time, chat(900_000, time));
      writer.digest();
      expect(writer.undigestedBytes).toBe(0);
    });
    writer = new RecordingWriter(sink, WRITER_METADATA);
    writer.append(Track.Chat, 0, chat(1000, 1));
    await writer.flush();
    const taken = sink.byteLength;
    for (const time of [1_000_000, 2_500_000]) writer.append(Track.Chat, time, chat(300_000, time));
    await expect(writer.flush()).rejects.toMatchObject({ code: 'no-space' });
    expect(writer).toMatchObject({ position: taken, undigestedBytes: 0, pendingBytes: 0 });
    await expect(writer.close()).rejects.toMatchObject({ code: 'no-space' });
    const bytes = sink.toBytes();
    expect(await checkRecording(bytesSource(bytes))).toMatchObject({
      ok: true,
      complete: true,
      chain: { fingerprint: writer.fingerprint },
    });
    let messages = 0;
    for await (const _message of (await openRecording(bytesSource(bytes))).messages()) messages++;
    expect(messages).toBe(1);
  });
});
