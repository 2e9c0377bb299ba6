/** What a viewer that reads slowly, or not at all, costs the relay and the others. */
import { describe, expect, it } from 'vitest';
import { Channel, CloseCode, encodeAck } from '../../engine/protocol/index.js';
import { Hall, type VirtualPeer } from './hall.js';

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
