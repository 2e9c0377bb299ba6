/** A histogram as reports hold it (HdrHistogram's V2 encoding, compressed, in base64), by what a browser has. */
import {
  compressedHistogram,
  encodeHistogram,
  type LatencyHistogram,
} from '../../../../engine/viewer/index.js';

/** The empty string without samples. */
export async function histogramText(histogram: LatencyHistogram): Promise<string> {
  if (histogram.samples === 0) return '';
  const plain = new Blob([encodeHistogram(histogram)]).stream();
  const zlib = await new Response(plain.pipeThrough(new CompressionStream('deflate'))).arrayBuffer();
  let characters = '';
  for (const byte of compressedHistogram(new Uint8Array(zlib))) characters += String.fromCharCode(byte);
  return btoa(characters);
}
