/**
 * The stages that only a page has, on a clock of the test's own: what a real page takes for them differs from frame to
 * frame by more than a self-check may be wrong by. The page's painter and its watcher are real; the canvas and the
 * animation frames take a known time.
 */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ForwardedFrame, PacketTrace } from '../../engine/index.js';
import type { ShownFrame, ViewerSession } from '../../engine/viewer/index.js';
import { Computer } from '../../engine/virtual/index.js';
import type { FrameRecord } from '../../harness/console/session/lab-api.js';
import { LabWatcher } from '../../harness/console/session/worker/lab-watcher.js';
import { Painter } from '../../harness/console/session/worker/painter.js';
import type { FromWorker } from '../../harness/console/session/worker-api.js';
import { PhaseTime } from '../../harness/measure/blocks.js';
import type { StageName } from '../../harness/measure/stage-kinds.js';
import { StageBook } from '../../harness/measure/stages.js';
import { FakeClock } from '../support/clock.js';

/** Microseconds. */
const TIMES = { animation: 9_000, compose: 3_000, present: 1_000 };
const ADDED = 20_000;
const SAME_CLOCK = { offset: 0, error: 0 };
const LEVEL = 3;
const RECT = { x: 0, y: 0, width: 64, height: 64 };

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal(
    'ImageData',
    class {
      readonly data: Uint8ClampedArray;
      constructor(width: number, height: number) {
        this.data = new Uint8ClampedArray(width * height * 4);
      }
    },
  );
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** One frame's stages in a page that takes such times. */
async function stagesOf(times: typeof TIMES): Promise<ReadonlyMap<StageName, number>> {
  const clock = new FakeClock();
  const computer = new Computer(clock);
  const canvas = {
    width: 1,
    height: 1,
    getContext: () => ({
      putImageData: () => computer.holdUp(times.compose),
      getImageData: (...[, , width, height]: number[]) => {
        computer.holdUp(times.present);
        return { data: new Uint8ClampedArray(width! * height! * 4) };
      },
    }),
  } as unknown as OffscreenCanvas;
  const painter = new Painter(canvas, computer, {
    request(paint) {
      computer.after(times.animation, paint);
      return 0;
    },
    cancel: () => {},
  });
  painter.resize(64, 64);
  const news: FromWorker[] = [];
  const session = { clockOffset: () => SAME_CLOCK } as unknown as ViewerSession;
  const watcher = new LabWatcher(session, painter, computer, (told) => news.push(told));

  const at = clock.now();
  const shown = { frame: 1, level: LEVEL, drawnAt: at, completedAt: at, decodedAt: at } as ShownFrame;
  painter.take(1, { copyRgba: () => {} }, [RECT], (when) => watcher.presented(shown, when));
  await clock.advance(100_000);
  vi.runOnlyPendingTimers();
  const [record] = news.flatMap((told) => (told.kind === 'records' ? told.records : [])) as FrameRecord[];

  const book = new StageBook(1, 'high', new PhaseTime());
  book.frame({ ...record!, screen: record!, marker: () => undefined });
  const head = { level: LEVEL, frame: 1, viewer: 0, receivedAt: at, sentAt: at } as const;
  const host = [
    { ...head, kind: 'packet', captureAt: at, capturedAt: at, committedAt: at, encodeAt: at },
  ] as unknown as PacketTrace[];
  const relay: ForwardedFrame[] = [{ ...head, kind: 'frame' }];
  book.settle({ host, relay, offsets: { host: SAME_CLOCK, relay: SAME_CLOCK } });
  const [sample] = book.slowest().get('display')!;
  return new Map(sample!.stages.map(({ stage, time }) => [stage, time]));
}

it.each(Object.keys(TIMES) as (keyof typeof TIMES)[])(
  'a delay of a page’s %s is found there and nowhere else',
  async (stage) => {
    const before = await stagesOf(TIMES);
    const after = await stagesOf({ ...TIMES, [stage]: TIMES[stage] + ADDED });
    expect([...after.keys()].slice(-3)).toEqual(Object.keys(TIMES));
    for (const [name, time] of after) {
      expect(time - before.get(name)!, name).toBe(name === stage ? ADDED : 0);
    }
  },
);
