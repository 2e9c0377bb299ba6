import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Rect } from '../../codecs/index.js';
import { type AnimationFrames, Painter } from '../../harness/console/session/worker/painter.js';
import { FakeClock } from '../support/clock.js';

/** A canvas that notes what is painted, and animation frames that come when the test says so. */
class Screen implements AnimationFrames {
  readonly painted: Rect[] = [];
  readonly clock = new FakeClock();
  readonly canvas = {
    width: 1,
    height: 1,
    getContext: () => ({
      putImageData: (
        _: ImageData,
        __: number,
        ___: number,
        x: number,
        y: number,
        width: number,
        height: number,
      ) => {
        this.painted.push({ x, y, width, height });
      },
    }),
  } as unknown as OffscreenCanvas;
  readonly painter = new Painter(this.canvas, this.clock, this);
  readonly copied: Rect[] = [];
  readonly shown: number[] = [];
  #waiting: (() => void) | undefined;

  request(paint: () => void): number {
    this.#waiting = paint;
    return 0;
  }

  cancel(): void {
    this.#waiting = undefined;
  }

  animate(): void {
    const paint = this.#waiting;
    this.#waiting = undefined;
    paint?.();
  }

  take(frame: number, ...damage: Rect[]): void {
    this.painter.take(frame, { copyRgba: (rect) => this.copied.push(rect) }, damage, () =>
      this.shown.push(frame),
    );
  }
}

const A = { x: 0, y: 0, width: 8, height: 8 };
const B = { x: 40, y: 16, width: 4, height: 2 };

beforeEach(() => {
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
afterEach(() => vi.unstubAllGlobals());

it('copies a frame at once, paints it at the animation frame and only then calls it shown', async () => {
  const screen = new Screen();
  screen.painter.resize(64, 32);
  screen.take(1, A);
  expect([screen.copied, screen.painted, screen.shown]).toEqual([[A], [], []]);
  screen.take(2, B);
  screen.animate();
  expect(screen.painted).toEqual([A, B]);
  expect(screen.shown).toEqual([1, 2]);
  expect(screen.painter.frame).toBe(2);
  await screen.clock.advance(1_000_000);
  expect(screen.painted).toHaveLength(2);
});

it('does not keep the host waiting where animation frames do not come', async () => {
  const screen = new Screen();
  screen.painter.resize(64, 32);
  screen.take(1, A);
  await screen.clock.advance(200_000);
  expect(screen.shown).toEqual([]);
  screen.take(2, B);
  await screen.clock.advance(60_000);
  expect(screen.shown).toEqual([1, 2]);
});

it('waits but shortly while the page is hidden, also for a frame that it holds already', async () => {
  const screen = new Screen();
  screen.painter.resize(64, 32);
  screen.take(1, A);
  screen.painter.visible = false;
  await screen.clock.advance(50_000);
  expect(screen.shown).toEqual([1]);
  screen.take(2, A);
  await screen.clock.advance(50_000);
  expect(screen.shown).toEqual([1, 2]);
});

it('paints very many rectangles as one', async () => {
  const screen = new Screen();
  screen.painter.resize(640, 640);
  screen.take(
    1,
    ...Array.from({ length: 80 }, (_, index) => ({ x: index * 8, y: index, width: 8, height: 8 })),
  );
  screen.animate();
  expect(screen.painted).toEqual([{ x: 0, y: 0, width: 640, height: 87 }]);
});

it('forgets what belonged to a picture of another size', async () => {
  const screen = new Screen();
  screen.painter.resize(640, 640);
  screen.take(1, A);
  screen.painter.resize(64, 32);
  expect([screen.canvas.width, screen.canvas.height]).toEqual([64, 32]);
  screen.animate();
  expect(screen.painted).toEqual([]);
  expect(screen.shown).toEqual([1]);
});
