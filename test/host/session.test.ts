import { afterEach, describe, expect, test } from 'vitest';
import { Stage, type StageOptions } from '../support/stage.js';

let stage: Stage;

async function open(options?: StageOptions): Promise<Stage> {
  stage = await Stage.open(options);
  return stage;
}

afterEach(async () => {
  await stage.close();
});

describe('one level', () => {
  test('captures nothing before there is a viewer', async () => {
    const { source, host } = await open();
    source.fill({ x: 0, y: 0, width: 10, height: 10 }, 0xff0000);
    await stage.clock.advance(1_000_000);
    expect(source.started).toBe(false);
    expect(source.captures).toBe(0);
    expect(host.frame).toBe(0);
  });

  test('a viewer gets the whole picture, then what changes', async () => {
    const { source } = await open();
    const viewer = stage.join('high');
    await stage.settle();
    expect(viewer.frames.map(({ frame, base }) => [frame, base])).toEqual([[1, 0]]);
    source.text({ x: 70, y: 70, width: 100, height: 20 }, 1);
    await stage.settle();
    expect(viewer.frames.map(({ frame, base }) => [frame, base])).toEqual([
      [1, 0],
      [2, 1],
    ]);
    expect(viewer.frames[1]!.bytes).toBeLessThan(3000);
    stage.expectNoFaults();
  });

  test('an unchanged screen sends nothing', async () => {
    const { source, host } = await open();
    const viewer = stage.join('high');
    await stage.settle();
    source.changed();
    await stage.clock.advance(1_000_000);
    expect(host.stats().emptyCaptures).toBe(1);
    expect(viewer.frames).toHaveLength(1);
  });
});
