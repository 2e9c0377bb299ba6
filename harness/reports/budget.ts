/** Limits that figures must hold, in a file of their own: for CI. */
import * as v from 'valibot';
import { figuresOf } from './figures.js';
import { type LabReport, type RunReport, type RunSettings, readAs } from './format.js';

export const BUDGET_SCHEMA = v.strictObject({
  format: v.literal('sightline-budget'),
  version: v.literal(1),
  limits: v.pipe(
    v.array(
      v.strictObject({
        figure: v.pipe(
          v.string(),
          v.maxLength(200),
          v.description('As sightline compare --json names it: display.p90, display/decode.mid, cpu.host.'),
        ),
        max: v.optional(v.pipe(v.number(), v.finite())),
        min: v.optional(v.pipe(v.number(), v.finite())),
        where: v.pipe(
          v.optional(v.record(v.string(), v.union([v.string(), v.number(), v.boolean()]))),
          v.description('Settings of the runs that it is for, such as { "link": "dsl", "level": "auto" }.'),
        ),
      }),
    ),
    v.minLength(1),
    v.maxLength(1000),
  ),
});

export type Budget = v.InferOutput<typeof BUDGET_SCHEMA>;
export type Limit = Budget['limits'][number];

export interface BrokenLimit {
  readonly limit: Limit;
  readonly settings: RunSettings;
  readonly value: number;
}

export interface BudgetResult {
  readonly held: number;
  readonly broken: readonly BrokenLimit[];
  /** Limits for which there is no run, or none that has the figure: nothing is known of these. */
  readonly unmet: readonly Limit[];
}

/** Throws `bad-argument` when the text is not a budget. */
export function parseBudget(json: string): Budget {
  return readAs(BUDGET_SCHEMA, json, 'budget');
}

/** Every run is held to the limits on its own. */
export function checkBudget(budget: Budget, reports: readonly LabReport[]): BudgetResult {
  const runs = reports.flatMap((report) => report.runs);
  const broken: BrokenLimit[] = [];
  const unmet: Limit[] = [];
  for (const limit of budget.limits) {
    const measured = runs
      .filter(({ settings }) => isMeant(limit, settings))
      .flatMap((run) => {
        const value = figureOf(run, limit.figure);
        return value === undefined ? [] : [{ limit, settings: run.settings, value }];
      });
    if (measured.length === 0) unmet.push(limit);
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = limit;
    broken.push(...measured.filter(({ value }) => value < min || value > max));
  }
  const failed = new Set(broken.map(({ limit }) => limit));
  return { held: budget.limits.length - failed.size - unmet.length, broken, unmet };
}

function isMeant({ where = {} }: Limit, settings: RunSettings): boolean {
  const all = new Map<string, unknown>(Object.entries(settings));
  return Object.entries(where).every(([name, wanted]) => {
    const is = all.get(name);
    return Array.isArray(is) ? is.join('+') === wanted : is === wanted;
  });
}

function figureOf(run: RunReport, id: string): number | undefined {
  const figure = figuresOf([run]).find((each) => each.id === id);
  const units = figure?.units([run], 'runs');
  const value = units?.figure(new Float64Array(units.count).fill(1));
  return value === undefined || Number.isNaN(value) ? undefined : value * figure!.scale;
}
