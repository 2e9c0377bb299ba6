/** Viewers that come back as who they were, and what is kept for them meanwhile. */
import { describe, expect, it } from 'vitest';
import { CloseCode } from '../../engine/index.js';
import { Hall, type VirtualPeer } from './hall.js';

function seatOf(viewer: VirtualPeer) {
  const { viewer: id, resumeKey } = viewer.last('viewer-welcome')!;
  return { viewer: id, resumeKey: resumeKey! };
}

const listed = (peer: VirtualPeer) => peer.last('participants')!.list.map((one) => one.viewer);

describe('a viewer whose links were lost', () => {
  it('has left for the others, and is the same viewer when it comes back', () => {
    const hall = new Hall();
    const host = hall.host();
    const viewer = hall.viewer();
    const other = hall.viewer({ name: 'Chloé' });
    viewer.cut();
    hall.run(1_000_000);
    expect(listed(other)).toEqual([2]);
    expect(host.last('viewer-left')).toMatchObject({ viewer: 1 });
    const back = hall.viewer(seatOf(viewer));
    expect(back.last('viewer-welcome')?.viewer).toBe(1);
    expect(listed(other).sort()).toEqual([1, 2]);
    expect(host.controls('viewer-level').at(-1)).toMatchObject({ viewer: 1 });
    expect(host.last('refresh')).toMatchObject({ viewer: 1, base: 0 });
    // Its key is another one now.
    expect(back.last('viewer-welcome')?.resumeKey).not.toBe(seatOf(viewer).resumeKey);
    expect(hall.relay.counters.resumedViewers).toBe(1);
  });

  it('takes the place of its own old links, which the relay still believes in', () => {
    const hall = new Hall();
    hall.host();
    const viewer = hall.viewer();
    const lane = hall.lane(viewer);
    viewer.say({ type: 'set-control', wanted: true });
    hall.run();
    const back = hall.viewer(seatOf(viewer));
    expect(viewer.closed?.code).toBe(CloseCode.Conflict);
    expect(lane.closed).toBeDefined();
    expect(listed(back)).toEqual([1]);
    expect(back.last('participants')?.controller).toBe(1);
    // The old links' keys open nothing.
    const late = hall.peer();
    late.helloAsLane(viewer);
    hall.run();
    expect(late.closed?.code).toBe(CloseCode.Unauthorised);
  });

  it('has its control again soon after, and not later or when somebody has asked', () => {
    for (const [away, asks, controller] of [
      [9_000_000, false, 1],
      [11_000_000, false, 0],
      [5_000_000, true, 2],
    ] as const) {
      const hall = new Hall();
      hall.host();
      const viewer = hall.viewer();
      const other = hall.viewer();
      viewer.say({ type: 'set-control', wanted: true });
      hall.run();
      viewer.cut();
      hall.run(1_000_000);
      expect(other.last('participants')?.controller).toBe(0);
      if (asks) other.say({ type: 'set-control', wanted: true });
      hall.run(away - 1_000_000);
      const back = hall.viewer(seatOf(viewer));
      expect(back.last('viewer-welcome')?.viewer).toBe(1);
      expect(back.last('participants')?.controller).toBe(controller);
    }
  });

  it('is another viewer after 20 s, with a wrong key, or when it had left by itself', () => {
    const hall = new Hall();
    hall.host();
    const viewer = hall.viewer();
    const stranger = hall.viewer({ ...seatOf(viewer), resumeKey: 'wrong-key-wrong-key-wrong' });
    expect(stranger.last('viewer-welcome')?.viewer).toBe(2);
    expect(viewer.closed).toBeUndefined();
    viewer.cut();
    hall.run(20_100_000);
    expect(hall.viewer(seatOf(viewer)).last('viewer-welcome')?.viewer).toBe(3);
    stranger.link.close(CloseCode.Normal);
    hall.run();
    expect(hall.viewer(seatOf(stranger)).last('viewer-welcome')?.viewer).toBe(4);
  });

  it('is the same viewer by the key that it knows, when its welcome was lost with the link', () => {
    const hall = new Hall();
    hall.host();
    const viewer = hall.viewer();
    const known = seatOf(viewer);
    viewer.cut();
    hall.run();
    hall.viewer(known).cut();
    hall.run();
    const back = hall.viewer(known);
    expect(back.last('viewer-welcome')?.viewer).toBe(1);
    // With its first word the new key is known to have come.
    back.say({ type: 'set-name', name: 'Bruno' });
    hall.run();
    back.cut();
    hall.run();
    expect(hall.viewer(known).last('viewer-welcome')?.viewer).toBe(2);
    expect(hall.viewer(seatOf(back)).last('viewer-welcome')?.viewer).toBe(1);
  });

  it('keeps its place while the session is full', () => {
    const hall = new Hall({ limits: { maxViewers: 1 } });
    hall.host();
    const viewer = hall.viewer();
    viewer.cut();
    hall.run();
    const other = hall.viewer();
    expect(hall.viewer(seatOf(viewer)).last('refused')?.retry).toBe(true);
    other.link.close(CloseCode.Normal);
    hall.run();
    expect(hall.viewer(seatOf(viewer)).last('viewer-welcome')?.viewer).toBe(1);
  });

  it('is given no key in version 2', () => {
    const hall = new Hall();
    hall.host();
    expect(hall.viewer({ version: 2 }).last('viewer-welcome')).not.toHaveProperty('resumeKey');
  });

  it('keeps no more places than there may be viewers', () => {
    const hall = new Hall({ limits: { maxViewers: 2 } });
    hall.host();
    const seats = [0, 1, 2].map(() => {
      const viewer = hall.viewer();
      viewer.cut();
      hall.run();
      return seatOf(viewer);
    });
    expect(hall.viewer(seats[0]).last('viewer-welcome')?.viewer).toBe(4);
    expect(hall.viewer(seats[2]).last('viewer-welcome')?.viewer).toBe(3);
  });
});
