import { describe, expect, it } from 'vitest';
import {
  CHANNEL_NAMES,
  DEFAULT_SETTINGS,
  type MeasureReport,
  type MeasureSettings,
  measure,
} from '../../harness/measure/index.js';

function run(settings: Partial<MeasureSettings>): Promise<MeasureReport> {
  return measure({
    ...DEFAULT_SETTINGS,
    width: 640,
    height: 400,
    duration: 5,
    warmup: 1,
    verifyFrames: 10,
    virtual: true,
    ...settings,
  });
}

describe('a measurement in virtual time', () => {
  it('gives the same report every time for one seed', async () => {
    const settings = { link: 'hotel', level: 'auto', seed: 7 } as const;
    const first = await run(settings);
    expect(JSON.stringify(await run(settings))).toBe(JSON.stringify(first));
    const other = await run({ ...settings, seed: 8 });
    expect(other.channels.display.histogram).not.toBe(first.channels.display.histogram);
  });

  it('compares pictures, and finds them right', async () => {
    const { framesCompared, mismatches } = await run({ link: 'lan' });
    expect(framesCompared).toBe(10);
    expect(mismatches).toBe(0);
  });

  it('adds nothing to a path without length but what work takes', async () => {
    const { channels, clockErrorMs } = await run({ link: 'none' });
    expect(channels.laser.samples).toBe(15);
    expect(channels.laser.max).toBeLessThan(0.1);
    expect(channels.display.p99).toBeLessThan(1);
    expect(clockErrorMs).toBe(0);
  });

  it('finds the delay of links, in the stages of links', async () => {
    const { channels, stages } = await run({ link: 'delay=40ms', hostLink: 'up.delay=20ms,down.delay=10ms' });
    expect(channels.laser.p50).toBeCloseTo(50, 0);
    expect(channels.laserToViewers.p50).toBeCloseTo(80, 0);
    expect(channels.display.p50).toBeCloseTo(60, 0);
    expect(channels.clickToPicture.p50).toBeCloseTo(110, 0);
    const means = Object.fromEntries(stages.clickToPicture!.map(({ stage, mean }) => [stage, mean]));
    expect(means.eventUp).toBeCloseTo(40, 1);
    expect(means.eventDown).toBeCloseTo(10, 1);
    expect(means.frameUp).toBeCloseTo(20, 1);
    expect(means.frameDown).toBeCloseTo(40, 1);
    expect(means.window! + means.pool! + means.late!).toBeLessThan(0.5);
  });

  it('has stages that add up to the latency, on every channel', async () => {
    const { channels, stages } = await run({ link: 'dsl', viewers: 3 });
    expect(Object.keys(stages).sort()).toEqual([...CHANNEL_NAMES].sort());
    for (const [channel, parts] of Object.entries(stages)) {
      const { samples, mean } = channels[channel as keyof typeof channels];
      expect(samples).toBeGreaterThan(1);
      const sum = parts.reduce((total, part) => total + part.mean, 0);
      expect(Math.abs(sum - mean)).toBeLessThan(Math.max(0.01 * mean, 0.01));
      for (const part of parts) expect(part.samples).toBe(samples);
    }
  });

  it('lets one slow viewer cost the others nothing', async () => {
    // Large enough for the modem's first picture to take minutes: then it is thousands of frames behind.
    const settings = { width: 1280, height: 720, link: 'dsl', viewers: 3, verifyFrames: 0 } as const;
    const alike = await run(settings);
    const slow = await run({ ...settings, lastViewerLink: 'modem' });
    expect(slow.channels.clickToPicture.p50).toBeLessThan(alike.channels.clickToPicture.p50 * 1.1);
    expect(slow.channels.laser.p99).toBeLessThan(alike.channels.laser.p99 * 1.1);
    expect(slow.framesPerSecond).toBeGreaterThan(alike.framesPerSecond * 0.9);
  });

  it('lets a viewer on a modem watch at level high, in the end', async () => {
    const { frames } = await run({ link: 'lan', lastViewerLink: 'modem', viewers: 2, verifyFrames: 0 });
    expect(frames).toBeGreaterThan(20);
  });
});
