/** The running system, for Node. The part that also runs in a page is `engine/viewer/index.ts`. */
export * from './artifacts.js';
export * from './clock.js';
export type * from './display/source.js';
export * from './protocol/index.js';
export * from './relay/index.js';
export * from './transport/index.js';
