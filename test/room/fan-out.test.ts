/** Which viewer gets which slice: cut, brought up to date, levels, half frames. */
import { describe, expect, it } from 'vitest';
import { burst, Hall, liveHall } from './hall.js';

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
