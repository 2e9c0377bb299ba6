/** Conversion of files, on threads. Node only; `words.ts` also runs in a page. */
export { type ConversionJob, convertFile, overlayCanvas } from './file.js';
export { type ConversionOutcome, convertFiles, type PoolOptions } from './pool.js';
export { TargetFile } from './target.js';
export { conversionWords } from './words.js';
