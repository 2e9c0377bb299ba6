/** What can be chosen for a measurement, without what measures: for help and for checks of a command line. */
export { PRESET_NAMES, type PresetName } from './presets.js';
export { QUESTION_NAMES, type QuestionName } from './questions/names.js';
export { DEFAULT_SETTINGS, VIEWER_KINDS, type ViewerKind } from './settings.js';
