/** A host whose viewers fall behind, whose links break and whose relay misbehaves, in virtual time. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  Channel,
  encodeAck,
  encodeClock,
  encodeControl,
  encodeInput,
  encodeOverlay,
  type HostState,
} from '../../engine/index.js';
import { openStage, stage } from '../support/open-stage.js';

const SLOW = { bytesPerSecond: 8000, delay: 30_000 };
const LINE = { x: 70, y: 70, width: 100, height: 20 };

describe('viewers that come, go and fall behind', () => {
  test('a late viewer gets the whole picture at once', async () => {
    const { source } = await openStage();
    stage.join('high');
    await stage.settle();
    source.text(LINE, 3);
    await stage.settle();
    const late = stage.join('high');
    await stage.settle();
    expect(late.frames[0]!.base).toBe(0);
    source.text(LINE, 4);
    await stage.settle();
    expect(late.frames).toHaveLength(2);
    expect(late.frames[1]!.base).toBe(late.frames[0]!.frame);
  });

  test('a viewer that was cut gets what it missed, and no more', async () => {
    const { source, host } = await openStage();
    source.text({ x: 0, y: 0, width: 320, height: 200 }, 7);
    stage.join('high');
    const slow = stage.join('high', SLOW);
    await stage.settle(60_000_000);
    const whole = slow.frames[0]!.bytes;
    const before = slow.frames.length;
    for (let step = 0; step < 100; step++) {
      source.text(LINE, step);
      await stage.clock.advance(20_000);
    }
    await stage.settle();
    expect(stage.relay.counters.cuts).toBeGreaterThan(0);
    const answers = slow.frames.slice(before).filter(({ addressed }) => addressed);
    expect(answers.length).toBeGreaterThan(0);
    for (const answer of answers) {
      expect(answer.base).toBeGreaterThan(0);
      expect(answer.bytes).toBeLessThan(whole);
    }
    expect(host.stats().wholePictures).toBe(2);
    stage.expectNoFaults();
  });

  test('one that is hundreds of frames behind gets what it misses, and no whole picture', async () => {
    const { source, host } = await openStage();
    stage.join('high');
    const slow = stage.join('high', { bytesPerSecond: 60, delay: 30_000 });
    await stage.settle(600_000_000);
    const before = host.stats().wholePictures;
    for (let step = 0; step < 700; step++) {
      source.text(LINE, step);
      await stage.clock.advance(10_000);
    }
    await stage.settle(600_000_000);
    expect(host.stats().wholePictures).toBe(before);
    expect(slow.frames.every(({ addressed, base }, index) => index === 0 || !addressed || base > 0)).toBe(
      true,
    );
    expect(slow.frames[slow.frames.length - 1]!.frame).toBe(host.frame);
    stage.expectNoFaults();
  });

  test('goes on when the fastest viewer leaves with frames in flight', async () => {
    const { source } = await openStage();
    const fast = stage.join('high');
    stage.join('high', SLOW);
    await stage.settle(60_000_000);
    source.text({ x: 0, y: 0, width: 320, height: 200 }, 1);
    await stage.clock.advance(1);
    stage.leave(fast);
    source.text({ x: 0, y: 0, width: 320, height: 200 }, 2);
    await stage.settle(60_000_000);
  });
});

describe('the relay is lost', () => {
  test('the session is resumed, its numbers go on, and every viewer is brought up to date', async () => {
    const states: HostState['kind'][] = [];
    const { source, host, network } = await openStage({ host: { onState: ({ kind }) => states.push(kind) } });
    const viewer = stage.join('high');
    stage.join('low');
    await stage.settle();
    const { frame } = host;
    network.links[0]!.cut();
    source.text(LINE, 1);
    await stage.clock.advance(10_000);
    expect(host.state.kind).toBe('waiting');
    expect(viewer.session.state.host).toBe('away');
    await stage.settle();
    expect(host.state).toMatchObject({ kind: 'connected', resumed: true });
    expect(viewer.session.state.host).toBe('present');
    expect(viewer.frames[viewer.frames.length - 1]!.frame).toBeGreaterThan(frame);
    expect(states).toEqual(['connecting', 'connected', 'waiting', 'connecting', 'connected']);
    stage.expectNoFaults();
  });

  test('connects again and again, ever less often, until there is a relay', async () => {
    const { host, network } = await openStage();
    const { accept, dials } = network;
    network.accept = undefined;
    network.cutAll();
    await stage.clock.advance(60_000_000);
    expect(network.dials - dials).toBeGreaterThan(8);
    expect(network.dials - dials).toBeLessThan(30);
    network.accept = accept;
    await stage.clock.advanceUntil(() => host.state.kind === 'connected');
  });

  test('stopping ends the session for everybody, and the source', async () => {
    const { host, source } = await openStage();
    const viewer = stage.join('high');
    await stage.settle();
    await host.stop();
    await stage.clock.advance(10_000);
    expect(source.stopped).toBe(true);
    expect(viewer.session.state.connection).toMatchObject({ kind: 'ended', code: 'session-ended' });
    source.text(LINE, 1);
    await stage.clock.advance(10_000);
    expect(viewer.frames).toHaveLength(1);
  });
});

describe('a frame that could not be sent whole', () => {
  test('costs a fault, and everybody gets the whole picture again', async () => {
    const { source, host, network } = await openStage();
    const viewer = stage.join('high');
    await stage.settle();
    await stage.clock.advance(10_000);
    const near = network.links[0]!;
    const send = near.send.bind(near);
    near.send = () => {
      throw new Error('no way');
    };
    source.text(LINE, 1);
    near.send = send;
    expect(stage.faults.map(({ message }) => message)).toEqual(['no way']);
    source.text(LINE, 2);
    await stage.settle();
    expect(viewer.frames[viewer.frames.length - 1]!.base).toBe(3);
    expect(viewer.frames[viewer.frames.length - 2]!.base).toBe(0);
    expect(host.state.kind).toBe('connected');
  });
});

describe('a relay that is not as it should be', () => {
  test('costs a counted fault for each message, never the session', async () => {
    const { host, source } = await openStage();
    const viewer = stage.join('high');
    await stage.settle();
    const near = stage.network.links[0]!;
    const hostile = [
      new Uint8Array(0),
      new Uint8Array([Channel.Control, 0xc1]),
      new Uint8Array([Channel.Display, 1, 2, 3]),
      encodeControl({ type: 'want-refresh' }),
      encodeControl({ type: 'viewer-welcome', version: 1, session: 's', viewer: 1, laneKey: 'k'.repeat(22) }),
      encodeClock({ kind: 'pong', viewer: 1, askedAt: 0, answeredAt: 0 }),
      encodeAck({ kind: 'applied', channel: Channel.Input, viewer: 1, sequence: 1, frame: 1, appliedAt: 1 }),
      encodeAck({
        kind: 'frame',
        level: 3,
        queued: 0,
        frame: 4_000_000,
        viewer: 1,
        receivedAt: 0,
        presentedAt: 0,
        decode: 0,
      }),
    ];
    for (const message of hostile) near.onMessage?.(message);
    expect(host.stats().faults).toBe(hostile.length);
    // Both have said that what is unknown is ignored.
    near.onMessage?.(new Uint8Array([99, 9]));
    expect(host.stats().unknown).toBe(1);
    // What is well formed but about nobody is left aside.
    near.onMessage?.(encodeControl({ type: 'refresh', viewer: 77, level: 3, base: 0 }));
    near.onMessage?.(encodeControl({ type: 'refresh', viewer: 1, level: 0, base: 0 }));
    near.onMessage?.(encodeControl({ type: 'viewer-left', viewer: 77 }));
    source.text(LINE, 1);
    await stage.settle();
    expect(viewer.frames).toHaveLength(2);
    expect(host.stats().faults).toBe(hostile.length);
  });

  test('survives any bytes', async () => {
    const { host, source } = await openStage();
    const viewer = stage.join('high');
    await stage.settle();
    const near = stage.network.links[0]!;
    const genuine = [
      encodeControl({ type: 'viewer-level', viewer: 0xabcdef, level: 2, name: 'x' }),
      encodeControl({ type: 'refresh', viewer: 0xabcdef, level: 2, base: 5 }),
      encodeControl({ type: 'participants', controller: 0, list: [] }),
      encodeClock({ kind: 'ping', viewer: 1, askedAt: 5, answeredAt: 0 }),
      encodeInput({ kind: 'text', text: 'abc', viewer: 1, sequence: 2, createdAt: 3 }),
      encodeOverlay({ kind: 'erase', scope: 'all', viewer: 1, sequence: 2, createdAt: 3 }),
    ];
    const mutated = fc
      .tuple(fc.constantFrom(...genuine), fc.array(fc.tuple(fc.nat(80), fc.nat(255)), { maxLength: 4 }))
      .map(([message, changes]) => {
        const copy = message.slice();
        for (const [at, value] of changes) copy[at % copy.length] = value;
        return copy;
      });
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 80 }), mutated);
    fc.assert(
      fc.property(bytes, (message) => near.onMessage?.(message)),
      { numRuns: 5000 },
    );
    expect(host.stats().faults).toBeGreaterThan(100);
    expect(host.stats().viewers).toBeLessThanOrEqual(1024);
    source.text(LINE, 1);
    await stage.settle();
    expect(viewer.frames.length).toBeGreaterThan(1);
  });
});
