/** sightline compare */
import { readFile } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import { SightlineError } from '../../codecs/index.js';
import { figureInWords } from '../messages/index.js';
import {
  type ComparedCell,
  type ComparedFigure,
  type Comparison,
  checkBudget,
  compareReports,
  DEFAULT_ERROR_RATE,
  type Difference,
  differencesBetween,
  ENOUGH_RUNS,
  type LabReport,
  parseBudget,
  parseReport,
} from '../reports/index.js';
import { describeRun } from './measure-tables.js';
import { messages } from './messages.js';
import { oneOf } from './options.js';
import { ExitCode, print, printJson, runCommand, say } from './output.js';
import { printBudget } from './report-tables.js';
import { formatTable } from './table.js';
import { examples, text } from './text.js';

interface CompareFlags {
  readonly errorRate: number;
  readonly force?: boolean;
  readonly all?: boolean;
  readonly failOn?: 'slower' | 'faster';
  readonly figures?: readonly string[];
  readonly budget?: string;
  readonly json?: boolean;
}

const m = messages.compare;

export function compareCommand(): Command {
  return new Command('compare')
    .description(m.summary)
    .argument('<a>', m.a, fileList)
    .argument('<b>', m.b, fileList)
    .option('--error-rate <percent>', m.errorRate, percent, DEFAULT_ERROR_RATE)
    .option('--figures <names>', m.figures, fileList)
    .option('--all', m.all)
    .option('--force', m.force)
    .option('--fail-on <verdict>', m.failOn, oneOf('--fail-on', ['slower', 'faster']))
    .option('--budget <file>', m.budget)
    .option('--json', messages.program.json)
    .addHelpText(
      'after',
      examples(messages.program.examples, [
        'sightline compare before.json after.json',
        'sightline compare a1.json,a2.json,a3.json b1.json,b2.json,b3.json --fail-on slower',
        'sightline compare before.json after.json --figures display,cpu --error-rate 1',
      ]),
    )
    .action((a: string[], b: string[], flags: CompareFlags) => runCommand(() => run(a, b, flags)));
}

export async function readReports(files: readonly string[]): Promise<LabReport[]> {
  return Promise.all(files.map(async (file) => parseReport(await readFile(file, 'utf8'))));
}

async function run(
  filesA: readonly string[],
  filesB: readonly string[],
  flags: CompareFlags,
): Promise<number> {
  const [a, b] = await Promise.all([readReports(filesA), readReports(filesB)]);
  const budget = flags.budget === undefined ? undefined : parseBudget(await readFile(flags.budget, 'utf8'));
  const differences = differencesBetween(a, b);
  if (differences.length > 0 && !flags.force) {
    throw new SightlineError('refused', text(m.refused, { differences: inWords(differences) }));
  }
  const comparison = compareReports(a, b, {
    errorRate: flags.errorRate,
    force: flags.force ?? false,
    ...(flags.figures === undefined ? {} : { figures: flags.figures }),
  });
  if (flags.figures !== undefined && comparison.figures.length === 0) {
    throw new SightlineError('bad-argument', text(m.unknownFigures, { names: flags.figures.join(', ') }));
  }
  const limits = budget === undefined ? undefined : checkBudget(budget, b);
  if (flags.json) printJson(limits === undefined ? comparison : { ...comparison, budget: limits });
  else {
    printComparison(comparison, flags.all ?? comparison.cells.length === 1);
    if (limits !== undefined) printBudget(limits);
  }
  const isFailing = comparison.figures.some(({ verdict }) => verdict === flags.failOn);
  const isOver = limits !== undefined && limits.broken.length + limits.unmet.length > 0;
  return isFailing || isOver ? ExitCode.Failure : ExitCode.Success;
}

/** @param isAll Whether to show figures of which nothing can be told. */
function printComparison(
  { differences, cells, figures, tested, errorRate }: Comparison,
  isAll: boolean,
): void {
  if (differences.length > 0) say(text(m.differs, { differences: inWords(differences) }));
  const h = m.heading;
  for (const [index, cell] of cells.entries()) {
    const tested = figures.filter((figure) => figure.cell === index);
    const own = isAll ? tested : tested.filter(({ verdict }) => verdict !== 'unclear');
    print(describeRun(cell.settings));
    const lines = own.map((each) => [
      `  ${figureInWords(each.figure, messages.measure)}`,
      figureOf(each.a),
      figureOf(each.b),
      each.ratio.toFixed(3),
      `${each.low.toFixed(3)} – ${each.high.toFixed(3)}`,
      verdictOf(each),
    ]);
    const table = [[`  ${h.figure}`, h.a, h.b, h.ratio, h.interval, h.verdict], ...lines];
    if (lines.length > 0) for (const line of formatTable(table)) print(line);
    const hidden = tested.length - own.length;
    if (hidden > 0) print(`  ${text(m.hidden, { count: hidden })}`);
    print(`  ${coverageOf(cell)}`);
    print('');
  }
  const count = (wanted: string): number => figures.filter(({ verdict }) => verdict === wanted).length;
  print(text(m.total, { faster: count('faster'), slower: count('slower'), unclear: count('unclear') }));
  print(text(m.family, { count: tested, rate: errorRate * 100 }));
}

function figureOf(value: number): string {
  return value < 10 ? value.toFixed(3) : value < 1000 ? value.toFixed(1) : value.toFixed(0);
}

function inWords(differences: readonly Difference[]): string {
  return differences.map((difference) => text(m.difference, { ...difference })).join('; ');
}

/** Bytes and CPU are less or more, not faster. */
function verdictOf({ verdict, unit, figure, higherIsBetter }: ComparedFigure): string {
  if (verdict === 'unclear' || (unit === 'ms' && !figure.startsWith('cpu.'))) return m.verdict[verdict];
  if (higherIsBetter) return verdict === 'faster' ? m.verdict.greater : m.verdict.fewer;
  return verdict === 'faster' ? m.verdict.less : m.verdict.more;
}

function coverageOf({ coverage, runsA, runsB }: ComparedCell): string {
  return text(m.covers[coverage], {
    a: runsA,
    b: runsB,
    enough: ENOUGH_RUNS,
  });
}

function fileList(value: string): string[] {
  return value.split(',').map((part) => part.trim());
}

function percent(value: string): number {
  const rate = Number(value) / 100;
  if (!(rate > 0 && rate < 1)) {
    throw new InvalidArgumentError(
      text(messages.errors.number, { option: '--error-rate', min: '1', max: '99', value }),
    );
  }
  return rate;
}
