import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFooter } from '../../codecs/recording/directory.js';
import {
  BlockType,
  bytesSource,
  encodeIndexSegment,
  openRecording,
  Track,
} from '../../codecs/recording/index.js';
import { nodeSha256 } from '../../engine/recording/file.js';
import { checkRecording, inspectRecording } from '../../engine/recording/index.js';
import { putTogether, type RawBlock, takeApart } from './blocks.js';
import { record } from './harness.js';
import { busySession } from './scenario.js';

const { bytes, summary } = await record(busySession(31, 60));
const blocks = takeApart(bytes);
const seals = blocks.filter(({ type }) => type === BlockType.Seal);

function check(file: Uint8Array, fingerprint?: string) {
  return checkRecording(bytesSource(file), {
    newHash: nodeSha256,
    ...(fingerprint === undefined ? {} : { fingerprint }),
  });
}

describe('the chain of seals', () => {
  it('is closed every two seconds and at the end, and vouches for the whole file', async () => {
    const times = [0, ...seals.map(({ time }) => time)];
    const steps = times.slice(1, -1).map((time, index) => time - times[index]!);
    expect(seals.length).toBeGreaterThan(4);
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(2_000_000);
    expect(Math.max(...steps)).toBeLessThan(3_000_000);
    expect(blocks.at(-2)!.type).toBe(BlockType.Seal);
    const { ok, chain } = await check(bytes, summary.fingerprint!.toUpperCase());
    expect(ok).toBe(true);
    expect(chain).toEqual({
      seals: seals.length,
      broken: 0,
      unsealedBytes: 0,
      fingerprint: summary.fingerprint,
      matches: true,
    });
    const described = await inspectRecording(await openRecording(bytesSource(bytes)));
    expect(described.fingerprint).toBe(summary.fingerprint);
  });

  it("has the same hashes by Node's SHA-256 as by the portable one", async () => {
    const again = await record(busySession(31, 60), { newHash: nodeSha256 });
    expect(again.bytes).toEqual(bytes);
    expect(again.summary.fingerprint).toBe(summary.fingerprint);
    expect((await checkRecording(bytesSource(bytes))).chain?.broken).toBe(0);
  });

  /** What somebody may do who then makes numbers and checksums fit. */
  const changes: Record<string, (list: RawBlock[], at: number, other: number) => void> = {
    'a changed byte': (list, at) => {
      const payload = list[at]!.payload.slice();
      payload[payload.length - 1]! ^= 1;
      list[at] = { ...list[at]!, payload };
    },
    'a changed time': (list, at) => {
      list[at] = { ...list[at]!, time: list[at]!.time! + 1 };
    },
    'a changed track': (list, at) => {
      list[at] = { ...list[at]!, track: 99 };
    },
    'a removed block': (list, at) => {
      list.splice(at, 1);
    },
    'a repeated block': (list, at) => {
      list.splice(at, 0, list[at]!);
    },
    'a block that was put in': (list, at) => {
      list.splice(at, 0, { type: 2, track: Track.State, time: list[at]!.time!, payload: new Uint8Array(9) });
    },
    'two blocks that changed places': (list, at, other) => {
      [list[at], list[other]] = [list[other]!, list[at]!];
    },
  };

  it.each(Object.keys(changes))('finds %s although every checksum and number is right', async (name) => {
    const last = blocks.length - 3;
    const places = fc.tuple(fc.integer({ min: 1, max: last }), fc.integer({ min: 1, max: last }));
    await fc.assert(
      fc.asyncProperty(places, async ([one, two]) => {
        fc.pre(one !== two);
        const list: RawBlock[] = [...blocks];
        const first = Math.min(one, two);
        changes[name]!(list, first, Math.max(one, two));
        const found = await check(putTogether(list));
        expect(found.ok).toBe(false);
        expect(found.chain!.broken).toBeGreaterThan(0);
        const { from, to } = found.chain!.firstBroken!;
        const at = blocks[first]!.offset;
        // A seal is sealed by the one behind it.
        expect([at, seals.findLast(({ offset }) => offset < at)?.offset ?? 0]).toContain(from);
        expect(to).toBeGreaterThanOrEqual(at);
      }),
      { numRuns: 40 },
    );
  });

  it('names the stretch of time and bytes, and goes on to vouch for what lies behind', async () => {
    const victim = blocks.findIndex(({ offset }) => offset > seals[1]!.offset && offset < seals[2]!.offset);
    const list: RawBlock[] = [...blocks];
    const payload = list[victim]!.payload.slice();
    payload[payload.length - 1]! ^= 1;
    list[victim] = { ...list[victim]!, payload };
    const found = await check(putTogether(list));
    expect(found.chain).toMatchObject({ seals: seals.length, broken: 1 });
    expect(found.chain!.firstBroken).toEqual({
      from: seals[1]!.offset,
      to: seals[2]!.offset,
      fromTime: seals[1]!.time,
      toTime: seals[2]!.time,
    });
    expect(found.faults).toContainEqual(
      expect.objectContaining({ reason: 'seal', offset: seals[1]!.offset }),
    );
  });

  it('is missed when it was taken out', async () => {
    const index = { type: BlockType.Index, payload: encodeIndexSegment({ previous: 0, entries: [] }) };
    const message = { type: BlockType.Message, track: Track.Overlay, payload: new Uint8Array(5) };
    const start: RawBlock[] = [blocks[0]!, message, { track: 0, ...index }];
    const footer = { index: putTogether(start.slice(0, 2)).length, duration: 9000, reason: 0 };
    const end = {
      type: BlockType.Footer,
      track: 0,
      payload: encodeFooter({ ...footer, checkpoints: 0, seal: 0 }),
    };
    const found = await check(putTogether([...start, end]));
    expect(found).toMatchObject({ complete: true, faults: [{ reason: 'seal' }] });
  });

  it('that lost a seal to damage says what nobody vouches for any more, and vouches for the rest', async () => {
    const broken = bytes.slice();
    broken[seals[1]!.offset + 50]! ^= 1;
    const found = await check(broken);
    expect(found.chain).toMatchObject({ seals: seals.length - 1, broken: 1 });
    expect(found.chain!.firstBroken).toMatchObject({ from: seals[0]!.offset, to: seals[2]!.offset });
    expect(found.faults.map(({ reason }) => reason)).toEqual(['payload-checksum']);
  });

  it('that somebody made anew is told by a fingerprint that was noted', async () => {
    const forged = await record(busySession(32, 60));
    expect((await check(forged.bytes)).ok).toBe(true);
    const found = await check(forged.bytes, summary.fingerprint);
    expect(found).toMatchObject({ ok: false, faultCount: 0, chain: { matches: false, broken: 0 } });
  });

  it('covers the footer by the fingerprint', async () => {
    const list: RawBlock[] = [...blocks];
    const payload = list.at(-1)!.payload.slice();
    payload[16] = 2;
    list[list.length - 1] = { ...list.at(-1)!, payload };
    const forged = putTogether(list);
    expect(await check(forged, summary.fingerprint)).toMatchObject({ ok: false, chain: { matches: false } });
  });

  it('of a recording that broke off tells how much no seal covers', async () => {
    const cut = bytes.subarray(0, blocks.at(-6)!.offset);
    const { chain } = await check(cut);
    const last = seals.findLast(({ offset }) => offset < cut.length)!;
    expect(chain).toMatchObject({ broken: 0, unsealedBytes: cut.length - last.offset });
    expect(chain!.fingerprint).toMatch(/^[0-9a-f]{64}$/);
  });
});
