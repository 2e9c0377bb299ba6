/** Bringing viewers up to date: what fails once is tried again, and nobody's frames wait for what another needs. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { QualityName } from '../../codecs/index.js';
import { Channel, readSliceHeader } from '../../engine/index.js';
import { openStage, stage } from '../support/open-stage.js';
import { Stage, type StagedViewer } from '../support/stage.js';

const LINE = { x: 10, y: 10, width: 200, height: 20 };
const QUALITIES: readonly QualityName[] = ['high', 'auto', 'low'];

/** Runs `act` for the first slice that is addressed to somebody, in the place of sending it. */
function onceAddressed(act: () => void): void {
  const near = stage.network.links[0]!;
  const send = near.send.bind(near);
  let isDone = false;
  near.send = (message) => {
    if (!isDone && message[0] === Channel.Display && readSliceHeader(message).viewer !== 0) {
      isDone = true;
      act();
    } else send(message);
  };
}

/** A screen that changes once a second. */
async function film(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    stage.source.text(LINE, second + stage.clock.now());
    await stage.clock.advance(1_000_000);
  }
}

describe('an answer that fails once', () => {
  test.each(QUALITIES)('is sent again when sending throws, to the only viewer (%s)', async (quality) => {
    await openStage();
    onceAddressed(() => {
      throw new Error('once');
    });
    const viewer = stage.join(quality);
    await stage.settle(5_000_000);
    expect(viewer.frames[0]!.base).toBe(0);
    expect(stage.faults.map(({ message }) => message)).toEqual(['once']);
    expect(stage.host.stats().failedRefreshes).toBe(1);
  });

  test('is sent again to one beside others, whose frames go on', async () => {
    await openStage();
    const first = stage.join('high');
    await stage.settle();
    onceAddressed(() => {
      throw new Error('once');
    });
    const late = stage.join('high');
    await film(3);
    expect(first.frames.length).toBeGreaterThanOrEqual(4);
    expect(late.frames.length).toBeGreaterThanOrEqual(3);
    expect(stage.isUpToDate(late)).toBe(true);
  });

  test('is asked for again when it never came', async () => {
    await openStage();
    stage.join('high');
    await stage.settle();
    onceAddressed(() => {});
    const late = stage.join('high');
    await film(40);
    expect(stage.isUpToDate(late)).toBe(true);
    expect(stage.relay.counters.overdueRefreshes).toBe(1);
    expect(stage.relay.counters.repeatedRefreshes).toBe(1);
  });

  test('comes at once when the viewer wants the picture', async () => {
    await openStage();
    stage.join('high');
    await stage.settle();
    onceAddressed(() => {});
    const late = stage.join('high');
    await film(3);
    expect(late.frames).toHaveLength(0);
    late.session.wantRefresh();
    await stage.clock.advance(100_000);
    expect(stage.isUpToDate(late)).toBe(true);
  });

  test('is coded again when coding throws', async () => {
    await openStage();
    const good = stage.join('high');
    await stage.settle();
    let failures = 0;
    const spend = stage.clock as { spend?: (work: { kind: string }) => void };
    spend.spend = ({ kind }) => {
      if (kind === 'encode' && failures++ === 0) throw new Error('no memory');
    };
    const late = stage.join('high');
    await stage.clock.advance(2_000_000);
    expect(failures).toBeGreaterThan(1);
    expect(stage.isUpToDate(late)).toBe(true);
    // The others were not sent anything again.
    expect(good.frames).toHaveLength(1);
  });

  test('leaves everybody exact, whatever fails, in whatever order', async () => {
    const fault = fc.record({
      after: fc.nat(40),
      kind: fc.constantFrom('host-throws', 'host-drops', 'relay-throws', 'refresh-dropped', 'coder-throws'),
    });
    const join = fc.record({ quality: fc.constantFrom(...QUALITIES), rate: fc.constantFrom(8_000, 1e6) });
    const joins = fc.array(join, { minLength: 1, maxLength: 4 });
    const line = fc.constantFrom(40_000, 1e7);
    await fc.assert(
      fc.asyncProperty(fc.array(fault, { maxLength: 3 }), joins, line, async (faults, viewers, rate) => {
        const failing = await Stage.open({ hostLink: { forward: { bytesPerSecond: rate } } });
        failing.source.photo({ x: 0, y: 0, width: 200, height: 150 }, 5);
        inject(failing, faults);
        const joined: StagedViewer[] = [];
        for (const [index, { quality, rate: down }] of viewers.entries()) {
          joined.push(failing.join(quality, { backward: { bytesPerSecond: down } }));
          failing.source.text(LINE, index);
          await failing.clock.advance(300_000);
        }
        for (let step = 0; step < 10; step++) {
          failing.source.text({ ...LINE, y: step * 10 }, step);
          await failing.clock.advance(200_000);
        }
        await failing.settle(180_000_000);
        await failing.close();
      }),
      { numRuns: 25 },
    );
  });
});

/** Lets single things go wrong: the n-th of their kind from now on. */
function inject(failing: Stage, faults: readonly { readonly after: number; readonly kind: string }[]): void {
  const isDue = (kind: string) => {
    let count = 0;
    const due = faults.filter((fault) => fault.kind === kind).map(({ after }) => after);
    return () => due.includes(count++);
  };
  const near = failing.network.links[0]!;
  const [send, receive] = [near.send.bind(near), near.onMessage!];
  const [hostThrows, hostDrops, refreshDropped] = ['host-throws', 'host-drops', 'refresh-dropped'].map(isDue);
  near.send = (message) => {
    if (message[0] === Channel.Display) {
      if (hostThrows!()) throw new Error('the host cannot send');
      if (readSliceHeader(message).viewer !== 0 && hostDrops!()) return;
    }
    send(message);
  };
  near.onMessage = (message) => {
    if (Buffer.from(message).includes('refresh') && refreshDropped!()) return;
    receive(message);
  };
  const { accept } = failing.network;
  const relayThrows = isDue('relay-throws');
  failing.network.accept = (link) => {
    const far = link.send.bind(link);
    link.send = (message) => {
      if (message[0] === Channel.Display && relayThrows()) throw new Error('the relay cannot send');
      far(message);
    };
    accept!(link);
  };
  const coderThrows = isDue('coder-throws');
  (failing.clock as { spend?: (work: { kind: string }) => void }).spend = ({ kind }) => {
    if (kind === 'encode' && coderThrows()) throw new Error('the coder fails');
  };
}

describe('viewers who join over a slow line of the host', () => {
  /** Typing, every 100 ms, for so many seconds. */
  async function type(seconds: number): Promise<void> {
    for (let key = 0; key < seconds * 10; key++) {
      stage.source.text({ x: 40 + ((key * 8) % 400), y: 200, width: 8, height: 16 }, key);
      await stage.clock.advance(100_000);
    }
  }

  async function open(rate: number, quality: QualityName): Promise<StagedViewer> {
    await openStage({
      width: 640,
      height: 360,
      hostLink: { delay: 20_000, forward: { bytesPerSecond: rate } },
    });
    stage.source.photo({ x: 0, y: 0, width: 640, height: 360 }, 7);
    const first = stage.join(quality);
    await stage.settle(600_000_000);
    await type(3);
    return first;
  }

  test.each([
    [125_000, 4],
    [125_000, 16],
    [32_000, 4],
  ])('at %i bytes a second, %i of them, share one picture and hold up nobody', async (rate, joiners) => {
    const first = await open(rate, 'high');
    const up = stage.network.links[0]!;
    const [sent, mark] = [up.sentBytes, first.frames.length];
    const whole = first.frames[0]!.bytes;
    up.maxBufferedBytes = 0;
    for (let joiner = 0; joiner < joiners; joiner++) stage.join('high', { delay: 10_000 });
    await type(Math.ceil((2 * whole) / rate));
    for (const viewer of stage.viewers) expect(stage.isUpToDate(viewer)).toBe(true);
    expect(up.sentBytes - sent).toBeLessThan(1.3 * whole);
    const ages = first.frames.slice(mark).map(({ at, drawnAt }) => at - drawnAt);
    // Two tiles of a photograph, and the way: not the seconds that the picture takes.
    expect(Math.max(...ages)).toBeLessThan(150_000 + (30_000 * 1e6) / rate);
    expect(up.maxBufferedBytes).toBeLessThan(32_000);
    expect(stage.host.stats().sharedPictures).toBeGreaterThan(0);
    expect(stage.relay.counters.overdueRefreshes).toBe(0);
  });

  test('who comes in the middle gets the next picture, with all who come until then', async () => {
    await open(125_000, 'high');
    const before = stage.host.stats().wholePictures;
    stage.join('high');
    await type(1);
    stage.join('high');
    await type(0.3);
    stage.join('high');
    await type(10);
    for (const viewer of stage.viewers) expect(stage.isUpToDate(viewer)).toBe(true);
    expect(stage.host.stats().wholePictures).toBe(before + 2);
  });

  test('who leaves takes the rest of the picture along', async () => {
    await open(32_000, 'high');
    const up = stage.network.links[0]!;
    const late = stage.join('high');
    await type(2);
    const sent = up.sentBytes;
    stage.leave(late);
    await type(2);
    expect(up.sentBytes - sent).toBeLessThan(20_000);
    expect(stage.host.stats()).toMatchObject({ refreshing: 0 });
  });

  test('a film does not keep them from catching up', async () => {
    const first = await open(125_000, 'high');
    const late = stage.join('high');
    for (let step = 0; step < 400; step++) {
      stage.source.text({ x: 0, y: 0, width: 640, height: 200 }, step);
      await stage.clock.advance(50_000);
    }
    expect(stage.relay.snapshot().sessions[0]!.viewers.every(({ live }) => live)).toBe(true);
    expect(late.frames.length).toBeGreaterThan(20);
    await stage.settle();
    expect(first.session.state.stale).toBe(false);
  });

  test('a modem is not asked twice for a picture that takes minutes', async () => {
    await open(4_200, 'high');
    const before = stage.host.stats().wholePictures;
    stage.join('high');
    await stage.settle(600_000_000);
    expect(stage.host.stats().wholePictures).toBe(before + 1);
    expect(stage.relay.counters.repeatedRefreshes).toBe(0);
  });
});
