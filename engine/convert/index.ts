/** From recordings to videos. Runs in Node, a worker and a page; files are the caller's. */
export { convertRecording } from './convert.js';
export { MKV_SCALE } from './output.js';
export { type Receiver, type Shown, showRecording } from './show.js';
export { firstPictureAt, type Survey, sizeOf, surveyRecording } from './survey.js';
export { Timeline } from './timeline.js';
export * from './types.js';
