/** The display pipeline: from a source's picture to coded slices. Runs in Node and in a page. */

export type { Audience as PacketAudience, AutoStream } from './auto-stream.js';
export type { PoolStats } from './coder-pool.js';
export type { CoderThreadData, CoderThreads, StartCoderThreads } from './coder-threads.js';
export type { LevelPacket, LevelStream } from './level-stream.js';
export type { Outcome } from './outcome.js';
export type { Emit, Packet } from './packet.js';
export { codeInPage, type PageWorker, type PageWorkerScope, pageThreads } from './page-threads.js';
export {
  type Commit,
  DisplayPipeline,
  type LevelStats,
  type PipelineOptions,
  type PipelineStats,
} from './pipeline.js';
export type { CodedPacket } from './slice-coder.js';
export type * from './source.js';
