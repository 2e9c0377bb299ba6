/** Links that break over what a room or the relay says: in the middle of whatever it is doing. */
import { describe, expect, it } from 'vitest';
import { Channel, type ControlType, decodeControl, decodeInput } from '../../engine/index.js';
import { Hall, type VirtualPeer } from './hall.js';

/** The relay's end breaks over the first message of that type. */
function breakAt(peer: VirtualPeer, type: ControlType): void {
  peer.far.onSend = (message) => {
    if (message[0] === Channel.Control && decodeControl(message).type === type) throw new Error('broken');
  };
}

function seatOf(viewer: VirtualPeer) {
  const { viewer: id, resumeKey } = viewer.last('viewer-welcome')!;
  return { viewer: id, resumeKey: resumeKey! };
}

const sessionOf = (hall: Hall) => hall.relay.snapshot().sessions[0]!;

describe('a host whose link breaks while it is let in', () => {
  it.each(['host-welcome', 'capabilities', 'participants'] as const)('over %s has gone again', (type) => {
    const hall = new Hall({ limits: { grace: 5_000_000 } });
    const host = hall.peer();
    breakAt(host, type);
    host.helloAsHost();
    hall.run();
    expect(sessionOf(hall).host).toBe('away');
    hall.run(6_000_000);
    expect(hall.relay.snapshot().sessions).toEqual([]);
  });

  it('is not announced to viewers, and asked for nothing', () => {
    const hall = new Hall();
    const first = hall.host();
    const viewer = hall.viewer();
    first.cut();
    hall.run();
    const asked = hall.relay.counters.refreshes;
    const again = hall.peer();
    breakAt(again, 'host-welcome');
    again.helloAsHost();
    hall.run(100_000_000);
    expect(viewer.last('host-state')?.state).not.toBe('present');
    expect(hall.relay.counters.refreshes).toBe(asked);
  });
});

describe('a viewer whose link breaks while it is let in', () => {
  it.each(['viewer-welcome', 'host-state', 'level-state', 'capabilities', 'participants'] as const)(
    'over %s has gone again, and is not waited for',
    (type) => {
      const hall = new Hall();
      const host = hall.host();
      const viewer = hall.viewer();
      viewer.say({ type: 'set-control', wanted: true });
      hall.run();
      viewer.cut();
      hall.run();
      const back = hall.peer();
      breakAt(back, type);
      back.helloAsViewer(seatOf(viewer));
      hall.run(1_000_000);
      const { refreshes } = hall.relay.counters;
      hall.run(100_000_000);
      expect(sessionOf(hall)).toMatchObject({ viewers: [], controller: 0, waiting: [] });
      expect(hall.relay.counters.refreshes).toBe(refreshes);
      const told = [...host.controls('viewer-level'), ...host.controls('viewer-left')].length;
      const { received } = host;
      const news = received.filter((message) => message[0] === Channel.Control).map(decodeControl);
      const last = news.findLast(({ type: one }) => one === 'viewer-level' || one === 'viewer-left');
      expect(told).toBeGreaterThan(0);
      expect(last?.type).toBe('viewer-left');
    },
  );

  it('or while its wishes are granted, has no control', () => {
    const hall = new Hall();
    hall.host();
    const viewer = hall.viewer();
    breakAt(viewer, 'level-state');
    viewer.say({
      type: 'wishes',
      revision: 1,
      name: 'Bruno',
      quality: 'low',
      tool: 'none',
      control: true,
      recording: false,
      watching: true,
    });
    hall.run();
    expect(sessionOf(hall)).toMatchObject({ viewers: [], controller: 0 });
  });
});

it('a refusal over which a link breaks ends that link alone', () => {
  const hall = new Hall();
  const peer = hall.peer();
  breakAt(peer, 'refused');
  peer.link.send(new Uint8Array([1, 2, 3]));
  expect(() => hall.run()).not.toThrow();
  expect(peer.far.closed).toBe(true);
  expect(hall.relay.counters.brokenLinks).toBe(1);
});

it('a lane in whose place another comes may have lost the release of a key', () => {
  const hall = new Hall();
  const host = hall.host();
  const viewer = hall.viewer();
  const lane = hall.lane(viewer);
  viewer.say({ type: 'set-control', wanted: true });
  hall.run();
  lane.input({ kind: 'key', code: 'KeyA', down: true });
  hall.run();
  lane.far.freeze('to');
  lane.input({ kind: 'key', code: 'KeyA', down: false });
  hall.lane(viewer);
  const keys = host.on(Channel.Input).map((message) => decodeInput(message));
  expect(keys).toMatchObject([{ down: true }, { down: false, code: 'KeyA' }]);
});
