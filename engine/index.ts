/** The running system, for Node. The part that also runs in a page is `engine/viewer/index.ts`. */
export * from './artifacts.js';
export * from './clock.js';
export * from './display/index.js';
export * from './flow/index.js';
export * from './host/index.js';
export * from './protocol/index.js';
export * from './recording/file.js';
export * from './recording/index.js';
export * from './relay/index.js';
export * from './transport/index.js';
