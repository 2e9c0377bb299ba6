/**
 * How long until a new page can be read, and until it is exact? On each link at each level, from the moment at which
 * the host has drawn the page, to a viewer that has watched an empty screen for a while.
 *
 * A page can be read when its edges are shown with more than `LEGIBLE_DB` (edge-PSNR: harness/codec-bench/quality.ts),
 * held against the page in the colours of the level.
 */
import {
  AUTO_STREAM,
  ColourConverter,
  coloursOf,
  FrameDecoder,
  levelOfName,
  type Picture,
  type QualityName,
} from '../../../codecs/index.js';
import { Channel, loadKernelModule, type Micros, readSliceHeader, sliceBody } from '../../../engine/index.js';
import { QualityMeter } from '../../codec-bench/index.js';
import type { MeasureSettings } from '../settings.js';
import { FIRST_LIMIT } from '../technician.js';
import { VirtualLab } from '../virtual-lab.js';
import { PageSource, pageOf } from './page-source.js';
import type { Answer, AnswerRow, OnRow } from './table.js';

/** Edge-PSNR, dB, from which on writing can be read: bench/decisions/010-lossy-tiles.md. */
const LEGIBLE_DB = 24;
/** What a page may take: the slowest of links, at level high. */
const LIMIT: Micros = 1_200_000_000;
/** The viewer has watched for so long: its link is known. */
const KNOWN: Micros = 3_000_000;
const COLUMNS = ['legible s', 'legible kB', 'exact s', 'exact kB'];

interface Message {
  readonly bytes: Uint8Array;
  /** Since the page was drawn. */
  readonly at: Micros;
}

export async function newPage(
  settings: MeasureSettings,
  levels: readonly QualityName[],
  links: readonly string[],
  onRow: OnRow = () => {},
): Promise<Answer> {
  const page = pageOf(settings.width, settings.height, settings.seed);
  const rows: AnswerRow[] = [];
  for (const link of links) {
    for (const level of levels) {
      const figures = await show(page, { ...settings, link, level });
      const row = { case: `${link} ${level}`, figures };
      rows.push(row);
      onRow(row);
    }
  }
  return { columns: COLUMNS, rows };
}

async function show(page: Picture, settings: MeasureSettings): Promise<AnswerRow['figures']> {
  const module = await loadKernelModule();
  const stream = levelOfName(settings.level) ?? AUTO_STREAM;
  const target = new ColourConverter(module).expandTo(page, coloursOf(stream));
  const wanted = { ...target, pixels: target.pixels.slice() };
  let source: PageSource | undefined;
  const lab = await VirtualLab.open(settings, {
    source: (clock) => {
      source = new PageSource(page, clock);
      return source;
    },
  });
  const messages: Message[] = [];
  const watch = async (): Promise<Uint8Array> => {
    const viewer = await lab.openViewer(0, {});
    await viewer.untilFrame(1, FIRST_LIMIT);
    await new Promise<void>((resolve) => {
      lab.clock.after(KNOWN, resolve);
    });
    const empty = viewer.picture.pixels.slice();
    const start = lab.clock.now();
    viewer.session.tap((message, at) => {
      if (message[0] === Channel.Display) messages.push({ bytes: message.slice(), at: at - start });
    });
    source!.show();
    await viewer.until(() => isSame(wanted, viewer.picture), 'the exact page', LIMIT);
    viewer.close();
    return empty;
  };
  try {
    return judge(wanted, await lab.run(watch()), messages, new FrameDecoder(module));
  } finally {
    await lab.close();
  }
}

/** Afterwards, so that looking takes no time from what is looked at. */
function judge(
  page: Picture,
  empty: Uint8Array,
  messages: readonly Message[],
  decoder: FrameDecoder,
): AnswerRow['figures'] {
  decoder.resize(page.width, page.height);
  decoder.picture.pixels.set(empty);
  let bytesSoFar = 0;
  let legible: { readonly at: Micros; readonly bytes: number } | undefined;
  for (const { bytes, at } of messages) {
    const { last, level } = readSliceHeader(bytes);
    decoder.decode(sliceBody(bytes), coloursOf(level));
    bytesSoFar += bytes.length;
    if (last && legible === undefined && isLegible(page, decoder.picture))
      legible = { at, bytes: bytesSoFar };
  }
  return {
    'legible s': (legible?.at ?? 0) / 1e6,
    'legible kB': (legible?.bytes ?? 0) / 1000,
    'exact s': messages.at(-1)!.at / 1e6,
    'exact kB': bytesSoFar / 1000,
  };
}

function isLegible(page: Picture, shown: Picture): boolean {
  const meter = new QualityMeter();
  meter.add(page, shown);
  return (meter.edgePsnr ?? Number.POSITIVE_INFINITY) > LEGIBLE_DB;
}

function isSame(a: Picture, b: Picture): boolean {
  if (a.width !== b.width || a.height !== b.height) return false;
  for (let y = 0; y < a.height; y++) {
    const rowOf = ({ pixels, stride }: Picture) => pixels.subarray(y * stride, y * stride + a.width * 4);
    if (Buffer.compare(rowOf(a), rowOf(b)) !== 0) return false;
  }
  return true;
}
