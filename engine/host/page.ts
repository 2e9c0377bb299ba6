/**
 * A host's session for a page or its worker: the kernels, and what starts threads, are handed in (`module`,
 * `startThreads: pageThreads(…)`); the clock is, as everywhere.
 */
export { codeInPage, pageThreads } from '../display/index.js';
export { HostSession } from './session.js';
export type * from './types.js';
