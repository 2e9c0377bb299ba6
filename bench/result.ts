/** What a benchmark gives: rows of figures, printed as a table and written as JSON. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface BenchRow {
  /** What was measured: a sequence, a library, a size. */
  readonly case: string;
  readonly figures: Readonly<Record<string, number>>;
}

export interface BenchResult {
  readonly name: string;
  /** What the figures are, in words: "GB/s of a frame", "kB and ms per frame". */
  readonly unit: string;
  readonly rows: readonly BenchRow[];
  readonly notes?: readonly string[];
}

/** Prints the result's table and notes. */
export function printResult(result: BenchResult): void {
  console.log(`${formatResult(result)}\n`);
}

/** The result as a Markdown table with its notes. */
export function formatResult(result: BenchResult): string {
  const columns = [...new Set(result.rows.flatMap((row) => Object.keys(row.figures)))];
  const cells = [
    ['case', ...columns],
    ...result.rows.map((row) => [row.case, ...columns.map((column) => formatFigure(row.figures[column]))]),
  ];
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((line) => line[column]!.length)));
  const lines = cells.map(
    (line) => `| ${line.map((cell, column) => pad(cell, widths[column]!, column)).join(' | ')} |`,
  );
  const rule = `|${widths.map((width, column) => `${'-'.repeat(width + 1)}${column === 0 ? '-' : ':'}`).join('|')}|`;
  const notes = (result.notes ?? []).map((note) => `- ${note}`);
  return [
    `${result.name} (${result.unit})`,
    '',
    lines[0]!,
    rule,
    ...lines.slice(1),
    ...(notes.length > 0 ? ['', ...notes] : []),
  ].join('\n');
}

function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}

/** Three significant digits, or whole thousands: more would be noise. */
function formatFigure(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return '';
  if (value === 0 || Math.abs(value) >= 1000) return String(Math.round(value));
  return String(Number(value.toPrecision(3)));
}

/**
 * Runs a benchmark when its module is what Node was started with: prints the table, and writes JSON to the
 * file after `--json`.
 */
export async function benchMain(moduleUrl: string, run: () => Promise<BenchResult>): Promise<void> {
  if (process.argv[1] !== fileURLToPath(moduleUrl)) return;
  const result = await run();
  printResult(result);
  const at = process.argv.indexOf('--json');
  const file = at < 0 ? undefined : process.argv[at + 1];
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`);
}
