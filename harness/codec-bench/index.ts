/** The codec measured on videos, beside its peers. */
export { type CodecOptions, CodecRun } from './codec-run.js';
export { PEER_NAMES } from './peers/index.js';
export { EDGE_GRADIENT, QualityMeter } from './quality.js';
export type * from './report.js';
export { type BenchOptions, benchCodec, type Progress } from './run.js';
export { measureSequence, type SequenceOptions } from './sequence.js';
export { framesOf, videosIn, withVideo } from './videos.js';
