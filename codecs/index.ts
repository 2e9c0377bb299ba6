/** The typed face of the kernels: the same in Node, in a worker and in a browser. */
export * from './errors.js';
export * from './geometry.js';
export * from './levels.js';
