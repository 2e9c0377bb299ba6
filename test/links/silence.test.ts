/** Connections that die without a word, at each link of a session: noticed, shown, and repaired. */
import { describe, expect, it } from 'vitest';
import { Stage, type StagedViewer, type StageOptions } from '../support/stage.js';

const LINE = { x: 0, y: 0, width: 320, height: 20 };
const WAYS = ['both', 'from', 'to'] as const;

/** A session that has come to rest. The network's links: the host's, the viewer's main link, its lane. */
async function settled(options: StageOptions = {}): Promise<{ stage: Stage; viewer: StagedViewer }> {
  const stage = await Stage.open(options);
  const viewer = stage.join('high');
  await stage.settle();
  await stage.clock.advance(3_000_000);
  return { stage, viewer };
}

describe.each(WAYS)("a host's link that freezes (%s)", (way) => {
  it('is quiet within 5 s and dialled anew within 20 s; the session goes on', async () => {
    const { stage, viewer } = await settled();
    const { clock, host, source, network } = stage;
    network.links[0]!.freeze(way);
    await clock.advance(5_000_000);
    // Who hears nothing says so: the host of the relay, the relay of the host.
    expect(host.state).toMatchObject({ kind: 'connected', link: way === 'from' ? 'alive' : 'quiet' });
    expect(viewer.session.state).toMatchObject({ host: 'present', hostQuiet: way !== 'to' });
    source.text(LINE, 7);
    await clock.advance(15_000_000);
    expect(host.state).toMatchObject({ kind: 'connected', resumed: true, link: 'alive' });
    expect(host.stats().reconnects).toBe(1);
    await stage.settle();
    expect(viewer.session.state).toMatchObject({ host: 'present', hostQuiet: false });
    expect(viewer.session.statistics().connections).toBe(1);
    network.links[0]!.thaw();
    await clock.advance(5_000_000);
    expect(host.state.kind).toBe('connected');
    stage.expectNoFaults();
    await stage.close();
  });
});

describe.each(WAYS)('a lane that freezes alone (%s)', (way) => {
  it('is left within 5 s; input goes by the main link, and what was lost is not typed late', async () => {
    const { stage, viewer } = await settled();
    const { clock, source, network } = stage;
    const { session } = viewer;
    session.setControl(true);
    await clock.advance(100_000);
    const lane = network.links[2]!;
    lane.freeze(way);
    let typed = 0;
    const type = () =>
      session.sendInput({ kind: 'key', code: 'KeyA', down: typed++ % 2 === 0 }) ?? Number.NaN;
    const silent = [type(), type()];
    session.chat.send('Do you see me?');
    await clock.advance(5_100_000);
    const heard = [type(), type()];
    await clock.advance(500_000);
    const arrived = () => source.inputs.map((event) => event.sequence);
    const early = way === 'to' ? silent : [];
    expect(arrived()).toEqual([...early, ...heard]);
    expect(session.chat.entries.map((entry) => entry.state)).toEqual(['sent']);
    expect(source.chats.map((chat) => chat.text)).toEqual(['Do you see me?']);
    lane.thaw();
    await clock.advance(5_000_000);
    expect(arrived()).toEqual([...early, ...heard]);
    expect(source.chats).toHaveLength(1);
    // A new lane took its place.
    expect(session.state).toMatchObject({ lane: true, link: 'alive' });
    expect(stage.relay.snapshot().sessions[0]!.viewers[0]!.lane).toBe(true);
    expect(session.statistics().connections).toBe(1);
    stage.expectNoFaults();
    await stage.close();
  });

  it('leaves nothing pressed', async () => {
    const { stage, viewer } = await settled();
    const { clock, source, network } = stage;
    viewer.session.setControl(true);
    await clock.advance(100_000);
    viewer.session.sendInput({ kind: 'key', code: 'ShiftLeft', down: true });
    await clock.advance(100_000);
    network.links[2]!.freeze(way);
    // Its release is lost with the lane, unless only the way back is frozen.
    viewer.session.sendInput({ kind: 'key', code: 'ShiftLeft', down: false });
    await clock.advance(6_000_000);
    expect(source.inputs.at(-1)).toMatchObject({ kind: 'key', code: 'ShiftLeft', down: false });
    await stage.close();
  });
});

describe.each(WAYS)("a viewer's main link that freezes (%s)", (way) => {
  it('is quiet within 5 s and dialled anew within 20 s, with one viewer in the session', async () => {
    const { stage, viewer } = await settled();
    const { clock, source, network } = stage;
    network.links[1]!.freeze(way);
    await clock.advance(5_000_000);
    if (way !== 'from') expect(viewer.session.state.link).toBe('quiet');
    source.text(LINE, 9);
    await clock.advance(15_000_000);
    expect(viewer.session.state).toMatchObject({ connection: { kind: 'joined' }, link: 'alive', lane: true });
    await stage.settle();
    expect(stage.relay.snapshot().sessions[0]!.viewers).toHaveLength(1);
    expect(viewer.session.state.participants).toHaveLength(1);
    stage.expectNoFaults();
    await stage.close();
  });
});

it("finds a viewer's links that die while the host is away", async () => {
  const { stage, viewer } = await settled();
  const { clock, host, network } = stage;
  const { accept } = network;
  network.accept = undefined;
  network.links[0]!.cut();
  await clock.advance(1_000_000);
  expect(viewer.session.state.host).toBe('away');
  for (const link of network.links) link.freeze();
  await clock.advance(30_000_000);
  expect(viewer.session.state.connection.kind).toBe('waiting');
  expect(stage.relay.snapshot().sessions[0]!.viewers).toHaveLength(0);
  network.accept = accept;
  await clock.advance(15_000_000);
  expect(host.state.kind).toBe('connected');
  expect(viewer.session.state).toMatchObject({ connection: { kind: 'joined' }, host: 'present' });
  stage.expectNoFaults();
  await stage.close();
});

it('does not take a modem for dead that carries a photograph', { timeout: 60_000 }, async () => {
  const stage = await Stage.open({ width: 640, height: 480 });
  const { clock, source } = stage;
  source.photo({ x: 0, y: 0, width: 640, height: 480 }, 1);
  // 50 kbit/s: a slice of 100 kB takes 16 s.
  const viewer = stage.join('high', { backward: { bytesPerSecond: 6_250, delay: 55_000 } });
  let quiet = 0;
  for (let second = 0; second < 150; second++) {
    await clock.advance(1_000_000);
    if (viewer.session.state.link === 'quiet') quiet++;
  }
  await stage.settle(300_000_000);
  expect(viewer.frames[0]!.bytes).toBeGreaterThan(300_000);
  expect(viewer.session.statistics().connections).toBe(1);
  expect(quiet).toBe(0);
  expect(stage.host.stats().reconnects).toBe(0);
  stage.expectNoFaults();
  await stage.close();
});

it('does not take a host behind a modem for dead that sends a photograph', { timeout: 60_000 }, async () => {
  const stage = await Stage.open({
    width: 640,
    height: 480,
    hostLink: { forward: { bytesPerSecond: 4_000, delay: 55_000 } },
  });
  stage.source.photo({ x: 0, y: 0, width: 640, height: 480 }, 1);
  const viewer = stage.join('high');
  await stage.settle(400_000_000);
  expect(viewer.frames[0]!.bytes).toBeGreaterThan(300_000);
  expect(stage.host.stats().reconnects).toBe(0);
  stage.expectNoFaults();
  await stage.close();
});
