/** sightline report */
import { readFile, writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { SightlineError } from '../../codecs/index.js';
import {
  BUDGET_SCHEMA,
  CAPACITY_SCHEMA,
  checkBudget,
  htmlOf,
  jsonSchema,
  parseBudget,
  REPORT_SCHEMA,
} from '../reports/index.js';
import { readReports } from './compare.js';
import { messages } from './messages.js';
import { oneOf } from './options.js';
import { ExitCode, printJson, runCommand, say } from './output.js';
import { printBudget, printReports } from './report-tables.js';
import { examples, text } from './text.js';

interface ReportFlags {
  readonly html?: string;
  readonly budget?: string;
  readonly schema?: keyof typeof SCHEMAS;
}

const SCHEMAS = {
  report: () => jsonSchema(REPORT_SCHEMA, 'Sightline report'),
  budget: () => jsonSchema(BUDGET_SCHEMA, 'Sightline budget'),
  capacity: () => jsonSchema(CAPACITY_SCHEMA, 'Sightline capacity'),
} as const;

export function reportCommand(): Command {
  const m = messages.report;
  return new Command('report')
    .description(m.summary)
    .argument('[files...]', m.files)
    .option('--html <file>', m.html)
    .option('--budget <file>', messages.compare.budget)
    .option('--schema <name>', m.schema, oneOf('--schema', ['report', 'budget', 'capacity']))
    .addHelpText(
      'after',
      examples(messages.program.examples, [
        'sightline report report.json',
        'sightline report report.json --html report.html',
        'sightline report report.json --budget budget.json',
      ]),
    )
    .action((files: string[], flags: ReportFlags) => runCommand(() => run(files, flags)));
}

async function run(files: readonly string[], { html, budget, schema }: ReportFlags): Promise<number> {
  if (schema !== undefined) {
    printJson(SCHEMAS[schema]());
    return ExitCode.Success;
  }
  if (files.length === 0) throw new SightlineError('bad-argument', messages.report.noFiles);
  const reports = await readReports(files);
  if (html === undefined) printReports(reports);
  else {
    await writeFile(html, await htmlOf(reports));
    say(text(messages.measure.written, { file: html }));
  }
  if (budget === undefined) return ExitCode.Success;
  const result = checkBudget(parseBudget(await readFile(budget, 'utf8')), reports);
  printBudget(result);
  return result.broken.length + result.unmet.length === 0 ? ExitCode.Success : ExitCode.Failure;
}
