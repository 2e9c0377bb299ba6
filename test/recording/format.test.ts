import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameDecoder } from '../../codecs/index.js';
import {
  BlockType,
  bytesSource,
  crc32c,
  decodeCheckpoint,
  decodeIndexSegment,
  encodeCheckpoint,
  encodeIndexSegment,
  openRecording,
  type RecordingMetadata,
  RecordingWriter,
  Track,
  walkBlocks,
} from '../../codecs/recording/index.js';
import { projectRoot } from '../../engine/artifacts.js';
import {
  checkRecording,
  inspectRecording,
  MemorySink,
  RecordingPlayer,
} from '../../engine/recording/index.js';
import { playAnything } from './corruption.js';
import { record } from './harness.js';
import { busySession, kernelModule } from './scenario.js';

/** The example of docs/RCREC.md: a picture of 2 x 1 pixels, and its one whole frame. */
const EXAMPLE_METADATA: RecordingMetadata = {
  session: 'Demo',
  host: 'PC',
  width: 2,
  height: 1,
  level: 3,
  program: 'sightline 0.1.0',
  startedAt: 0,
  participants: [],
  tracks: [{ track: 1, kind: 'display' }],
};

const EXAMPLE_SLICE = Uint8Array.from([
  1, 1, 3, 3, 1, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 0,
  // Body: no moves, one tile: number 0, mode solid and whole, blue, green, red.
  0, 0, 1, 0, 0, 0, 0x80, 0xff, 0x80, 0x00,
]);

async function writeExample(): Promise<Uint8Array> {
  const sink = new MemorySink();
  const writer = new RecordingWriter(sink, EXAMPLE_METADATA);
  const range = writer.append(Track.Display, 0, EXAMPLE_SLICE);
  writer.checkpoint(0, {
    pictures: [{ track: Track.Display, start: range.offset, level: 3, width: 2, height: 1, frame: 1 }],
    live: [range],
  });
  await writer.close(1_000_000);
  return sink.toBytes();
}

describe('CRC-32C', () => {
  it.each([
    // RFC 3720, appendix B.4
    ['zeros', new Uint8Array(32), 0x8a9136aa],
    ['ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ['counting up', Uint8Array.from({ length: 32 }, (_, index) => index), 0x46dd794e],
    ['counting down', Uint8Array.from({ length: 32 }, (_, index) => 31 - index), 0x113fdb5c],
    ['the digits', new TextEncoder().encode('123456789'), 0xe3069283],
    ['nothing', new Uint8Array(0), 0],
  ])('of %s is the published one', (_name, bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected);
  });

  it('goes on from what came before, at any place', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), (bytes, cut) => {
        const at = Math.min(cut, bytes.length);
        expect(crc32c(bytes, at, bytes.length, crc32c(bytes, 0, at))).toBe(crc32c(bytes));
      }),
    );
  });
});

describe('the format', () => {
  it('is the one that docs/RCREC.md shows, byte for byte', async () => {
    const document = readFileSync(join(projectRoot(), 'docs/RCREC.md'), 'utf8');
    const lines = document.matchAll(/^[0-9a-f]{4} {2}((?:[0-9a-f]{2}(?: |$))+)/gm);
    const shown = [...lines].flatMap(([, hex]) => hex!.trim().split(/\s+/));
    const written = await writeExample();
    expect(shown.join(' ')).toBe(Array.from(written, (byte) => byte.toString(16).padStart(2, '0')).join(' '));
  });

  it('example plays its two pixels', async () => {
    const recording = await openRecording(bytesSource(await writeExample()));
    const decoder = new FrameDecoder(kernelModule);
    const player = new RecordingPlayer(recording, decoder);
    expect(recording).toMatchObject({ duration: 1_000_000, complete: true, metadata: EXAMPLE_METADATA });
    expect(await player.seek(500_000)).toMatchObject({ frame: 1, rebuilt: true });
    expect([...decoder.picture.pixels.subarray(0, 8)]).toEqual([0xff, 0x80, 0, 0xff, 0xff, 0x80, 0, 0xff]);
  });

  it('carries checkpoints and index segments unchanged', () => {
    const offset = fc.integer({ min: 200, max: 2 ** 40 });
    fc.assert(
      fc.property(fc.array(offset, { maxLength: 30 }), (offsets) => {
        const sorted = [...new Set(offsets)].sort((a, b) => a - b).map((value) => value * 1000);
        const live = sorted.map((at) => ({ offset: at, bytes: 900 }));
        const pictures = [
          { track: 1, start: 12_345, level: 2, width: 8192, height: 4050, frame: 0xffffffff },
        ] as const;
        const after = 2 ** 52;
        expect(decodeCheckpoint(encodeCheckpoint({ pictures, live }), after)).toEqual({ pictures, live });
        const entries = sorted.map((at) => ({ time: at * 3, offset: at }));
        const segment = { previous: 16, entries };
        expect(decodeIndexSegment(encodeIndexSegment(segment), after)).toEqual(segment);
      }),
    );
  });

  it('spreads an index over segments as it is written, and finds every checkpoint again', async () => {
    const sink = new MemorySink();
    const writer = new RecordingWriter(sink, EXAMPLE_METADATA);
    const range = writer.append(Track.Display, 0, EXAMPLE_SLICE);
    const pictures = [{ track: 1, start: 0, level: 3, width: 2, height: 1, frame: 1 }] as const;
    for (let time = 0; time < 1000; time++) writer.checkpoint(time * 1000, { pictures, live: [range] });
    await writer.close();
    const whole = await openRecording(bytesSource(sink.toBytes()));
    const cut = await openRecording(bytesSource(sink.toBytes().subarray(0, -1)));
    expect(whole.checkpoints.map(({ time }) => time)).toEqual(
      Array.from({ length: 1000 }, (_, at) => at * 1000),
    );
    expect(cut.checkpoints).toEqual(whole.checkpoints);
    expect((await whole.checkpointAt(500_500))?.time).toBe(500_000);
    let segments = 0;
    for await (const block of whole.blocks()) if (block.type === BlockType.Index) segments++;
    expect(segments).toBe(16);
  });

  it('refuses what it cannot write', async () => {
    const writer = new RecordingWriter(new MemorySink(), EXAMPLE_METADATA);
    const code = (code: string) => expect.objectContaining({ code });
    writer.append(Track.State, 10, new Uint8Array(1));
    expect(() => writer.append(Track.State, 9, new Uint8Array(1))).toThrow(code('bad-argument'));
    expect(() => writer.append(Track.State, 11.5, new Uint8Array(1))).toThrow(code('bad-argument'));
    expect(() => writer.append(Track.State, 11, new Uint8Array(2 ** 21 + 1))).toThrow(code('too-large'));
    expect(() => new RecordingWriter(new MemorySink(), { ...EXAMPLE_METADATA, width: 0 })).toThrow(
      code('bad-argument'),
    );
    await writer.close();
    expect(() => writer.append(Track.State, 12, new Uint8Array(1))).toThrow(code('closed'));
  });
});

describe('damage', () => {
  const decoder = new FrameDecoder(kernelModule);

  it('by truncation at any byte leaves everything before it', async () => {
    const bytes = (await record(busySession(6, 4, 70, 20))).bytes;
    const whole = await openRecording(bytesSource(bytes));
    const ends: number[] = [];
    for await (const block of whole.blocks()) ends.push(block.offset + 32 + block.length);
    expect(bytes.length).toBeGreaterThan(1500);
    for (let length = 0; length < bytes.length; length++) {
      const result = await playAnything(bytes.subarray(0, length), decoder);
      if (length < whole.start) {
        expect(result).toMatchObject({ code: 'truncated' });
        continue;
      }
      const cut = await openRecording(bytesSource(bytes.subarray(0, length)));
      expect(cut.end).toBe(ends.findLast((end) => end <= length) ?? whole.start);
      expect(cut.complete).toBe(false);
      expect(result).toBeTypeOf('number');
    }
  }, 240_000);

  it('by any single changed byte is found by verify, at or before where it is, and never lies', async () => {
    const bytes = (await record(busySession(6, 3, 70, 20))).bytes;
    for (let at = 0; at < bytes.length; at++) {
      const broken = bytes.slice();
      broken[at]! ^= 0x10;
      const found = await checkRecording(bytesSource(broken));
      expect(found.ok).toBe(false);
      expect(found.firstFault!.offset).toBeLessThanOrEqual(at);
      if (found.error === undefined) expect(found.firstFault!.end).toBeGreaterThan(at);
    }
  }, 240_000);

  it('cannot make reading quadratic by headers within payloads', async () => {
    const hostile = await hostileFile();
    let read = 0;
    const source = bytesSource(hostile);
    const counting = {
      size: source.size,
      read: (offset: number, length: number) => {
        read += length;
        return source.read(offset, length);
      },
    };
    let damages = 0;
    for await (const item of walkBlocks(counting, { from: 16 })) if (item.kind === 'damage') damages++;
    expect(damages).toBeGreaterThan(0);
    expect(read).toBeLessThan(hostile.length * 60);
  }, 60_000);

  it('to the metadata or the file header is told apart', async () => {
    const { bytes } = await record(busySession(6, 3, 70, 20));
    const open = (change: (copy: Uint8Array) => void) => {
      const copy = bytes.slice();
      change(copy);
      return openRecording(bytesSource(copy));
    };
    const flip = (at: number) => (copy: Uint8Array) => {
      copy[at]! ^= 1;
    };
    await expect(open(flip(0))).rejects.toMatchObject({ code: 'bad-recording', offset: 0 });
    await expect(open(flip(3))).rejects.toMatchObject({ code: 'bad-recording', offset: 3 });
    await expect(open(flip(9))).rejects.toMatchObject({ code: 'checksum' });
    await expect(
      open((copy) => {
        copy[8] = 2;
        new DataView(copy.buffer).setUint32(12, crc32c(copy, 0, 12), true);
      }),
    ).rejects.toMatchObject({ code: 'unsupported-version', offset: 8 });
    await expect(open(flip(50))).rejects.toMatchObject({ code: 'checksum', field: 'metadata' });
    await expect(inspectRecording(await openRecording(bytesSource(bytes)))).resolves.toMatchObject({
      frames: 3,
    });
  });
});

/** One block header behind the other, each with a right checksum and a long payload that has not. */
async function hostileFile(): Promise<Uint8Array> {
  const sink = new MemorySink();
  const writer = new RecordingWriter(sink, EXAMPLE_METADATA);
  await writer.flush();
  const start = sink.byteLength;
  const file = new Uint8Array(1024 * 1024);
  file.set(sink.toBytes());
  const view = new DataView(file.buffer);
  for (let at = start; at + 32 < file.length / 2; at += 32) {
    file.set([0xf5, 0x52, 0x43, 0x42, 2, 1], at);
    view.setUint32(at + 8, file.length / 2 - 40, true);
    view.setUint32(at + 12, 1, true);
    view.setUint32(at + 28, crc32c(file, at, at + 28), true);
  }
  return file;
}
