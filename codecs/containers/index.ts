/** Containers that recordings are converted to. No files, no clocks; runs in Node, a worker and a page. */
export { type AviOptions, AviWriter } from './avi-writer.js';
export { BITMAP_INFO_BYTES, type BitmapInfo, bitmapInfo } from './bitmap-info.js';
export type { Chapter } from './mkv-elements.js';
export type { MkvColour, MkvOptions, MkvSubtitleTrack, MkvTrack, MkvVideoTrack } from './mkv-options.js';
export { MkvWriter } from './mkv-writer.js';
export type { ContainerSink } from './sink.js';
