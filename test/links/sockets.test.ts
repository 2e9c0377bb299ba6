/** Real sockets that die without a word, over both of the relay's transports. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  dialWebSocket,
  HeadlessViewer,
  type HeartbeatTimes,
  HostSession,
  type RunningRelay,
  startRelay,
  systemClock,
} from '../../engine/index.js';
import { DIRECT, type ShapedProxy, shapedProxy } from '../../engine/link-model/index.js';
import { PaintedSource } from '../support/painted-source.js';
import { describeOverTransports } from '../support/transports.js';

/** A tenth of the usual times: no test asserts one, all wait for what must happen. */
const HEARTBEAT: HeartbeatTimes = { beat: 200_000, quiet: 400_000, giveUp: 1_500_000, answer: 400_000 };
const TOKEN = 'sockets-sockets-sockets-0';
const LIMIT = { timeout: 60_000 };

describeOverTransports('connections that die without a word, on', (transport) => {
  let relay: RunningRelay;
  let proxy: ShapedProxy;
  let source: PaintedSource;
  let host: HostSession;
  let viewer: HeadlessViewer;
  /** Of the viewer: main and lane in turn. */
  let dials = 0;
  const through = (port: number) => () => dialWebSocket(`ws://127.0.0.1:${port}/ws`);

  beforeEach(async () => {
    relay = await startRelay({ transport, heartbeat: HEARTBEAT, limits: { grace: 30_000_000 } });
    proxy = await shapedProxy({ target: relay.port, link: DIRECT, seed: 1 });
    source = new PaintedSource(systemClock, 320, 200);
  });
  afterEach(async () => {
    viewer.close();
    await host.stop();
    await relay.close();
    await proxy.close();
  });

  async function open(ports: { host?: number; main?: number; lane?: number }): Promise<void> {
    host = new HostSession({
      source,
      dial: through(ports.host ?? relay.port),
      clock: systemClock,
      token: TOKEN,
      key: TOKEN,
      name: 'Anna',
      threads: 0,
      heartbeat: HEARTBEAT,
    });
    await host.start();
    dials = 0;
    const { main = relay.port, lane = relay.port } = ports;
    viewer = await HeadlessViewer.open({
      dial: () => through(dials++ % 2 === 0 ? main : lane)(),
      token: TOKEN,
      heartbeat: HEARTBEAT,
    });
    await viewer.until(() => viewer.frame > 0 && viewer.session.state.lane, 'the session');
  }

  const newPicture = async (seed: number) => {
    const before = viewer.frame;
    source.text({ x: 0, y: 0, width: 320, height: 40 }, seed);
    await viewer.until(() => viewer.frame > before, 'a new picture');
  };

  it.each(['both', 'up', 'down'] as const)("the host's (%s)", LIMIT, async (way) => {
    await open({ host: proxy.port });
    proxy.freeze(way);
    await viewer.until(() => host.stats().reconnects > 0, 'the loss');
    await viewer.until(
      () => host.state.kind === 'connected' && viewer.session.state.host === 'present',
      'it',
    );
    await newPicture(1);
    expect(viewer.session.statistics().connections).toBe(1);
  });

  it.each(['both', 'up', 'down'] as const)('the lane alone (%s)', LIMIT, async (way) => {
    await open({ lane: proxy.port });
    const { session } = viewer;
    session.setControl(true);
    await viewer.until(() => session.state.controller === session.state.viewer, 'control');
    proxy.freeze(way);
    session.chat.send('Do you see me?');
    await viewer.until(() => session.chat.entries.at(-1)?.state === 'sent', 'the text');
    session.sendInput({ kind: 'text', text: 'x' });
    await viewer.until(() => source.inputs.some((event) => event.kind === 'text'), 'input');
    await viewer.until(() => session.state.lane && dials > 2, 'another lane');
    expect(session.statistics().connections).toBe(1);
    expect(source.chats).toHaveLength(1);
  });

  it("both of a viewer's, who comes back as the same", LIMIT, async () => {
    await open({ main: proxy.port, lane: proxy.port });
    const { session } = viewer;
    const { viewer: id } = session.state;
    proxy.freeze();
    await viewer.until(() => session.state.link === 'quiet', 'silence');
    await viewer.until(() => session.statistics().connections === 2 && session.state.lane, 'the return');
    await newPicture(2);
    expect(session.state.viewer).toBe(id);
    expect(relay.relay.snapshot().sessions[0]!.viewers.map((one) => one.viewer)).toEqual([id]);
  });
});
