/** The running system, for Node. The parts that also run in a page are `viewer/` and `overlay/`. */
export * from './artifacts.js';
export * from './chat/index.js';
export * from './clock.js';
export * from './convert/index.js';
export * from './display/index.js';
export { piscinaThreads } from './display/piscina-threads.js';
export * from './flow/index.js';
export * from './host/index.js';
export * from './link-model/index.js';
export * from './overlay/index.js';
export * from './png.js';
export * from './protocol/index.js';
export * from './recording/file.js';
export * from './recording/index.js';
export * from './relay/index.js';
export * from './trace.js';
export * from './transport/index.js';
export * from './viewer/decode-threads.js';
export * from './viewer/headless.js';
/** The relay has a `ViewerState` of its own; the viewer's is meant by this name. */
export type { ViewerState } from './viewer/index.js';
export * from './viewer/index.js';
export * from './virtual/index.js';
