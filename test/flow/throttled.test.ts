/**
 * A viewer on 256 kbit/s while a screen of text scrolls for 30 s, in virtual time: what it shows is never older
 * than one window, no queue grows, and when the screen rests it holds the host's picture soon and exactly.
 */
import { describe, expect, test } from 'vitest';
import type { NetworkOptions } from '../support/network.js';
import { openStage, stage } from '../support/open-stage.js';
import type { StagedViewer } from '../support/stage.js';

const SECOND = 1_000_000;
const SCROLLING = 30 * SECOND;
const WIDTH = 448;
const HEIGHT = 288;
const LINE = 16;
/** 256 kbit/s. Nothing hides in the operating system's buffers. */
const SLOW_RATE = 32_000;
const SLOW: NetworkOptions = { bytesPerSecond: SLOW_RATE, delay: 20_000 };
const FAST: NetworkOptions = { delay: 2_000 };
/** Frames in flight at most: the one on the wire, and one more to find the link's rate. */
const WINDOW = 2;
/** Delays of the four ways from host to viewer and back, and some for the control messages between. */
const DELAYS = 2 * (20_000 + 2_000) + 20_000;

interface Committed {
  readonly frame: number;
  readonly at: number;
}

interface Load {
  mostInFlight: number;
  mostRelayBytes: number;
  mostHostBytes: number;
}

let committed: Committed[];

async function open(): Promise<void> {
  committed = [];
  await openStage({
    width: WIDTH,
    height: HEIGHT,
    hostLink: FAST,
    host: { onFrame: ({ frame }) => committed.push({ frame, at: stage.clock.now() }) },
  });
}

/** Scrolls text by `lines` lines a second, and watches the queues of viewer number `place`. */
async function scroll(lines: number, place: number): Promise<Load> {
  const load = { mostInFlight: 0, mostRelayBytes: 0, mostHostBytes: 0 };
  const step = SECOND / lines;
  for (let at = 0, line = 1; at < SCROLLING; at += step, line++) {
    stage.source.scrollUp({ x: 0, y: 0, width: WIDTH, height: HEIGHT }, LINE, line);
    await stage.clock.advance(step);
    const seen = stage.relay.snapshot().sessions[0]!.viewers[place]!;
    load.mostInFlight = Math.max(load.mostInFlight, seen.inFlight);
    load.mostRelayBytes = Math.max(load.mostRelayBytes, seen.bufferedBytes, seen.bytesInFlight);
    load.mostHostBytes = Math.max(load.mostHostBytes, stage.network.links[0]!.bufferedBytes);
  }
  return load;
}

/** Every shown frame was the host's newest, or within the window of it, when it left; and it did not wait. */
function expectFresh(viewer: StagedViewer, from: number): void {
  const commitTimes = new Map(committed.map(({ frame, at }) => [frame, at]));
  const frames = viewer.frames.slice(from);
  expect(frames.length).toBeGreaterThan(10);
  const largest = Math.max(...frames.map(({ bytes }) => bytes));
  for (const { frame, at } of frames) {
    const age = at - commitTimes.get(frame)!;
    expect(age).toBeLessThan((WINDOW * largest * SECOND) / SLOW_RATE + DELAYS);
  }
}

describe('a viewer on 256 kbit/s while text scrolls for 30 s', () => {
  test.each([
    { lines: 60, quality: 'very-low' },
    { lines: 60, quality: 'high' },
    { lines: 8, quality: 'medium' },
  ] as const)(
    'shows no old picture at $quality quality, $lines lines a second',
    async ({ lines, quality }) => {
      await open();
      const viewer = stage.join(quality, SLOW);
      await stage.settle(60 * SECOND);
      const joined = viewer.frames.length;
      const load = await scroll(lines, 0);
      const largest = Math.max(...viewer.frames.map(({ bytes }) => bytes));

      expectFresh(viewer, joined);
      // By numbers: the host makes no frame that this viewer has no window for.
      const newest = viewer.frames[viewer.frames.length - 1]!;
      expect(committed[committed.length - 1]!.frame - newest.frame).toBeLessThanOrEqual(load.mostInFlight);
      expect(load.mostRelayBytes).toBeLessThanOrEqual(WINDOW * largest);
      expect(load.mostHostBytes).toBeLessThanOrEqual(largest);

      // One window for what is on its way, one frame for what has gathered.
      const rest = await stage.settle(60 * SECOND);
      expect(rest).toBeLessThan(((WINDOW + 1) * largest * SECOND) / SLOW_RATE + DELAYS);
      expect(stage.relay.counters.cuts).toBe(0);
      stage.expectNoFaults();
    },
  );

  test('keeps its link busy', async () => {
    await open();
    const viewer = stage.join('very-low', SLOW);
    await stage.settle(60 * SECOND);
    const joined = viewer.frames.length;
    await scroll(60, 0);
    const bytes = viewer.frames.slice(joined).reduce((sum, frame) => sum + frame.bytes, 0);
    expect(bytes / (SCROLLING / SECOND)).toBeGreaterThan(0.85 * SLOW_RATE);
  });

  test.each([
    { slow: 'high', why: 'of the same level' },
    { slow: 'low', why: 'of another level' },
  ] as const)('does not disturb a fast viewer $why', async ({ slow }) => {
    const shown = async (withSlow: boolean) => {
      await open();
      const fast = stage.join('high', FAST);
      await stage.settle(60 * SECOND);
      if (withSlow) stage.join(slow, SLOW);
      await stage.clock.advance(30 * SECOND);
      const before = fast.frames.length;
      const load = await scroll(60, withSlow ? 1 : 0);
      const start = stage.clock.now();
      return { fast, before, load, start };
    };
    const alone = await shown(false);
    const reference = alone.fast.frames.slice(alone.before);
    await stage.close();
    const both = await shown(true);
    const frames = both.fast.frames.slice(both.before);
    const what = (viewer: typeof frames, start: number) =>
      viewer.map(({ frame, base, bytes, at, addressed }) => ({
        frame,
        base,
        bytes,
        addressed,
        at: Math.round(at - start),
      }));
    expect(what(frames, both.start)).toEqual(what(reference, alone.start));

    const throttled = stage.viewers[1]!;
    const largest = Math.max(...throttled.frames.map(({ bytes }) => bytes));
    expect(both.load.mostRelayBytes).toBeLessThanOrEqual(WINDOW * largest);
    expectFresh(throttled, 1);
    const rest = await stage.settle(60 * SECOND);
    expect(rest).toBeLessThan(((WINDOW + 1) * largest * SECOND) / SLOW_RATE + DELAYS);
    stage.expectNoFaults();
  });
});
