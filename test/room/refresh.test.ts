/** What viewers are asked for at the host: again when it does not come, together when several wait. */
import { describe, expect, it } from 'vitest';
import { Hall, liveHall, type VirtualPeer } from './hall.js';

describe('what was asked and does not come', () => {
  const refreshes = (host: VirtualPeer) => host.controls('refresh');

  it('is asked for again, and what comes then is taken', () => {
    const hall = new Hall();
    const host = hall.host();
    const viewer = hall.viewer();
    hall.run(29_000_000);
    expect(refreshes(host)).toHaveLength(1);
    hall.run(2_000_000);
    expect(refreshes(host).slice(1)).toEqual([
      { type: 'refresh', viewer: 1, level: 3, base: 0, again: true },
    ]);
    expect(hall.relay.counters).toMatchObject({ overdueRefreshes: 1, repeatedRefreshes: 1 });
    expect(hall.state()).toMatchObject({ refreshing: true, repeats: 1 });
    host.slice({ frame: 1, viewer: 1, base: 0 });
    hall.run();
    expect(viewer.frames()).toEqual([1]);
    hall.run(120_000_000);
    expect(refreshes(host)).toHaveLength(2);
  });

  it('has time as long as slices of it come', () => {
    const hall = new Hall();
    const host = hall.host();
    const viewer = hall.viewer();
    for (let slice = 0; slice < 10; slice++) {
      hall.run(25_000_000);
      host.slice({ frame: 1, viewer: 1, base: 0, slice, first: slice === 0, last: slice === 9 });
    }
    hall.run();
    expect(viewer.frames()).toEqual([1]);
    expect(refreshes(host)).toHaveLength(1);
  });

  it('is asked for as a whole picture when it broke off', () => {
    const { hall, host } = liveHall();
    host.slice({ frame: 5, base: 4 });
    host.slice({ frame: 5, viewer: 1, base: 1, last: false });
    hall.run(31_000_000);
    expect(host.last('refresh')).toEqual({ type: 'refresh', viewer: 1, level: 3, base: 0 });
    host.slice({ frame: 5, viewer: 1, base: 0 });
    hall.run();
    expect(hall.state()).toMatchObject({ live: true, holds: 5 });
  });

  it('is asked for again when the viewer wants it, not at once', () => {
    const hall = new Hall();
    const host = hall.host();
    const viewer = hall.viewer();
    viewer.say({ type: 'want-refresh' });
    hall.run();
    expect(refreshes(host)).toHaveLength(1);
    hall.run(2_000_000);
    viewer.say({ type: 'want-refresh' });
    hall.run();
    expect(refreshes(host)).toHaveLength(2);
    expect(host.last('refresh')).toMatchObject({ base: 0, again: true });
  });

  it('is answered by a whole picture for everybody, too, also in the place of half an answer', () => {
    const hall = new Hall();
    const host = hall.host();
    const viewers = [hall.viewer(), hall.viewer()];
    host.slice({ frame: 1, viewer: 2, base: 0, last: false });
    host.slice({ frame: 3, base: 0 });
    host.slice({ frame: 4 });
    hall.run();
    expect(viewers.map((viewer) => viewer.frames())).toEqual([
      [3, 4],
      [3, 4],
    ]);
    expect(hall.state(2)).toMatchObject({ live: true, refreshing: false, inFlight: 2 });
    hall.run(120_000_000);
    expect(refreshes(host)).toHaveLength(2);
  });
});

describe('what several wait for', () => {
  it('is one picture, for those whom the host has named', () => {
    const hall = new Hall();
    const host = hall.host();
    const [one, two, three] = [hall.viewer(), hall.viewer(), hall.viewer()];
    host.say({ type: 'answer', group: 0x80000007, viewers: [1, 2, 77] });
    host.slice({ frame: 1, viewer: 0x80000007, base: 0 });
    host.slice({ frame: 2, viewer: 0x80000008, base: 0 });
    hall.run();
    expect(one.frames()).toEqual([1]);
    expect(two.frames()).toEqual([1]);
    expect(three.frames()).toEqual([]);
    expect(hall.relay.counters.sharedSlices).toBe(1);
    expect(hall.relay.counters.dropped['unknown-viewer']).toBe(1);
    expect(host.controls('received')).toEqual([
      { type: 'received', slices: 1 },
      { type: 'received', slices: 2 },
    ]);
  });

  it('comes between the frames of those who are up to date, and leads to what passed meanwhile', () => {
    const { hall, host, viewer } = liveHall();
    const late = hall.viewer();
    host.slice({ frame: 1, viewer: 2, base: 0, last: false });
    host.slice({ frame: 2 });
    host.slice({ frame: 1, viewer: 2, base: 0, first: false, slice: 1 });
    hall.run();
    expect(viewer.frames()).toEqual([1, 2]);
    expect(late.frames()).toEqual([1]);
    late.ack(1);
    hall.run();
    expect(host.last('refresh')).toEqual({ type: 'refresh', viewer: 2, level: 3, base: 1 });
    host.slice({ frame: 2, viewer: 2, base: 1 });
    host.slice({ frame: 3 });
    hall.run();
    expect(late.frames()).toEqual([1, 2, 3]);
  });

  it('is not told of to a host of version 2', () => {
    const hall = new Hall();
    const host = hall.host({ version: 2 });
    hall.viewer();
    host.slice({ frame: 1, viewer: 1, base: 0 });
    hall.run();
    expect(host.controls('received')).toEqual([]);
  });

  it('costs the relay a few numbers, whatever the host names', () => {
    const hall = new Hall();
    const host = hall.host();
    const viewer = hall.viewer();
    for (let group = 0; group < 1000; group++) {
      host.say({ type: 'answer', group: 0x80000000 + group, viewers: [1] });
    }
    host.slice({ frame: 1, viewer: 0x80000000, base: 0 });
    hall.run();
    expect(viewer.frames()).toEqual([]);
    host.slice({ frame: 1, viewer: 0x80000000 + 999, base: 0 });
    hall.run();
    expect(viewer.frames()).toEqual([1]);
  });
});
