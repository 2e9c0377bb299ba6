/** What reports hold, on a terminal. */
import { figureInWords } from '../messages/index.js';
import type { BudgetResult, LabReport } from '../reports/index.js';
import { describeRun, printReport, printRun, printRunHeading } from './measure-tables.js';
import { messages } from './messages.js';
import { print } from './output.js';
import { text } from './text.js';

/** One run in full, or a line for each of many. */
export function printReports(reports: readonly LabReport[]): void {
  const runs = reports.flatMap((report) => report.runs);
  if (runs.length === 1) {
    printReport(runs[0]!);
    return;
  }
  printRunHeading();
  for (const run of runs) printRun(run);
}

export function printBudget({ held, broken, unmet }: BudgetResult): void {
  const m = messages.budget;
  const named = (figure: string): string => figureInWords(figure, messages.measure);
  for (const { limit, settings, value } of broken) {
    const isOver = limit.max !== undefined && value > limit.max;
    print(
      text(m.broken, {
        figure: named(limit.figure),
        what: describeRun(settings),
        value,
        limit: text(isOver ? m.atMost : m.atLeast, { value: (isOver ? limit.max : limit.min) ?? 0 }),
      }),
    );
  }
  for (const limit of unmet) print(text(m.unmet, { figure: named(limit.figure) }));
  if (broken.length + unmet.length === 0) print(text(m.within, { count: held }));
}
