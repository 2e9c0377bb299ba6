/**
 * A histogram of a report, read: HdrHistogram's V2 encoding, compressed, in base64, of microseconds with three
 * significant digits. Only what is there is kept, as pairs of value and count, so that merging and resampling touch
 * little. Reports come from files, and a file may hold anything: sizes are checked before memory is taken.
 */
import { inflateSync } from 'node:zlib';
import { SightlineError } from '../../codecs/index.js';
import { LatencyHistogram } from '../../engine/viewer/index.js';
import { histogramText } from '../histogram-text.js';

const COMPRESSED_COOKIE = 0x1c849304;
const COOKIE = 0x1c849303;
/** The low bits of the cookie's word size. */
const COOKIE_MASK = ~0xf0;
const HEADER = 40;
const DIGITS = 3;
/** 2^11 is the first power of two above 2 * 10^3: buckets of 1024 values, each of twice the width of the one before. */
const HALF_BITS = 10;
const HALF = 1 << HALF_BITS;
/** One minute, in microseconds, is in the bucket of this number at most: no index lies beyond. */
const MOST_INDICES = 18 * HALF;
/** Each index takes nine bytes at most. */
const MOST_BYTES = HEADER + MOST_INDICES * 9;

export interface SparseHistogram {
  /** Microseconds, ascending: the middle of what cannot be told apart. */
  readonly values: Float64Array;
  readonly counts: Float64Array;
  readonly total: number;
}

export const NO_SAMPLES: SparseHistogram = {
  values: new Float64Array(0),
  counts: new Float64Array(0),
  total: 0,
};

/** Reads a histogram; the empty string is one without samples. Throws `bad-argument` when it is not as it must be. */
export function readHistogram(base64: string): SparseHistogram {
  if (base64 === '') return NO_SAMPLES;
  const bytes = inflated(base64);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength < HEADER || (view.getInt32(0) & COOKIE_MASK) !== COOKIE)
    throw bad('it is of another kind');
  if (view.getInt32(12) !== DIGITS || view.getBigInt64(16) !== 1n) throw bad('its resolution is another');
  const end = HEADER + view.getInt32(4);
  if (end > view.byteLength || end < HEADER) throw bad('it ends early');

  const values: number[] = [];
  const counts: number[] = [];
  let total = 0;
  let index = 0;
  for (let offset = HEADER; offset < end; ) {
    const word = readWord(bytes, offset, end);
    offset = word.next;
    if (word.value < 0) index -= word.value;
    else {
      if (word.value > 0) {
        values.push(middleOf(index));
        counts.push(word.value);
        total += word.value;
      }
      index++;
    }
    if (index > MOST_INDICES) throw bad('a value is out of range');
  }
  return { values: Float64Array.from(values), counts: Float64Array.from(counts), total };
}

/** All samples of all, exactly as if they had been recorded in one. */
export function mergeHistograms(histograms: readonly SparseHistogram[]): SparseHistogram {
  const sums = new Map<number, number>();
  let total = 0;
  for (const { values, counts, total: more } of histograms) {
    for (let i = 0; i < values.length; i++) sums.set(values[i]!, (sums.get(values[i]!) ?? 0) + counts[i]!);
    total += more;
  }
  const values = Float64Array.from(sums.keys()).sort();
  return { values, counts: values.map((value) => sums.get(value)!), total };
}

/** As a report holds it. */
export function writeHistogram({ values, counts, total }: SparseHistogram): string {
  if (total === 0) return '';
  const histogram = new LatencyHistogram();
  for (let i = 0; i < values.length; i++) {
    histogram.counts.recordValueWithCount(Math.floor(values[i]!), counts[i]!);
  }
  return histogramText(histogram);
}

/** The least value that at least this share of the samples does not exceed; 0 when there are none. */
export function quantileOf({ values, counts, total }: SparseHistogram, share: number): number {
  return quantile(values, counts, total, share);
}

export function quantile(values: Float64Array, counts: Float64Array, total: number, share: number): number {
  // A share such as 0.9 is a little more in binary: ten samples must not become eleven.
  let left = share * total - 1e-9 * total;
  for (let i = 0; i < values.length; i++) {
    left -= counts[i]!;
    if (left <= 0 && counts[i]! > 0) return values[i]!;
  }
  return 0;
}

/** The mean of what is left when this share of the samples is taken away at each end; 0 when there are none. */
export function trimmedMean(
  values: Float64Array,
  counts: Float64Array,
  total: number,
  share: number,
): number {
  const from = share * total;
  const until = total - from;
  let before = 0;
  let sum = 0;
  for (let i = 0; i < values.length && before < until; i++) {
    const after = before + counts[i]!;
    sum += values[i]! * Math.max(0, Math.min(after, until) - Math.max(before, from));
    before = after;
  }
  return total === 0 ? 0 : sum / (until - from);
}

function inflated(base64: string): Buffer {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length < 8 || (bytes.readInt32BE(0) & COOKIE_MASK) !== COMPRESSED_COOKIE) {
    throw bad('it is of another kind');
  }
  if (bytes.readInt32BE(4) !== bytes.length - 8) throw bad('it ends early');
  try {
    return inflateSync(bytes.subarray(8), { maxOutputLength: MOST_BYTES });
  } catch (cause) {
    throw bad('it cannot be unpacked', cause);
  }
}

/** A ZigZag number in groups of seven bits, the ninth byte whole; a negative one counts indices without samples. */
function readWord(bytes: Uint8Array, start: number, end: number): { value: number; next: number } {
  let value = 0;
  let scale = 1;
  for (let offset = start; offset < end && offset < start + 7; offset++) {
    const byte = bytes[offset]!;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return { value: value % 2 === 0 ? value / 2 : -(value + 1) / 2, next: offset + 1 };
    scale *= 128;
  }
  throw bad('a count is out of range');
}

/** The middle of the values that share an index. */
function middleOf(index: number): number {
  const bucket = Math.max(0, (index >> HALF_BITS) - 1);
  const within = index < HALF ? index : (index & (HALF - 1)) + HALF;
  const width = 2 ** bucket;
  return within * width + Math.floor(width / 2);
}

function bad(why: string, cause?: unknown): SightlineError {
  return new SightlineError('bad-argument', `A histogram of the report cannot be read: ${why}.`, {
    field: 'histogram',
    cause,
  });
}
