/** The typed face of the kernels: the same in Node, in a worker and in a browser. */
export * from './coding.js';
export * from './colour.js';
export * from './crc32c.js';
export * from './damage.js';
export * from './decode-helpers.js';
export * from './errors.js';
export * from './frame-decoder.js';
export * from './frame-encoder.js';
export * from './geometry.js';
export * from './kernels.js';
export * from './layout.js';
export * from './levels.js';
export * from './modes.js';
export * from './move-search.js';
export * from './msgpack-guard.js';
export * from './tiles.js';
