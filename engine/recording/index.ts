/** Recording and playing sessions, in Node, a worker or a page. Files are in `file.ts`, for Node. */
export {
  END_REASON_NAMES,
  inspectRecording,
  type RecordingDescription,
  type TrackDescription,
} from './describe.js';
export type { Decoders } from './displays.js';
export { type AssembledFrame, FrameAssembler } from './frame-assembler.js';
export type { Attendance, Marker, TimedNotice } from './history.js';
export * from './memory-sink.js';
export {
  type Chapter,
  type ChapterEvent,
  type Gap,
  IDLE_AFTER,
  outlineRecording,
  type RecordingOutline,
  type Span,
} from './outline.js';
export * from './player.js';
export {
  CHECKPOINT_INTERVAL,
  REFRESH_INTERVAL,
  Recorder,
  type RecorderOptions,
  type RecordingSummary,
} from './recorder.js';
export { type RepairOptions, type RepairReport, repairRecording } from './repair.js';
export { RecordingSeries, type SeriesOptions, type SeriesSummary } from './series.js';
export { type MarkerEvent, type SaidEvent, type SessionEvent, SessionEvents } from './session-events.js';
export { SessionMemory } from './session-memory.js';
export { SnapshotShelf, takeSnapshots } from './snapshots.js';
export {
  type ChainVerdict,
  checkRecording,
  type Fault,
  type FaultReason,
  type Verification,
  type VerifyOptions,
} from './verify.js';
