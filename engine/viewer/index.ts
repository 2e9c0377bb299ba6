/** The viewer: the same in a page's worker, in Node and in virtual time. `headless.ts` is the Node-only part. */

export { backoffDelay } from '../backoff.js';
export type { ChatEntry } from '../chat/index.js';
export { closeCodeName } from '../protocol/index.js';
export * from './address.js';
export * from './clock-offset.js';
export * from './histogram.js';
export * from './histogram-encoding.js';
export * from './session.js';
export type { LatencyReport, RecentLatency, ViewerStatistics } from './statistics.js';
export * from './types.js';
