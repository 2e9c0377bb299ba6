/** How many sessions or viewers a machine bears, and what runs out first. */
export {
  type CapacityOptions,
  type CapacityProgress,
  type CapacityReport,
  type CapacityResult,
  findCapacity,
  type Step,
  searchSystem,
} from './run.js';
export { type Bracket, searchLargest } from './search.js';
export {
  type CapacitySettings,
  type Counted,
  DEFAULT_CAPACITY,
  MOST_SESSIONS,
  MOST_VIEWERS,
} from './settings.js';
export { PARTY_NAMES, type PartyName, type StepFigures, strainOf } from './step.js';
export type { CapacitySystem, StepPhase } from './system.js';
export { CAUSES, type Cause, diagnose, type Verdict } from './verdict.js';
