import { describe, expect, it } from 'vitest';
import { Channel, decodeInput, decodeOverlay, encodeAck } from '../../engine/protocol/index.js';
import type { LatencySample } from '../../engine/viewer/index.js';
import { frameMessages, Screen, World } from './scripted.js';

const HOST_AHEAD = 5_000_000_000;

async function measuring() {
  const samples: LatencySample[] = [];
  const world = new World({
    hostAhead: HOST_AHEAD,
    handlers: { onSample: (sample) => samples.push(sample) },
  });
  await world.join();
  const hostNow = () => world.clock.now() + HOST_AHEAD;
  return { world, samples, hostNow };
}

describe('a viewer measures', () => {
  it('display latency across two clocks, with an error bound', async () => {
    const { world, samples, hostNow } = await measuring();
    const screen = new Screen();
    await world.send(...frameMessages(screen.code(3, true), { frame: 1, drawnAt: 1 }));
    expect(samples).toEqual([]);
    screen.fill(0xff);
    const drawnAt = hostNow();
    await world.clock.advance(4_000);
    await world.send(...frameMessages(screen.code(3, false), { frame: 2, base: 1, drawnAt }));
    expect(samples).toMatchObject([{ channel: 'display', latency: 5_000, id: 2 }]);
    // Half the lane's round trip, and what the clocks may have drifted since.
    expect(samples[0]?.error).toBeGreaterThanOrEqual(1_000);
    expect(samples[0]?.error).toBeLessThan(1_100);
    expect(world.session.statistics().latency.display).toMatchObject({
      total: { samples: 1 },
      recent: { samples: 1, p50: 5_000, p95: 5_000 },
    });
    expect(world.session.histogram('display').samples).toBe(1);
  });

  it('input latency, and from a press to its picture whichever of answer and frame comes first', async () => {
    const { world, samples, hostNow } = await measuring();
    const screen = new Screen();
    await world.send(...frameMessages(screen.code(3, true), { frame: 1 }));
    expect(world.session.sendInput({ kind: 'pointer', x: 3, y: 4, buttons: 0 })).toBeUndefined();
    world.session.setControl(true);

    const press = async (frameFirst: boolean, frame: number) => {
      const madeAt = world.clock.now();
      const sequence = world.session.sendInput({ kind: 'pointer', x: 3, y: 4, buttons: 1 })!;
      await world.clock.advance(2_000);
      const ack = encodeAck({
        kind: 'applied',
        channel: Channel.Input,
        viewer: 1,
        sequence,
        frame,
        appliedAt: hostNow(),
      });
      screen.fill(frame * 1000);
      const messages = frameMessages(screen.code(3, false), { frame, base: frame - 1, drawnAt: hostNow() });
      if (frameFirst) {
        await world.send(...messages);
        world.lane.link.send(ack);
      } else {
        world.lane.link.send(ack);
        await world.clock.advance(10_000);
        await world.send(...messages);
      }
      await world.clock.advance(10_000);
      world.session.sendInput({ kind: 'pointer', x: 3, y: 4, buttons: 0 });
      return madeAt;
    };
    await press(true, 2);
    await press(false, 3);
    expect(samples.filter((sample) => sample.channel === 'input').map((sample) => sample.latency)).toEqual([
      2_000, 2_000,
    ]);
    expect(
      samples.filter((sample) => sample.channel === 'clickToPicture').map((sample) => sample.latency),
    ).toEqual([3_000, 13_000]);
    await world.clock.advance(10_000);
    const sent = world.lane.on(Channel.Input).map((message) => decodeInput(message));
    expect(sent.map((event) => event.sequence)).toEqual([1, 2, 3, 4]);
  });

  it('whiteboard and laser latency to the host', async () => {
    const { world, samples, hostNow } = await measuring();
    const apply = async () => {
      await world.clock.advance(3_000);
      const event = decodeOverlay(world.lane.on(Channel.Overlay).at(-1)!);
      const { sequence } = event;
      const appliedAt = hostNow();
      const applied = { kind: 'applied', channel: Channel.Overlay, viewer: 1, frame: 1 } as const;
      world.lane.link.send(encodeAck({ ...applied, sequence, appliedAt }));
      // A second answer to the same event is not a second sample.
      world.lane.link.send(encodeAck({ ...applied, sequence, appliedAt }));
      await world.clock.advance(3_000);
    };
    world.session.setTool('whiteboard');
    expect(world.session.sendOverlay({ kind: 'laser', visible: true, x: 1, y: 1 })).toBeUndefined();
    world.session.sendOverlay({
      kind: 'stroke',
      stroke: 1,
      begin: true,
      end: false,
      points: [{ x: 1, y: 1 }],
    });
    await apply();
    world.session.setTool('laser');
    world.session.sendOverlay({ kind: 'laser', visible: true, x: 1, y: 1 });
    await apply();
    expect(samples).toMatchObject([
      { channel: 'whiteboard', latency: 3_000 },
      { channel: 'laser', latency: 3_000 },
    ]);
  });

  it('starts anew with the clock of a host that has returned', async () => {
    const { world } = await measuring();
    expect(world.session.clockOffset()?.offset).toBe(-HOST_AHEAD);
    const state = { type: 'host-state', name: 'Desk', width: 150, height: 100 } as const;
    world.main.say({ ...state, state: 'away' });
    world.hostAhead = 42;
    world.main.say({ ...state, state: 'present' });
    await world.clock.advance(100_000);
    expect(world.session.clockOffset()?.offset).toBe(-42);
  });
});

it('counts frames and bytes per second over the last moments', async () => {
  const { world } = await measuring();
  const screen = new Screen();
  let bytes = 0;
  for (let frame = 1; frame <= 60; frame++) {
    screen.fill(frame * 99);
    const messages = frameMessages(screen.code(3, frame === 1), { frame, base: frame - 1 });
    for (const message of messages) bytes += message.length;
    for (const message of messages) world.main.link.send(message);
    await world.clock.advance(50_000);
  }
  const { framesPerSecond, kilobitsPerSecond, frames } = world.session.statistics();
  expect(frames).toBe(60);
  expect(framesPerSecond).toBeGreaterThan(18);
  expect(framesPerSecond).toBeLessThan(22);
  const perFrame = (bytes / 60) * 8 * 20;
  expect(kilobitsPerSecond * 1000).toBeGreaterThan(perFrame * 0.8);
  expect(kilobitsPerSecond * 1000).toBeLessThan(perFrame * 1.5);
  await world.clock.advance(3_000_000);
  expect(world.session.statistics().framesPerSecond).toBe(0);
});
