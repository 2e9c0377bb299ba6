/** A file beside the session: the same rule over simulated lines and over sockets. */
import { describe, expect, it } from 'vitest';
import { ACK_BYTES, BulkWindow, CHUNK_BYTES } from '../../harness/measure/bulk.js';
import { ask, DEFAULT_SETTINGS, type MeasureSettings, measure } from '../../harness/measure/index.js';
import { parseReport, type RunReport } from '../../harness/reports/index.js';
import { sightline } from '../cli/command.js';

/** Twice the rate of the host's line on the technician's: the file is held up by both, and by the slower most. */
const SETTINGS: MeasureSettings = {
  ...DEFAULT_SETTINGS,
  width: 640,
  height: 400,
  duration: 3,
  warmup: 0,
  verifyFrames: 0,
  link: 'rate=4mbit,delay=5ms',
  hostLink: 'rate=2mbit,delay=5ms',
  bulkWindow: 100_000,
};
/** The same, over sockets: by the command, whose processes are built. */
async function measureInRealTime(): Promise<RunReport> {
  const { width, height, duration, warmup, link, hostLink } = SETTINGS;
  const { out } = await sightline([
    ...['measure', '--json', '--size', `${width}x${height}`, '--duration', `${duration}`],
    ...['--warmup', `${warmup}`, '--verify-frames', '0', '--link', link, '--host-link', hostLink!],
    ...['--file', `${SETTINGS.bulkWindow / 1000}`],
  ]);
  return parseReport(out).runs[0]!;
}

/** 2 Mbit/s. */
const RATE = 250_000;

describe("a file's window", () => {
  it('has at most so much on its way, and is filled again by what has arrived', () => {
    let sent = 0;
    const window = new BulkWindow(CHUNK_BYTES * 3.5, () => sent++);
    expect(sent).toBe(0);
    window.open();
    expect(sent).toBe(3);
    window.acknowledged(2);
    expect(sent).toBe(5);
    window.close();
    window.acknowledged(3);
    expect(sent).toBe(5);
    expect(ACK_BYTES).toBeLessThan(CHUNK_BYTES / 100);
  });

  it('lets a single chunk go, however narrow it is', () => {
    let sent = 0;
    new BulkWindow(1, () => sent++).open();
    expect(sent).toBe(1);
  });
});

describe('a file beside the session', () => {
  it.each([
    ['virtual', async (): Promise<RunReport> => measure({ ...SETTINGS, virtual: true })],
    ['real', measureInRealTime],
  ])('fills the slowest line on its way in %s time, and the session goes on', async (_, measured) => {
    const { bulkBytesPerSecond, channels } = await measured();
    // An acknowledgement goes the other way; input and overlays of the session have their part of this one.
    expect(bulkBytesPerSecond).toBeLessThanOrEqual(RATE);
    expect(bulkBytesPerSecond).toBeGreaterThan(0.7 * RATE);
    for (const name of ['display', 'clickToPicture', 'whiteboard', 'laser', 'laserToViewers'] as const) {
      expect(channels[name]!.samples, name).toBeGreaterThan(5);
    }
    expect(channels.chat!.samples).toBeGreaterThan(0);
    // What the file has in the buffers of the way is before every event: the lines are shared.
    expect(channels.laser!.p50).toBeGreaterThan(100);
  });

  it('needs a line that holds it up', async () => {
    const loose = { ...SETTINGS, link: 'delay=5ms', hostLink: 'none' };
    for (const virtual of [true, false]) {
      await expect(measure({ ...loose, virtual })).rejects.toMatchObject({
        code: 'bad-argument',
        field: 'bulkWindow',
      });
    }
  });

  it('is what the laboratory is asked about in real time, too; a new page is not', async () => {
    const asked = { settings: SETTINGS, links: ['lan'], realTime: true };
    await expect(ask('new-page', asked)).rejects.toMatchObject({
      code: 'bad-argument',
      field: '--no-virtual',
    });
    const { code, err } = await sightline(['measure', '--question', 'new-page', '--no-virtual']);
    expect(code).not.toBe(0);
    expect(err).toContain('in virtual time only');
    // A page with one link is refused, and in virtual time one with any: which of the two is said tells the time.
    const settings = { ...SETTINGS, viewer: 'page', lanes: false } as const;
    await expect(ask('busy-link', { ...asked, settings })).rejects.toThrow('a link of its own');
    await expect(ask('busy-link', { ...asked, settings, realTime: false })).rejects.toThrow('real time only');
  });
});
