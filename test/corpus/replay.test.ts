/**
 * Every recording of the corpus, replayed as a host through relay and pool. At high quality a viewer sees exactly
 * the source's pixels, frame for frame; beside it one viewer of another level sees exactly their reduction, and one
 * on a slow link sees exact pictures, fewer of them, and the last one in the end.
 */
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ColourConverter, ColourLevel } from '../../codecs/index.js';
import {
  dialWebSocket,
  HeadlessViewer,
  HostSession,
  loadKernelModule,
  parseLink,
  type RunningRelay,
  shapedProxy,
  startRelay,
  systemClock,
} from '../../engine/index.js';
import { formatAddress } from '../../engine/viewer/index.js';
import { ReplaySource } from '../../harness/hosts/index.js';
import { frameMd5s } from '../support/framemd5.js';

const folder = process.env.SIGHTLINE_CORPUS ?? '';
const videos = readdirSync(folder).filter((name) => /\.(mkv|mp4|webm|avi)$/.test(name));
/** Slow beside what these recordings need: most of them cannot follow at this rate. */
const SLOW = parseLink('down.rate=8mbit');
const LIMIT = 300_000_000;

let relay: RunningRelay;
let colours: ColourConverter;

beforeAll(async () => {
  relay = await startRelay();
  colours = new ColourConverter(await loadKernelModule());
});
afterAll(() => relay?.close());

describe('a replayed recording', () => {
  it.each(videos)('%s', async (name) => {
    const expected = frameMd5s(join(folder, name));
    const source = await ReplaySource.open(join(folder, name), { clock: systemClock, pace: 'fastest' });
    const token = randomBytes(16).toString('base64url');
    let end = (): void => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const host = new HostSession({
      source,
      dial: () => dialWebSocket(relay.linkAddress),
      clock: systemClock,
      token,
      key: randomBytes(16).toString('base64url'),
      name,
      everyFrame: true,
      waitForViewers: 3,
      threads: 1,
      onEnded: () => end(),
    });
    const proxy = await shapedProxy({ target: relay.port, link: SLOW, seed: 1, clock: systemClock });
    await host.start();
    const open = (quality: 'high' | 'low', port: number): Promise<HeadlessViewer> =>
      HeadlessViewer.open({ address: formatAddress(`http://127.0.0.1:${port}`, token), quality });
    const exact = await open('high', relay.port);
    const reduced = await open('low', relay.port);
    const slow = await open('high', proxy.port);
    const viewers = [exact, reduced, slow];
    try {
      const seen = new Map<number, string>();
      const lows = new Map<number, string>();
      const faults: string[] = [];
      const check = (what: string, frame: number, found: string, wanted: string | undefined): void => {
        if (found !== wanted) faults.push(`${what} frame ${frame}: ${found}, not ${wanted}`);
      };
      exact.onFrame(({ frame }) => {
        seen.set(frame, exact.rgb24Md5());
        lows.set(frame, md5(colours.toRgb24(exact.picture, ColourLevel.Low)));
      });
      const lowSeen = new Map<number, string>();
      reduced.onFrame(({ frame }) => lowSeen.set(frame, reduced.rgb24Md5()));
      let slowFrames = 0;
      slow.onFrame(({ frame }) => {
        slowFrames++;
        check('slow', frame, slow.rgb24Md5(), expected[frame - 1]);
      });
      await ended;
      const last = host.stats().frame;
      await Promise.all(viewers.map((viewer) => viewer.untilFrame(last, LIMIT)));

      // A frame that equals the one before it is not sent: the picture shown then is still right.
      let shown = '';
      expected.forEach((hash, index) => {
        shown = seen.get(index + 1) ?? shown;
        check('exact', index + 1, shown, hash);
      });
      for (const [frame, hash] of lowSeen) check('low', frame, hash, lows.get(frame));
      expect(faults.slice(0, 5)).toEqual([]);
      expect(seen.size).toBeGreaterThan(1);
      expect([...lowSeen.keys()]).toEqual([...seen.keys()]);
      expect(slowFrames).toBeGreaterThan(0);
      expect(slow.rgb24Md5()).toBe(expected.at(-1));
    } finally {
      for (const viewer of viewers) viewer.close();
      await host.stop();
      await proxy.close();
    }
  });
});

function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex');
}
