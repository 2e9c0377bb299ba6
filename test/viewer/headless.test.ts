/** The headless viewer over real sockets. */
import { createHash } from 'node:crypto';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pictureToRgb24 } from '../../codecs/index.js';
import {
  dialWebSocket,
  HeadlessViewer,
  HostSession,
  type RunningRelay,
  startRelay,
  systemClock,
} from '../../engine/index.js';
import { formatAddress } from '../../engine/viewer/index.js';
import { PaintedSource } from '../support/painted-source.js';

const TOKEN = 'headlessheadlessheadless';
const KEY = 'keykeykeykeykeykeykeykeykey';
const source = new PaintedSource(systemClock, 300, 170);
let relay: RunningRelay;
let host: HostSession;
let address: string;

beforeAll(async () => {
  relay = await startRelay({ transport: 'ws' });
  address = formatAddress(relay.address, TOKEN);
  host = new HostSession({
    source,
    dial: () => dialWebSocket(relay.linkAddress),
    clock: systemClock,
    token: TOKEN,
    key: KEY,
    name: 'Desk',
    threads: 0,
  });
  await host.start();
});

afterAll(async () => {
  await host.stop();
  await relay.close();
});

function md5OfSource(): string {
  const { width, height, pixels } = source;
  const picture = { width, height, stride: width * 4, pixels: new Uint8Array(pixels.buffer) };
  return createHash('md5').update(pictureToRgb24(picture)).digest('hex');
}

describe('the headless viewer', () => {
  it('holds them too with threads that help to decode', async () => {
    const viewer = await HeadlessViewer.open({ address, threads: 1 });
    await viewer.untilFrame(1);
    source.text({ x: 0, y: 0, width: 300, height: 170 }, 6);
    await viewer.untilHash(md5OfSource());
    expect(viewer.session.statistics().problems).toBe(0);
    viewer.close();
  });

  it('holds the exact pixels of each frame, as hash and as PNG', async () => {
    const viewer = await HeadlessViewer.open({ address });
    const frames: number[] = [];
    viewer.onFrame(({ frame }) => frames.push(frame));
    await viewer.untilJoined();
    await viewer.untilFrame(1);
    source.text({ x: 20, y: 20, width: 200, height: 60 }, 5);
    const frame = await viewer.untilHash(md5OfSource());
    expect(viewer.frame).toBe(frame);
    expect(frames).toContain(frame);
    expect(viewer.rgb24()).toHaveLength(300 * 170 * 3);

    const image = await loadImage(await viewer.png());
    const context = createCanvas(image.width, image.height).getContext('2d');
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, 300, 170);
    const bgra = data.slice();
    for (let at = 0; at < data.length; at += 4) {
      bgra[at] = data[at + 2]!;
      bgra[at + 2] = data[at]!;
    }
    expect(Buffer.from(bgra.buffer).equals(Buffer.from(source.pixels.buffer))).toBe(true);
    viewer.close();
    await expect(viewer.untilFrame(1_000)).rejects.toMatchObject({ code: 'closed' });
  });

  it('works over one link, and at a reduced level', async () => {
    const viewer = await HeadlessViewer.open({ address, lane: false, quality: 'very-low', name: 'Bob' });
    await viewer.untilFrame(1);
    const grey = viewer.rgb24().every((value, index, all) => value === all[index - (index % 3)]);
    expect(grey).toBe(true);
    expect(viewer.session.state).toMatchObject({ lane: false, level: 0 });
    viewer.close();
  });

  it('says that it waited in vain, or that it is not wanted', async () => {
    const viewer = await HeadlessViewer.open({ address });
    await expect(viewer.untilFrame(0xffffffff, 1_000)).rejects.toMatchObject({ code: 'timeout' });
    const failing = viewer.until(() => {
      throw new Error('a condition that fails');
    }, 'nothing');
    await expect(failing).rejects.toThrow('a condition that fails');
    viewer.close();

    await expect(HeadlessViewer.open({})).rejects.toMatchObject({ code: 'bad-argument' });
    const stranger = await HeadlessViewer.open({ address: formatAddress(relay.address, 'x'.repeat(22)) });
    await stranger.until(() => stranger.session.state.connection.kind === 'waiting', 'the refusal');
    expect(stranger.session.state.connection).toMatchObject({ code: 'not-found' });
    stranger.close();
  });
});
