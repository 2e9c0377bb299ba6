/**
 * Tests of which outside programs are part. Which ones a test file needs is read from its source and from what it
 * imports of the tests: whoever runs a program names it there. Where one is missing the file is left out, and named.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { missingTools, TEST_TOOLS } from '../../scripts/test-tools.mjs';

export interface LeftOut {
  /** A test file or a test. */
  readonly what: string;
  readonly why: string;
}

/** What stands for a program in a source that runs it. */
const SIGNS: readonly { readonly program: string; readonly sign: RegExp }[] = TEST_TOOLS.map(
  ({ program }) => ({
    program,
    sign: program === 'chromium' ? /\blaunch(Browser|Chromium)\b/ : new RegExp(`['"\`]${program}['"\`]`),
  }),
);
const OTHER_SUITES = /^(corpus|smoke)\b/;
const IMPORT = /\bfrom '(\.[^']+)\.js'/g;

/** The programs that a test file, by its path from `root`, cannot do without. */
export function programsOf(root: string, file: string, seen = new Set<string>()): Set<string> {
  seen.add(file);
  const source = readFileSync(join(root, file), 'utf8');
  const programs = new Set(SIGNS.filter(({ sign }) => sign.test(source)).map(({ program }) => program));
  for (const [, imported] of source.matchAll(IMPORT)) {
    const other = `${normalize(join(dirname(file), imported!))}.ts`;
    if (!other.startsWith('test') || seen.has(other) || !existsSync(join(root, other))) continue;
    for (const program of programsOf(root, other, seen)) programs.add(program);
  }
  return programs;
}

/** The test files of `npm test` that cannot run here, by their paths from `root`. */
export function filesLeftOut(root: string): LeftOut[] {
  const missing = missingTools().map(({ program }) => program);
  if (missing.length === 0) return [];
  const names = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith('.test.ts') && !OTHER_SUITES.test(name))
    .map((name) => join('test', name))
    .flatMap((file) => {
      const programs = programsOf(root, file);
      const lacking = missing.filter((program) => programs.has(program));
      return lacking.length === 0 ? [] : [{ what: file, why: `${lacking.join(', ')} not installed` }];
    });
}
