/** The way to a relay when its owner acts in the middle of what it is told, and when a link breaks at once. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { encodeControl, PROTOCOL_VERSION } from '../../engine/protocol/index.js';
import type { Link } from '../../engine/transport/link.js';
import { type ReconnectEvents, Reconnector } from '../../engine/transport/reconnect.js';
import { FakeClock, settle } from '../support/clock.js';
import { VirtualNetwork } from '../support/network.js';
import { openStage } from '../support/open-stage.js';

const unhandled = vi.fn();
beforeEach(() => {
  unhandled.mockClear();
  process.on('unhandledRejection', unhandled);
});
afterEach(() => {
  process.off('unhandledRejection', unhandled);
});

/** A way over a network whose relay answers every hello with a welcome. */
function wayOf(change: Partial<ReconnectEvents<'viewer-welcome'>>, hello = () => {}) {
  const clock = new FakeClock();
  const kinds: string[] = [];
  const network = new VirtualNetwork(clock, (link: Link) => {
    link.onMessage = () =>
      link.send(
        encodeControl({
          type: 'viewer-welcome',
          version: PROTOCOL_VERSION,
          session: 'session',
          viewer: 1,
          laneKey: 'k'.repeat(22),
        }),
      );
  });
  const way: Reconnector<'viewer-welcome'> = new Reconnector({
    dial: network.dial(),
    clock,
    random: () => 0,
    welcomes: ['viewer-welcome'],
    hello: (version) => {
      hello();
      return { type: 'viewer-hello', version, token: 't'.repeat(22), name: 'Ada', quality: 'high' };
    },
    events: {
      onReach: ({ kind }) => kinds.push(kind),
      onOpen: () => kinds.push('open'),
      onLost: () => {},
      onMessage: () => {},
      onQuiet: () => {},
      onFault: (error) => {
        throw error;
      },
      ...change,
    },
  });
  const pass = async (seconds: number) => {
    for (let i = 0; i < seconds * 4; i++) {
      clock.advance(250_000);
      await settle();
    }
  };
  return { clock, kinds, network, way, pass };
}

it('stays away when it is stopped by who is told of the loss', async () => {
  const { kinds, network, way, pass } = wayOf({ onLost: () => way.stop() });
  way.start();
  await pass(1);
  expect(kinds).toEqual(['connecting', 'open']);
  network.links[0]!.cut();
  await pass(30);
  expect(kinds).toEqual(['connecting', 'open', 'idle']);
  expect(network.dials).toBe(1);
});

it('is what it was made last when it is started anew by who is told of the loss', async () => {
  let isFirst = true;
  const { kinds, network, way, pass } = wayOf({
    onLost: () => {
      if (isFirst) way.start();
      isFirst = false;
    },
  });
  way.start();
  await pass(1);
  network.links[0]!.cut();
  await pass(30);
  expect(kinds).toEqual(['connecting', 'open', 'connecting', 'open']);
  expect(network.dials).toBe(2);
});

it('dials again after a hello that cannot be sent', async () => {
  let fails = 2;
  const { kinds, way, pass } = wayOf({}, () => {
    if (fails-- > 0) throw new Error('It is broken.');
  });
  way.start();
  await pass(5);
  expect(kinds).toEqual(['connecting', 'waiting', 'connecting', 'waiting', 'connecting', 'open']);
  expect(unhandled).not.toHaveBeenCalled();
});

it('leaves the lane alone when its viewer closes because it was lost', async () => {
  const stage = await openStage();
  let had = false;
  const viewer = stage.join(
    'high',
    {},
    {
      handlers: {
        onFrame: (frame) => frame.presented(),
        onState: ({ lane }) => {
          if (lane) had = true;
          else if (had) viewer.session.close();
        },
      },
    },
  );
  await stage.clock.advanceUntil(() => had);
  const { dials } = stage.network;
  stage.network.links.at(-1)!.cut();
  for (let i = 0; i < 40; i++) {
    stage.clock.advance(500_000);
    await settle();
  }
  expect(viewer.session.state.connection.kind).toBe('idle');
  expect(stage.network.dials).toBe(dials);
  expect(unhandled).not.toHaveBeenCalled();
  await stage.close();
});
