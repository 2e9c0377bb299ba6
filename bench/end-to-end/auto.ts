/**
 * A new page on a slow link: how soon, and after how many bytes, it can be read, and when it is exact; on the auto
 * stream and at level high. The page is a window of writing and pictures that replaces an empty screen; with
 * SIGHTLINE_CORPUS a picture of each of its recordings does so, too.
 */
import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { coloursOf, FrameDecoder, type Picture, type QualityName, strideOf } from '../../codecs/index.js';
import {
  Channel,
  DisplayPipeline,
  dialWebSocket,
  type FrameSource,
  HeadlessViewer,
  HostSession,
  loadKernelModule,
  readSliceHeader,
  sliceBody,
  startRelay,
  systemClock,
} from '../../engine/index.js';
import { formatAddress } from '../../engine/viewer/index.js';
import { QualityMeter } from '../../harness/codec-bench/index.js';
import { ReplaySource, SimulatedDesktop } from '../../harness/hosts/index.js';
import { PageSource } from '../../harness/measure/index.js';
import { type BenchResult, type BenchRow, benchMain } from '../result.js';
import { startLink } from '../support/link.js';

/** 1 Mbit/s, with the buffer of two packets. */
const LINK = 'down.rate=1mbit,down.buffer=3kB';
/** Edge-PSNR, dB, from which on writing can be read. */
const LEGIBLE = 24;
const LIMIT = 60_000_000;
const CORPUS_FRAME = 40;

export async function run(): Promise<BenchResult> {
  const pages = [await desktopPage(), ...(await corpusPages())];
  const rows: BenchRow[] = [];
  for (const { name, picture } of pages) {
    const high = await show(picture, 'high');
    const auto = await show(picture, 'auto');
    rows.push({
      case: name,
      figures: {
        'high kB': high.exactBytes / 1000,
        'high s': high.exactAt / 1e6,
        'auto legible kB': auto.legibleBytes / 1000,
        'of high %': (100 * auto.legibleBytes) / high.exactBytes,
        'auto legible s': auto.legibleAt / 1e6,
        'auto exact kB': auto.exactBytes / 1000,
        'auto exact s': auto.exactAt / 1e6,
      },
    });
  }
  return {
    name: 'auto',
    unit: `a new page on 1 Mbit/s, from the change on; legible: edge-PSNR over ${LEGIBLE} dB`,
    rows,
  };
}

interface Page {
  readonly name: string;
  readonly picture: Picture;
}

interface Message {
  readonly bytes: Uint8Array;
  /** Since the page was shown, microseconds. */
  readonly at: number;
}

interface Shown {
  legibleBytes: number;
  legibleAt: number;
  exactBytes: number;
  exactAt: number;
}

async function show(page: Picture, quality: QualityName): Promise<Shown> {
  const relay = await startRelay();
  const link = await startLink(relay.port, LINK);
  const token = randomBytes(16).toString('base64url');
  const source = new PageSource(page, systemClock);
  const host = new HostSession({
    source,
    dial: () => dialWebSocket(relay.linkAddress),
    clock: systemClock,
    token,
    key: randomBytes(16).toString('base64url'),
    name: 'page',
    threads: 0,
  });
  await host.start();
  const address = formatAddress(`http://127.0.0.1:${link.port}`, token);
  const viewer = await HeadlessViewer.open({ address, quality });
  try {
    await viewer.untilFrame(1, LIMIT);
    // A person has worked for a while: the link is known.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const messages: Message[] = [];
    const empty = viewer.picture.pixels.slice();
    const start = systemClock.now();
    viewer.session.tap((message, at) => {
      if (message[0] === Channel.Display) messages.push({ bytes: message.slice(), at: at - start });
    });
    source.show();
    await viewer.until(() => isSame(page, viewer.picture), 'the exact page', LIMIT);
    return await judge(page, empty, messages);
  } finally {
    viewer.close();
    await host.stop();
    await link.close();
    await relay.close();
  }
}

/** Afterwards, so that looking takes no time from what is looked at. */
async function judge(page: Picture, empty: Uint8Array, messages: readonly Message[]): Promise<Shown> {
  const decoder = new FrameDecoder(await loadKernelModule());
  decoder.resize(page.width, page.height);
  decoder.picture.pixels.set(empty);
  const shown: Shown = { legibleBytes: 0, legibleAt: 0, exactBytes: 0, exactAt: 0 };
  for (const { bytes, at } of messages) {
    const { last, level } = readSliceHeader(bytes);
    decoder.decode(sliceBody(bytes), coloursOf(level));
    shown.exactBytes += bytes.length;
    shown.exactAt = at;
    if (!last || shown.legibleAt > 0 || edgePsnr(page, decoder.picture) <= LEGIBLE) continue;
    shown.legibleAt = at;
    shown.legibleBytes = shown.exactBytes;
  }
  return shown;
}

function edgePsnr(page: Picture, shown: Picture): number {
  const meter = new QualityMeter();
  meter.add(page, shown);
  return meter.edgePsnr ?? Number.POSITIVE_INFINITY;
}

function isSame(a: Picture, b: Picture): boolean {
  for (let y = 0; y < a.height; y++) {
    const rowOf = ({ pixels, stride }: Picture) => pixels.subarray(y * stride, y * stride + a.width * 4);
    if (Buffer.compare(rowOf(a), rowOf(b)) !== 0) return false;
  }
  return true;
}

async function desktopPage(): Promise<Page> {
  const desktop = new SimulatedDesktop({
    clock: systemClock,
    width: 1920,
    height: 1080,
    scenes: ['page', 'gallery'],
  });
  return { name: 'desktop', picture: await pictureOf(desktop, 1) };
}

async function corpusPages(): Promise<Page[]> {
  const folder = process.env.SIGHTLINE_CORPUS;
  if (folder === undefined) return [];
  const files = (await readdir(folder)).filter((file) => file.endsWith('.mkv')).sort();
  const pages: Page[] = [];
  for (const file of files) {
    const source = await ReplaySource.open(join(folder, file), { clock: systemClock, pace: 'fastest' });
    pages.push({ name: file, picture: await pictureOf(source, CORPUS_FRAME) });
  }
  return pages;
}

/** What the source shows after some frames, opaque. */
async function pictureOf(source: FrameSource, frames: number): Promise<Picture> {
  const { width, height } = source;
  const module = await loadKernelModule();
  const pipeline = DisplayPipeline.create({ width, height, threads: 0, module, clock: systemClock });
  const changed = new Promise<void>((resolve) => {
    source.start({ changed: resolve, ended: () => {} });
  });
  await Promise.race([changed, new Promise((resolve) => setTimeout(resolve, 1000))]);
  // A recording may begin with an empty screen, and takes a moment to be read.
  for (let left = frames, tries = 0; left > 0 && tries < 2000; tries++) {
    const capture = await source.capture(pipeline.picture);
    if (capture === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    } else {
      pipeline.commit(capture);
      left--;
    }
  }
  source.stop();
  const stride = strideOf(width);
  const pixels = pipeline.reference.pixels.slice();
  await pipeline.close();
  return { width, height, stride, pixels };
}

await benchMain(import.meta.url, run);
