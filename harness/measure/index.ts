/** Measuring the whole path. */
export { CHANNEL_NAMES, type ChannelFigures, type ChannelName } from './channels.js';
export { describeMachine, type MachineDescription, productVersion } from './machine.js';
export type { MeasureReport, Stages } from './report.js';
export { type MeasureProgress, measure, type Phase } from './run.js';
export { DEFAULT_SETTINGS, type MeasureSettings } from './settings.js';
