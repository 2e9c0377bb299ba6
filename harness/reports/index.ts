/** Reports of measurements: their files, what they say beside each other, limits. */
export { BUDGET_SCHEMA, type Budget, type BudgetResult, checkBudget, parseBudget } from './budget.js';
export { CAPACITY_SCHEMA, makeCapacityReport } from './capacity.js';
export {
  type ComparedCell,
  type ComparedFigure,
  type CompareOptions,
  type Comparison,
  compareReports,
  DEFAULT_ERROR_RATE,
  type Difference,
  differencesBetween,
  type Verdict,
} from './compare.js';
export { excerptOf } from './excerpt.js';
export { ENOUGH_RUNS } from './figures.js';
export {
  type Distribution,
  type LabReport,
  makeReport,
  parseReport,
  REPORT_SCHEMA,
  type RunReport,
  type RunSettings,
  type Spike,
  settingsOf,
} from './format.js';
export {
  mergeHistograms,
  quantileOf,
  readHistogram,
  type SparseHistogram,
  writeHistogram,
} from './histogram.js';
export { htmlOf } from './html.js';
export { jsonSchema } from './json-schema.js';
