/** Measuring the whole path. */

export { describeMachine, type MachineDescription } from '../machine.js';
export type { ChannelFigures } from './blocks.js';
export { CHANNEL_NAMES, type ChannelName, type StageFigures } from './channels.js';
export {
  expandMatrix,
  type FixedSettings,
  type MatrixLists,
  type MatrixOptions,
  type MatrixProgress,
  measureAll,
} from './matrix.js';
export type { MeasureProgress, Phase } from './measurement.js';
export { NO_PRESET, PRESET_NAMES, PRESETS, type Preset, type PresetName } from './presets.js';
export {
  type Answer,
  type AnswerRow,
  ask,
  PageSource,
  QUESTION_NAMES,
  type QuestionName,
} from './questions/index.js';
export { halfWidth, isSure, repetition, type Sureness } from './repeat.js';
export {
  lookAtReplay,
  pathsOf,
  type ReplayFile,
  type ReplayPaths,
  type ReplaySettings,
} from './replays.js';
export type { MeasureReport } from './report.js';
export { measure } from './run.js';
export { type CheckedStage, type SelfCheck, selfCheck } from './self-check.js';
export { DEFAULT_SETTINGS, type MeasureSettings, VIEWER_KINDS, type ViewerKind } from './settings.js';
export { STAGE_KINDS, STAGE_NAMES, type StageKind, type StageName } from './stage-kinds.js';
