import { describe, expect, test } from 'vitest';
import { ColourLevel } from '../../codecs/index.js';
import { Channel, type CommittedFrame, decodeAck } from '../../engine/index.js';
import { openStage, stage } from '../support/open-stage.js';
import { samePixels } from '../support/stage.js';

const SLOW = { bytesPerSecond: 8000, delay: 30_000 };
const LINE = { x: 70, y: 70, width: 100, height: 20 };

describe('one level', () => {
  test('captures nothing before there is a viewer', async () => {
    const { source, host } = await openStage();
    source.fill({ x: 0, y: 0, width: 10, height: 10 }, 0xff0000);
    await stage.clock.advance(1_000_000);
    expect(source.started).toBe(false);
    expect(source.captures).toBe(0);
    expect(host.frame).toBe(0);
  });

  test('a viewer gets the whole picture, then what changes', async () => {
    const { source } = await openStage();
    const viewer = stage.join('high');
    await stage.settle();
    expect(viewer.frames.map(({ frame, base }) => [frame, base])).toEqual([[1, 0]]);
    source.text(LINE, 1);
    await stage.settle();
    expect(viewer.frames.map(({ frame, base }) => [frame, base])).toEqual([
      [1, 0],
      [2, 1],
    ]);
    expect(viewer.frames[1]!.bytes).toBeLessThan(3000);
    stage.expectNoFaults();
  });

  test('a change is sent at once: its way is the links alone', async () => {
    const { source } = await openStage();
    stage.join('high');
    await stage.settle();
    await stage.clock.advance(1_234_567);
    source.text(LINE, 1);
    expect(await stage.settle()).toBe(2000);
  });

  test('an unchanged screen sends nothing', async () => {
    const { source, host } = await openStage();
    const viewer = stage.join('high');
    await stage.settle();
    source.changed();
    await stage.clock.advance(1_000_000);
    expect(host.stats().emptyCaptures).toBe(1);
    expect(viewer.frames).toHaveLength(1);
  });

  test('changes while the window is shut become one frame, which dates from the oldest', async () => {
    const committed: number[] = [];
    const { source } = await openStage({ host: { onFrame: () => committed.push(stage.clock.now()) } });
    const viewer = stage.join('high', SLOW);
    await stage.settle();
    const steps = 100;
    for (let step = 0; step < steps; step++) {
      source.text({ x: 0, y: 0, width: 320, height: 150 }, step);
      await stage.clock.advance(10_000);
    }
    await stage.settle();
    const { frames } = viewer;
    expect(frames.length).toBeLessThan(10);
    expect(frames).toHaveLength(committed.length);
    for (let index = 2; index < frames.length; index++) {
      const since = frames[index]!.drawnAt - committed[index - 1]!;
      expect(since).toBeGreaterThan(0);
      expect(since).toBeLessThanOrEqual(10_000);
    }
  });

  test('scrolling sends a move and the new lines', async () => {
    const { source, host } = await openStage();
    const rect = { x: 0, y: 0, width: 320, height: 192 };
    source.text(rect, 1);
    const viewer = stage.join('high');
    await stage.settle();
    source.scrollUp(rect, 16, 2);
    await stage.settle();
    expect(host.stats().pipeline?.moves).toBeGreaterThan(0);
    expect(viewer.frames[1]!.bytes).toBeLessThan(viewer.frames[0]!.bytes / 4);
    stage.expectNoFaults();
  });

  test('a source that answers with promises is captured again when it changed meanwhile', async () => {
    const { source } = await openStage();
    source.captureTime = 0;
    stage.join('high');
    await stage.settle();
    let once = true;
    source.onCapture = () => {
      if (!once) return;
      once = false;
      Promise.resolve().then(() => source.fill(LINE, 0x00ff00));
    };
    source.fill({ ...LINE, y: 0 }, 0x0000ff);
    await stage.settle();
    expect(source.captures).toBe(3);
  });

  test('a source that throws costs a fault, not the session', async () => {
    const { source } = await openStage();
    stage.join('high');
    await stage.settle();
    source.onCapture = () => {
      throw new Error('no screen');
    };
    await stage.clock.advance(10_000);
    source.fill(LINE, 1);
    expect(stage.faults.map(({ code, message }) => [code, message])).toEqual([['internal', 'no screen']]);
    source.onCapture = undefined;
    source.fill(LINE, 2);
    await stage.settle();
  });

  test('frames take the numbers of the source, where those go on', async () => {
    const { source } = await openStage();
    source.numbers.push(10, 12, 12, 3);
    const viewer = stage.join('high');
    await stage.settle();
    for (let step = 1; step < 4; step++) {
      source.fill(LINE, step);
      await stage.settle();
    }
    expect(viewer.frames.map(({ frame }) => frame)).toEqual([10, 12, 13, 14]);
  });

  test('paces captures only when asked to', async () => {
    const { source } = await openStage({ host: { maxFps: 10 } });
    stage.join('high');
    await stage.settle();
    const before = source.captures;
    for (let step = 0; step < 100; step++) {
      source.fill(LINE, step);
      await stage.clock.advance(10_000);
    }
    expect(source.captures - before).toBeGreaterThanOrEqual(9);
    expect(source.captures - before).toBeLessThanOrEqual(11);
    await stage.settle();
  });
});

describe('levels', () => {
  test('each viewer holds the picture in its colours; a level that nobody watches costs nothing', async () => {
    const { source, host } = await openStage();
    stage.join('high');
    stage.join('low', SLOW);
    await stage.settle();
    for (let step = 0; step < 20; step++) {
      source.text({ ...LINE, y: step * 8 }, step);
      await stage.clock.advance(20_000);
    }
    await stage.settle();
    const { levels } = host.stats().pipeline!;
    expect(levels[ColourLevel.High]!.packets).toBeGreaterThan(levels[ColourLevel.Low]!.packets);
    expect(levels[ColourLevel.VeryLow]!.packets).toBe(0);
    expect(levels[ColourLevel.Medium]!.packets).toBe(0);
    stage.expectNoFaults();
  });

  test('viewers of one level share one encoding', async () => {
    const { source, host } = await openStage();
    for (let count = 0; count < 5; count++) stage.join('medium');
    await stage.settle();
    const before = host.stats().pipeline!.levels[ColourLevel.Medium]!.packets;
    source.text(LINE, 1);
    await stage.settle();
    expect(host.stats().pipeline!.levels[ColourLevel.Medium]!.packets).toBe(before + 1);
  });

  test('a change of quality takes effect, both ways, and the old level is left', async () => {
    const { source, host } = await openStage();
    const viewer = stage.join('high');
    await stage.settle();
    for (const quality of ['very-low', 'medium', 'high'] as const) {
      viewer.session.setQuality(quality);
      source.text(LINE, quality.length);
      await stage.clock.advance(100_000);
      await stage.settle();
      expect(host.stats().flow).toHaveLength(1);
    }
    stage.expectNoFaults();
  });

  test('moves are not used where their source is pending', async () => {
    const { source } = await openStage();
    // A window may open while a picture is captured: its level then has damage pending and gets the new frame.
    source.captureTime = 3000;
    const rect = { x: 0, y: 0, width: 320, height: 192 };
    source.text(rect, 1);
    stage.join('high');
    stage.join('low', SLOW);
    await stage.settle();
    for (let step = 2; step < 40; step++) {
      source.scrollUp(rect, 8, step);
      await stage.clock.advance(10_000);
    }
    await stage.settle();
    stage.expectNoFaults();
  });
});

describe('what the technician does', () => {
  test('input reaches the source, and its ack names the first frame that can show it', async () => {
    const { source, host } = await openStage();
    const viewer = stage.join('high');
    await stage.settle();
    viewer.session.setControl(true);
    await stage.clock.advance(100_000);
    const applied: number[] = [];
    viewer.session.tap((message) => {
      if (message[0] !== Channel.Ack) return;
      const ack = decodeAck(message);
      if (ack.kind === 'applied') applied.push(ack.frame);
    });
    const { frame } = host;
    source.input = (event) => {
      source.inputs.push(event);
      source.fill(LINE, 0xff00ff);
    };
    viewer.session.sendInput({ kind: 'pointer', x: 5, y: 6, buttons: 1 });
    await stage.clock.advance(10_000);
    expect(source.inputs).toMatchObject([{ kind: 'pointer', x: 5, y: 6, buttons: 1, viewer: 1 }]);
    expect(host.stats().inputs).toBe(1);
    expect(viewer.session.statistics().latency.input.total.samples).toBe(1);
    expect(applied).toEqual([frame + 1]);
    expect(viewer.frames[viewer.frames.length - 1]!.frame).toBe(frame + 1);
    expect(stage.isUpToDate(viewer)).toBe(true);
  });

  test('overlays reach the source', async () => {
    const { source } = await openStage();
    const viewer = stage.join('high');
    await stage.settle();
    viewer.session.setTool('laser');
    viewer.session.sendOverlay({ kind: 'laser', visible: true, x: 10, y: 20 });
    await stage.clock.advance(10_000);
    expect(source.overlays).toMatchObject([{ kind: 'laser', visible: true, x: 10, y: 20, viewer: 1 }]);
  });

  test('the source is told who records and who controls, and when that ends', async () => {
    const { source, network } = await openStage();
    const viewer = stage.join('high');
    await stage.settle();
    viewer.session.setRecording(true);
    viewer.session.setControl(true);
    await stage.clock.advance(10_000);
    const who = { viewer: 1, name: 'viewer 1' };
    expect(source.notices).toEqual([
      { kind: 'recording', active: true, ...who },
      { kind: 'control', active: true, ...who },
    ]);
    network.links[0]!.cut();
    await stage.clock.advance(1);
    expect(source.notices.slice(2)).toEqual([
      { kind: 'recording', active: false, ...who },
      { kind: 'control', active: false, ...who },
    ]);
  });
});

describe('every frame', () => {
  test('reaches viewers of two levels, one of them throttled, without one left out', async () => {
    const committed: number[] = [];
    const hashes = new Map<number, CommittedFrame>();
    const { source } = await openStage({
      host: {
        everyFrame: true,
        waitForViewers: 2,
        onFrame: (frame) => {
          committed.push(frame.frame);
          hashes.set(frame.frame, frame);
        },
      },
    });
    const total = 60;
    let next = 0;
    source.onCapture = () => {
      if (next === total) return;
      next++;
      source.text(LINE, next);
    };
    const fast = stage.join('high');
    const slow = stage.join('low', { bytesPerSecond: 32_000, delay: 20_000 });
    await stage.clock.advanceUntil(() => committed.length === total, 120_000_000);
    await stage.settle();
    for (const viewer of [fast, slow]) {
      const numbers = viewer.frames.map(({ frame }) => frame);
      expect(numbers).toEqual(committed);
    }
    expect(stage.relay.counters.cuts).toBe(0);
  });

  test('the end of the source is told once everybody has its last frame', async () => {
    let ended = 0;
    const { source } = await openStage({ host: { onEnded: () => ended++ } });
    const viewer = stage.join('high', SLOW);
    await stage.settle();
    source.text({ x: 0, y: 0, width: 320, height: 200 }, 1);
    source.events!.ended();
    expect(ended).toBe(0);
    await stage.clock.advanceUntil(() => ended === 1);
    expect(stage.isUpToDate(viewer)).toBe(true);
    await stage.clock.advance(1_000_000);
    expect(ended).toBe(1);
  });

  test('the end of a source that has no picture is told at once, whatever viewers want', async () => {
    let ended = 0;
    const faults: string[] = [];
    const { source } = await openStage({
      host: { onEnded: () => ended++, onFault: ({ message }) => faults.push(message) },
    });
    source.onCapture = () => {
      throw new Error('nothing to see');
    };
    stage.join('high');
    await stage.clock.advance(100_000);
    expect(ended).toBe(0);
    source.events!.ended();
    expect(ended).toBe(1);
    expect(faults).toContain('nothing to see');
  });
});

describe('the picture as it is committed', () => {
  test('is what a viewer of the level will hold', async () => {
    const seen: boolean[] = [];
    const { source } = await openStage({
      host: {
        onFrame: ({ picture }) => {
          for (const level of [0, 1, 2, 3] as const) {
            seen.push(samePixels(picture(level), stage.expected(level)));
          }
        },
      },
    });
    stage.join('high');
    source.text(LINE, 9);
    await stage.settle();
    expect(seen).toEqual([true, true, true, true]);
  });
});

describe('without viewers to wait for', () => {
  test('the source plays to nobody, and to whoever comes', async () => {
    const { source, host } = await openStage({ host: { waitForViewers: 0 } });
    source.text(LINE, 1);
    source.text(LINE, 2);
    expect(host.frame).toBe(3);
    stage.join('high');
    await stage.settle();
  });
});

describe('the source changes its size', () => {
  test('everybody gets the new picture, whole, and goes on from there', async () => {
    const { source } = await openStage();
    stage.join('high');
    stage.join('low', SLOW);
    await stage.settle();
    source.resize(200, 333, 0x336699);
    await stage.settle();
    source.text(LINE, 1);
    await stage.settle();
    source.resize(320, 200, 0);
    await stage.settle();
    stage.expectNoFaults();
  });
});
