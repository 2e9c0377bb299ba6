/** What a host may send as one frame, and what it costs the others when it sends something else. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CloseCode, SLICE_HEADER_BYTES, type SliceHeader } from '../../engine/index.js';
import { DEFAULT_RELAY_LIMITS } from '../../engine/relay/limits.js';
import { FrameCheck, maxFrameBytes, maxFrameSlices } from '../../engine/room/frame-check.js';
import { emptySliceFields, type SliceFields } from '../../engine/room/slice-fields.js';
import { Hall } from './hall.js';
import { type Peer, sliceMessage } from './peer.js';

const SIZE = { width: 64, height: 64 };

function slice(change: Partial<SliceFields>): SliceFields {
  return { ...emptySliceFields(), ...SIZE, level: 3, frame: 1, ...change };
}

/** Slices 0 to `count` - 1 of a frame. */
function frame(count: number, change: Partial<SliceFields> = {}): SliceFields[] {
  return Array.from({ length: count }, (_, index) =>
    slice({ slice: index, first: index === 0, last: index === count - 1, ...change }),
  );
}

function takeAll(slices: readonly SliceFields[], bytes = 40): FrameCheck {
  const check = new FrameCheck();
  for (const one of slices) check.take(one, bytes, true);
  return check;
}

describe('a frame', () => {
  it('is taken in order, and another after it or in its place', () => {
    expect(takeAll(frame(3)).isOpen).toBe(false);
    expect(takeAll(frame(3).slice(0, 2)).isOpen).toBe(true);
    const abandoned = [...frame(3).slice(0, 2), ...frame(2, { frame: 2, width: 65 })];
    expect(takeAll(abandoned).isOpen).toBe(false);
  });

  const changes: [string, Partial<SliceFields>][] = [
    ['another number in its order', { slice: 2 }],
    ['the number of the one before', { slice: 0 }],
    ['another frame', { frame: 2 }],
    ['another base', { base: 7, frame: 9 }],
    ['another level', { level: 2 }],
    ['another width', { width: 65 }],
    ['another height', { height: 63 }],
  ];
  it.each(changes)('whose second slice has %s is refused', (_, change) => {
    expect(() => takeAll([slice({ first: true }), slice({ slice: 1, ...change })])).toThrow(
      expect.objectContaining({ code: 'bad-slice' }),
    );
  });

  it('without its first slice, or after its last, is refused', () => {
    for (const slices of [[slice({ slice: 1 })], [...frame(2), slice({ slice: 2 })], [slice({ slice: 0 })]]) {
      expect(() => takeAll(slices)).toThrow(expect.objectContaining({ code: 'bad-slice' }));
    }
  });

  it('has a number above those before, where it is for everybody of a level', () => {
    const check = takeAll(frame(1, { frame: 5 }));
    expect(() => check.take(frame(1, { frame: 5 })[0]!, 40, true)).toThrow(
      expect.objectContaining({ code: 'bad-slice', field: 'frame' }),
    );
    const addressed = takeAll(frame(1, { frame: 5 }));
    expect(() => addressed.take(frame(1, { frame: 5 })[0]!, 40, false)).not.toThrow();
    check.reset();
    expect(() => check.take(frame(1, { frame: 1 })[0]!, 40, true)).not.toThrow();
  });

  it('has no more bytes and slices than its picture needs at worst, however they are cut', () => {
    const side = fc.integer({ min: 1, max: 300 });
    fc.assert(
      fc.property(side, side, fc.integer({ min: 36, max: 500_000 }), (width, height, bytes) => {
        const check = new FrameCheck();
        let taken = 0;
        let count = 0;
        try {
          for (; count < 60_000; count++) {
            check.take(slice({ width, height, slice: count, first: count === 0 }), bytes, true);
            taken += bytes;
          }
        } catch (error) {
          expect(error).toMatchObject({ code: 'too-large' });
        }
        expect(taken).toBeLessThanOrEqual(maxFrameBytes(width, height));
        expect(count).toBeLessThanOrEqual(maxFrameSlices(width, height));
        expect(count === maxFrameSlices(width, height) || taken + bytes > maxFrameBytes(width, height)).toBe(
          true,
        );
      }),
      { numRuns: 100 },
    );
  });
});

/** A hall with a host of a small picture, and a viewer that reads nothing. */
function deafHall(version: number) {
  const hall = new Hall();
  const host = hall.host({ version, ...SIZE });
  const viewer = hall.viewer({ version }, { backward: { bytesPerSecond: 1 } });
  return { hall, host, viewer };
}

/** Sends slices until the host is refused; the answer is the most that waited for the viewer. */
function flood(hall: Hall, host: Peer, next: (index: number) => Partial<SliceHeader>, bytes: number): number {
  let most = 0;
  for (let index = 0; index < 600 && host.closed === undefined; index++) {
    host.link.send(sliceMessage({ frame: 1, base: 0, ...SIZE, ...next(index) }, bytes));
    hall.run();
    most = Math.max(most, hall.relay.snapshot().sessions[0]?.viewers[0]?.bufferedBytes ?? 0);
  }
  return most;
}

describe.each([2, 3])('a host of version %i', (version) => {
  it.each([0, 1])('that sends a frame without an end (viewer %i) is refused', (viewer) => {
    const { hall, host } = deafHall(version);
    const most = flood(
      hall,
      host,
      (index) => ({ viewer, first: index === 0, last: false, slice: index }),
      9_000,
    );
    expect(most).toBeLessThan(maxFrameBytes(64, 64) + 1_000);
    expect(host.last('refused')).toMatchObject({ code: 'too-large' });
    expect(host.closed?.code).toBe(CloseCode.TooLarge);
  });

  it('that begins its answer again and again takes no more than a viewer may have waiting', () => {
    const { hall, host, viewer } = deafHall(version);
    const most = flood(hall, host, () => ({ viewer: 1, last: false }), 12_000);
    expect(most).toBeLessThan(DEFAULT_RELAY_LIMITS.maxBufferedBytes + maxFrameBytes(64, 64) + 10_000);
    expect(most).toBeGreaterThan(DEFAULT_RELAY_LIMITS.maxBufferedBytes - 50_000);
    expect(host.closed).toBeUndefined();
    expect(viewer.far.closed).toBe(true);
  });

  it('that uses a number again is refused', () => {
    const { hall, host, viewer } = deafHall(version);
    host.slice({ frame: 9, base: 0, ...SIZE });
    hall.run();
    expect(host.closed).toBeUndefined();
    flood(hall, host, () => ({ frame: 9 }), 12_000);
    expect(host.last('refused')).toMatchObject({ code: 'bad-slice' });
    expect(host.closed?.code).toBe(CloseCode.Malformed);
    expect(viewer.closed).toBeUndefined();
  });

  it('whose numbers lie below its answer cuts the viewer off, and fills no window', () => {
    const { hall, host } = deafHall(version);
    host.slice({ frame: 1_000, base: 0, viewer: 1, ...SIZE });
    hall.run();
    expect(hall.state().live).toBe(true);
    const most = flood(hall, host, (index) => ({ frame: index + 1 }), 12_000);
    expect(most).toBeLessThan(15_000);
  });

  it('that goes on with the frame of one who has left is listened to', () => {
    const { hall, host, viewer } = deafHall(version);
    host.slice({ frame: 1, base: 0, viewer: 1, last: false, ...SIZE });
    hall.run();
    viewer.link.close();
    hall.run();
    host.slice({ frame: 1, base: 0, viewer: 1, first: false, slice: 1, ...SIZE });
    hall.run();
    expect(host.closed).toBeUndefined();
    expect(hall.relay.counters.dropped['unknown-viewer']).toBe(1);
  });
});

describe('a slice', () => {
  it('is counted with its header', () => {
    const check = new FrameCheck();
    const limit = maxFrameBytes(64, 64);
    expect(limit).toBeGreaterThan(64 * 64 * 3 + SLICE_HEADER_BYTES);
    expect(() => check.take(slice({ first: true }), limit, true)).not.toThrow();
    expect(() => check.take(slice({ first: true, frame: 2 }), limit + 1, true)).toThrow(
      expect.objectContaining({ code: 'too-large' }),
    );
  });
});
