/** sightline report */
import { readFile, writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { SightlineError } from '../../codecs/index.js';
import {
  BUDGET_SCHEMA,
  CAPACITY_SCHEMA,
  checkBudget,
  excerptOf,
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
  readonly excerpt?: string;
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
    .option('--excerpt <file>', m.excerpt)
    .option('--budget <file>', messages.compare.budget)
    .option('--schema <name>', m.schema, oneOf('--schema', ['report', 'budget', 'capacity']))
    .addHelpText(
      'after',
      examples(messages.program.examples, [
        'sightline report report.json',
        'sightline report report.json --html report.html',
        'sightline report report.json --excerpt small.json',
        'sightline report report.json --budget budget.json',
      ]),
    )
    .action((files: string[], flags: ReportFlags) => runCommand(() => run(files, flags)));
}

async function run(files: readonly string[], flags: ReportFlags): Promise<number> {
  const { html, excerpt, budget, schema } = flags;
  if (schema !== undefined) {
    printJson(SCHEMAS[schema]());
    return ExitCode.Success;
  }
  if (files.length === 0) throw new SightlineError('bad-argument', messages.report.noFiles);
  if (excerpt !== undefined && files.length > 1) {
    throw new SightlineError('bad-argument', messages.report.oneExcerpt, { field: '--excerpt' });
  }
  const reports = await readReports(files);
  const write = async (file: string, content: string): Promise<void> => {
    await writeFile(file, content);
    say(text(messages.measure.written, { file }));
  };
  if (html !== undefined) await write(html, await htmlOf(reports));
  if (excerpt !== undefined) await write(excerpt, `${JSON.stringify(excerptOf(reports[0]!))}\n`);
  if (html === undefined && excerpt === undefined) printReports(reports);
  if (budget === undefined) return ExitCode.Success;
  const result = checkBudget(parseBudget(await readFile(budget, 'utf8')), reports);
  printBudget(result);
  return result.broken.length + result.unmet.length === 0 ? ExitCode.Success : ExitCode.Failure;
}
