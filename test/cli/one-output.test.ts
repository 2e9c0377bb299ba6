/** Everything that the command line says goes through `output.ts`, which lets no control character through. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SingleBar } from 'cli-progress';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { builtFile, projectRoot } from '../../engine/artifacts.js';
import { print, printJson, printLines, say, sayLines } from '../../harness/cli/output.js';
import { BarStack, openBar } from '../../harness/cli/progress.js';

const HOSTILE = 'a\u001b[2J\u0007\u202eb';
const CLI = builtFile('harness', 'cli', 'main.js');
const HARMLESS = 'a\\u001b[2J\\u0007\\u202eb';

/** Ways to a terminal: the streams, descriptors, the console, and the library that draws over and over. */
const WAYS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/\bprocess\s*(?:\?\.|\.)\s*(?:stdout|stderr)\b/, ['output.ts']],
  [/\{[^}]*\b(?:stdout|stderr)\b[^}]*\}\s*=\s*process\b/, []],
  [/\bprocess\s*\[/, []],
  [/\bconsole\b/, []],
  [/from '(?:node:)?(?:process|console|tty|readline)'/, []],
  [/\bwrite(?:Sync)?\(\s*[12]\s*,/, []],
  [/\/dev\/(?:tty|stdout|stderr)/, []],
  [/from 'cli-progress'/, ['progress.ts']],
  [/\bwatchedTerminal\b/, ['output.ts', 'progress.ts']],
];

/** Files of harness/cli that use a way which is not theirs. */
function writersAmong(files: Readonly<Record<string, string>>): string[] {
  return Object.entries(files)
    .filter(([name, source]) =>
      WAYS.some(([way, keepers]) => !keepers.includes(name) && way.test(withoutComments(source))),
    )
    .map(([name]) => name);
}

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
}

describe('the one output', () => {
  it('is the only file of the command line that writes', () => {
    const folder = join(projectRoot(), 'harness', 'cli');
    const files = Object.fromEntries(
      readdirSync(folder)
        .filter((name) => name.endsWith('.ts') && !name.startsWith('messages-'))
        .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
    );
    expect(Object.keys(files)).toContain('output.ts');
    expect(writersAmong(files)).toEqual([]);
  });

  it.each([
    "process.stdout.write('x');",
    "process\n  .stderr.write('x');",
    'const { stdout } = process;',
    "process['stdout'];",
    "console.log('x');",
    "import { stdout } from 'node:process';",
    "writeSync(1, 'x');",
    "import { SingleBar } from 'cli-progress';",
    "import { watchedTerminal } from './output.js';",
  ])('would find %j', (source) => {
    expect(writersAmong({ 'new.ts': source })).toEqual(['new.ts']);
    expect(writersAmong({ 'new.ts': `/** ${source} */` })).toEqual([]);
  });
});

describe('what is written', () => {
  const isTerminal = process.stderr.isTTY;
  afterEach(() => {
    vi.restoreAllMocks();
    process.stderr.isTTY = isTerminal;
  });

  function written(stream: NodeJS.WriteStream, act: () => void): string {
    let all = '';
    vi.spyOn(stream, 'write').mockImplementation((chunk) => {
      all += String(chunk);
      return true;
    });
    act();
    vi.restoreAllMocks();
    return all;
  }

  it.each([
    ['print', process.stdout, () => print(HOSTILE), `${HARMLESS}\n`],
    [
      'printLines',
      process.stdout,
      () => printLines(`${HOSTILE}\n${HOSTILE}\n`),
      `${HARMLESS}\n${HARMLESS}\n`,
    ],
    ['say', process.stderr, () => say(HOSTILE), `${HARMLESS}\n`],
    ['sayLines', process.stderr, () => sayLines(`${HOSTILE}\n`), `${HARMLESS}\n`],
  ])('by %s is harmless', (_name, stream, act, expected) => {
    expect(written(stream, act)).toBe(expected);
  });

  it('as JSON is harmless, and the same value', () => {
    const out = written(process.stdout, () => printJson({ [HOSTILE]: HOSTILE }));
    expect(out).toContain(HARMLESS);
    for (const sign of ['\u001b', '\u0007', '\u202e']) expect(out).not.toContain(sign);
    expect(JSON.parse(out)).toEqual({ [HOSTILE]: HOSTILE });
  });

  it('of a fault that nobody foresaw is harmless, and has its stack', () => {
    const fault = `
      const look = () => {
        if (process.listenerCount('uncaughtException') === 0) setImmediate(look);
        else throw new TypeError(${JSON.stringify(HOSTILE)});
      };
      setImmediate(look);`;
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--import', `data:text/javascript,${encodeURIComponent(fault)}`, CLI, 'relay', '--port', '0'],
      { encoding: 'utf8' },
    );
    expect(status).toBe(1);
    expect(stderr).toContain(`TypeError: ${HARMLESS}\n    at `);
    expect(stderr).not.toContain('\u001b');
  });

  it('in bars is harmless', () => {
    process.stderr.isTTY = true;
    const names = new Map<object, string[]>();
    const spyOn = (method: 'start' | 'update') =>
      vi.spyOn(SingleBar.prototype, method).mockImplementation((...args: unknown[]) => {
        names.set(args.at(-1) as object, Object.values(args.at(-1) as object));
      });
    spyOn('start');
    spyOn('update');
    const bar = openBar(' {name}');
    bar!.start(10, 0, { name: HOSTILE, count: 3 });
    bar!.update(1, { name: HOSTILE });
    expect([...names.values()]).toEqual([[HARMLESS, 3], [HARMLESS]]);
  });

  it('in bars is nothing where nobody watches', () => {
    process.stderr.isTTY = false;
    expect([openBar(' {name}'), BarStack.open(' {name}')]).toEqual([undefined, undefined]);
  });
});
