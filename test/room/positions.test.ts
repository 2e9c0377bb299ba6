/** Pointers, laser dots and strokes to those who are slow, and from them: where something is, not where it was. */
import { describe, expect, test } from 'vitest';
import { FrameDecoder } from '../../codecs/index.js';
import type { InputAction, OverlayAction } from '../../engine/index.js';
import { ViewerSession } from '../../engine/viewer/index.js';
import type { NetworkOptions } from '../support/network.js';
import { openStage, stage } from '../support/open-stage.js';
import { TOKEN } from '../support/stage.js';

const LINE_DELAY = 30_000;

/** A viewer that shows no picture worth speaking of, over a line of its own; how old is what it is shown. */
function watcher(link: NetworkOptions): {
  readonly lags: number[];
  readonly session: ViewerSession;
  close(): void;
} {
  const lags: number[] = [];
  const dial = () => stage.network.dial({ delay: LINE_DELAY, ...link });
  const session = new ViewerSession({
    dialMain: dial(),
    dialLane: dial(),
    clock: stage.clock,
    random: () => 0.5,
    decoder: new FrameDecoder(stage.module),
    token: TOKEN,
    name: 'slow',
    quality: 'very-low',
    handlers: {
      onFrame: (frame) => frame.presented(),
      onOverlay: ({ createdAt }, at) => {
        if (createdAt > 0) lags.push(at - createdAt);
      },
    },
  });
  session.start();
  return { lags, session, close: () => session.close() };
}

const dot = (step: number): OverlayAction => ({ kind: 'laser', visible: true, x: step % 300, y: 3 });
const move = (step: number): InputAction => ({ kind: 'pointer', x: step % 300, y: 3, buttons: 0 });

/** Acts so many times a second, for so many seconds. */
async function act(rate: number, seconds: number, step: (count: number) => void): Promise<void> {
  for (let count = 0; count < rate * seconds; count++) {
    step(count);
    await stage.clock.advance(1e6 / rate);
  }
}

describe('a viewer that is slow', () => {
  test.each([
    [60, 4_200],
    [240, 4_200],
    [1_000, 7_000],
    [1_000, 1_000],
  ])(
    'is shown a laser of %i positions a second over %i bytes a second as it is',
    async (rate, bytesPerSecond) => {
      await openStage();
      const author = stage.join('high');
      await stage.settle();
      const slow = watcher({ backward: { bytesPerSecond, delay: LINE_DELAY } });
      await stage.clock.advance(60_000_000);
      author.session.setTool('laser');
      await act(rate, 10, (count) => author.session.sendOverlay(dot(count)));
      expect(slow.lags.length).toBeGreaterThan(20);
      expect(Math.max(...slow.lags)).toBeLessThan(1_000_000);
      author.session.sendOverlay({ kind: 'laser', visible: false, x: 7, y: 7 });
      await stage.clock.advance(2_000_000);
      expect(slow.session.overlay.laserCount).toBe(0);
      expect(slow.session.state.connection.kind).toBe('joined');
      expect(stage.relay.counters).toMatchObject({ tooSlow: 0 });
      expect(stage.relay.counters.dropped.thinned > 0).toBe(rate > 60);
      slow.close();
    },
  );

  test('is shown every stroke to its end', async () => {
    await openStage();
    const author = stage.join('high');
    await stage.settle();
    const slow = watcher({ backward: { bytesPerSecond: 4_200, delay: LINE_DELAY } });
    await stage.clock.advance(60_000_000);
    author.session.setTool('whiteboard');
    for (let stroke = 1; stroke <= 5; stroke++) {
      await act(400, 2, (count) =>
        author.session.sendOverlay({
          kind: 'stroke',
          stroke,
          begin: count === 0,
          end: count === 799,
          points: [{ x: count / 4, y: stroke }],
        }),
      );
    }
    await stage.clock.advance(3_000_000);
    const drawn = (session: ViewerSession) => [...session.overlay.strokes];
    const [all, shown] = [drawn(author.session), drawn(slow.session)];
    expect(shown).toHaveLength(5);
    expect(shown.map(({ points }) => points.at(-1))).toEqual(all.map(({ points }) => points.at(-1)));
    expect(Math.max(...slow.lags)).toBeLessThan(1_000_000);
    slow.close();
  });
});

describe('a host whose line is slow', () => {
  test('is told where the pointer is, and of every press, in order', async () => {
    await openStage({
      hostLink: { delay: LINE_DELAY, backward: { bytesPerSecond: 3_000, delay: LINE_DELAY } },
    });
    const viewer = stage.join('high');
    await stage.settle();
    viewer.session.setControl(true);
    await stage.clock.advance(1_000_000);
    const lags: number[] = [];
    stage.source.input = (event) => {
      stage.source.inputs.push(event);
      lags.push(stage.clock.now() - event.createdAt);
    };
    await act(500, 10, (count) => {
      viewer.session.sendInput(move(count));
      if (count % 250 === 0) viewer.session.sendInput({ kind: 'key', code: 'KeyA', down: count % 500 === 0 });
    });
    await stage.clock.advance(2_000_000);
    expect(Math.max(...lags)).toBeLessThan(1_000_000);
    expect(stage.source.inputs.filter(({ kind }) => kind === 'key')).toHaveLength(20);
    expect(stage.source.inputs.filter(({ kind }) => kind === 'pointer').at(-1)).toMatchObject({
      x: 4_999 % 300,
    });
  });
});

describe('a technician whose line is slow', () => {
  const up = (options: NetworkOptions['forward']): NetworkOptions => ({
    delay: LINE_DELAY,
    forward: { bytesPerSecond: 3_000, delay: LINE_DELAY, ...options },
  });

  test.each([
    ['as the link says', {}],
    ['as late answers tell', { socketBytes: 1_000_000 }],
  ])('sends where the pointer is, %s', async (_, hidden) => {
    await openStage();
    const viewer = stage.join('very-low', up(hidden));
    await stage.settle(60_000_000);
    viewer.session.setControl(true);
    await stage.clock.advance(5_000_000);
    viewer.session.sendInput({ kind: 'key', code: 'KeyA', down: true });
    await stage.clock.advance(1_000_000);
    const lags: number[] = [];
    stage.source.input = (event) => {
      stage.source.inputs.push(event);
      lags.push(stage.clock.now() - event.createdAt);
    };
    await act(250, 20, (count) => viewer.session.sendInput(move(count)));
    viewer.session.sendInput({ kind: 'key', code: 'KeyA', down: false });
    await stage.clock.advance(3_000_000);
    expect(lags.length).toBeGreaterThan(50);
    expect(Math.max(...lags)).toBeLessThan(1_000_000);
    expect(stage.source.inputs.slice(-2)).toMatchObject([
      { kind: 'pointer', x: 4_999 % 300 },
      { kind: 'key', down: false },
    ]);
    expect(viewer.session.statistics().latency.input.total.samples).toBeGreaterThan(50);
  });
});
