/** A host that is started anew, as another process, while its viewers wait; and a session that had ended. */
import { expect, it } from 'vitest';
import { HostSession } from '../../engine/index.js';
import { PaintedSource } from '../support/painted-source.js';
import { Stage, TOKEN } from '../support/stage.js';

const KEY = 'keykeykeykeykeykeykeykeykey';
const LINE = { x: 0, y: 0, width: 320, height: 20 };

/** The host's process is gone, and another one has taken its place with another picture. */
async function startAnew(stage: Stage, away: number): Promise<{ host: HostSession; source: PaintedSource }> {
  const { clock, network } = stage;
  const { accept } = network;
  network.accept = undefined;
  network.links[0]!.cut();
  await clock.advance(100_000);
  await stage.host.stop();
  network.accept = accept;
  await clock.advance(away);
  const source = new PaintedSource(clock, 320, 200);
  source.text({ x: 0, y: 0, width: 320, height: 200 }, 99);
  const host = new HostSession({
    source,
    dial: network.dial({ delay: 1000 }),
    clock,
    token: TOKEN,
    key: KEY,
    name: 'Stage',
    threads: 0,
    module: stage.module,
    random: () => 0.5,
    onFault: (error) => stage.faults.push(error),
  });
  await host.start();
  await clock.advanceUntil(() => host.state.kind === 'connected');
  return { host, source };
}

it('goes on in its session with numbers that nobody has seen yet', async () => {
  const stage = await Stage.open();
  const viewers = (['high', 'auto', 'low'] as const).map((quality) => stage.join(quality));
  await stage.settle();
  for (let seed = 0; seed < 20; seed++) {
    stage.source.text(LINE, seed);
    await stage.clock.advance(200_000);
  }
  const newest = stage.host.frame;
  expect(newest).toBeGreaterThan(20);
  const { host, source } = await startAnew(stage, 5_000_000);
  expect(host.state).toMatchObject({ kind: 'connected', resumed: true });
  await stage.clock.advance(3_000_000);
  expect(host.frame).toBeGreaterThan(newest);
  for (const viewer of viewers) {
    expect(viewer.session.statistics().connections).toBe(1);
    expect(viewer.session.state.host).toBe('present');
    expect(viewer.frames.at(-1)!.frame).toBeGreaterThan(newest);
    const numbers = viewer.frames.map((frame) => frame.frame);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  }
  // And what it paints from now on is shown, too.
  stage.source.pixels.set(source.pixels);
  source.text(LINE, 5);
  stage.source.text(LINE, 5);
  await stage.settle();
  stage.expectNoFaults();
  await host.stop();
  await stage.close();
});

it('is found again by a viewer that goes on looking, after its session has ended', async () => {
  const stage = await Stage.open();
  const patient = stage.join('high', {}, { looksAgain: true });
  const other = stage.join('high');
  await stage.settle();
  const { host } = await startAnew(stage, 70_000_000);
  const kinds = () => [patient, other].map((viewer) => viewer.session.state.connection.kind);
  expect(kinds()).toEqual(['ended', 'ended']);
  await stage.clock.advance(40_000_000);
  expect(kinds()).toEqual(['joined', 'ended']);
  expect(patient.session.state.host).toBe('present');
  // Who looks does not wait.
  await host.stop();
  await stage.clock.advance(1_000_000);
  expect(kinds()[0]).toBe('ended');
  await stage.close();
});

it('is looked for at once when the page is seen again', async () => {
  const stage = await Stage.open();
  const viewer = stage.join('high', {}, { looksAgain: true });
  await stage.settle();
  const { host } = await startAnew(stage, 61_000_000);
  expect(viewer.session.state.connection.kind).toBe('ended');
  viewer.session.lookNow();
  await stage.clock.advance(100_000);
  expect(viewer.session.state.connection.kind).toBe('joined');
  await host.stop();
  await stage.close();
});
