import { describe, expect, it } from 'vitest';
import { RecordingWriter, Track } from '../../codecs/recording/index.js';
import { MemorySink } from '../../engine/recording/index.js';
import { FLUSH_INTERVAL, WritingPace } from '../../engine/recording/writing-pace.js';
import { FakeClock } from '../support/clock.js';
import { WRITER_METADATA } from './harness.js';

/** A target whose writes end when the test says so. */
class HeldSink extends MemorySink {
  readonly sizes: number[] = [];
  #release: (() => void) | undefined;

  override write(bytes: Uint8Array): Promise<void> {
    super.write(bytes);
    this.sizes.push(bytes.length);
    return new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  release(): void {
    this.#release?.();
  }
}

function setUp() {
  const clock = new FakeClock();
  const sink = new HeldSink();
  const failures: unknown[] = [];
  const writer = new RecordingWriter(sink, WRITER_METADATA);
  const pace = new WritingPace(writer, clock, (error) => failures.push(error));
  const append = (bytes: number) => {
    writer.append(Track.Chat, clock.now(), new Uint8Array(bytes));
    pace.appended();
  };
  return { clock, sink, writer, pace, append, failures };
}

describe('the pace of writing', () => {
  it('hands over little at its time, and much as soon as a batch is full', async () => {
    const { clock, sink, writer, append } = setUp();
    append(1000);
    await clock.advance(FLUSH_INTERVAL - 1);
    expect(sink.sizes).toEqual([]);
    await clock.advance(1);
    expect(sink.sizes).toEqual([writer.position]);
    sink.release();
    await clock.advance(0);
    const before = writer.position;
    for (let count = 0; count < 11; count++) append(100_000);
    await clock.advance(0);
    expect(sink.sizes[1]).toBe(10 * 100_032);
    expect(writer.pendingBytes).toBe(writer.position - before);
    sink.release();
    await clock.advance(FLUSH_INTERVAL);
    expect(sink.sizes[2]).toBe(100_032);
  });

  it('makes checksums before it is time to hand over, and not for every little', async () => {
    const { clock, sink, writer, append } = setUp();
    append(1000);
    await clock.advance(0);
    expect(writer.undigestedBytes).toBeGreaterThan(1000);
    append(130_000);
    await clock.advance(0);
    expect(writer.undigestedBytes).toBe(0);
    expect(sink.sizes).toEqual([]);
  });

  it('asks a target at work for nothing, and hands over what is late right afterwards', async () => {
    const { clock, sink, writer, append } = setUp();
    append(1000);
    await clock.advance(FLUSH_INTERVAL);
    append(500);
    await clock.advance(FLUSH_INTERVAL * 5);
    expect(sink.sizes.length).toBe(1);
    sink.release();
    await clock.advance(0);
    expect(sink.sizes).toEqual([writer.position - 532, 532]);
  });

  it('does nothing once it is stopped', async () => {
    const { clock, sink, pace, append } = setUp();
    append(200_000);
    pace.stop();
    append(200_000);
    await clock.advance(FLUSH_INTERVAL * 3);
    expect(sink.sizes).toEqual([]);
  });

  it('says what the target failed with', async () => {
    const { clock, sink, append, failures } = setUp();
    sink.write = () => Promise.reject(new Error('gone'));
    append(1000);
    await clock.advance(FLUSH_INTERVAL);
    expect(failures).toMatchObject([{ code: 'closed', field: 'sink' }]);
  });
});
