/** Which viewer gets which slice: cut, refresh, levels, half frames, slow links. */
import { describe, expect, it } from 'vitest';
import { Channel, CloseCode, encodeAck } from '../../engine/index.js';
import { Hall, type VirtualPeer } from './hall.js';

/** A host and a viewer that holds frame 1, acknowledged. */
function liveHall(): { hall: Hall; host: VirtualPeer; viewer: VirtualPeer } {
  const hall = new Hall();
  const host = hall.host();
  const viewer = hall.viewer();
  host.slice({ frame: 1, viewer: 1, base: 0 });
  hall.run();
  viewer.ack(1);
  hall.run();
  return { hall, host, viewer };
}

/** Broadcasts frames one after the other without an ack between them. */
function burst(hall: Hall, host: VirtualPeer, from: number, to: number): void {
  for (let frame = from; frame <= to; frame++) host.slice({ frame });
  hall.run();
}

describe('the fan-out', () => {
  it('gives a new viewer nothing but the picture that was asked for it', () => {
    const hall = new Hall();
    const host = hall.host();
    const viewer = hall.viewer();
    host.slice({ frame: 5, base: 4 });
    host.slice({ frame: 5, viewer: 1, base: 0 });
    host.slice({ frame: 6, base: 5 });
    hall.run();
    expect(viewer.slices()).toMatchObject([
      { frame: 5, base: 0, viewer: 1 },
      { frame: 6, base: 5, viewer: 0 },
    ]);
    expect(hall.state()).toMatchObject({ live: true, holds: 6, inFlight: 2, refreshing: false });
  });

  it('asks once for each late viewer', () => {
    const { hall, host } = liveHall();
    const late = hall.viewer();
    burst(hall, host, 2, 4);
    expect(host.controls('refresh').filter((refresh) => refresh.viewer === 2)).toHaveLength(1);
    host.slice({ frame: 4, viewer: 2, base: 0 });
    hall.run();
    expect(late.frames()).toEqual([4]);
  });

  it('forwards acks with the number of their viewer, whatever they say', () => {
    const { hall, host, viewer } = liveHall();
    host.slice({ frame: 2 });
    hall.run();
    viewer.ack(2, 77);
    hall.run();
    expect(host.acks().at(-1)).toMatchObject({ frame: 2, viewer: 1 });
  });

  it('does not believe acks of frames that were never sent', () => {
    const { hall, host, viewer } = liveHall();
    viewer.ack(2);
    viewer.ack(4_000_000_000);
    hall.run();
    expect(host.acks()).toHaveLength(1);
  });

  it('cuts a viewer whose window is shut, for whole frames, and then asks for what it missed', () => {
    const { hall, host, viewer } = liveHall();
    for (let frame = 2; frame <= 40; frame++) {
      host.slice({ frame, last: false });
      host.slice({ frame, first: false, slice: 1 });
    }
    hall.run();
    const taken = viewer.frames();
    const held = taken.at(-1)!;
    expect(held).toBeGreaterThan(2);
    expect(held).toBeLessThan(20);
    expect(viewer.slices().filter((slice) => slice.frame > 1)).toHaveLength(2 * (taken.length - 1));
    expect(hall.state()).toMatchObject({ live: false, holds: held });
    expect(hall.relay.counters.cuts).toBe(1);
    expect(host.controls('refresh')).toHaveLength(1);

    viewer.ack(held - 1);
    hall.run();
    expect(host.controls('refresh')).toHaveLength(1);
    viewer.ack(held);
    hall.run();
    expect(host.last('refresh')).toEqual({ type: 'refresh', viewer: 1, level: 3, base: held });
    host.slice({ frame: 41 });
    hall.run();
    expect(viewer.frames().at(-1)).toBe(held);
    host.slice({ frame: 41, viewer: 1, base: held });
    host.slice({ frame: 42 });
    hall.run();
    expect(viewer.frames().slice(-2)).toEqual([41, 42]);
  });

  it('cuts a viewer that does not hold the base, even with an open window', () => {
    const { hall, host, viewer } = liveHall();
    host.slice({ frame: 5, base: 4 });
    hall.run();
    expect(viewer.frames()).toEqual([1]);
    expect(host.last('refresh')).toEqual({ type: 'refresh', viewer: 1, level: 3, base: 1 });
  });

  it('drops answers that were not asked for, or from another base or level', () => {
    const { hall, host, viewer } = liveHall();
    host.slice({ frame: 9, viewer: 1, base: 0 });
    host.slice({ frame: 9, viewer: 42, base: 0 });
    host.slice({ frame: 5, base: 4 });
    host.slice({ frame: 5, viewer: 1, base: 3 });
    host.slice({ frame: 5, viewer: 1, base: 1, level: 2 });
    hall.run();
    expect(viewer.frames()).toEqual([1]);
    expect(hall.relay.counters.dropped['stale-slice']).toBe(3);
    expect(hall.relay.counters.dropped['unknown-viewer']).toBe(1);
    host.slice({ frame: 5, viewer: 1, base: 1 });
    hall.run();
    expect(viewer.frames()).toEqual([1, 5]);
  });

  it('puts a viewer back only with the last slice of its update', () => {
    const { hall, host, viewer } = liveHall();
    host.slice({ frame: 5, base: 4 });
    host.slice({ frame: 6, base: 1, viewer: 1, last: false });
    host.slice({ frame: 7, base: 6 });
    host.slice({ frame: 6, base: 1, viewer: 1, first: false, slice: 1 });
    host.slice({ frame: 8, base: 6 });
    hall.run();
    expect(viewer.slices().map((slice) => slice.frame)).toEqual([1, 6, 6, 8]);
  });

  it('recovers from a frame that its host left half done', () => {
    const { hall, host, viewer } = liveHall();
    host.slice({ frame: 2, last: false });
    host.slice({ frame: 3 });
    hall.run();
    expect(viewer.frames()).toEqual([1]);
    expect(host.last('refresh')).toMatchObject({ base: 0 });
    host.slice({ frame: 3, viewer: 1, base: 0 });
    hall.run();
    expect(hall.state()).toMatchObject({ live: true, holds: 3 });
  });

  it('recovers from a host that was lost in the middle of a frame', () => {
    const { hall, host, viewer } = liveHall();
    host.slice({ frame: 2, last: false });
    hall.run();
    host.cut();
    hall.run();
    const back = hall.host({ frame: 2 });
    expect(viewer.frames()).toEqual([1]);
    expect(back.last('refresh')).toMatchObject({ base: 0 });
    back.slice({ frame: 3, viewer: 1, base: 0 });
    hall.run();
    expect(viewer.frames()).toEqual([1, 3]);
  });

  it('takes acks of a host that counts anew', () => {
    const { hall, host, viewer } = liveHall();
    burst(hall, host, 2, 2);
    host.cut();
    hall.run();
    const back = hall.host();
    back.slice({ frame: 1, viewer: 1, base: 0 });
    hall.run();
    viewer.ack(2);
    viewer.ack(1);
    hall.run();
    expect(back.acks()).toMatchObject([{ frame: 1 }]);
    expect(hall.state().inFlight).toBe(0);
  });

  it('starts over when a viewer could not use what it got', () => {
    const { hall, host, viewer } = liveHall();
    host.slice({ frame: 2 });
    hall.run();
    viewer.say({ type: 'want-refresh' });
    viewer.say({ type: 'want-refresh' });
    hall.run();
    expect(host.controls('refresh').slice(1)).toEqual([{ type: 'refresh', viewer: 1, level: 3, base: 0 }]);
    host.slice({ frame: 2, viewer: 1, base: 0, last: false });
    hall.run();
    viewer.say({ type: 'want-refresh' });
    hall.run();
    expect(host.controls('refresh')).toHaveLength(3);
    host.slice({ frame: 2, viewer: 1, base: 0, first: false, slice: 1 });
    hall.run();
    expect(hall.state().live).toBe(false);
    host.slice({ frame: 2, viewer: 1, base: 0 });
    hall.run();
    viewer.ack(2);
    hall.run();
    expect(hall.state()).toMatchObject({ live: true, holds: 2, inFlight: 0 });
  });

  it('makes a viewer that asks for picture after picture wait its turn', () => {
    const { hall, host, viewer } = liveHall();
    const before = host.controls('refresh').length;
    let answered = 0;
    const answer = () => {
      const asked = host.controls('refresh').length - before;
      for (; answered < asked; answered++) host.slice({ frame: 2, viewer: 1, base: 0 });
      hall.run();
    };
    for (let second = 0; second < 10; second++) {
      for (let index = 0; index < 15; index++) {
        viewer.say({ type: 'want-refresh' });
        hall.run(1_000);
        answer();
      }
      hall.run(985_000);
      answer();
    }
    expect(answered).toBeGreaterThan(10);
    expect(answered).toBeLessThanOrEqual(8 + 2 * 10);
    hall.run(1_000_000);
    answer();
    expect(hall.state()).toMatchObject({ live: true, refreshing: false });
  });
});

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

describe('a link that breaks while something is sent on it', () => {
  it('is closed; the party whose message it was, and all others, go on', () => {
    const { hall, host, viewer } = liveHall();
    const other = hall.viewer();
    host.slice({ frame: 1, viewer: 2, base: 0 });
    hall.run();
    other.far.send = () => {
      throw new Error('broken');
    };
    host.slice({ frame: 2 });
    host.slice({ frame: 3 });
    hall.run();
    expect(viewer.frames()).toEqual([1, 2, 3]);
    expect(host.closed).toBeUndefined();
    expect(hall.relay.snapshot().sessions[0]!.viewers).toHaveLength(1);
    expect(hall.relay.counters.brokenLinks).toBe(1);
  });
});

describe('colour levels', () => {
  it('reach only those who watch them', () => {
    const hall = new Hall();
    const host = hall.host();
    const viewers = [hall.viewer({ quality: 'auto' }), hall.viewer({ quality: 'low' })];
    host.slice({ frame: 1, viewer: 1, base: 0, level: 4 });
    host.slice({ frame: 1, viewer: 2, base: 0, level: 1 });
    host.slice({ frame: 2, level: 4 });
    host.slice({ frame: 2, level: 3 });
    host.slice({ frame: 2, level: 1 });
    host.slice({ frame: 2, level: 0 });
    hall.run();
    expect(viewers.map((viewer) => viewer.slices().map((slice) => slice.level))).toEqual([
      [4, 4],
      [1, 1],
    ]);
  });

  it('change at the next picture', () => {
    const { hall, host, viewer } = liveHall();
    host.slice({ frame: 2 });
    hall.run();
    viewer.say({ type: 'set-quality', quality: 'very-low' });
    hall.run();
    expect(viewer.last('level-state')).toEqual({ type: 'level-state', level: 0, quality: 'very-low' });
    expect(host.last('viewer-level')).toMatchObject({ viewer: 1, level: 0 });
    expect(host.last('participants')?.list[0]?.quality).toBe('very-low');
    expect(host.controls('refresh')).toHaveLength(1);
    host.slice({ frame: 3 });
    viewer.ack(2);
    hall.run();
    expect(host.last('refresh')).toEqual({ type: 'refresh', viewer: 1, level: 0, base: 0 });
    host.slice({ frame: 3, viewer: 1, base: 0, level: 3 });
    host.slice({ frame: 3, viewer: 1, base: 0, level: 0 });
    host.slice({ frame: 4, level: 0 });
    hall.run();
    expect(viewer.slices().map((slice) => [slice.frame, slice.level])).toEqual([
      [1, 3],
      [2, 3],
      [3, 0],
      [4, 0],
    ]);
  });

  it('change in the middle of a frame', () => {
    const { hall, host, viewer } = liveHall();
    host.slice({ frame: 2, last: false });
    viewer.say({ type: 'set-quality', quality: 'low' });
    hall.run();
    host.slice({ frame: 2, first: false, slice: 1 });
    hall.run();
    expect(viewer.frames()).toEqual([1]);
    expect(host.last('refresh')).toEqual({ type: 'refresh', viewer: 1, level: 1, base: 0 });
  });

  it('are not started over when the wish comes to the same one', () => {
    const { hall, host, viewer } = liveHall();
    viewer.say({ type: 'set-quality', quality: 'high' });
    hall.run();
    expect(viewer.last('level-state')).toEqual({ type: 'level-state', level: 3, quality: 'high' });
    expect(host.controls('viewer-level')).toHaveLength(1);
    expect(hall.state()).toMatchObject({ live: true, quality: 'high' });
  });
});

describe('a slow viewer', () => {
  it('holds one window and nothing more, and disturbs nobody', () => {
    const hall = new Hall();
    const host = hall.host();
    const fast = hall.viewer();
    const slow = hall.viewer({ name: 'Slow' }, { backward: { bytesPerSecond: 32_000, delay: 20_000 } });
    hall.run(100_000);
    for (const viewer of [1, 2]) host.slice({ frame: 1, viewer, base: 0 }, 4_000);
    hall.run();
    const acknowledge = (viewer: VirtualPeer) => {
      const { acknowledged = 0 } = counts.get(viewer) ?? {};
      const frames = viewer.frames();
      for (const frame of frames.slice(acknowledged)) viewer.ack(frame);
      counts.set(viewer, { acknowledged: frames.length });
    };
    const counts = new Map<VirtualPeer, { acknowledged: number }>();
    let worst = 0;
    let refreshes = host.controls('refresh').length;
    for (let frame = 2; frame <= 300; frame++) {
      host.slice({ frame }, 4_000);
      hall.run(33_000);
      acknowledge(fast);
      acknowledge(slow);
      hall.run();
      for (const asked of host.controls('refresh').slice(refreshes)) {
        host.slice({ frame, viewer: asked.viewer, base: asked.base }, 4_000);
        refreshes++;
      }
      worst = Math.max(worst, hall.state(2).bufferedBytes);
    }
    hall.run();
    expect(fast.frames()).toEqual(Array.from({ length: 300 }, (_, index) => index + 1));
    expect(slow.frames().length).toBeGreaterThan(30);
    expect(slow.frames().length).toBeLessThan(100);
    expect(worst).toBeLessThan(4 * 4_100);
    for (const slice of slow.slices()) if (slice.base !== 0) expect(slow.frames()).toContain(slice.base);
  });

  it('that reads nothing is sent one window and then nothing, for ever', () => {
    const hall = new Hall();
    const host = hall.host();
    const viewer = hall.viewer({}, { backward: { bytesPerSecond: 100_000 } });
    hall.run(1_000_000);
    host.slice({ frame: 1, viewer: 1, base: 0 }, 50_000);
    for (let frame = 2; frame <= 500; frame++) host.slice({ frame }, 50_000);
    hall.run();
    const { inFlight, bytesInFlight } = hall.state();
    expect(inFlight).toBe(2);
    expect(bytesInFlight).toBe(2 * 50_036);
    expect(viewer.far.maxBufferedBytes).toBeLessThan(110_000);
    expect(hall.relay.counters.cuts).toBe(1);
  });

  it('is closed when it lets small messages pile up', () => {
    const hall = new Hall({ limits: { maxBufferedBytes: 20_000 } });
    const host = hall.host();
    const viewer = hall.viewer({}, { backward: { bytesPerSecond: 1 } });
    for (let index = 0; index < 2_000; index++) {
      const ack = {
        kind: 'applied',
        channel: Channel.Input,
        viewer: 1,
        sequence: 1,
        frame: 1,
        appliedAt: 1,
      } as const;
      host.link.send(encodeAck(ack));
    }
    hall.run();
    expect(viewer.far.closed).toBe(true);
    expect(viewer.far.maxBufferedBytes).toBeLessThan(20_100);
    expect(hall.relay.counters.tooSlow).toBe(1);
    expect(hall.relay.snapshot().sessions[0]?.viewers).toEqual([]);
    hall.run(1e12);
    expect(viewer.closed?.code).toBe(CloseCode.TooSlow);
  });

  it('may be sent one frame that is larger than the limit', () => {
    const hall = new Hall({ limits: { maxBufferedBytes: 20_000 } });
    const host = hall.host();
    const viewer = hall.viewer({}, { backward: { bytesPerSecond: 10_000 } });
    hall.run(1_000_000);
    host.slice({ frame: 1, viewer: 1, base: 0, last: false }, 100_000);
    host.slice({ frame: 1, viewer: 1, base: 0, first: false, slice: 1 }, 100_000);
    hall.run(60_000_000);
    expect(viewer.frames()).toEqual([1]);
    expect(viewer.closed).toBeUndefined();
  });
});

describe('acks', () => {
  it('are welcome as often as there are frames, and thinned when they repeat themselves', () => {
    const { hall, host, viewer } = liveHall();
    for (let frame = 2; frame <= 3_000; frame++) {
      host.slice({ frame });
      hall.run();
      viewer.ack(frame);
      hall.run();
    }
    expect(host.acks()).toHaveLength(3_000);
    for (let index = 0; index < 1_000; index++) viewer.ack(3_000);
    hall.run();
    expect(host.acks()).toHaveLength(3_200);
    expect(hall.relay.counters.dropped.ack).toBe(800);
  });
});
