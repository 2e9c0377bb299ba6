/** A histogram as reports hold it: HdrHistogram's V2 encoding, compressed, in base64. Node; a page has its own. */
import { deflateSync } from 'node:zlib';
import { compressedHistogram, encodeHistogram, type LatencyHistogram } from '../engine/viewer/index.js';

/** The empty string without samples. */
export function histogramText(histogram: LatencyHistogram): string {
  if (histogram.samples === 0) return '';
  const bytes = compressedHistogram(deflateSync(encodeHistogram(histogram)));
  return Buffer.from(bytes.buffer).toString('base64');
}
