/** The auto stream over links from 64 kbit/s to a local network, in virtual time. */
import { describe, expect, test } from 'vitest';
import { ColourLevel, FrameDecoder } from '../../codecs/index.js';
import { bytesSource } from '../../codecs/recording/index.js';
import { decisionsOf, parseRecords, replay } from '../../engine/flow/index.js';
import { type AutoRecord, formatRecord, MemorySink, Recorder } from '../../engine/index.js';
import { checkRecording } from '../../engine/recording/index.js';
import type { NetworkOptions } from '../support/network.js';
import { openStage, stage } from '../support/open-stage.js';
import type { StagedViewer, StageOptions } from '../support/stage.js';

const SECOND = 1_000_000;
const WIDTH = 640;
const HEIGHT = 400;
const FILM = { x: 64, y: 64, width: 192, height: 128 };
const FRAME = 40_000;

async function open(host: StageOptions['host'] = {}): Promise<void> {
  await openStage({ width: WIDTH, height: HEIGHT, hostLink: { delay: 2000 }, host });
}

const link = (kilobits: number, delay = 10_000): NetworkOptions => ({
  bytesPerSecond: (kilobits * 1000) / 8,
  delay,
});

/** A page: writing above, a photograph below. */
function showPage(seed: number): void {
  stage.source.text({ x: 0, y: 0, width: WIDTH, height: HEIGHT / 2 }, seed);
  stage.source.photo({ x: 0, y: HEIGHT / 2, width: WIDTH, height: HEIGHT / 2 }, seed);
}

async function playFilm(frames: number, period = FRAME): Promise<void> {
  for (let index = 0; index < frames; index++) {
    stage.source.photo(FILM, index);
    await stage.clock.advance(period);
  }
}

const bytesOf = (frames: StagedViewer['frames']) => frames.reduce((sum, { bytes }) => sum + bytes, 0);
const newest = ({ frames }: StagedViewer) => frames[frames.length - 1]!;

describe('at rest', () => {
  test.each([64, 256, 1000, 10_000, 1_000_000])('the picture is exact at %i kbit/s', async (rate) => {
    await open();
    showPage(1);
    const viewer = stage.join('auto', link(rate));
    await stage.clock.advance(SECOND);
    for (let line = 0; line < 40; line++) {
      stage.source.scrollUp({ x: 0, y: 0, width: WIDTH, height: HEIGHT }, 16, line);
      await stage.clock.advance(FRAME);
    }
    await playFilm(25);
    await stage.settle(120 * SECOND);
    // What is there already is not sent once more.
    await stage.clock.advance(10 * SECOND);
    const count = viewer.frames.length;
    await stage.clock.advance(5 * SECOND);
    expect(viewer.frames).toHaveLength(count);
    expect(newest(viewer).exact).toBe(true);
    expect(stage.host.stats().auto).toBeDefined();
    stage.expectNoFaults();
  });

  test('a network without limits shows no blur for longer than two frames', async () => {
    await open();
    showPage(1);
    const viewer = stage.join('auto', { delay: 2000 });
    await stage.settle();
    expect(viewer.frames.findIndex(({ exact }) => exact)).toBeLessThanOrEqual(2);
    expect(newest(viewer).at - viewer.frames[0]!.at).toBeLessThan(30_000);
    const before = viewer.frames.length;
    showPage(2);
    await playFilm(25);
    await stage.settle();
    expect(viewer.frames.slice(before).every(({ exact }) => exact)).toBe(true);
  });
});

describe('what moves', () => {
  test.each([
    [1500, FRAME],
    [1000, FRAME],
    [1000, 100_000],
  ])('at %i kbit/s is not refined while it plays every %i us, and is soon after', async (rate, period) => {
    await open();
    const viewer = stage.join('auto', link(rate));
    await stage.settle(60 * SECOND);
    await playFilm(10, period);
    const from = viewer.frames.length;
    await playFilm(40, period);
    const played = viewer.frames.slice(from);
    expect(played.length).toBeGreaterThan(10);
    expect(played.filter(({ refinement }) => refinement)).toEqual([]);
    const stopped = stage.clock.now() - period;
    const rest = viewer.frames.length;
    await stage.settle(60 * SECOND);
    const refined = viewer.frames.slice(rest).filter(({ refinement }) => refinement);
    expect(refined.length).toBeGreaterThan(0);
    const wire = (bytesOf(viewer.frames.slice(rest)) * SECOND) / ((rate * 1000) / 8);
    // Two and a half periods of rest; delays, and the acks that the window waits for on a slow link.
    const patience = Math.max(100_000, 2.5 * period) + 100_000;
    expect(newest(viewer).at - stopped).toBeLessThan(patience + 1.5 * wire);
  });

  test('on a slow link is never older than a window', async () => {
    await open();
    const viewer = stage.join('auto', link(256));
    await stage.settle(60 * SECOND);
    const from = viewer.frames.length;
    await playFilm(100);
    const frames = viewer.frames.slice(from);
    expect(frames.length).toBeGreaterThan(20);
    const offset = viewer.session.clockOffset()!.offset;
    for (const { at, drawnAt } of frames.slice(5)) expect(at - offset - drawnAt).toBeLessThan(500_000);
    await stage.settle(60 * SECOND);
  });

  test('does not keep the rest of the screen blurred for ever', async () => {
    await open();
    const viewer = stage.join('auto', link(500));
    await stage.settle(60 * SECOND);
    stage.source.photo({ x: 320, y: 200, width: 128, height: 128 }, 5);
    const from = viewer.frames.length;
    await playFilm(250);
    expect(viewer.frames.slice(from).some(({ refinement }) => refinement)).toBe(true);
  });
});

describe('first things first', () => {
  test('a large change is there coarse long before it is exact', async () => {
    await open();
    const viewer = stage.join('auto', link(1000));
    const exact = stage.join('high', link(1000));
    await stage.settle(60 * SECOND);
    const from = [viewer.frames.length, exact.frames.length] as const;
    const start = stage.clock.now();
    showPage(3);
    await stage.settle(60 * SECOND);
    const frames = viewer.frames.slice(from[0]);
    const first = frames.findIndex(({ refinement }) => refinement);
    const coarse = frames.slice(0, first);
    const whole = bytesOf(exact.frames.slice(from[1]));
    expect(bytesOf(coarse)).toBeLessThan(whole / 3);
    expect(coarse[coarse.length - 1]!.at - start).toBeLessThan((newest(exact).at - start) / 2);
  });

  test('sharpens near the pointer first', async () => {
    await open();
    const viewer = stage.join('auto', link(500));
    await stage.settle(60 * SECOND);
    viewer.session.setControl(true);
    await stage.clock.advance(SECOND);
    const at = { x: 600, y: 370 };
    viewer.session.sendInput({ kind: 'pointer', ...at, buttons: 0 });
    await stage.clock.advance(100_000);
    stage.source.photo({ x: 0, y: 0, width: WIDTH, height: HEIGHT }, 9);
    const from = viewer.frames.length;
    await stage.settle(60 * SECOND);
    const refined = viewer.frames.slice(from).filter(({ refinement }) => refinement);
    const distance = ({ damage }: (typeof refined)[number]) =>
      damage.reduce((sum, { x, y }) => sum + Math.hypot(x - at.x, y - at.y), 0) / damage.length;
    expect(refined.length).toBeGreaterThan(6);
    expect(distance(refined[0]!)).toBeLessThan(150);
    expect(distance(refined[0]!)).toBeLessThan(distance(refined[refined.length - 1]!) / 2);
  });
});

describe('viewers together', () => {
  test('two of auto on unlike links and one of high all end exact, and high is exact all the time', async () => {
    await open();
    showPage(1);
    stage.join('auto', link(10_000));
    const slow = stage.join('auto', link(256));
    const high = stage.join('high', link(10_000));
    await stage.clock.advance(SECOND);
    for (let step = 0; step < 30; step++) {
      showPage(step);
      await stage.clock.advance(100_000);
    }
    await stage.settle(120 * SECOND);
    expect(stage.relay.counters.cuts).toBeGreaterThan(0);
    expect(slow.frames.length).toBeGreaterThan(3);
    expect(high.frames.every(({ exact, refinement }) => exact && !refinement)).toBe(true);
    stage.expectNoFaults();
  });

  test('a host that comes back brings them up to date', async () => {
    await open();
    showPage(1);
    const viewer = stage.join('auto', link(1000));
    await stage.clock.advance(500_000);
    stage.network.links[0]!.cut();
    showPage(2);
    await stage.settle(60 * SECOND);
    expect(newest(viewer).exact).toBe(true);
    stage.expectNoFaults();
  });

  test('are told how it is coded', async () => {
    await open();
    const viewer = stage.join('auto', link(500));
    await stage.settle(60 * SECOND);
    await stage.clock.advance(SECOND);
    const exact = { quality: 0, text: ColourLevel.High, reason: 'exact' };
    expect(viewer.session.state.auto).toEqual(exact);
    await playFilm(50);
    expect(viewer.session.state.auto?.quality).toBeGreaterThan(0);
    viewer.session.setQuality('high');
    await stage.settle(60 * SECOND);
    expect(viewer.session.state.auto).toBeUndefined();
  });

  test('figures leave refinements out of frames a second and of latency', async () => {
    await open();
    const viewer = stage.join('auto', link(500));
    await stage.settle(60 * SECOND);
    await stage.clock.advance(SECOND);
    showPage(4);
    await stage.settle(60 * SECOND);
    const { frames, refinements, latency, updates } = viewer.session.statistics();
    expect(refinements).toBeGreaterThan(5);
    expect(latency.display.total.samples).toBe(frames - refinements - updates);
  });
});

test('every decision is in the log, which can be written, read and replayed', async () => {
  const records: AutoRecord[] = [];
  await open({ onAutoRecord: (record) => records.push(record) });
  const viewer = stage.join('auto', link(500));
  await stage.settle(60 * SECOND);
  await playFilm(20);
  stage.leave(viewer);
  await stage.clock.advance(SECOND);
  stage.join('auto', link(10_000));
  await playFilm(20);
  await stage.settle(60 * SECOND);
  expect(stage.host.autoLog().length).toBeGreaterThan(20);
  const read = parseRecords(records.map(formatRecord).join('\n'));
  expect(decisionsOf(read).length).toBeGreaterThan(40);
  expect(replay(read)).toEqual(decisionsOf(read));
});

test('a recording of it holds what was shown, and verifies', async () => {
  await open();
  showPage(1);
  const viewer = stage.join('auto', link(1000));
  const sink = new MemorySink();
  const recorder = new Recorder({
    sink,
    clock: stage.clock,
    metadata: { session: 'auto', host: 'Stage', program: 'test', startedAt: 0 },
    wantRefresh: () => viewer.session.wantRefresh(),
  });
  viewer.session.tap((message, at) => recorder.message(message, at));
  await stage.settle(60 * SECOND);
  await playFilm(20);
  await stage.settle(60 * SECOND);
  const summary = await recorder.stop();
  expect(summary.error).toBeUndefined();
  expect(summary.dropped).toBe(0);
  expect(summary.frames).toBeGreaterThan(10);
  const { ok, frames } = await checkRecording(bytesSource(sink.toBytes()), {
    decoder: new FrameDecoder(stage.module),
  });
  expect({ ok, frames }).toEqual({ ok: true, frames: summary.frames });
});
