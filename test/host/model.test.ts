/**
 * Sessions made at random: screens that are painted, scrolled and resized, viewers of every level on links from
 * modem to local network that join, leave, change their quality and lose their links, a host that loses the
 * relay. After rest every viewer must hold exactly the screen in the colours of its level, and nobody may have
 * been shown a frame that did not fit the one before.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ColourLevel, type Picture, type QualityName } from '../../codecs/index.js';
import { AutoController, type AutoDecision, type AutoInputs } from '../../engine/flow/index.js';
import type { AutoControl } from '../../engine/index.js';
import { generator } from '../support/pictures.js';
import { Stage, type StageOptions, samePixels } from '../support/stage.js';

const WIDTH = 200;
const HEIGHT = 150;
const MOST_VIEWERS = 4;

type Step =
  | { kind: 'fill' | 'text' | 'photo'; x: number; y: number; width: number; height: number; seed: number }
  | { kind: 'scroll'; y: number; height: number; lines: number; seed: number }
  | { kind: 'join'; quality: QualityName; rate: number; delay: number }
  | { kind: 'leave' | 'cutViewer'; viewer: number }
  | { kind: 'quality'; viewer: number; quality: QualityName }
  | { kind: 'refresh'; viewer: number }
  | { kind: 'resize'; width: number; height: number }
  | { kind: 'cutHost' }
  | { kind: 'wait'; time: number };

const quality = fc.constantFrom<QualityName>('very-low', 'low', 'medium', 'high', 'auto');
const seed = fc.nat(0xffffff);
const viewer = fc.nat(MOST_VIEWERS - 1);
const paint = fc.record({
  kind: fc.constantFrom('fill' as const, 'text' as const, 'photo' as const),
  x: fc.nat(WIDTH - 1),
  y: fc.nat(HEIGHT - 1),
  width: fc.integer({ min: 1, max: WIDTH }),
  height: fc.integer({ min: 1, max: HEIGHT }),
  seed,
});
const scroll = fc.record({
  kind: fc.constant('scroll' as const),
  y: fc.nat(40),
  height: fc.integer({ min: 30, max: HEIGHT }),
  lines: fc.integer({ min: 1, max: 25 }),
  seed,
});
const wait = fc.record({
  kind: fc.constant('wait' as const),
  time: fc.oneof(fc.integer({ min: 0, max: 30_000 }), fc.integer({ min: 0, max: 2_000_000 })),
});
const join = fc.record({
  kind: fc.constant('join' as const),
  quality,
  rate: fc.constantFrom(4000, 32_000, 250_000, 10_000_000),
  delay: fc.constantFrom(0, 2000, 60_000),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: paint },
  { weight: 6, arbitrary: scroll },
  { weight: 8, arbitrary: wait },
  { weight: 2, arbitrary: join },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('leave' as const), viewer }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cutViewer' as const), viewer }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('quality' as const), viewer, quality }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('refresh' as const), viewer }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cutHost' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('resize' as const),
      width: fc.integer({ min: 100, max: WIDTH }),
      height: fc.integer({ min: 100, max: HEIGHT }),
    }),
  },
);

async function take(stage: Stage, move: Step): Promise<void> {
  const { source, viewers } = stage;
  switch (move.kind) {
    case 'fill':
    case 'text':
    case 'photo': {
      const { x, y, seed } = move;
      if (x >= source.width || y >= source.height) return;
      const width = Math.min(move.width, source.width - x);
      const height = Math.min(move.height, source.height - y);
      if (move.kind === 'fill') source.fill({ x, y, width, height }, seed);
      else source[move.kind]({ x, y, width, height }, seed);
      return;
    }
    case 'scroll': {
      const height = Math.min(move.height, source.height - move.y);
      if (height <= move.lines) return;
      source.scrollUp({ x: 0, y: move.y, width: source.width, height }, move.lines, move.seed);
      return;
    }
    case 'join':
      if (viewers.length < MOST_VIEWERS) {
        stage.join(move.quality, { bytesPerSecond: move.rate, delay: move.delay });
      }
      return;
    case 'leave': {
      const leaving = viewers[move.viewer];
      if (leaving !== undefined) stage.leave(leaving);
      return;
    }
    case 'cutViewer':
      // The first link is the host's; the others' ends lie in the order of their dialling.
      stage.network.links[1 + move.viewer]?.cut();
      return;
    case 'quality':
      viewers[move.viewer]?.session.setQuality(move.quality);
      return;
    case 'refresh':
      viewers[move.viewer]?.session.wantRefresh();
      return;
    case 'resize':
      source.resize(move.width, move.height, 0x446688);
      return;
    case 'cutHost':
      stage.network.links[0]!.cut();
      return;
    case 'wait':
      await stage.clock.advance(move.time);
  }
}

/** Decides anything that may be decided, whatever the link. */
class WildControl implements AutoControl {
  readonly log = new AutoController().log;
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = generator(seed);
  }

  decide({ damagePixels }: AutoInputs): AutoDecision {
    const isDamage = damagePixels > 0;
    return {
      transformQuality: this.#any(0, 1, 30, 90),
      textLevel: this.#any(0, 1, 3, 3),
      budgetBytes: this.#any(1, 500, 3000, Number.POSITIVE_INFINITY),
      minInterval: this.#any(0, 0, 20_000),
      refine: !isDamage && this.#any(0, 1, 1, 1) === 1,
      refineBudgetBytes: this.#any(1, 500, Number.POSITIVE_INFINITY),
      reason: 'held',
      rate: 0,
      expectedBytes: 0,
    };
  }

  coded(): void {}

  acked(): void {}

  #any<T>(...values: T[]): T {
    return values[this.#random() % values.length]!;
  }
}

/** Plays a session; at its end every viewer must hold the screen, and nothing may be left under way. */
async function play(steps: readonly Step[], isSlow: boolean, host: StageOptions['host'] = {}): Promise<void> {
  const exact = new Map<number, Picture>();
  const stage = await Stage.open({
    width: WIDTH,
    height: HEIGHT,
    host: { ...host, onFrame: ({ frame, picture }) => exact.set(frame, copyOf(picture(ColourLevel.High))) },
  });
  if (isSlow) stage.source.captureTime = 3000;
  stage.onShown = (viewer, { frame, exact: isExact, level }) => {
    const picture = exact.get(frame);
    if (!isExact || level < ColourLevel.High || picture === undefined) return;
    if (!samePixels(viewer.decoder.picture, picture)) throw new Error(`Frame ${frame} is not exact.`);
  };
  try {
    stage.join('high', { bytesPerSecond: 32_000, delay: 10_000 });
    for (const move of steps) await take(stage, move);
    await stage.settle(600_000_000);
    stage.expectNoFaults();
    for (const { session, frames } of stage.viewers) {
      expect(session.state.stale).toBe(false);
      for (const [index, frame] of frames.entries()) {
        if (frame.base !== 0) expect(frame.base).toBe(frames[index - 1]!.frame);
      }
    }
    // A host that was cut is back, and sends everything once more; all that was sent is shown.
    await stage.clock.advance(5_000_000);
    await stage.clock.advanceUntil(() => isAtRest(stage), 600_000_000);
  } finally {
    await stage.close();
  }
}

/** Everyone is in the fan-out, nothing is in flight, and nothing is left to be sharpened. */
function isAtRest(stage: Stage): boolean {
  const viewers = stage.relay.snapshot().sessions[0]!.viewers;
  return (
    viewers.every(({ live, inFlight }) => live && inFlight === 0) &&
    stage.host.stats().flow.every(({ inFlight }) => inFlight === 0) &&
    stage.viewers.every((viewer) => stage.isUpToDate(viewer))
  );
}

function copyOf(picture: Picture): Picture {
  return { ...picture, pixels: picture.pixels.slice() };
}

describe('sessions made at random', () => {
  const steps = fc.array(step, { minLength: 10, maxLength: 60 });

  test('end with every viewer holding the screen', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.boolean(), (moves, isSlow) => play(moves, isSlow)),
      { numRuns: 120 },
    );
  });

  test('show exactly what they say is exact, however the auto stream is coded', async () => {
    const wild = fc.asyncProperty(steps, fc.boolean(), fc.nat(), async (moves, isSlow, seed) => {
      const joins = [250_000, 8000].map(
        (rate): Step => ({ kind: 'join', quality: 'auto', rate, delay: 2000 }),
      );
      await play([...joins, ...moves], isSlow, { autoControl: () => new WildControl(seed) });
    });
    await fc.assert(wild, { numRuns: 40 });
  });
});
