/** What a technician wishes for reaches the relay, whichever message or link is lost on the way. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Channel, decodeControl } from '../../engine/index.js';
import type { Link } from '../../engine/transport/link.js';
import type { VirtualLink } from '../support/network.js';
import { openStage, stage } from '../support/open-stage.js';
import type { StagedViewer } from '../support/stage.js';

const relayState = () => stage.relay.snapshot().sessions[0]!;

/** The viewer, the relay and everybody's list of participants say the same. */
function expectAgreement(viewers: readonly StagedViewer[]): void {
  const { viewers: known, controller, waiting } = relayState();
  const ids = (list: readonly { readonly viewer: number }[]) => list.map(({ viewer }) => viewer).sort();
  expect(ids(known)).toEqual(ids(viewers.map(({ session }) => session.state)));
  for (const { session } of viewers) {
    const { state } = session;
    const { viewer, tool, quality, recording, watching } = state;
    const there = known.find((one) => one.viewer === viewer)!;
    expect(there).toMatchObject({ tool, quality, recording, watching });
    const isOurs = controller === viewer;
    expect(isOurs || waiting.includes(viewer)).toBe(state.controlWanted);
    expect(state.controller).toBe(controller);
    for (const other of viewers) {
      const told = other.session.state.participants.find((one) => one.viewer === viewer)!;
      expect(told).toMatchObject({ tool, quality, recording });
      expect(told.watching ?? true).toBe(watching);
      expect(told.waiting ?? 0).toBe(waiting.indexOf(viewer) + 1);
    }
  }
}

type Wish = (viewer: StagedViewer, all: readonly StagedViewer[]) => void;

const WISHES: readonly Wish[] = [
  ({ session }) => session.setControl(true),
  ({ session }) => session.setControl(false),
  ({ session }, all) =>
    session.handOver(all.find((other) => other.session !== session)!.session.state.viewer),
  ({ session }) => session.setTool('whiteboard'),
  ({ session }) => session.setTool('laser'),
  ({ session }) => session.setTool('none'),
  ({ session }) => session.setQuality('low'),
  ({ session }) => session.setQuality('high'),
  ({ session }) => session.setRecording(true),
  ({ session }) => session.setRecording(false),
  ({ session }) => session.setWatching(false),
  ({ session }) => session.setWatching(true),
];

/** The viewer's links that stand now: the main link, and the lane behind it. */
function linksOf(index: number): VirtualLink[] {
  const open = stage.network.links.slice(1).filter((link) => !link.closed);
  return open.filter((_, at) => at % 2 === index % 2).slice(0, 2);
}

/** Swallows one control message that the link would send; as if it had been under way when the link broke. */
function loseNext(link: Link, type: string): void {
  const send = link.send.bind(link);
  link.send = (message) => {
    if (message[0] !== Channel.Control || decodeControl(message).type !== type) {
      send(message);
      return;
    }
    link.send = send;
  };
}

/** The relay's ends of the viewers' links. */
let fars: Link[] = [];

async function twoViewers(): Promise<[StagedViewer, StagedViewer]> {
  await openStage();
  fars = [];
  const { accept } = stage.network;
  stage.network.accept = (link) => {
    fars.push(link);
    accept?.(link);
  };
  const viewers: [StagedViewer, StagedViewer] = [stage.join('high'), stage.join('high')];
  await stage.settle();
  await stage.clock.advance(1_000_000);
  return viewers;
}

describe('a wish that is lost', () => {
  test('is repeated: a tool that was put away does not swallow keys', async () => {
    const [viewer] = await twoViewers();
    viewer.session.setControl(true);
    viewer.session.setTool('whiteboard');
    await stage.clock.advance(100_000);
    const lane = stage.network.links.slice(1).filter((link) => !link.closed);
    viewer.session.setTool('none');
    for (const link of lane.slice(2)) link.cut();
    await stage.clock.advance(2_000_000);
    for (let n = 0; n < 20; n++) viewer.session.sendInput({ kind: 'key', code: 'KeyA', down: n % 2 === 0 });
    await stage.clock.advance(100_000);
    expect(stage.source.inputs).toHaveLength(20);
    expectAgreement(stage.viewers);
  });

  test('is repeated: a control that was given up is free for others', async () => {
    const [viewer, other] = await twoViewers();
    viewer.session.setControl(true);
    await stage.clock.advance(100_000);
    viewer.session.setControl(false);
    for (const link of stage.network.links.slice(3)) link.cut();
    other.session.setControl(true);
    await stage.clock.advance(3_000_000);
    expect(other.session.state.controller).toBe(other.session.state.viewer);
    expect(viewer.session.state.controlWanted).toBe(false);
    expectAgreement(stage.viewers);
  });

  test.each(['wishes', 'participants'])('alone is repeated (%s), until it was seen', async (type) => {
    const [viewer] = await twoViewers();
    // Both ends of both links lose one.
    for (const near of stage.network.links.slice(1)) loseNext(near, type);
    viewer.session.setTool('laser');
    await stage.clock.advance(5_000_000);
    expect(relayState().viewers[0]).toMatchObject({ tool: 'laser' });
    const sent = stage.network.links.reduce((sum, link) => sum + link.sentMessages, 0);
    await stage.clock.advance(1_000_000);
    // Nothing but the comparison of clocks goes on.
    const later = stage.network.links.reduce((sum, link) => sum + link.sentMessages, 0);
    expect(later - sent).toBeLessThan(40);
    expectAgreement(stage.viewers);
  });

  test('with any link, at any moment, is there in the end', async () => {
    const step = fc.record({
      who: fc.integer({ min: 0, max: 1 }),
      wish: fc.integer({ min: 0, max: WISHES.length - 1 }),
      /** What happens to the wish's links at once, or while it is under way, or while the answer is. */
      loss: fc.constantFrom('none', 'lane', 'main', 'both', 'wishes', 'fast-seen'),
      after: fc.constantFrom(0, 500, 1_500, 2_500),
      pause: fc.constantFrom(0, 3_000, 400_000, 1_500_000),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        const viewers = await twoViewers();
        for (const { who, wish, loss, after, pause } of steps) {
          const before = new Set(stage.network.links);
          const [main, lane] = linksOf(who);
          if (loss === 'wishes') {
            for (const link of [main, lane]) if (link !== undefined) loseNext(link, 'wishes');
          }
          WISHES[wish]!(viewers[who]!, viewers);
          await stage.clock.advance(after);
          if (loss === 'lane' || loss === 'both') lane?.cut();
          if (loss === 'main' || loss === 'both') main?.cut();
          if (loss === 'fast-seen')
            for (const link of before) if (link !== stage.network.links[0]) link.cut();
          await stage.clock.advance(pause);
        }
        // As many in a row as the steps may lose.
        await stage.clock.advance(200_000_000);
        expectAgreement(viewers);
        await stage.close();
      }),
      { numRuns: 60 },
    );
  });
});

describe('strokes', () => {
  test('do not overtake the tool that they need when another link takes over', async () => {
    await openStage();
    const other = stage.join('high');
    await stage.settle();
    const viewer = stage.join('high', { bytesPerSecond: 20_000, delay: 40_000 });
    await stage.clock.advanceUntil(() => viewer.session.state.connection.kind === 'joined');
    viewer.session.setTool('whiteboard');
    await stage.clock.advanceUntil(() => viewer.session.state.lane);
    const action = { kind: 'stroke', stroke: 1, begin: true, end: true, points: [{ x: 1, y: 1 }] } as const;
    viewer.session.sendOverlay(action);
    await stage.clock.advance(3_000_000);
    expect(stage.relay.counters.dropped['tool-off']).toBe(0);
    expect(other.session.overlay.strokeCount).toBe(1);
  });
});

describe('the control', () => {
  test('is asked for again by one who was away for a moment', async () => {
    const [viewer] = await twoViewers();
    viewer.session.setControl(true);
    await stage.clock.advance(100_000);
    for (const link of stage.network.links.slice(1)) link.cut();
    await stage.clock.advance(5_000_000);
    expect(viewer.session.state).toMatchObject({ controlWanted: true, controlLapsed: false });
    expect(relayState().controller).toBe(viewer.session.state.viewer);
  });

  test('is not taken again by one who was away for long', async () => {
    const [viewer] = await twoViewers();
    viewer.session.setControl(true);
    await stage.clock.advance(100_000);
    const { accept } = stage.network;
    stage.network.accept = undefined;
    for (const link of stage.network.links.slice(1)) link.cut();
    await stage.clock.advance(60_000_000);
    stage.network.accept = accept;
    await stage.clock.advanceUntil(() => viewer.session.state.connection.kind === 'joined', 120_000_000);
    await stage.clock.advance(5_000_000);
    expect(viewer.session.state).toMatchObject({ controlWanted: false, controlLapsed: true });
    expect(relayState()).toMatchObject({ controller: 0, waiting: [] });
    viewer.session.setControl(true);
    expect(viewer.session.state.controlLapsed).toBe(false);
  });
});

describe('a viewer that does not watch', () => {
  test('gets no pictures, costs the host nothing, and has the newest at once when it looks again', async () => {
    await openStage();
    const viewer = stage.join('high');
    await stage.settle();
    viewer.session.setControl(true);
    viewer.session.setWatching(false);
    await stage.clock.advance(500_000);
    const { captures } = stage.source;
    const frames = viewer.frames.length;
    for (let n = 0; n < 50; n++) {
      stage.source.text({ x: 0, y: 0, width: 320, height: 20 }, n);
      await stage.clock.advance(100_000);
    }
    expect(viewer.frames).toHaveLength(frames);
    expect(stage.source.captures).toBe(captures);
    // Everything else goes on.
    viewer.session.sendInput({ kind: 'text', text: 'x' });
    await stage.clock.advance(100_000);
    expect(stage.source.inputs).toHaveLength(1);
    expect(viewer.session.state.connection.kind).toBe('joined');
    viewer.session.setWatching(true);
    await stage.settle(1_000_000);
    stage.expectNoFaults();
  });

  test('costs the others nothing, in either stream, and stays so over reconnects of both sides', async () => {
    await openStage();
    const viewer = stage.join('auto');
    const other = stage.join('high');
    await stage.settle();
    viewer.session.setWatching(false);
    await stage.clock.advance(100_000);
    const frames = viewer.frames.length;
    stage.network.links[0]!.cut();
    await stage.clock.advance(3_000_000);
    for (const link of stage.network.links.slice(1)) link.cut();
    await stage.clock.advance(3_000_000);
    stage.source.text({ x: 0, y: 0, width: 320, height: 20 }, 7);
    await stage.clock.advance(3_000_000);
    expect(stage.isUpToDate(other)).toBe(true);
    // The hello brings a moment of pictures, until the wish is there.
    expect(viewer.frames.length - frames).toBeLessThanOrEqual(1);
    expect(relayState().viewers.find((one) => one.viewer === viewer.session.state.viewer)).toMatchObject({
      watching: false,
      live: false,
    });
    viewer.session.setQuality('low');
    await stage.clock.advance(1_000_000);
    viewer.session.setWatching(true);
    await stage.settle();
  });
});
